// The rule builder: keeps the form's hidden fields in step with the screen, says the rule in words and why SAVE waits.
import { el } from "../segments/dom.js";
import { group } from "./group.js";
import { products } from "./products.js";

const PAUSE = 300;
const json = (text, otherwise) => JSON.parse(text || "null") ?? otherwise;

function build(form) {
  const { rules: field, applicable, name } = form.elements;
  const save = form.querySelector("[data-save]");
  const reason = form.querySelector("[data-save-reason]");
  const said = form.querySelector("[data-words]");
  const token = form.elements.csrfmiddlewaretoken.value;
  const vocabulary = json(document.getElementById("vocabulary").textContent);
  const errors = json(document.getElementById("rule-errors").textContent, []);
  const rules = group(json(field.value, { junction: "and", rules: [] }), vocabulary, changed);
  const reach = products(json(applicable.value, {}), vocabulary, changed);
  let waiting = 0;
  let asking = null;
  let judged = "";

  function problem() {
    if (!name.value.trim()) return "Give the rule a name.";
    const wrong = rules.problem() || reach.problem();
    if (wrong) return wrong;
    return rules.isBlank() && reach.isBlank() ? "Add a rule, or name the products that the discount is for." : judged;
  }

  function judge() {
    const why = problem();
    save.setAttribute("aria-disabled", String(Boolean(why)));
    reason.textContent = why;
    return why;
  }

  // What the server finds wrong ("rules.2.conditions.$is") stands beside the rule that it names.
  function explain({ path, message }) {
    judged = message;
    judge();
    const row = rules.rowAt(path);
    if (row) row.trouble.textContent = message;
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const body = JSON.stringify({ rules: rules.read(), applicable_to: reach.read() });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token, "X-Requested-With": "fetch" };
    const answer = await fetch(form.dataset.say, { method: "POST", body, headers, signal: asking.signal }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const told = await answer.json();
    if (told.error) explain(told.error);
    else said.replaceChildren(...told.sentences.map((sentence) => el("p", {}, sentence)));
  }

  function changed() {
    field.value = JSON.stringify(rules.read());
    applicable.value = JSON.stringify(reach.read());
    judged = "";
    clearTimeout(waiting);
    if (rules.isBlank() && reach.isBlank()) said.replaceChildren();
    else if (!rules.problem() && !reach.problem()) waiting = setTimeout(ask, PAUSE);
    judge();
  }

  form.querySelectorAll("[data-without-script]").forEach((part) => part.remove());
  form.querySelector("[data-rules]").replaceChildren(rules.box);
  form.querySelector("[data-products]").replaceChildren(reach.box);
  form.querySelector("[data-products-card]").hidden = false;
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    changed();
    clearTimeout(waiting);
    if (!judge()) return;
    event.preventDefault();
    reason.focus();
  });
  changed();
  errors.forEach(explain);
}

document.querySelectorAll("[data-rule-builder]").forEach(build);
