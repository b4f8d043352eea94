// One rule as a sentence: "[what] [property] [comparison] [value] or [value]", with conditions of its items inside.
import { choice, el, entry, show, words } from "../segments/dom.js";
import { several } from "./values.js";

const WITH_SEVERAL = new Set(["number", "money", "text", "targets", "free"]);

// group is handed over, as groups hold rules and rules hold groups.
export function rule(node, vocabulary, changed, parent, group) {
  const offered = vocabulary.names.filter((one) => (parent ? one.inside.includes(parent) : one.alone));
  const known = (name) => vocabulary.names.find((one) => one.name === name);
  const name = nameChoice(offered, node.name);
  const property = entry("Property", node.property, { placeholder: "property", size: 12 });
  const comparisons = el("span", { className: "r-several" });
  const inside = el("div", { className: "r-inside" });
  const message = messageOf(node.error?.message);
  let tests = [];
  let within = null;

  function test(operator, operands, kind) {
    const operators = vocabulary.operators[kind];
    const how = choice("Comparison", operators, operator ?? operators[0][0]);
    const holder = el("span", { className: "r-several" });
    const made = { how, values: null, holder: el("span", { className: "r-several" }, kind === "flag" ? null : how, holder) };
    const arrange = (given) => {
      made.values = several(kind, how.value, given, vocabulary, changed);
      holder.replaceChildren(made.values.box);
    };
    how.addEventListener("change", () => arrange(made.values.read()));
    arrange(operands ?? []);
    return made;
  }

  function draw() {
    const joined = tests.flatMap((each, index) => (index ? [words("and"), each.holder] : [each.holder]));
    const more = el("button", { type: "button", className: "b-add", onclick: further }, "+ and");
    comparisons.replaceChildren(...joined, ...(WITH_SEVERAL.has(known(name.value).kind) ? [more] : []));
  }

  // A further comparison that is left empty means nothing.
  function further() {
    const { kind } = known(name.value);
    const used = new Set(tests.map((each) => each.how.value));
    const [operator] = vocabulary.operators[kind].find(([one]) => !used.has(one)) ?? [];
    tests.push(test(operator, [], kind));
    draw();
    tests.at(-1).how.focus();
    changed();
  }

  function arrange(conditions) {
    const { kind, property: needsProperty } = known(name.value);
    show(property, needsProperty);
    const told = Object.entries(conditions ?? {});
    tests = (told.length ? told : [[]]).map(([operator, operands]) => test(operator, operands, kind));
    draw();
    const hasInside = vocabulary.names.some((each) => each.inside.includes(name.value));
    const tree = name.value === node.name ? node.inside : null;
    within = hasInside ? group(tree ?? { junction: "and", rules: [] }, vocabulary, changed, { parent: name.value }) : null;
    inside.replaceChildren(...(within ? [within.box] : []));
    show(inside, Boolean(within));
  }

  name.addEventListener("change", () => arrange(null));
  arrange(node.conditions);

  const filled = () => tests.filter((each) => !each.values.isBlank());

  function read() {
    const conditions = Object.fromEntries(filled().map((each) => [each.how.value, each.values.read()]));
    const told = { name: name.value, property: property.hidden ? null : property.value.trim(), conditions };
    if (message.value()) told.error = { message: message.value() };
    return within && !within.isBlank() ? { ...told, inside: within.read() } : told;
  }

  function problem() {
    if (!property.hidden && !property.value.trim()) return "Say which property is meant.";
    // Items may be meant whichever they are: then there is nothing to compare.
    if (!filled().length && known(name.value).kind !== "targets") return "Say with what to compare.";
    if (new Set(filled().map((each) => each.how.value)).size < filled().length) return "Make each comparison once.";
    return filled().map((each) => each.values.problem()).find(Boolean) || within?.problem() || "";
  }

  const rowAt = (path) => within?.rowAt(path);
  return { parts: [name, property, comparisons, parent ? "" : message.box, inside], read, problem, inside: { rowAt } };
}

function nameChoice(offered, chosen) {
  const groups = [...new Set(offered.map((one) => one.group))];
  const select = el("select", { className: "f-input r-name", ariaLabel: "What the rule is about" });
  for (const label of groups) {
    const options = offered.filter((one) => one.group === label);
    const items = options.map((one) => el("option", { value: one.name, selected: one.name === chosen }, one.label));
    select.append(...(groups.length > 1 ? [el("optgroup", { label }, items)] : items));
  }
  return select;
}

// What to tell whoever fails just this rule: hidden behind a small button while it is empty.
function messageOf(said) {
  const input = entry("Tell whoever fails this rule", said, { placeholder: "Tell whoever fails this rule", maxLength: 1000 });
  const box = el("span", { className: "r-message" });
  const open = () => { box.replaceChildren(input); box.setAttribute("open", ""); };
  if (said) open();
  else box.append(el("button", { type: "button", className: "b-add", onclick: () => { open(); input.focus(); } }, "+ message"));
  return { box, value: () => input.value.trim() };
}
