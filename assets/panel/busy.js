// Shows that a form that takes a second or more is being sent, and prevents a second submission.
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    const button = event.submitter || form.querySelector("button[type=submit]");
    const label = button.textContent;
    button.setAttribute("aria-busy", "true");
    button.textContent = "Working…";
    if (form.dataset.busy) {
      const words = document.createElement("span");
      words.setAttribute("role", "status");
      words.textContent = form.dataset.busy;
      button.after(words);
    }
    // When somebody returns to the page, the browser may show it in the state in which it was left.
    window.addEventListener("pageshow", () => {
      delete form.dataset.sent;
      button.textContent = label;
      button.removeAttribute("aria-busy");
    }, { once: true });
  });
}
