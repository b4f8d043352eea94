// Builds elements from data. Text is always set as text, so that nothing a customer typed becomes markup.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// options: [[value, words], ...]
export function choice(label, options, value) {
  const items = options.map(([key, words]) => el("option", { value: key, selected: key === value }, words));
  return el("select", { className: "f-input", ariaLabel: label }, items);
}

export function entry(label, value, attributes = {}) {
  return el("input", { className: "f-input", ariaLabel: label, value: value ?? "", autocomplete: "off", ...attributes });
}

export function number(label, value) {
  return entry(label, value, { type: "text", inputMode: "decimal", size: 6, className: "f-input b-number" });
}

export function words(text) {
  return el("span", { className: "b-words" }, text);
}

// A small button that shows a sign of the frame's icon font and is called by its label.
export function tool(label, sign, act) {
  const icon = el("span", { className: "material-symbols-outlined", ariaHidden: "true" }, sign);
  return el("button", { type: "button", className: "b-tool", ariaLabel: label, title: label, onclick: act }, icon);
}

export function show(element, isShown) {
  element.hidden = !isShown;
}

let last = 0;
export function freshId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}
