// The blocks: dragged to their place by hand, or put there by a click or the Enter key.

const isRow = (content) => content.startsWith("<mj-section") || content.startsWith("<mj-wrapper");
const body = (editor) => editor.getWrapper().findType("mj-body")[0];

function ancestor(component, type) {
  for (let one = component; one; one = one.parent()) if (one.get("type") === type) return one;
  return null;
}

// A row lands behind the row that is chosen, else before the last one, which is the footer as a rule.
function addRow(editor, content) {
  const rows = body(editor).components();
  const chosen = ancestor(editor.getSelected(), "mj-section");
  const at = chosen ? chosen.index() + 1 : Math.max(rows.length - 1, 0);
  return rows.add(content, { at });
}

// A piece lands behind the piece that is chosen, in the chosen column, or in a row of its own.
function addPiece(editor, content) {
  const chosen = editor.getSelected();
  const column = ancestor(chosen, "mj-column");
  if (!column) {
    const row = addRow(editor, `<mj-section background-color="#ffffff" css-class="mail-panel"><mj-column>${content}</mj-column></mj-section>`);
    return [row].flat()[0].components().at(0).components().at(0);
  }
  const at = chosen === column ? column.components().length : chosen.index() + 1;
  return column.components().add(content, { at });
}

function insert(editor, content) {
  const added = [isRow(content) ? addRow(editor, content) : addPiece(editor, content)].flat()[0];
  editor.select(added);
  added.getEl()?.scrollIntoView({ block: "center", behavior: "smooth" });
}

export function addBlocks(editor, blocks, place, onPut) {
  for (const block of blocks) {
    editor.Blocks.add(block.key, {
      label: block.label,
      category: block.group,
      content: block.content,
      media: `<i class="fa fa-${block.icon}" aria-hidden="true"></i>`,
      attributes: { title: `${block.label}: drag it, or press Enter`, "data-block": block.key, role: "button", tabindex: "0" },
      onClick: () => { onPut(); insert(editor, block.content); },
    });
  }
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.target.closest(".gjs-block")?.click();
    event.target.closest(".gjs-title")?.click();
    if (event.target.closest(".gjs-block, .gjs-title")) event.preventDefault();
  });
}
