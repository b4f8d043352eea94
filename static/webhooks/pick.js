// <section data-pick>: finds events among many by their words, opens the groups that hold some, and says how many are
// picked. Without this module every group opens by hand.

const all = (part, name) => [...part.querySelectorAll(`[data-pick-${name}]`)];

function find(section, words) {
  for (const one of all(section, "one")) {
    const text = one.textContent.toLowerCase();
    one.hidden = !words.every((word) => text.includes(word));
  }
  for (const group of all(section, "group")) {
    group.hidden = !all(group, "one").some((one) => !one.hidden);
    group.open = words.length ? !group.hidden : group.querySelector(":checked") !== null;
  }
  section.querySelector("[data-pick-none]").hidden = all(section, "group").some((group) => !group.hidden);
}

function tell(section) {
  const isWhole = section.querySelector("[value=all]").checked;
  section.querySelector("[data-pick-some]").hidden = isWhole;
  const picked = section.querySelectorAll("[data-pick-one] :checked").length;
  section.querySelector("[data-pick-count]").textContent = isWhole ? "" : `${picked} picked`;
  for (const group of all(section, "group")) {
    const count = group.querySelectorAll(":checked").length;
    group.querySelector("[data-pick-of]").textContent = `${count ? `${count} of ` : ""}${all(group, "one").length}`;
  }
}

for (const section of document.querySelectorAll("[data-pick]")) {
  const box = section.querySelector("[data-pick-find]");
  box.addEventListener("input", () => find(section, box.value.toLowerCase().split(/\s+/).filter(Boolean)));
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  section.addEventListener("change", () => tell(section));
  tell(section);
}
