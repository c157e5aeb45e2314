import { isCommand } from "./keys.js";

// Warns before leaving with unsaved changes; Ctrl+S saves and stays on the page.
const guarded = document.querySelector("form[data-guard]");
if (guarded) {
  let unsaved = document.querySelector(".problems") !== null;
  guarded.addEventListener("input", () => { unsaved = true; });
  guarded.addEventListener("submit", () => { unsaved = false; });
  guarded.addEventListener("kept", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if (!isCommand(event, "s")) return;
    event.preventDefault();
    const button = guarded.dataset.saves || "continue";
    guarded.requestSubmit(guarded.querySelector(`button[value=${button}]`) || undefined);
  });
}
