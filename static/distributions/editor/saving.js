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
    editor.on("update component:input rte:disable", () => this.soon());
    // Whoever leaves within the pause leaves nothing behind.
    addEventListener("pagehide", () => { if (this.isDirty()) this.send("save", this.draft(), { keepalive: true }); });
    addEventListener("beforeunload", (event) => { if (this.isStuck) event.preventDefault(); });
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
