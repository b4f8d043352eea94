// <div data-look="URL">: shows codes as the form's pattern would make them, while it is being written.
const PAUSE = 250;

function bind(box) {
  const form = box.closest("form");
  const fields = ["pattern", "symbols", "vouchers_count"].map((name) => form.elements[name]);
  let waiting = 0;
  let asking = null;

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const [pattern, symbols, count] = fields.map((field) => field.value);
    const address = `${box.dataset.look}?${new URLSearchParams({ pattern, symbols, count })}`;
    const options = { headers: { "X-Requested-With": "fetch" }, signal: asking.signal };
    const answer = await fetch(address, options).catch(() => null);
    if (answer?.ok && !answer.redirected) box.innerHTML = await answer.text();
  }

  for (const field of fields) {
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, PAUSE);
    });
  }
}

document.querySelectorAll("[data-look]").forEach(bind);
