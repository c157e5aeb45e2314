// A link that is shown once: a button that copies it. `execCommand` also works over HTTP.
for (const button of document.querySelectorAll("[data-copy-link]")) {
  const field = document.getElementById(button.dataset.copyLink);
  const said = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
      else if (!document.execCommand("copy")) throw new Error("not copied");
      said.textContent = "Copied.";
    } catch {
      said.textContent = "The browser did not copy. Select the link instead.";
    }
  });
}
