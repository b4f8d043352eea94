// Adds rows to a form of rows: clones the template, numbers its fields, counts it in the management form.
function bind(table) {
  const form = table.closest("form");
  const total = form.elements[`${table.dataset.rows}-TOTAL_FORMS`];
  const template = form.querySelector("[data-row-template]");
  const button = form.querySelector("[data-add-row]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const row = template.content.cloneNode(true);
    for (const element of row.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace("__prefix__", total.value));
      }
    }
    table.tBodies[0].append(row);
    total.value = Number(total.value) + 1;
    table.tBodies[0].lastElementChild.querySelector("input").focus();
  });
}

document.querySelectorAll("table[data-rows]").forEach(bind);
