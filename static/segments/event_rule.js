// A rule about an event: "[event] [has occurred] [more than] [0] times in the last [45] [minutes] where ...".
import { combobox } from "./combobox.js";
import { choice, el, number, show, tool, words } from "./dom.js";
import { comparison } from "./property.js";
import { METRICS, OF_PROPERTY, OF_TIME, ago } from "./words.js";

const noteOf = (event) => [event.volume && `${event.volume} in 30 days`, event.last_at && `last ${ago(event.last_at)}`]
  .filter(Boolean).join(" · ") || event.label;

export function eventRule(condition, vocabulary, changed) {
  const options = vocabulary.events.map((event) => ({ value: event.name, note: noteOf(event) }));
  const event = combobox("Event", options, condition.event);
  const metric = choice("Metric", METRICS, condition.metric ?? "count");
  const property = combobox("Property", [], condition.property);
  const operator = choice("Condition", vocabulary.operators.amounts, condition.operator ?? "more_than");
  const [low, high] = condition.operator === "between" ? condition.value : [condition.value ?? 0, ""];
  const value = number("Value", low);
  const upper = number("Upper value", high);
  const unit = choice("Unit", vocabulary.units, condition.unit ?? "days");
  const and = words("and");
  const times = words("times");
  const agoWord = words("ago");
  const windowed = el("input", { type: "checkbox", checked: Boolean(condition.within) });
  const last = number("Length of the window", condition.within?.last ?? 45);
  const lastUnit = choice("Unit of the window", vocabulary.units, condition.within?.unit ?? "minutes");
  const span = el("span", { className: "b-parts" }, last, lastUnit);
  const within = el("span", { className: "b-parts" }, el("label", { className: "b-words" }, windowed, " in the last"), span);
  const wheres = el("span", { className: "b-wheres" });
  const addWhere = el("button", { type: "button", className: "b-add", onclick: () => where({}) }, "+ where property");
  const readers = new Map();

  function known() {
    return vocabulary.events.find((one) => one.name === event.input.value.trim())?.properties ?? [];
  }

  function where(given) {
    const part = comparison("Property", "property", known(), vocabulary, given);
    const remove = tool("Remove this property", "close", () => {
      readers.delete(line);
      line.remove();
      changed();
    });
    const line = el("span", { className: "b-where" }, words("where"), part.parts, remove);
    readers.set(line, part);
    wheres.append(line);
    if (given.property === undefined) line.querySelector("input").focus();
  }

  function arrange() {
    show(property.box, OF_PROPERTY.has(metric.value));
    show(unit, OF_TIME.has(metric.value));
    show(agoWord, OF_TIME.has(metric.value));
    show(times, metric.value === "count");
    for (const part of [and, upper]) show(part, operator.value === "between");
    show(within, !OF_TIME.has(metric.value));
    show(span, windowed.checked);
  }

  function read() {
    const rule = { event: event.input.value.trim(), metric: metric.value, operator: operator.value };
    if (OF_PROPERTY.has(metric.value)) rule.property = property.input.value.trim();
    rule.value = operator.value === "between" ? [Number(value.value), Number(upper.value)] : Number(value.value);
    if (OF_TIME.has(metric.value)) rule.unit = unit.value;
    else if (windowed.checked) rule.within = { last: Number(last.value), unit: lastUnit.value };
    const wanted = [...readers.values()].map((part) => part.read());
    return wanted.length ? { ...rule, where: wanted } : rule;
  }

  function problem() {
    if (!event.input.value.trim()) return "Choose the event.";
    if (OF_PROPERTY.has(metric.value) && !property.input.value.trim()) return "Choose the property to look at.";
    const numbers = operator.value === "between" ? [value, upper] : [value];
    if (numbers.some((field) => !/^-?\d+(\.\d+)?$/.test(field.value.trim()))) return "The value must be a number.";
    if (windowed.checked && !(Number(last.value) > 0)) return "The window must be longer than nothing.";
    return [...readers.values()].map((part) => part.problem()).find(Boolean) ?? "";
  }

  for (const field of [metric, operator, windowed]) field.addEventListener("change", arrange);
  for (const given of condition.where ?? []) where(given);
  arrange();
  const parts = [event.box, metric, property.box, operator, value, and, upper, times, unit, agoWord, within, wheres, addWhere];
  return { parts, read, problem, isBlank: () => !event.input.value.trim() };
}
