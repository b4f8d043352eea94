// [data-text]: says while it is written how many text messages a text takes. Merge fields count as long as their samples.

import { measure, needingUcs2 } from "./segments.js";

const box = document.querySelector("[data-text]");
const line = document.querySelector("[data-count]");
const samples = new Map([...document.querySelectorAll("[data-merge-field] option")].map((option) => [option.value, option.title]));

const filled = (text) => text
  .replaceAll(/\{%[^]*?%\}/g, "")
  .replaceAll(/\{\{-?\s*([\w.]+)[^]*?\}\}/g, (_tag, name) => samples.get(name) ?? "")
  .trim();

const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function tell() {
  const text = filled(box.value);
  const { alphabet, units, segments, left } = measure(text);
  const odd = needingUcs2(text).slice(0, 5).join(" ");
  const why = odd && alphabet === "UCS-2" ? ` (because of ${odd})` : "";
  line.textContent = segments
    ? `${many(segments, "message")} · ${many(units, "character")} in ${alphabet}${why} · room for ${left} more, with sample values`
    : "Nothing is written yet.";
  line.classList.toggle("is-warn", segments > 1);
  line.dataset.segments = segments;
}

if (box && line) {
  line.hidden = false;
  box.addEventListener("input", tell);
  tell();
}
