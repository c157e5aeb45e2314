// Adds a button that copies its text to each block of code. Browsers offer the clipboard over HTTPS only.
"use strict";
const { label, name, done } = document.currentScript.dataset;
const blocks = navigator.clipboard ? document.querySelectorAll(".prose pre") : [];
if (blocks.length > 0) {
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);
  for (const block of blocks) {
    const frame = document.createElement("div");
    frame.className = "code-block";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = label;
    button.setAttribute("aria-label", name);
    block.replaceWith(frame);
    frame.append(block, button);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.textContent.replace(/\n$/, ""));
      button.textContent = done;
      status.textContent = done;
      setTimeout(() => { button.textContent = label; status.textContent = ""; }, 2000);
    });
  }
}
