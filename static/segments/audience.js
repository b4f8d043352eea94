// The audience beside the rules: who matches now, who can be reached, and whether one customer does and why.
import { el } from "./dom.js";

const PAUSE = 300;
const amount = (number) => number.toLocaleString("en-US");

async function ask(url, body, signal) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token, "X-Requested-With": "fetch" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (answer.redirected || !answer.headers.get("content-type")?.includes("json")) throw new Error("signed out");
  return answer.json();
}

// Shows the audience of a filter in `card`; `place(path, {count, message})` puts answers beside the rules.
export function audience(card, place) {
  const part = (name) => card.querySelector(`[data-audience="${name}"]`);
  let timer;
  let running = new AbortController();
  let isCounted = false;

  function draw(seen) {
    const share = seen.total_customers ? ` (${((100 * seen.count) / seen.total_customers).toFixed(1)} %)` : "";
    part("count").textContent = `${seen.exact ? "" : "about "}${amount(seen.count)}`;
    part("of").textContent = `of ${amount(seen.total_customers)} customers${share}`;
    const reachable = Object.entries(seen.reachable).map(([channel, count]) => el(
      "li", {}, el("span", {}, { email: "by e-mail", sms: "by SMS" }[channel] ?? channel), el("b", {}, amount(count)),
    ));
    part("reachable").replaceChildren(...reachable);
    part("sample").replaceChildren(...seen.sample.map((one) => el("li", {}, el("a", { className: "f-link", href: one.url }, one.title))));
    document.querySelector("[data-sentence]").textContent = seen.sentence;
    part("hints").replaceChildren(...seen.hints.map((hint) => el("li", {}, hint)));
    part("problem").textContent = "";
    isCounted = true;
    seen.clauses.forEach((clause) => place(clause.path, { count: `${amount(clause.count)} pass` }));
  }

  function drawProblem(message) {
    part("problem").textContent = message;
    if (!isCounted) part("of").textContent = "";
  }

  function drawImpact({ enter, leave, messages_now: messages }) {
    const quiet = !enter && !leave;
    part("impact").textContent = quiet
      ? "Saving would change nobody's membership."
      : `Saving: ${amount(enter)} would enter, ${amount(leave)} would leave, ${amount(messages)} messages would go out now.`;
  }

  async function now(filter) {
    running.abort();
    running = new AbortController();
    card.setAttribute("aria-busy", "true");
    if (!isCounted) part("of").textContent = "Counting …";
    try {
      const seen = await ask(card.dataset.preview, { filter }, running.signal);
      if (seen.errors) drawProblem(seen.errors[0].message);
      else draw(seen);
      if (!seen.errors && card.dataset.impact) drawImpact(await ask(card.dataset.impact, { filter }, running.signal));
      card.dispatchEvent(new CustomEvent("judged", { detail: seen.errors?.[0]?.message ?? "" }));
      // After the rows judged themselves, so that what only the server knows stays beside its rule.
      (seen.errors ?? []).forEach((error) => place(error.path, { message: error.message }));
      card.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name === "AbortError") return;
      drawProblem("The audience could not be counted just now; it will be with your next change.");
      card.removeAttribute("aria-busy");
    }
  }

  async function check(filter) {
    const field = part("who");
    const nothing = { errors: [{ message: "The answer did not come; try again in a moment." }] };
    const answer = await ask(card.dataset.check, { filter, customer: field.value }).catch(() => nothing);
    const lines = answer.lines ?? answer.errors.map(({ message }) => ({ matches: false, text: message }));
    part("verdict").replaceChildren(...lines.map((line) => el("li", { className: line.matches ? "is-in" : "is-out" }, line.text)));
  }

  return {
    later: (filter) => { clearTimeout(timer); timer = setTimeout(() => now(filter), PAUSE); },
    stop: () => { clearTimeout(timer); running.abort(); },
    onCheck: (filterNow) => {
      part("check").addEventListener("click", () => check(filterNow()));
      part("who").addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        check(filterNow());
      });
    },
  };
}
