// A product, a SKU or a collection, named by its id.
import { choice, el, entry } from "../segments/dom.js";

export function targetField(value, vocabulary, isCollection = false) {
  const given = typeof value === "object" && value ? value : {};
  const objects = vocabulary.objects.filter(([one]) => !isCollection || one === "products_collection");
  const object = choice("Kind of product", objects, given.object ?? objects[0][0]);
  const said = given.source_id ?? given.id ?? "";
  const id = entry("Id", said, { placeholder: "id", size: 14 });

  function read() {
    const typed = id.value.trim();
    if (typed === said && object.value === given.object) return given;
    return { object: object.value, ...(isOurs(typed) ? { id: typed } : { source_id: typed }) };
  }

  return { box: el("span", { className: "r-value" }, object, id), focus: () => id.focus(), isBlank: () => !id.value.trim(), read };
}

// Ours begin so; any other name is the shop's.
const isOurs = (text) => /^(prod|sku|pc)_/.test(text);
