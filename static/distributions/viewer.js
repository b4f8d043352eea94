// <div data-viewer="URL">: the letter as a customer will see it, fetched again after each save and each change of customer.

const [DESKTOP, AROUND] = [680, 24];

export class Viewer {
  constructor(element, { query = {}, onCustomer = () => {} } = {}) {
    Object.assign(this, { element, query, onCustomer });
    this.look = new URLSearchParams(location.search);
    this.turn = 0;
    this.isDark = false;
    element.addEventListener("click", (event) => this.clicked(event));
    element.addEventListener("submit", (event) => this.submitted(event));
    new ResizeObserver(() => this.fit()).observe(element);
  }

  async refresh() {
    const mine = ++this.turn;
    this.look.delete("channel");
    const asked = new URLSearchParams([...this.look, ...Object.entries(this.query)]);
    const answer = await fetch(`${this.element.dataset.viewer}?${asked}`, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || mine !== this.turn) return;
    const to = this.element.querySelector("[name=to]")?.value;
    this.element.innerHTML = await answer.text();
    if (to) this.element.querySelector("[name=to]").value = to;
    this.show(this.element.dataset.show);
  }

  // Desktop, phone or plain text, each light or dark; in the dark the letter itself is asked for anew.
  show(way) {
    const { element, isDark } = this;
    element.dataset.show = way;
    element.querySelectorAll("[data-width]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.width === way));
    });
    element.querySelector("[data-dark]")?.setAttribute("aria-pressed", String(isDark));
    this.fit();
    const frame = element.querySelector("iframe");
    if (!frame) return;
    const address = new URL(frame.src);
    if (address.searchParams.has("dark") === isDark) return;
    if (isDark) address.searchParams.set("dark", "1");
    else address.searchParams.delete("dark");
    frame.src = address;
  }

  // A desktop's letter keeps its width in a narrow column, and is drawn smaller.
  fit() {
    const { element } = this;
    const stage = element.querySelector(".d-stage");
    const room = stage ? stage.clientWidth - AROUND : 0;
    const scale = element.dataset.show === "desktop" && room > 0 ? Math.min(1, room / DESKTOP) : 1;
    element.style.setProperty("--d-scale", String(scale));
  }

  clicked(event) {
    const width = event.target.closest("[data-width]");
    if (width) this.show(width.dataset.width);
    if (event.target.closest("[data-dark]")) {
      this.isDark = !this.isDark;
      this.show(this.element.dataset.show);
    }
    const neighbor = event.target.closest("[data-look]");
    if (!neighbor) return;
    event.preventDefault();
    this.turnTo(neighbor.dataset.look);
  }

  submitted(event) {
    if (!event.target.matches("[data-look-for]")) return;
    event.preventDefault();
    this.turnTo({ as: event.target.elements.as.value });
  }

  turnTo(whom) {
    this.look = new URLSearchParams(whom);
    this.onCustomer(this.look);
    this.refresh();
  }
}
