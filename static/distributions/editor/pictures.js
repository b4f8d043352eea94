// The chooser of pictures: what was uploaded before, told and taken by the keyboard too, and why an upload was refused.

function sentenceOf(refusal) {
  try {
    return JSON.parse(refusal).details;
  } catch {
    return "The picture could not be uploaded.";
  }
}

function reach(chooser) {
  chooser.querySelectorAll(".gjs-am-asset").forEach((row) => Object.assign(row, { tabIndex: 0, role: "button" }));
}

export function offerPictures(editor, address) {
  editor.on("asset:open", async () => {
    // The admin's frame writes a file's name into a box beside it, and finds none here; so it is told that it did already.
    editor.AssetManager.getContainer().querySelectorAll("input[type=file]").forEach((one) => { one.hasChangeListener = true; });
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) editor.AssetManager.add((await answer.json()).data);
    reach(editor.AssetManager.getContainer());
  });
  editor.on("asset:add", () => requestAnimationFrame(() => reach(editor.AssetManager.getContainer())));
  editor.on("asset:upload:error", (refusal) => window.alert(sentenceOf(refusal)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") editor.Modal.close();
    const row = event.key === "Enter" && event.target.closest?.(".gjs-am-asset");
    if (row) row.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  });
}
