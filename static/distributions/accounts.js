// <form data-account="URL">: asks the account what its settings may be, once its key is written, and offers that in the boxes.

const form = document.querySelector("form[data-account]");
const PREFIX = "setting_";
let timer = 0;

function said() {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith(PREFIX)) body.set(name.slice(PREFIX.length), value);
    else if (name === "csrfmiddlewaretoken") body.set(name, value);
  }
  if (form.dataset.connection) body.set("connection", form.dataset.connection);
  return body;
}

function offer(name, choices) {
  const box = form.elements[PREFIX + name];
  if (!box || !choices.length) return;
  const list = document.getElementById(`known-${name}`) ?? document.createElement("datalist");
  list.id = `known-${name}`;
  list.replaceChildren(...choices.map(([value, label]) => Object.assign(document.createElement("option"), { value, label })));
  box.after(list);
  box.setAttribute("list", list.id);
  if (!box.value && choices.length === 1) box.value = choices[0][0];
}

async function ask() {
  const secrets = [...form.querySelectorAll("input[type=password]")];
  if (!form.dataset.connection && secrets.some((box) => !box.value)) return;
  const answer = await fetch(form.dataset.account, { method: "POST", body: said(), headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const { settings, problem } = await answer.json();
  Object.entries(settings).forEach(([name, choices]) => offer(name, choices));
  const names = Object.values(settings).flat().map(([value, label]) => `${label} (${value})`);
  document.querySelector("[data-account-words]").textContent = problem || (names.length ? `The account has: ${names.slice(0, 10).join(", ")}.` : "");
}

if (form) {
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  });
  ask();
}
