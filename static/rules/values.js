// What a condition compares with: one field for each value, joined by "or"; what the field is depends on the kind.
import { combobox } from "../segments/combobox.js";
import { choice, el, entry, number, words } from "../segments/dom.js";
import { targetField } from "./targets.js";

const ONE = new Set([
  "$more_than", "$more_than_or_equal", "$less_than", "$less_than_or_equal", "$after", "$before", "$count", "$count_more", "$count_less",
]);
const COUNTS = new Set(["$count", "$count_more", "$count_less"]);
const DAYS = /_(ago|future)$/;
const FORMS = {
  $timeframe: "2026-03-01T18:00:00Z;P1D;PT1H",
  $timeframe_absolute: "2026-03-01T00:00:00Z;2026-03-31T00:00:00Z",
  $timeframe_daily_hours: "18:00;20:00;2,3",
  $after: "2026-01-31",
  $before: "2026-01-31",
};

export function several(kind, operator, given, vocabulary, changed) {
  const box = el("span", { className: "r-several" });
  const field = (value) => FIELDS[fieldOf(kind, operator)](value, vocabulary, operator);
  const fields = [];
  const more = el("button", { type: "button", className: "b-add", onclick: () => { put(undefined); draw(); fields.at(-1).focus(); changed(); } }, "+ or");

  function put(value) {
    fields.push(field(value));
  }

  function draw() {
    const parts = fields.flatMap((each, index) => (index ? [words("or"), each.box] : [each.box]));
    box.replaceChildren(...parts, ...(ONE.has(operator) || kind === "flag" ? [] : [more]));
  }

  (given.length ? given : [undefined]).slice(0, ONE.has(operator) ? 1 : undefined).forEach(put);
  draw();
  // An empty further field means nothing.
  const filled = () => fields.filter((each) => !each.isBlank());
  return {
    box,
    read: () => filled().map((each) => each.read()),
    isBlank: () => !filled().length,
    problem: () => filled().map((each) => each.problem?.() ?? "").find(Boolean) ?? "",
  };
}

function fieldOf(kind, operator) {
  if (operator === "$from") return "targets";
  if (operator === "$dow") return "week";
  if (COUNTS.has(operator) || DAYS.test(operator)) return "number";
  return kind in FIELDS ? kind : "free";
}

function plain(input, read = (text) => text, problem) {
  return { box: input, focus: () => input.focus(), isBlank: () => !input.value.trim(), read: () => read(input.value.trim()), problem };
}

function numeric(box, input, scale) {
  const valueOf = (text) => Number(text.replace(",", ".")) * scale;
  const problem = () => (Number.isFinite(valueOf(input.value)) ? "" : "A number is needed here.");
  return { ...plain(input, (text) => (scale === 1 ? valueOf(text) : Math.round(valueOf(text))), problem), box };
}

const FIELDS = {
  free: (value, _vocabulary, operator) => {
    const text = value === undefined ? "" : String(value);
    const input = entry("Value", text, { placeholder: FORMS[operator] ?? "value", size: Math.max(12, (FORMS[operator] ?? "").length) });
    // What was not touched stays what it was: a number is not made a text.
    return plain(input, (now) => (now === text ? value : now));
  },
  number: (value) => {
    const input = number("Value", typeof value === "object" ? "" : value);
    return numeric(input, input, 1);
  },
  money: (value, { currency }) => {
    const scale = 10 ** currency.decimals;
    const input = number(`Amount in ${currency.code}`, Number.isFinite(value) ? (value / scale).toFixed(currency.decimals) : "");
    return numeric(el("span", { className: "r-value" }, input, words(currency.code)), input, scale);
  },
  flag: (value) => {
    const input = choice("Yes or no", [["true", "yes"], ["false", "no"]], String(value ?? true));
    return plain(input, (text) => text === "true");
  },
  week: (value, { week }) => {
    const input = choice("Day", week, Number(value) || 0);
    return plain(input, Number);
  },
  segment: (value, { segments }) => {
    const idOf = (text) => segments.find((one) => one.name === text || one.id === text)?.id;
    const known = segments.find((one) => one.id === value)?.name ?? value;
    const { box, input } = combobox("Segment", segments.map((one) => ({ value: one.name })), known);
    return { ...plain(input, (text) => idOf(text) ?? text, () => (idOf(input.value.trim()) ? "" : "Choose one of the segments in the list.")), box };
  },
  targets: (value, vocabulary, operator) => targetField(value, vocabulary, operator === "$from"),
};
FIELDS.text = FIELDS.free;
