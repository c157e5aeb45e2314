// The sheet of names and passwords or links: buttons that copy, print and download it, and a question before it is left unsaved.
const sheet = document.querySelector("[data-sheet]");
if (sheet) {
  const said = sheet.querySelector("[role=status]");
  const slips = [...sheet.querySelectorAll(".slip")];
  let taken = false;

  const textOf = (slip) =>
    [...slip.querySelectorAll("dl > div")]
      .map((row) => `${row.querySelector("dt").textContent}: ${row.querySelector("dd").textContent.trim()}`)
      .join("\n");
  // Browsers offer the clipboard over HTTPS only; `execCommand` also works over HTTP.
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("not copied");
  };
  const offer = (button, text, all) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await copy(text());
        taken ||= all;
        said.textContent = all ? "Copied." : `Copied ${button.closest(".slip").querySelector("bdi").textContent}.`;
        button.textContent = "Copied";
      } catch {
        said.textContent = "The browser did not copy. Select the text instead.";
      }
    });
  };

  offer(sheet.querySelector("[data-copy-all]"), () => slips.map(textOf).join("\n\n"), true);
  slips.forEach((slip) => {
    const button = slip.querySelector("[data-copy]");
    if (button) offer(button, () => textOf(slip), false);
  });
  const download = sheet.querySelector("[data-download]");
  if (download) {
    download.hidden = false;
    download.addEventListener("click", () => {
      const link = document.createElement("a");
      const csv = new Blob([`${sheet.querySelector("[data-csv]").value}\n`], { type: "text/csv" });
      link.href = URL.createObjectURL(csv);
      link.download = download.dataset.download;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      taken = true;
    });
  }
  const print = sheet.querySelector("[data-print]");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  window.addEventListener("afterprint", () => { taken = true; });
  // A person who submits the next user has read this password.
  document.querySelector("form[data-guard]")?.addEventListener("submit", () => { taken = true; });
  window.addEventListener("beforeunload", (event) => { if (!taken) event.preventDefault(); });
}
