import { recall, remember } from "./memory.js";

// Parts of a form that stay open or closed as they were left, unless something in them has to be fixed.
for (const part of document.querySelectorAll("details[data-remember]")) {
  const name = part.dataset.remember;
  const left = recall(name);
  if (left !== null && !part.querySelector(".wrong")) part.open = left === "open";
  part.addEventListener("toggle", () => remember(name, part.open ? "open" : "closed"));
}

// Menus close with Escape, and when the focus or a click goes elsewhere.
for (const menu of document.querySelectorAll("details.more")) {
  const summary = menu.querySelector("summary");
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.preventDefault();
    menu.open = false;
    summary.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
}
