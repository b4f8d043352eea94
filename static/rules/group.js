// A group of rules: all or any of them has to hold. Groups stand in groups; items have groups of their own inside.
import { choice, el, tool, words } from "../segments/dom.js";
import { rule } from "./rule.js";

const DEEPEST = 3;

// parent: the name of the rule that this group stands inside, "" for the rule itself.
export function group(tree, vocabulary, changed, { depth = 1, parent = "" } = {}) {
  const readers = new Map();
  const junction = choice("All or any", [["and", "all"], ["or", "any"]], tree.junction ?? "and");
  const rows = el("ol", { className: "b-rows" });
  const add = (label, node) => el("button", { type: "button", className: "f-button is-small", onclick: () => open(node()) }, label);
  const first = parent ? "+ condition" : "+ rule";
  const buttons = el(
    "div", { className: "r-buttons" },
    add(first, () => ({})),
    depth < DEEPEST && !parent ? add("+ group of rules", () => ({ junction: "or", rules: [{}] })) : null,
  );
  const heading = el("p", { className: "b-heading" }, words(parent ? "where" : depth > 1 ? "" : "It may be redeemed when"), junction, words("of these hold:"));
  const box = el("section", { className: `b-group${depth > 1 || parent ? " is-nested" : ""}` }, heading, rows, buttons);

  function put(node) {
    const isGroup = "junction" in node;
    const part = isGroup
      ? group(node, vocabulary, changed, { depth: depth + 1, parent })
      : rule(node, vocabulary, changed, parent, group);
    const trouble = el("p", { className: "b-trouble", role: "status" });
    const tools = el(
      "span", { className: "b-tools" },
      tool("Duplicate this rule", "content_copy", () => { put(part.read()); changed(); }),
      tool("Remove this rule", "close", () => { readers.delete(row); row.remove(); buttons.firstElementChild.focus(); changed(); }),
    );
    const line = isGroup ? part.box : el("div", { className: "b-parts" }, part.parts);
    const row = el("li", { className: `b-row${isGroup ? " is-group" : ""}` }, line, tools, trouble);
    readers.set(row, { ...part, isGroup, trouble });
    rows.append(row);
    return row;
  }

  function open(node) {
    put(node).querySelector(".b-row select, .b-row input, select, input").focus();
    changed();
  }

  const listed = () => [...rows.children].map((row) => readers.get(row));

  // The rules in the order of their numbers, those of nested groups in their place.
  function numbered() {
    return listed().flatMap((each) => (each.isGroup ? each.numbered() : [each]));
  }

  // "rules.2.rules.1.conditions": the row of the second rule, and of its first condition where it is known.
  function rowAt(path) {
    const [, number, ...rest] = path.match(/^rules\.(\d+)(?:\.(.*))?$/) ?? [];
    const row = number && numbered()[Number(number) - 1];
    return (row && rest[0]?.startsWith("rules.") && row.inside?.rowAt(rest[0])) || row || null;
  }

  function problem() {
    const found = listed().map((each) => {
      const why = each.problem();
      each.trouble.textContent = each.isGroup ? "" : why;
      return why;
    });
    if (depth > 1 && !found.length) found.push("A group needs at least one rule.");
    return found.find(Boolean) ?? "";
  }

  const read = () => ({ junction: junction.value, rules: listed().map((each) => each.read()) });
  (tree.rules ?? []).forEach(put);
  return { box, read, problem, numbered, rowAt, isBlank: () => rows.children.length === 0 };
}
