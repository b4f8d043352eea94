// The segment builder: keeps the form's one hidden field in step with the rules on the screen, and says why SAVE waits.
import { audience } from "./audience.js";
import { group } from "./group.js";

const EMPTY = { junction: "and", conditions: [] };

function build(form) {
  const field = form.elements.filter;
  const save = form.querySelector("[data-save]");
  const reason = form.querySelector("[data-save-reason]");
  const typed = JSON.parse(field.value || "null") ?? EMPTY;
  const vocabulary = JSON.parse(document.getElementById("vocabulary").textContent);
  const errors = JSON.parse(document.getElementById("rule-errors").textContent);
  const rules = group(typed.conditions ? typed : { junction: "and", conditions: [typed] }, vocabulary, changed);
  const card = form.querySelector("[data-audience-card]");
  let places = new Map();
  let judged = "";

  // An answer may name a part of a rule ("conditions.0.where.1"): it stands beside the rule that holds the part.
  function place(path, { count, message }) {
    const owners = [...places.keys()].filter((one) => path === one || path.startsWith(`${one}.`));
    const row = places.get(owners.sort((one, other) => other.length - one.length)[0]);
    if (row && count !== undefined) row.count.textContent = count;
    if (row && message !== undefined) row.trouble.textContent = message;
  }

  const seen = audience(card, place);

  const isStatic = () => form.elements.type.value === "static";

  function problem() {
    if (!form.elements.name.value.trim()) return "Give the segment a name.";
    return isStatic() ? "" : rules.problem();
  }

  function judge() {
    const why = problem() || (isStatic() ? "" : judged);
    save.setAttribute("aria-disabled", String(Boolean(why)));
    reason.textContent = why;
    return why;
  }

  function changed() {
    places = new Map();
    const tree = rules.read("", (path, row) => places.set(path, row));
    for (const row of places.values()) row.count.textContent = "";
    field.value = isStatic() ? "" : JSON.stringify(tree);
    judged = "";
    judge();
    if (isStatic() || rules.isBlank() || [...places.values()].some((row) => row.kind !== "group" && row.problem())) seen.stop();
    else seen.later(tree);
  }

  function arrange() {
    for (const part of form.querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "static") !== isStatic();
    changed();
  }

  form.querySelectorAll("[data-without-script]").forEach((part) => part.remove());
  form.querySelector("[data-rules]").replaceChildren(rules.box);
  form.addEventListener("input", changed);
  form.addEventListener("change", arrange);
  form.addEventListener("submit", (event) => {
    changed();
    if (!judge()) return;
    event.preventDefault();
    reason.focus();
  });
  card.addEventListener("judged", (event) => { judged = event.detail; judge(); });
  seen.onCheck(() => rules.read());
  arrange();
  errors.forEach(({ path, message }) => place(path, { message }));
}

document.querySelectorAll("[data-segment-builder]").forEach(build);
