import { recall, remember } from "./memory.js";
import { closes } from "./menu.js";

// Parts of a form that stay open or closed as they were left. A part with an error is always open.
for (const part of document.querySelectorAll("details[data-remember]")) {
  const name = part.dataset.remember;
  const left = recall(name);
  if (left !== null && !part.querySelector(".wrong")) part.open = left === "open";
  part.addEventListener("toggle", () => remember(name, part.open ? "open" : "closed"));
}

document.querySelectorAll("details.more").forEach(closes);
