import { saveNow } from "./drafts.js";
import { isCommand } from "./keys.js";

// Warns before leaving with unsaved changes; Ctrl+S saves and stays on the page. A page is saved as a draft.
const guarded = document.querySelector("form[data-guard]");
if (guarded) {
  let unsaved = document.querySelector(".problems") !== null;
  guarded.addEventListener("input", () => { unsaved = true; });
  guarded.addEventListener("submit", (event) => { if (!event.defaultPrevented) unsaved = false; });
  guarded.addEventListener("kept", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if (!isCommand(event, "s")) return;
    event.preventDefault();
    if ("drafts" in guarded.dataset) return saveNow();
    guarded.requestSubmit(guarded.querySelector("button[value=continue]") || undefined);
  });
}
