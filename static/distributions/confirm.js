// <form data-opens="ID">: asks in the dialog #ID before anything is sent. Without this module the form leads to a page that asks.

document.querySelectorAll("form[data-opens]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    document.getElementById(form.dataset.opens).showModal();
  });
});

document.querySelectorAll("dialog [data-closes]").forEach((link) => {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    link.closest("dialog").close();
  });
});
