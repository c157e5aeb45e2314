import { recall, remember } from "./memory.js";

// The switch between the text, its preview, and both beside each other.
const editor = document.querySelector(".page-form .editor");
if (editor) {
  const pane = editor.querySelector(".preview");
  const group = document.createElement("div");
  group.className = "view-mode";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "View");
  const show = (mode) => {
    editor.dataset.mode = mode;
    pane.hidden = mode === "write";
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.value === mode));
    pane.dispatchEvent(new Event("shown"));
  };
  for (const [mode, label] of [["write", "Write"], ["both", "Both"], ["preview", "Preview"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.value = mode;
    button.textContent = label;
    button.addEventListener("click", () => {
      remember("view-mode", mode);
      show(mode);
    });
    group.append(button);
  }
  // Before the tools, so that Tab leads from them to the text; the style sheet puts it at the end of the line.
  editor.querySelector(".toolbar").prepend(group);
  // The button is for browsers without scripts.
  document.querySelector(".preview-button").remove();
  const left = recall("view-mode");
  show(["both", "preview"].includes(left) ? left : "write");
}
