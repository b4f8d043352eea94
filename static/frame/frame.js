// Behaviour shared by the pages of the product: each part binds to a data- attribute and tolerates replaced fragments.

// <p data-refresh="URL" data-refresh-seconds="5">: fetch the fragment again and put it in place, while the page is visible.
function keepFresh(element) {
  const seconds = Number(element.dataset.refreshSeconds || 5);
  const again = async () => {
    if (!element.isConnected) return;
    const busy = document.hidden || element.contains(document.activeElement);
    if (!busy) {
      const answer = await fetch(element.dataset.refresh, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
      if (answer?.ok && !answer.redirected) element.innerHTML = await answer.text();
      tellTimes();
    }
    if (!element.querySelector("[data-refresh-stop]")) setTimeout(again, seconds * 1000);
  };
  setTimeout(again, seconds * 1000);
}

// <button data-copy="#id">: copy another element's text and say so.
async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard?.writeText(source.textContent.trim());
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 1500);
}

// <form data-confirm="Delete this segment?">: ask once before it is sent.
function ask(event) {
  const question = event.target.dataset?.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
}

// <time datetime="...">: the reader's own clock in words of the last hours, the exact instant on hover.
const SPANS = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"]];
function tellTime(element) {
  const at = new Date(element.dateTime);
  const ago = (Date.now() - at) / 1000;
  const span = SPANS.find(([limit]) => Math.abs(ago) < limit);
  element.title = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  if (!element.hasAttribute("data-ago") || !span) return;
  const amount = `${Math.floor(Math.abs(ago) / span[1])} ${span[2]}`;
  element.textContent = ago < 0 ? `in ${amount}` : `${amount} ago`;
}

const tellTimes = () => document.querySelectorAll("time[datetime]").forEach(tellTime);

function start() {
  document.querySelectorAll("[data-refresh]").forEach(keepFresh);
  tellTimes();
  setInterval(tellTimes, 1000);
  document.addEventListener("submit", ask);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
}

document.addEventListener("DOMContentLoaded", start);
