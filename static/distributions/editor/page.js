// The editor's page: its bar, its panes and its panels around the canvas.

import { Viewer } from "../viewer.js";
import { addBlocks } from "./blocks.js";
import { createCanvas, mjmlOf } from "./canvas.js";
import { FieldPicker } from "./fields.js";
import { Outline } from "./outline.js";
import { offerPictures } from "./pictures.js";
import { Saver } from "./saving.js";

const root = document.querySelector("[data-editor]");
const setup = JSON.parse(document.getElementById("setup").textContent);
const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
// Where the source is broken into lines: not at the end of words, which would gain a blank by it.
const ROWS = /(<mj-|<\/mj-(?:section|column|wrapper|body|head|social|group)>)/g;
const each = (selector, event, act) => root.querySelectorAll(selector).forEach((one) => one.addEventListener(event, (happened) => act(one, happened)));
const press = (selector, isPressed) => root.querySelectorAll(selector).forEach((one) => one.setAttribute("aria-pressed", String(isPressed(one))));

const editor = createCanvas(root, setup, token);
addBlocks(editor, setup.blocks, root.querySelector("[data-blocks]"), () => openPane("canvas"));
const saver = new Saver(editor, setup, root, token);
const fields = new FieldPicker(editor, root, setup, saver);
new Outline(editor, root, saver);
offerPictures(editor, setup.images);
const viewer = new Viewer(root.querySelector("[data-viewer]"), { query: { working: "1" }, onCustomer: (look) => fields.follow(look) });
const source = root.querySelector("[data-source]");

saver.listeners.push((told) => {
  root.querySelector("[data-checks]").innerHTML = told.checks;
  root.querySelector("[data-versions]").innerHTML = told.versions;
  tellPublished(told.is_published);
});

function tellPublished(isPublished) {
  const button = root.querySelector("[data-publish]");
  if (button) button.disabled = isPublished;
}

// Which of its faces the middle shows: the canvas, the letter as it will arrive, or its source.
async function turn(face) {
  if (saver.source && face !== "source") {
    if (!(await saver.save())) return;
    saver.source = null;
    editor.setComponents(source.value);
    saver.last = mjmlOf(editor);
  }
  if (face === "source" && !saver.source) {
    await saver.save();
    source.value = mjmlOf(editor).replaceAll(ROWS, "\n$1").trim();
    saver.last = source.value;
    saver.source = () => source.value;
  }
  if (face === "preview") {
    await saver.save();
    viewer.refresh();
  }
  root.dataset.face = face;
  openPane("canvas");
  press("[data-turn]", (one) => one.dataset.turn === face);
  if (face === "canvas") editor.refresh();
}

function openPanel(name) {
  press("[data-panel-of]", (one) => one.dataset.panelOf === name);
  root.querySelectorAll("[data-panel]").forEach((panel) => { panel.hidden = panel.dataset.panel !== name; });
}

function openPane(name) {
  root.dataset.pane = name;
  press("[data-pane-of]", (one) => one.dataset.paneOf === name);
}

each("[data-turn]", "click", (one) => turn(one.dataset.turn));
each("[data-panel-of]", "click", (one) => openPanel(one.dataset.panelOf));
each("[data-pane-of]", "click", (one) => openPane(one.dataset.paneOf));
each("[data-device]", "click", (one) => {
  editor.setDevice(one.dataset.device);
  press("[data-device]", (other) => other === one);
});
each("[data-undo]", "click", () => editor.UndoManager.undo());
each("[data-redo]", "click", () => editor.UndoManager.redo());
each("[data-publish]", "click", async () => { if (await saver.save() && await saver.send("publish", {})) saver.say("Published", "is-good"); });
each("[data-keep-form]", "submit", async (form, event) => {
  event.preventDefault();
  if (await saver.save() && await saver.send("keep", { label: form.elements.label.value })) form.reset();
});
each("[data-shelve-form]", "submit", async (form, event) => {
  event.preventDefault();
  const name = form.elements.name.value;
  if (!(await saver.save()) || !(await saver.send("shelve", { name }))) return;
  saver.say(`“${name}” is on the shelf`, "is-good");
  form.reset();
});
each("[data-versions]", "click", async (_list, event) => {
  const version = event.target.closest("[data-restore]");
  if (!version || !(await saver.save())) return;
  const told = await saver.send("restore", { version: Number(version.dataset.restore) });
  if (told) saver.show(told);
});
each("[data-leave]", "click", async (link, event) => {
  event.preventDefault();
  if (await saver.save()) location.href = link.href;
});
source.addEventListener("input", () => saver.soon());

editor.on("component:selected", () => { if (!root.querySelector("[data-panel=fields]:not([hidden])")) openPanel("settings"); });
tellPublished(setup.is_published);
openPanel("settings");
openPane("canvas");
turn("canvas");
root.dataset.ready = "true";
