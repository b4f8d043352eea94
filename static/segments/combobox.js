// A text field with a list of suggestions: type to narrow, arrows to move, Enter to take; any other text may stay.
import { el, freshId } from "./dom.js";

const MOST = 40;

// options: [{value, words, note}, ...]; `taken` is called with the option, or with undefined for text of one's own.
export function combobox(label, options, value, taken = () => {}) {
  const id = freshId("options");
  const input = el("input", {
    className: "f-input b-combobox-input", ariaLabel: label, value: value ?? "", placeholder: label, autocomplete: "off",
    role: "combobox", spellcheck: false, "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list",
  });
  const list = el("ul", { id, className: "b-options", role: "listbox", ariaLabel: `Suggestions for ${label.toLowerCase()}`, hidden: true });
  const box = el("span", { className: "b-combobox" }, input, list);
  let active = -1;
  let isNarrowed = false;

  function matching() {
    const wanted = isNarrowed ? input.value.trim().toLowerCase() : "";
    const found = options.filter((option) => `${option.value} ${option.words ?? ""}`.toLowerCase().includes(wanted));
    return found.slice(0, MOST);
  }

  function draw() {
    const found = matching();
    list.replaceChildren(...found.map((option, index) => el(
      "li",
      {
        id: `${id}-${index}`, role: "option", "aria-selected": String(index === active), className: "b-option",
        onmousedown: (event) => { event.preventDefault(); take(option); },
      },
      el("span", {}, option.words ?? option.value),
      el("small", {}, option.note ?? ""),
    )));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.setAttribute("aria-activedescendant", active >= 0 ? `${id}-${active}` : "");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    active = -1;
    isNarrowed = false;
    input.setAttribute("aria-expanded", "false");
  }

  function take(option) {
    input.value = option.value;
    close();
    taken(option);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function move(step) {
    const count = matching().length;
    active = count ? (active + step + count) % count : -1;
    draw();
  }

  input.addEventListener("focus", () => { input.select(); draw(); });
  input.addEventListener("click", () => { if (list.hidden) draw(); });
  // A list that vanished at once would shorten the page under the pointer, and the click that took the focus would miss.
  input.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== input) close(); }, 200));
  input.addEventListener("input", () => { isNarrowed = true; active = -1; draw(); taken(undefined); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && !list.hidden && active >= 0) take(matching()[active]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { box, input };
}
