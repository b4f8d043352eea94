// Begin a webhook's payload with one of the given bodies; what stood there comes back with Undo.
const box = document.querySelector("#id_payload");

for (const button of document.querySelectorAll("[data-payload]")) {
  button.addEventListener("click", () => {
    box.focus();
    box.select();
    const text = button.dataset.payload;
    const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (!done && box.value !== text) {
      box.value = text;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}
