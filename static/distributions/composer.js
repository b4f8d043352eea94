// The message step: the viewer beside the words is fetched again after each save; merge tags go where the cursor was.

const composer = document.querySelector("[data-composer]");
const viewer = composer?.querySelector("[data-viewer]");
let look = new URLSearchParams(location.search);
let turn = 0;

async function refresh() {
  const mine = ++turn;
  look.delete("channel");
  const answer = await fetch(`${viewer.dataset.viewer}?${look}`, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || mine !== turn) return;
  const to = viewer.querySelector("[name=to]")?.value;
  viewer.innerHTML = await answer.text();
  if (to) viewer.querySelector("[name=to]").value = to;
  show(viewer.dataset.show);
}

function show(width) {
  viewer.dataset.show = width;
  viewer.querySelectorAll("[data-width]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.width === width));
  });
}

function insertTag(field) {
  const chosen = composer.querySelector("[data-merge-field]").selectedOptions[0];
  const fallback = composer.querySelector("[data-merge-fallback]");
  const words = fallback.value.replaceAll('"', "”").trim();
  const mayBeEmpty = "fallback" in chosen.dataset;
  if (mayBeEmpty && !words) {
    fallback.focus();
    return;
  }
  const tag = mayBeEmpty ? `{{ ${chosen.value} | default: "${words}" }}` : `{{ ${chosen.value} }}`;
  field.setRangeText(tag, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function attachPicker(picker) {
  const isText = (element) => element.matches?.("#id_subject, #id_preheader, #id_html, #id_text, #id_payload");
  const chosen = picker.querySelector("[data-merge-field]");
  const fallback = picker.querySelector("[data-merge-fallback]");
  const hint = picker.querySelector("[data-merge-hint]");
  let last = composer.querySelector("#id_html, #id_payload, #id_text");
  const offer = () => { fallback.hidden = hint.hidden = !("fallback" in chosen.selectedOptions[0].dataset); };
  composer.addEventListener("focusin", (event) => { if (isText(event.target)) last = event.target; });
  // The picker is a tool beside the form's fields: using it alone changes nothing that could be saved.
  picker.addEventListener("input", (event) => event.stopPropagation());
  picker.addEventListener("change", (event) => { event.stopPropagation(); offer(); });
  picker.querySelector("[data-merge-insert]").addEventListener("click", () => insertTag(last));
  picker.hidden = false;
  offer();
}

if (viewer) {
  composer.addEventListener("saved", refresh);
  composer.querySelectorAll("[data-merge]").forEach(attachPicker);
  viewer.addEventListener("click", (event) => {
    const width = event.target.closest("[data-width]");
    if (width) show(width.dataset.width);
    const neighbor = event.target.closest("[data-look]");
    if (!neighbor) return;
    event.preventDefault();
    look = new URLSearchParams(neighbor.dataset.look);
    refresh();
  });
  viewer.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-look-for]")) return;
    event.preventDefault();
    look = new URLSearchParams({ as: event.target.elements.as.value });
    refresh();
  });
}
