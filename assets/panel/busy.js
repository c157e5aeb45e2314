// A form that takes a second or more says so, and is not sent twice.
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
    // The browser shows the page as it was left when somebody comes back to it.
    window.addEventListener("pageshow", () => {
      delete form.dataset.sent;
      button.textContent = label;
      button.removeAttribute("aria-busy");
    }, { once: true });
  });
}
