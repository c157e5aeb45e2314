// Files cannot be put into a text yet: says so, instead of leaving the page for the file.
const body = document.querySelector(".page-form #body");
if (body) {
  const status = document.createElement("p");
  status.className = "editor-status";
  status.setAttribute("role", "status");
  body.before(status);
  const hasFiles = (data) => data !== null && data.types.includes("Files");
  const refuse = (event) => {
    event.preventDefault();
    status.textContent = "Pictures cannot be uploaded yet. Link one by its address: ![what it shows](https://...)";
  };
  body.addEventListener("input", () => { status.textContent = ""; });
  body.addEventListener("paste", (event) => {
    // Office programs add a picture to the text that was copied.
    if (hasFiles(event.clipboardData) && !event.clipboardData.types.includes("text/plain")) refuse(event);
  });
  // Without this, a browser reports no drop, and opens the file.
  document.addEventListener("dragover", (event) => { if (hasFiles(event.dataTransfer)) event.preventDefault(); });
  document.addEventListener("drop", (event) => { if (hasFiles(event.dataTransfer)) refuse(event); });
}
