// [data-mapping]: the rows of field and value. Rows come and go; what the account has is asked for once and offered.
// Without this module the rows drawn by the server post as ever, with a blank one at the end.

const mapping = document.querySelector("[data-mapping]");
const form = mapping?.closest("form");
let known = null;

const rowsOf = () => [...mapping.querySelectorAll("[data-row]")];
const tell = () => form.dispatchEvent(new Event("input", { bubbles: true }));

function addRow() {
  const rows = rowsOf();
  const row = rows.at(-1).cloneNode(true);
  const number = Date.now();
  row.querySelectorAll("input").forEach((box) => {
    box.value = "";
    box.id = `${box.name}-${number}`;
    box.previousElementSibling.setAttribute("for", box.id);
  });
  row.querySelector("[data-hint]").hidden = true;
  rows.at(-1).after(row);
  row.querySelector("[name=field]").focus();
}

function removeRow(row) {
  if (rowsOf().length > 1) row.remove();
  else row.querySelectorAll("input").forEach((box) => { box.value = ""; });
  hint();
  tell();
}

// Says of each name whether the account has it; a name may be written with percent signs, and its case does not matter.
function hint() {
  const plain = (name) => name.trim().replace(/^%|%$/g, "").toUpperCase();
  const names = new Map((known?.fields ?? []).map(([name, label]) => [plain(name), label]));
  rowsOf().forEach((row) => {
    const name = row.querySelector("[name=field]").value;
    const line = row.querySelector("[data-hint]");
    const isThere = names.has(plain(name));
    line.hidden = !known || known.problem || !name.trim() || (!isThere && !mapping.dataset.makesFields);
    const label = names.get(plain(name)) ?? "";
    if (isThere) line.textContent = label && plain(label) !== plain(name) ? `There already: ${label}` : "There already";
    else line.textContent = mapping.dataset.makesFields === "yes" ? "Will be made with the first message" : "Not found there; a message for it would fail";
    line.classList.toggle("is-bad", !isThere && mapping.dataset.makesFields !== "yes");
  });
}

function offer() {
  const words = mapping.querySelector("[data-known-words]");
  words.textContent = known.problem || known.words;
  mapping.querySelector("#known-fields").replaceChildren(
    ...known.fields.map(([name, label]) => Object.assign(document.createElement("option"), { value: name, label })),
  );
  form.querySelector("#known-events")?.prepend(
    ...known.events.map((name) => Object.assign(document.createElement("option"), { value: name, label: "there already" })),
  );
  const place = form.querySelector("[data-known-tags]");
  place?.replaceChildren(...known.tags.slice(0, 20).map((tag) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "f-button is-small", textContent: `+ ${tag}` });
    button.dataset.tag = tag;
    return button;
  }));
  hint();
}

async function ask() {
  const account = form.querySelector("[name=connection_id]")?.value;
  if (!account) return;
  mapping.querySelector("[data-known-words]").textContent = "Asking the account …";
  const address = `${mapping.dataset.known}?connection=${encodeURIComponent(account)}`;
  const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    mapping.querySelector("[data-known-words]").textContent = "";
    return;
  }
  known = await answer.json();
  offer();
  form.dispatchEvent(new CustomEvent("known", { detail: known }));
}

function addTag(tag) {
  const box = form.querySelector("[name=tags]");
  const tags = box.value.split(",").map((one) => one.trim()).filter(Boolean);
  if (!tags.includes(tag)) box.value = [...tags, tag].join(", ");
  tell();
}

// A merge field goes where the cursor was; one that may be empty for somebody wants the words to use instead.
function insert(picker, box) {
  const chosen = picker.querySelector("[data-pick]").selectedOptions[0];
  const fallback = picker.querySelector("[data-pick-fallback]");
  const words = fallback.value.replaceAll('"', "”").trim();
  const mayBeEmpty = "fallback" in chosen.dataset;
  if (mayBeEmpty && !words) {
    fallback.focus();
    return;
  }
  const field = mayBeEmpty ? `{{ ${chosen.value} | default: "${words}" }}` : `{{ ${chosen.value} }}`;
  box.setRangeText(field, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

function attachPicker(picker) {
  let last = null;
  const usual = () => rowsOf().map((row) => row.querySelector("[name=value]")).find((box) => !box.value) ?? mapping.querySelector("[name=value]");
  const chosen = picker.querySelector("[data-pick]");
  const offer = () => {
    const mayBeEmpty = "fallback" in chosen.selectedOptions[0].dataset;
    picker.querySelectorAll("[data-pick-fallback], [data-pick-hint]").forEach((part) => { part.hidden = !mayBeEmpty; });
  };
  form.addEventListener("focusin", (event) => { if (event.target.matches("[data-merge-target]")) last = event.target; });
  // The picker is a tool beside the form's fields: using it alone changes nothing that could be saved.
  picker.addEventListener("input", (event) => event.stopPropagation());
  picker.addEventListener("change", (event) => { event.stopPropagation(); offer(); });
  picker.querySelector("[data-pick-insert]").addEventListener("click", () => insert(picker, last?.isConnected ? last : usual()));
  picker.hidden = false;
  offer();
}

// What the tool would be told is fetched again after each save, for the customer who is looked at.
function attachViewer(viewer) {
  let look = new URLSearchParams(location.search);
  let turn = 0;
  const refresh = async () => {
    const mine = ++turn;
    look.delete("channel");
    const answer = await fetch(`${viewer.dataset.told}?${look}`, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || mine !== turn) return;
    viewer.innerHTML = await answer.text();
    form.dispatchEvent(new Event("shown"));
  };
  form.addEventListener("saved", refresh);
  viewer.addEventListener("click", (event) => {
    const neighbor = event.target.closest("[data-look]");
    if (!neighbor) return;
    event.preventDefault();
    look = new URLSearchParams(neighbor.dataset.look);
    refresh();
  });
  viewer.addEventListener("submit", (event) => {
    event.preventDefault();
    look = new URLSearchParams({ as: event.target.elements.as.value });
    refresh();
  });
}

if (mapping) {
  mapping.querySelectorAll("[data-add], [data-remove]").forEach((button) => { button.hidden = false; });
  mapping.addEventListener("click", (event) => {
    if (event.target.closest("[data-add]")) addRow();
    const gone = event.target.closest("[data-remove]");
    if (gone) removeRow(gone.closest("[data-row]"));
  });
  mapping.addEventListener("input", hint);
  form.addEventListener("click", (event) => {
    const tag = event.target.closest("[data-tag]");
    if (tag) addTag(tag.dataset.tag);
  });
  form.querySelector("[name=connection_id]")?.addEventListener("change", ask);
  ask();
  form.querySelectorAll("[data-picker]").forEach(attachPicker);
  document.querySelectorAll("[data-told]").forEach(attachViewer);
}
