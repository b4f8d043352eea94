// The canvas: GrapesJS with MJML, taught what our letters need. Nothing is loaded from anywhere else.

import { addTraits } from "./traits.js";

const SOCIAL = /https:\/\/www\.mailjet\.com\/images\/theme\/v1\/icons\/ico-social\//g;
const LIQUID_SOURCE = /(<(?:img|v:image)\b[^>]*?\ssrc=")([^"]*(?:\{\{|%7B%7B)[^"]*)"/g;
const SAMPLES = [["qr_url", "qr.svg"], ["barcode_url", "barcode.svg"], ["logo_url", "logo.svg"]];

// What stands in a picture's place while its address is a merge field.
function sampleOf(source, statics) {
  const found = SAMPLES.find(([field]) => source.includes(field));
  return `${statics}designs/samples/${found ? found[1] : "picture.svg"}`;
}

// Every element is drawn by MJML in this browser: pictures that are not here must not be asked for.
function drawnHere(parser, statics) {
  return (mjml, options) => {
    const drawn = parser(mjml, options);
    drawn.html = drawn.html
      .replace(SOCIAL, `${statics}designs/social/`)
      .replace(LIQUID_SOURCE, (_all, before, source) => `${before}${sampleOf(source, statics)}"`);
    return drawn;
  };
}

const escaped = (value) =>
  typeof value === "string" ? value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;") : value;

// The plugin writes attributes as they are; a quote in an alternative text would end it.
function escapeAttributes(editor) {
  for (const { id, model } of editor.Components.getTypes()) {
    if (!id.startsWith("mj")) continue;
    for (const name of ["getAttrToHTML", "getMjmlAttributes"]) {
      const plain = model.prototype[name];
      if (!plain) continue;
      model.prototype[name] = function (...given) {
        return Object.fromEntries(Object.entries(plain.apply(this, given)).map(([key, value]) => [key, escaped(value)]));
      };
    }
  }
}

// MJML has these defaults itself; written beside a "padding" they would hide it.
function forgetDefaults(editor) {
  for (const { id } of editor.Components.getTypes()) {
    if (id.startsWith("mj-")) editor.Components.addType(id, { model: { defaults: { "style-default": {} } } });
  }
}

// Only words are pasted: what other programs put around them, mails do not take.
function pasteWords({ ev, rte }) {
  ev.preventDefault();
  const words = escaped(ev.clipboardData.getData("text/plain")).replaceAll(">", "&gt;");
  rte.doc.execCommand("insertHTML", false, words.replaceAll(/\r\n|\r|\n/g, "<br>"));
}

export function createCanvas(root, setup, token) {
  const { statics } = setup;
  const teach = (editor, { opt }) => { opt.mjmlParser = drawnHere(opt.mjmlParser, statics); };
  const editor = window.grapesjs.init({
    container: root.querySelector("[data-canvas]"),
    height: "100%",
    width: "auto",
    storageManager: false,
    telemetry: false,
    noticeOnUnload: false,
    cssIcons: `${statics}vendor/font-awesome-4.7.0/css/font-awesome.min.css`,
    panels: { defaults: [] },
    canvasCss: '[data-gjs-type="mj-column"] { min-height: 32px; }',
    parser: { optionsHtml: { allowScripts: false, allowUnsafeAttr: false, allowUnsafeAttrValue: false } },
    blockManager: { appendTo: root.querySelector("[data-blocks]"), blocks: [] },
    layerManager: { custom: true },
    styleManager: { appendTo: root.querySelector("[data-styles]") },
    traitManager: { appendTo: root.querySelector("[data-traits]") },
    assetManager: {
      upload: setup.images, uploadName: "image", headers: { "X-CSRFToken": token }, multiUpload: true, multiUploadSuffix: "",
      autoAdd: true, showUrlInput: false, dropzone: false, assets: [], noAssets: "No picture yet. Upload one, or drop it here.",
    },
    richTextEditor: { actions: ["bold", "italic", "underline", "strikethrough", "link"], onPaste: pasteWords },
    plugins: ["grapesjs-mjml"],
    pluginsOpts: {
      "grapesjs-mjml": {
        blocks: [], fonts: {}, columnsPadding: "", customComponents: [teach], useCustomTheme: false,
        imagePlaceholderSrc: `${statics}designs/picture.png`,
      },
    },
  });
  forgetDefaults(editor);
  escapeAttributes(editor);
  addTraits(editor, root, setup.fonts);
  editor.setComponents(setup.mjml);
  editor.UndoManager.clear();
  return editor;
}

const KEPT = new Set(["href", "style", "src", "alt", "title", "target", "color", "size", "face", "align", "width", "height"]);

// The words that are being typed, which the library's own model knows only once the text is left.
function typedIn(component) {
  const copy = component.view.getChildrenContainer().cloneNode(true);
  for (const one of copy.querySelectorAll("*")) {
    for (const { name } of [...one.attributes]) if (!KEPT.has(name)) one.removeAttribute(name);
  }
  return copy.innerHTML;
}

export function mjmlOf(editor) {
  const typing = editor.getEditing();
  if (!typing) return editor.getHtml().trim();
  const [whole, end] = [typing.toHTML(), `</${typing.get("tagName")}>`];
  const inside = typing.get("content") + typing.components().map((one) => one.toHTML()).join("");
  typing.toHTML = () => whole.slice(0, whole.length - inside.length - end.length) + typedIn(typing) + end;
  const mjml = editor.getHtml().trim();
  delete typing.toHTML;
  return mjml;
}
