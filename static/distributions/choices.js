// data-when="name=value" (or "name!=value"): shown only while the radio group `name` has (or has not) that value.
// data-narrow="id": a search box that hides the [data-narrowable] cards below #id that do not contain its words.

function matches(condition) {
  const [name, value] = condition.split(/!?=/);
  const chosen = document.querySelector(`input[name="${name}"]:checked, input[type="hidden"][name="${name}"]`)?.value ?? "";
  return condition.includes("!=") ? chosen !== value : chosen === value;
}

function showWhatFits() {
  document.querySelectorAll("[data-when]").forEach((element) => {
    element.hidden = !matches(element.dataset.when);
  });
}

function narrow(box) {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  document.querySelectorAll(`#${box.dataset.narrow} [data-narrowable]`).forEach((card) => {
    const text = card.textContent.toLowerCase();
    const isChosen = card.querySelector("input:checked");
    card.hidden = !isChosen && !words.every((word) => text.includes(word));
  });
}

document.addEventListener("change", showWhatFits);
document.querySelectorAll("[data-narrow]").forEach((box) => {
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    narrow(box);
  });
});
showWhatFits();
