// The playground: a picked customer fills the boxes, and the button says what pressing it will do.

const form = document.querySelector("[data-play]");
const { source_id: who, name, email, event } = form.elements;

form.addEventListener("click", (click) => {
  const picked = click.target.closest("[data-who]");
  if (!picked) return;
  who.value = picked.dataset.who;
  name.value = picked.dataset.name;
  email.value = picked.dataset.email;
});

event.addEventListener("input", () => {
  form.querySelector("[data-act]").textContent = event.value === "cart_abandoned" ? "Abandon cart" : `Send ${event.value || "the event"}`;
});
