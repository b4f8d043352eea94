// <form data-autosave>: saves a draft's step shortly after each change, and redraws what the steps still lack.
// Without this module the form posts as ever.

const PAUSE = 700;

function tell(form, text) {
  const line = form.querySelector("[data-saved]");
  if (line) line.textContent = text;
}

function showErrors(form, errors) {
  form.querySelectorAll("[data-field]").forEach((field) => {
    const place = field.querySelector("[data-errors]");
    if (!place) return;
    const sentences = errors[field.dataset.field] ?? [];
    place.replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.className = "f-error";
      line.textContent = sentence;
      return line;
    }));
  });
}

// Not form.action: a field of the form may be called so.
function addressOf(form) {
  return form.getAttribute("action") || location.href;
}

async function save(form) {
  tell(form, "Saving …");
  const answer = await fetch(addressOf(form), {
    method: "POST",
    body: new FormData(form),
    headers: { "X-Requested-With": "autosave" },
  }).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    tell(form, "Not saved. Check your connection and press a button below.");
    return;
  }
  const { errors, steps } = await answer.json();
  showErrors(form, errors);
  const all = Object.values(errors).flat();
  tell(form, all.length ? `Not saved yet: ${errors.__all__?.[0] ?? "mend what is marked."}` : "Saved");
  if (steps) {
    document.querySelector("[data-steps]").innerHTML = steps;
    form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
  }
}

function attach(form) {
  let timer = 0;
  let running = Promise.resolve();
  // One save at a time, so that an older answer never lands after a newer one.
  const forget = () => {
    clearTimeout(timer);
    timer = 0;
  };
  const soon = () => {
    forget();
    timer = setTimeout(() => {
      timer = 0;
      running = running.then(() => save(form));
    }, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", forget);
  // Whoever leaves by another link within the pause leaves nothing behind.
  addEventListener("pagehide", () => {
    if (timer) navigator.sendBeacon(addressOf(form), new FormData(form));
  });
}

document.querySelectorAll("form[data-autosave]").forEach(attach);
