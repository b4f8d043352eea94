// What the settings panel offers for each kind of piece.

const NETWORKS = [
  ["facebook-noshare", "Facebook"], ["instagram", "Instagram"], ["x-noshare", "X"], ["youtube", "YouTube"],
  ["linkedin-noshare", "LinkedIn"], ["pinterest-noshare", "Pinterest"], ["web", "Website"],
].map(([id, label]) => ({ id, value: id, name: label, label }));

export function addTraits(editor, root, fonts) {
  const link = { name: "href", label: "Link", placeholder: "https://" };
  const update = (type, traits) => editor.Components.addType(type, { model: { defaults: { traits } } });
  // What the library offers for web pages, such as ids, means nothing in a letter.
  editor.Components.getTypes().forEach(({ id }) => update(id, []));
  update("link", [link]);
  update("mj-button", [link]);
  update("mj-image", [{ name: "alt", label: "Alternative text" }, link, { name: "src", label: "Picture", type: "text" }]);
  update("mj-social-element", [
    { name: "name", label: "Network", type: "select", options: NETWORKS }, { ...link, label: "Your page there" },
    { name: "alt", label: "Alternative text" },
  ]);
  editor.onReady(() => {
    const font = editor.StyleManager.getProperty("typography", "font-family");
    font?.setOptions(fonts.map((value) => ({ id: value, label: value.split(",")[0].replaceAll("'", "") })));
    // Without a unit it is a multiple of the letters' size, as all our pieces have it.
    editor.StyleManager.getProperty("typography", "line-height")?.set({ units: ["", "px", "%"], unit: "", step: 0.05, min: 0 });
  });
  editor.on("component:selected", (chosen) => requestAnimationFrame(() => {
    const boxes = root.querySelectorAll(".gjs-trt-trait");
    boxes.forEach(label);
    // Whoever makes words a link writes its address next.
    if (chosen.is("link") && !chosen.getAttributes().href) boxes[0]?.querySelector("input")?.focus();
  }));
}

// The library draws labels beside its boxes without saying that they belong together.
function label(trait) {
  trait.querySelector("input, select")?.setAttribute("aria-label", trait.querySelector(".gjs-label")?.textContent.trim() ?? "");
}
