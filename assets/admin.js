// What the panel does better with a script; without one, everything still works.
"use strict";

// A new page's path follows its title until somebody writes one.
const fresh = document.querySelector("form[data-new]");
if (fresh) {
  const { title, path } = fresh.elements;
  let follows = path.value === "";
  path.addEventListener("input", () => { follows = path.value === ""; });
  title.addEventListener("input", () => {
    if (!follows) return;
    path.value = title.value.normalize("NFKD").toLowerCase()
      .replace(/[\u0300-\u036f'’]/g, "").replace(/ß/g, "ss").replace(/æ/g, "ae").replace(/ø/g, "o").replace(/ł/g, "l")
      .replace(/[^a-z0-9]+/g, "-").slice(0, 80).replace(/^-+|-+$/g, "");
  });
}

// Leaving with something unsaved asks first; Ctrl+S saves and stays.
const guarded = document.querySelector("form[data-guard]");
if (guarded) {
  let unsaved = document.querySelector(".problems") !== null;
  guarded.addEventListener("input", () => { unsaved = true; });
  guarded.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    guarded.requestSubmit(guarded.querySelector("button[value=continue]") || undefined);
  });
}

// One box chooses all rows, and says how many are chosen.
const table = document.querySelector("table.choosable");
const boxes = table ? [...table.querySelectorAll("tbody input[name=id]")] : [];
if (boxes.length > 0) {
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Choose all rows on this page");
  table.querySelector("thead .choose").append(all);
  const said = document.querySelector(".chosen");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    said.textContent = chosen > 0 ? `${chosen} of ${boxes.length} chosen` : "";
  };
  all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); count(); });
  table.addEventListener("change", count);
  table.closest("form").addEventListener("submit", (event) => {
    if (boxes.some((box) => box.checked)) return;
    event.preventDefault();
    said.textContent = "Tick the rows first that this is for.";
  });
  count();
}

// The first thing that has to be mended is where the reader is.
const problems = document.querySelector(".problems");
if (problems) problems.focus();
