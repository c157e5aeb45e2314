import { picker } from "./picker.js";

// Finds a page for a field that takes its path.
const targets = [...document.querySelectorAll("input[data-page]")];
if (targets.length > 0) {
  let target = targets[0];
  const bar = document.createElement("div");
  const toggle = picker(bar, (page) => {
    target.value = page.path;
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  }, () => target.focus());
  for (const input of targets) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Find…";
    button.setAttribute("aria-label", `Find a page: ${input.getAttribute("aria-label")}`);
    button.addEventListener("click", () => {
      if (target !== input && !bar.firstElementChild.hidden) toggle();
      target = input;
      button.after(bar);
      toggle();
    });
    input.after(button);
  }
}
