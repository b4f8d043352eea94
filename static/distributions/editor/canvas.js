// The canvas: GrapesJS with MJML, taught what our letters need. Nothing is loaded from anywhere else.

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

function addTraits(editor, fonts) {
  const link = { name: "href", label: "Link", placeholder: "https://" };
  const update = (type, traits) => editor.Components.addType(type, { model: { defaults: { traits } } });
  update("mj-section", []);
  update("mj-button", [link]);
  update("mj-image", [{ name: "alt", label: "Alternative text" }, link, { name: "src", label: "Picture", type: "text" }]);
  update("mj-social-element", [
    { name: "name", label: "Network", type: "select", options: NETWORKS }, { ...link, label: "Your page there" },
    { name: "alt", label: "Alternative text" },
  ]);
  editor.onReady(() => {
    const font = editor.StyleManager.getProperty("typography", "font-family");
    font?.setOptions(fonts.map((value) => ({ id: value, label: value.split(",")[0].replaceAll("'", "") })));
  });
}

const NETWORKS = [
  ["facebook-noshare", "Facebook"], ["instagram", "Instagram"], ["x-noshare", "X"], ["youtube", "YouTube"],
  ["linkedin-noshare", "LinkedIn"], ["pinterest-noshare", "Pinterest"], ["web", "Website"],
].map(([id, label]) => ({ id, value: id, name: label, label }));

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
    layerManager: { appendTo: root.querySelector("[data-layers]") },
    styleManager: { appendTo: root.querySelector("[data-styles]") },
    traitManager: { appendTo: root.querySelector("[data-traits]") },
    assetManager: {
      upload: setup.images, uploadName: "image", headers: { "X-CSRFToken": token }, multiUpload: true, autoAdd: true,
      dropzone: false, assets: [], noAssets: "No picture yet. Upload one, or drop it here.",
    },
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
  addTraits(editor, setup.fonts);
  editor.setComponents(setup.mjml);
  editor.UndoManager.clear();
  return editor;
}

export const mjmlOf = (editor) => editor.getHtml().trim();
