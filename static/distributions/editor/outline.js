// What stands in the letter, as a list, and what can be done with the piece that is chosen: all of it by the keyboard, too.

const NAMES = {
  "mj-section": "Row", "mj-wrapper": "Rows", "mj-hero": "Banner", "mj-group": "Columns", "mj-column": "Column", "mj-text": "Text",
  "mj-button": "Button", "mj-image": "Picture", "mj-divider": "Divider", "mj-spacer": "Space", "mj-table": "Table",
  "mj-social": "Social", "mj-social-element": "Sign", "mj-navbar": "Menu", "mj-navbar-link": "Entry", link: "Link",
};
const LONGEST = 40;
const typeOf = (component) => component?.get("type") ?? "";

function nameOf(component) {
  const { alt, name } = component.getAttributes();
  const holdsPieces = component.components().some((one) => typeOf(one) in NAMES && typeOf(one) !== "link");
  const words = holdsPieces ? "" : alt || name || component.getEl()?.textContent || "";
  const short = words.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST);
  return short ? `${NAMES[typeOf(component)]}: ${short}` : NAMES[typeOf(component)];
}

export class Outline {
  constructor(editor, root, saver) {
    Object.assign(this, { editor, root, saver });
    this.list = root.querySelector("[data-outline]");
    this.fold = this.list.closest("details");
    this.tools = root.querySelector("[data-chosen]");
    this.fold.addEventListener("toggle", () => this.draw());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("button")));
    this.tools.addEventListener("click", (event) => this.act(event.target.closest("[data-do]")?.dataset.do));
    editor.on("update undo redo load component:selected component:deselected", () => this.soon());
    this.tell();
  }

  soon() {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => { this.tell(); this.draw(); });
  }

  tell() {
    const chosen = this.editor.getSelected();
    const isPiece = typeOf(chosen) in NAMES;
    this.tools.hidden = !isPiece;
    this.root.querySelector("[data-nothing]").hidden = Boolean(chosen);
    this.root.querySelector("[data-styles]").hidden = !chosen;
    if (!isPiece) return;
    this.tools.querySelector("[data-chosen-name]").textContent = nameOf(chosen);
    this.tools.querySelector("[data-do=write]").hidden = !["mj-text", "mj-button"].includes(typeOf(chosen));
    this.tools.querySelector("[data-do=picture]").hidden = typeOf(chosen) !== "mj-image";
  }

  draw() {
    if (!this.fold.open) return;
    const had = this.list.contains(document.activeElement) && document.activeElement.dataset.piece;
    const body = this.editor.getWrapper().findType("mj-body")[0];
    this.pieces = new Map();
    this.list.replaceChildren(...(body ? this.rows(body) : []));
    if (had) this.list.querySelector(`[data-piece="${CSS.escape(had)}"]`)?.focus();
  }

  rows(parent) {
    return parent.components().filter((one) => typeOf(one) in NAMES && typeOf(one) !== "link").map((one) => {
      const [row, button, inside] = ["li", "button", "ul"].map((tag) => document.createElement(tag));
      this.pieces.set(one.cid, one);
      Object.assign(button, { type: "button", textContent: nameOf(one) });
      button.dataset.piece = one.cid;
      button.setAttribute("aria-pressed", String(one === this.editor.getSelected()));
      inside.append(...this.rows(one));
      row.append(button, ...(inside.children.length ? [inside] : []));
      return row;
    });
  }

  choose(button) {
    const piece = button && this.pieces.get(button.dataset.piece);
    if (!piece) return;
    this.editor.select(piece);
    piece.getEl()?.scrollIntoView({ block: "center" });
  }

  act(verb) {
    const chosen = this.editor.getSelected();
    if (!verb || !chosen) return;
    const parent = chosen.parent();
    if (verb === "write" || verb === "picture") chosen.trigger("active");
    if (verb === "copy") this.editor.runCommand("tlb-clone");
    if (verb === "delete") this.editor.runCommand("tlb-delete");
    const at = { up: chosen.index() - 1, down: chosen.index() + 2 }[verb];
    if (at >= 0 && at <= parent.components().length) {
      chosen.move(parent, { at });
      this.editor.select(chosen);
    }
    this.saver.soon();
  }
}
