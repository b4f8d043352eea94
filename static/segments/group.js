// A group of rules: all or any of them, each a sentence; a new one is composed below and joins by PLUS.
import { choice, el, tool, words } from "./dom.js";
import { eventRule } from "./event_rule.js";
import { attributeRule, segmentRule } from "./other_rules.js";
import { KINDS } from "./words.js";

const RULES = { event: eventRule, attribute: attributeRule, segment: segmentRule };
const DEEPEST = 3;
const kindOf = (condition) => ["event", "attribute", "segment"].find((kind) => kind in condition) ?? "group";

export function group(tree, vocabulary, changed, depth = 1) {
  const readers = new Map();
  const junction = choice("All or any", [["and", "all"], ["or", "any"]], tree.junction ?? "and");
  const side = choice("Match or not", [["", "match"], ["not", "do not match"]], tree.negate ? "not" : "");
  const rows = el("ol", { className: "b-rows" });
  const composer = el("div", { className: "b-composer" });
  const heading = el("p", { className: "b-heading" }, words("Customers who"), side, junction, words("of these rules:"));
  const box = el("section", { className: `b-group${depth > 1 ? " is-nested" : ""}` }, heading, rows, composer);
  let draft = null;

  function add(condition) {
    const kind = kindOf(condition);
    const part = kind === "group" ? group(condition, vocabulary, changed, depth + 1) : RULES[kind](condition, vocabulary, changed);
    const count = el("span", { className: "b-count", title: "Customers who pass this rule by itself" });
    const trouble = el("p", { className: "b-trouble", role: "status" });
    const tools = el(
      "span", { className: "b-tools" }, count,
      tool("Duplicate this rule", "content_copy", () => { add(part.read()); changed(); }),
      tool("Remove this rule", "close", () => { readers.delete(row); row.remove(); composer.querySelector("input, select, button").focus(); changed(); }),
    );
    const line = kind === "group" ? part.box : el("div", { className: "b-parts" }, part.parts);
    const row = el("li", { className: `b-row is-${kind}` }, line, tools, trouble);
    readers.set(row, { ...part, kind, count, trouble });
    rows.append(row);
  }

  function compose(kind) {
    draft = RULES[kind]({}, vocabulary, changed);
    const choose = choice("Kind of rule", KINDS, kind);
    const plus = el("button", { type: "button", className: "b-plus", ariaLabel: "Add this rule", title: "Add this rule (Enter)", onclick: confirm }, "+");
    const trouble = el("p", { className: "b-trouble", role: "status" });
    choose.addEventListener("change", (event) => { event.stopPropagation(); compose(choose.value); composer.querySelector("input")?.focus(); changed(); });
    const nest = depth < DEEPEST && el("button", { type: "button", className: "b-add", onclick: openGroup }, "+ group of rules");
    composer.replaceChildren(el("div", { className: "b-parts" }, choose, draft.parts), plus, trouble, nest || "");
    composer.dataset.kind = kind;
  }

  function confirm() {
    const problem = draft.problem();
    composer.querySelector(".b-trouble").textContent = problem;
    if (problem) return;
    add(draft.read());
    compose(composer.dataset.kind);
    composer.querySelector("input")?.focus();
    changed();
  }

  function openGroup() {
    add({ junction: "or", conditions: [] });
    rows.lastElementChild.querySelector(".b-composer input")?.focus();
    changed();
  }

  // Returns the tree, and calls `visit(path, row)` for every rule so that answers can be shown beside it.
  function read(path = "", visit = () => {}) {
    const conditions = [...rows.children].map((row, index) => {
      const here = `${path}conditions.${index}`;
      visit(here, readers.get(row));
      return readers.get(row).kind === "group" ? readers.get(row).read(`${here}.`, visit) : readers.get(row).read();
    });
    return { junction: junction.value, ...(side.value ? { negate: true } : {}), conditions };
  }

  // The first reason why this group cannot be saved, in words; every row says its own.
  function problem() {
    const found = [...rows.children].map((row) => {
      const { trouble, problem: reason } = readers.get(row);
      trouble.textContent = readers.get(row).kind === "group" ? "" : reason();
      return reason();
    });
    if (!draft.isBlank()) found.push("Confirm the rule that you are composing with PLUS, or clear it.");
    if (!rows.children.length) found.push(depth > 1 ? "A group needs at least one rule." : "Add at least one rule with PLUS.");
    return found.find(Boolean) ?? "";
  }

  composer.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    event.stopPropagation();
    confirm();
  });
  (tree.conditions ?? []).forEach(add);
  compose("event");
  return { box, read, problem, isBlank: () => rows.children.length === 0 };
}
