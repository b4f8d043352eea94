// [name=message_from]: the people who may write, once the account has told them, as a choice by name instead of a number.
// It also names them where the preview shows the number alone.

const form = document.querySelector("[data-mapping]")?.closest("form");
let names = new Map();

function choose(senders) {
  const box = form.elements.message_from;
  if (!box || !senders.length) return;
  const select = Object.assign(document.createElement("select"), { id: box.id, name: box.name, className: box.className });
  const kept = box.value && !names.has(box.value) ? [[box.value, `${box.value} (not found there)`]] : [];
  const choices = [["", "Choose who it is from"], ...senders, ...kept];
  select.append(...choices.map(([value, label]) => new Option(label, value, false, value === box.value)));
  box.replaceWith(select);
}

function name() {
  document.querySelectorAll("[data-sender]").forEach((place) => {
    place.textContent = names.get(place.dataset.sender) ?? place.dataset.sender;
  });
}

if (form?.elements.message_from) {
  form.addEventListener("known", ({ detail }) => {
    names = new Map(detail.senders);
    choose(detail.senders);
    name();
  });
  form.addEventListener("shown", name);
}
