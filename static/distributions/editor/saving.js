// Saving: by itself shortly after each change; a conflict with another window is told, and the person decides.

import { mjmlOf } from "./canvas.js";

const PAUSE = 900;

export class Saver {
  constructor(editor, setup, root, token) {
    Object.assign(this, { editor, setup, root, token });
    this.revision = setup.revision;
    this.last = mjmlOf(editor);
    this.running = Promise.resolve(true);
    this.listeners = [];
    editor.on("update rte:disable", () => this.soon());
    // The library says nothing of what is typed before the text is left.
    const typed = () => this.soon();
    editor.on("rte:enable", (view) => view.el.addEventListener("input", typed));
    // Whoever leaves within the pause leaves nothing behind: it is sent before the next page is asked for.
    addEventListener("beforeunload", (event) => { this.leave(); if (this.isStuck) event.preventDefault(); });
    addEventListener("pagehide", () => this.leave());
    this.takeUp();
  }

  // What is on the screen, words that are being typed included.
  current() { return this.source ? this.source() : mjmlOf(this.editor); }
  draft() { return { mjml: this.current(), revision: this.revision }; }
  isDirty() { return !this.asking && this.current() !== this.last; }
  say(text, grade = "") {
    const line = this.root.querySelector("[data-saved]");
    line.textContent = text;
    line.className = `e-saved ${grade}`;
  }

  // What was sent while leaving may arrive behind the page that was asked for next: then this window still knows it.
  takeUp() {
    const left = JSON.parse(sessionStorage.getItem(this.setup.act) ?? "null");
    sessionStorage.removeItem(this.setup.act);
    if (left?.revision !== this.revision || left.mjml === this.last) return;
    this.editor.setComponents(left.mjml);
    this.soon();
  }

  async leave() {
    if (!this.isDirty()) return;
    clearTimeout(this.timer);
    const draft = this.draft();
    this.last = draft.mjml;
    sessionStorage.setItem(this.setup.act, JSON.stringify(draft));
    if (!(await this.send("save", draft, { keepalive: true }))) this.last = null;
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // One at a time, so that an older answer never lands after a newer one. Resolves to whether everything is saved.
  save() {
    clearTimeout(this.timer);
    this.running = this.running.then(() => this.saveNow());
    return this.running;
  }

  async saveNow() {
    if (this.asking) return false;
    const mjml = this.current();
    if (mjml === this.last) return true;
    this.say("Saving …");
    const answer = await this.send("save", { mjml, revision: this.revision });
    if (!answer) return false;
    this.last = mjml;
    this.say(`Saved ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`);
    return true;
  }

  // Ask for one of the editor's verbs; refusals are told here, and answered with null.
  async send(verb, body, options = {}) {
    const answer = await fetch(this.setup.act.replace("/verb/", `/${verb}/`), {
      method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": this.token }, ...options,
    }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    this.isStuck = !answer?.ok;
    if (answer?.status === 409) this.askWhose(told);
    else if (!answer || !told) this.say("Not saved: the server does not answer. It is tried again with the next change.", "is-bad");
    else if (!answer.ok) this.say(`Not saved: ${told.details ?? told.message}`, "is-bad");
    if (!answer?.ok || !told) return null;
    this.revision = told.revision;
    this.listeners.forEach((listen) => listen(told));
    return told;
  }

  show(told) {
    this.editor.setComponents(told.mjml);
    this.last = mjmlOf(this.editor);
    this.say("Saved");
  }

  askWhose(told) {
    const sheet = this.root.querySelector("[data-conflict]");
    this.asking = true;
    this.say("Not saved: it was changed in another window.", "is-bad");
    sheet.querySelector("[data-conflict-who]").textContent =
      `${told.who} saved this design at ${new Date(told.at).toLocaleTimeString()} in another window.`;
    sheet.onclose = () => {
      this.asking = false;
      this.isStuck = false;
      this.revision = told.revision;
      if (sheet.returnValue === "theirs") this.show(told);
      else this.save();
    };
    if (!sheet.open) sheet.showModal();
  }
}
