// The picker of merge fields: each with its value for the customer who is looked at, and words for who lacks it.

const tagOf = (name, fallback) => (fallback ? `{{ ${name} | default: '${fallback}' }}` : `{{ ${name} }}`);

export class FieldPicker {
  constructor(editor, root, setup, saver) {
    Object.assign(this, { editor, root, setup, saver });
    this.form = root.querySelector("[data-field-form]");
    this.list = root.querySelector("[data-field-list]");
    editor.on("rte:enable", (view) => { this.typing = view; this.input = null; });
    editor.on("component:selected", () => { this.input = null; });
    editor.on("rte:disable", () => { this.typing = null; });
    root.querySelector("[data-traits]").addEventListener("focusin", (event) => {
      if (event.target.matches("input[type=text], input:not([type])")) this.input = event.target;
    });
    root.querySelector("[data-field-search]").addEventListener("input", (event) => this.filter(event.target.value));
    // The canvas keeps its cursor while somebody chooses here.
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[data-field]")));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.insert(); });
    this.draw(setup.fields);
  }

  draw(fields) {
    this.fields = fields;
    this.list.replaceChildren(...fields.map((field) => {
      const row = document.createElement("button");
      row.type = "button";
      row.className = "e-field";
      row.dataset.field = field.name;
      const [label, value] = [document.createElement("span"), document.createElement("span")];
      label.textContent = field.label;
      value.textContent = field.value || "empty for this customer";
      value.className = field.value ? "f-quiet" : "e-lacks";
      row.append(label, value);
      return row;
    }));
    if (this.chosen) this.choose(this.list.querySelector(`[data-field="${CSS.escape(this.chosen.name)}"]`), false);
  }

  filter(words) {
    const wanted = words.trim().toLowerCase();
    for (const row of this.list.children) {
      row.hidden = Boolean(wanted) && !`${row.textContent} ${row.dataset.field}`.toLowerCase().includes(wanted);
    }
  }

  choose(row, mayFocus = true) {
    if (!row) return;
    this.chosen = this.fields.find((field) => field.name === row.dataset.field);
    for (const one of this.list.children) one.setAttribute("aria-pressed", String(one === row));
    const { fallback } = this.form.elements;
    this.form.hidden = false;
    this.form.querySelector("[data-field-chosen]").textContent = this.chosen.label;
    fallback.closest("label").hidden = !this.chosen.needs_fallback;
    fallback.required = this.chosen.needs_fallback;
    if (this.chosen.needs_fallback && !fallback.value) fallback.value = this.chosen.name.includes("name") ? "friend" : "";
    if (mayFocus) (this.chosen.needs_fallback ? fallback : this.form.querySelector("button")).focus();
  }

  insert() {
    const words = this.form.elements.fallback.value.replaceAll(/['"<>{}]/g, "’").trim();
    this.put(tagOf(this.chosen.name, this.chosen.needs_fallback ? words : ""));
    this.saver.soon();
  }

  // Into the link that was being written, the words that are being typed, or the text that is chosen.
  put(tag) {
    if (this.input?.isConnected) {
      this.input.setRangeText(tag, this.input.selectionStart, this.input.selectionEnd, "end");
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    if (this.typing) {
      const page = this.typing.el.ownerDocument;
      page.defaultView.focus();
      page.execCommand("insertText", false, tag);
      return;
    }
    const chosen = this.editor.getSelected();
    if (chosen?.is("mj-text") || chosen?.is("mj-button")) chosen.append(` ${tag}`);
    else this.form.querySelector("[data-field-hint]").hidden = false;
  }

  async follow(query) {
    const answer = await fetch(`${this.setup.fields_at}?${query}`).catch(() => null);
    if (answer?.ok && !answer.redirected) this.draw((await answer.json()).fields);
  }
}
