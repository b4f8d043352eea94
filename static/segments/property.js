// One comparison of a value: "[property] [is more than] [value]". Event properties and attributes both read like this.
import { combobox } from "./combobox.js";
import { choice, el, entry, show, words } from "./dom.js";
import { textOf, valueOf } from "./words.js";

const WITHOUT_VALUE = new Set(["is_unknown", "has_value"]);
const LISTS = new Set(["in", "not_in"]);

// known: [{name, type, note}, ...]; operators: {type: [[operator, words], ...], "": every operator}
export function comparison(label, key, known, vocabulary, condition) {
  const typeOf = (name) => known.find((one) => one.name === name)?.type ?? "";
  const offered = () => vocabulary.operators[key][typeOf(name.input.value.trim())] ?? vocabulary.operators[key][""];
  const options = known.map((one) => ({ value: one.name, note: one.note ?? one.type }));
  const name = combobox(label, options, condition[key]);
  const operator = choice("Comparison", [], "");
  const [low, high] = condition.operator === "between" ? condition.value : [condition.value, ""];
  const value = entry("Value", textOf(low), { size: 12 });
  const upper = entry("Upper value", textOf(high), { size: 12 });
  const and = words("and");
  const unit = choice("Unit", vocabulary.units, condition.unit ?? "days");
  const ago = words("ago");
  const parts = el("span", { className: "b-parts" }, name.box, operator, value, and, upper, unit, ago);
  const isAgo = () => operator.value.endsWith("_ago");

  function offer() {
    const wanted = operator.value || condition.operator || "exactly";
    operator.replaceChildren(...offered().map(([one, said]) => el("option", { value: one, selected: one === wanted }, said)));
    arrange();
  }

  function arrange() {
    show(value, !WITHOUT_VALUE.has(operator.value));
    for (const part of [upper, and]) show(part, operator.value === "between");
    for (const part of [unit, ago]) show(part, isAgo());
    const isDate = ["date", "instant"].includes(typeOf(name.input.value.trim()));
    value.placeholder = LISTS.has(operator.value) ? "gold, silver" : isDate && !isAgo() ? "2026-01-31" : "value";
  }

  function read() {
    const type = isAgo() ? "number" : typeOf(name.input.value.trim());
    const result = { [key]: name.input.value.trim(), operator: operator.value };
    if (operator.value === "between") result.value = [valueOf(value.value, type), valueOf(upper.value, type)];
    else if (LISTS.has(operator.value)) {
      result.value = value.value.split(",").filter((text) => text.trim()).map((text) => valueOf(text, type));
    } else if (!WITHOUT_VALUE.has(operator.value)) result.value = valueOf(value.value, type);
    return isAgo() ? { ...result, unit: unit.value } : result;
  }

  function problem() {
    if (!name.input.value.trim()) return `Choose the ${label.toLowerCase()}.`;
    if (WITHOUT_VALUE.has(operator.value)) return "";
    const given = operator.value === "between" ? [value, upper] : [value];
    if (given.some((field) => !field.value.trim())) return "Say which value to compare with.";
    return [read().value].flat().some((one) => Number.isNaN(one)) ? "A number is needed here." : "";
  }

  name.input.addEventListener("change", offer);
  operator.addEventListener("change", arrange);
  offer();
  return { parts, read, problem, isBlank: () => !name.input.value.trim() && !value.value.trim() };
}
