// What the discount is for: items it reaches, each with its limits, and items it spares.
import { choice, el, number, tool } from "../segments/dom.js";
import { targetField } from "./targets.js";

const LIMITS = [
  ["quantity_limit", "units a line", 1], ["aggregated_quantity_limit", "units in all", 1],
  ["amount_limit", "off a line", 0], ["aggregated_amount_limit", "off in all", 0], ["price", "at the price of", 0],
];

export function products(told, vocabulary, changed) {
  const included = list("It is for", told.included ?? [], vocabulary, changed, true);
  const excluded = list("It is not for", told.excluded ?? [], vocabulary, changed, false);
  const every = el("input", { type: "checkbox", id: "every-item", checked: Boolean(told.included_all) });
  const all = el("label", { className: "f-row", htmlFor: "every-item" }, every, el("span", { className: "f-grow" }, "It is for all items, but for those named below"));
  const arrange = () => { included.box.hidden = every.checked; };
  every.addEventListener("change", arrange);
  arrange();
  const parts = () => (every.checked ? [excluded] : [included, excluded]);
  return {
    box: el("div", { className: "r-products" }, all, included.box, excluded.box),
    read: () => ({ included_all: every.checked, included: every.checked ? [] : included.read(), excluded: excluded.read() }),
    problem: () => parts().map((each) => each.problem()).find(Boolean) ?? "",
    isBlank: () => !every.checked && included.isBlank() && excluded.isBlank(),
  };
}

function list(label, targets, vocabulary, changed, hasLimits) {
  const rows = el("ol", { className: "b-rows", ariaLabel: label });
  const readers = new Map();
  const more = el("button", { type: "button", className: "f-button is-small", onclick: () => { put({}); rows.lastElementChild.querySelector("input").focus(); changed(); } }, "+ product");
  const box = el("div", { className: "b-group" }, el("p", { className: "b-heading f-strong" }, label), rows, el("div", { className: "r-buttons" }, more));

  function put(target) {
    const field = targetField(target, vocabulary);
    const effect = choice("How far", vocabulary.effects, target.effect ?? "APPLY_TO_EVERY");
    const limits = LIMITS.map(([name, words, isCount]) => limit(name, words, isCount, target[name], vocabulary.currency));
    const trouble = el("p", { className: "b-trouble", role: "status" });
    const remove = tool("Remove this product", "close", () => { readers.delete(row); row.remove(); more.focus(); changed(); });
    const shown = hasLimits ? [effect, el("span", { className: "r-limits" }, limits.map((each) => each.box))] : [];
    const row = el("li", { className: "b-row" }, el("div", { className: "b-parts" }, field.box, shown), el("span", { className: "b-tools" }, remove), trouble);
    readers.set(row, { field, effect, limits, trouble });
    rows.append(row);
  }

  const each = () => [...rows.children].map((row) => readers.get(row));

  function read() {
    return each().map(({ field, effect, limits }) => {
      const names = Object.entries(field.read()).filter(([name]) => ["object", "id", "source_id", "product_id", "product_source_id"].includes(name));
      const told = limits.map(({ name, value }) => [name, value()]).filter(([, value]) => value !== null);
      return Object.fromEntries([...names, ["effect", effect.value], ...(hasLimits ? told : [])]);
    });
  }

  function problem() {
    const found = each().map(({ field, limits, trouble }) => {
      const wrong = limits.some(({ value }) => Number.isNaN(value()));
      trouble.textContent = field.isBlank() ? "Name the product by its id." : wrong ? "A limit is a number." : "";
      return trouble.textContent;
    });
    return found.find(Boolean) ?? "";
  }

  targets.forEach(put);
  return { box, read, problem, isBlank: () => rows.children.length === 0 };
}

function limit(name, words, isCount, value, currency) {
  const scale = isCount ? 1 : 10 ** currency.decimals;
  const input = number(words, value === undefined ? "" : (value / scale).toFixed(isCount ? 0 : currency.decimals));
  const read = () => (input.value.trim() ? Math.round(Number(input.value.replace(",", ".")) * scale) : null);
  const before = name === "price" ? words : "at most";
  const after = name === "price" ? currency.code : isCount ? words : `${currency.code} ${words}`;
  return { name, value: read, box: el("label", {}, before, input, after) };
}
