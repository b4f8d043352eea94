// The words of a rule. Operators and units come from the server, which alone knows what a condition may say.

export const METRICS = [
  ["count", "has occurred"],
  ["last_occurred", "last occurred"],
  ["first_occurred", "first occurred"],
  ["sum", "has a total of"],
  ["min", "has a lowest"],
  ["max", "has a highest"],
  ["distinct", "has different values of"],
];
export const OF_PROPERTY = new Set(["sum", "min", "max", "distinct"]);
export const OF_TIME = new Set(["last_occurred", "first_occurred"]);
export const KINDS = [["event", "Event"], ["attribute", "Attribute"], ["segment", "Segment"]];

// "2 min ago", "3 days ago": rough on purpose, it stands in a list.
export function ago(iso) {
  if (!iso) return "";
  const seconds = (Date.now() - new Date(iso)) / 1000;
  const spans = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [Infinity, 86400, "days"]];
  const [, size, unit] = spans.find(([limit]) => seconds < limit);
  return `${Math.max(0, Math.floor(seconds / size))} ${unit} ago`;
}

// What a person typed, as the value that she meant: a declared type decides, else it is read as it looks.
export function valueOf(text, type) {
  const trimmed = text.trim();
  if (type === "number") return Number(trimmed);
  if (type === "text" || type === "date" || type === "instant") return trimmed;
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  return trimmed === "true" || trimmed === "false" ? trimmed === "true" : trimmed;
}

export function textOf(value) {
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}
