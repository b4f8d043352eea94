// <form data-when-form> ... <p data-when="kind=client">: shows a part only while the named field has that value.
function arrange(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, value] = part.dataset.when.split("=");
    part.hidden = form.elements[name].value !== value;
  }
}

for (const form of document.querySelectorAll("[data-when-form]")) {
  form.addEventListener("change", () => arrange(form));
  arrange(form);
}
