// The message step: the viewer beside the words is fetched again after each save; merge tags go where the cursor was.

import { Viewer } from "./viewer.js";

const composer = document.querySelector("[data-composer]");
const element = composer?.querySelector("[data-viewer]");

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
  const isText = (one) => one.matches?.("#id_subject, #id_preheader, #id_html, #id_text, #id_payload");
  const chosen = picker.querySelector("[data-merge-field]");
  const fallback = picker.querySelector("[data-merge-fallback]");
  const hint = picker.querySelector("[data-merge-hint]");
  let last = composer.querySelector("#id_html, #id_payload") ?? composer.querySelector("#id_subject, #id_text");
  const offer = () => { fallback.hidden = hint.hidden = !("fallback" in chosen.selectedOptions[0].dataset); };
  composer.addEventListener("focusin", (event) => { if (isText(event.target)) last = event.target; });
  // The picker is a tool beside the form's fields: using it alone changes nothing that could be saved.
  picker.addEventListener("input", (event) => event.stopPropagation());
  picker.addEventListener("change", (event) => { event.stopPropagation(); offer(); });
  picker.querySelector("[data-merge-insert]").addEventListener("click", () => insertTag(last));
  picker.hidden = false;
  offer();
}

if (element) {
  const viewer = new Viewer(element);
  composer.addEventListener("saved", () => viewer.refresh());
  composer.querySelectorAll("[data-merge]").forEach(attachPicker);
}
