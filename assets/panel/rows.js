// Selection of rows: a checkbox for all of them, ranges with Shift, and a bar that appears with the first selected row.
const table = document.querySelector("table.choosable");
const form = table && table.closest("form");

if (form) {
  const bar = form.querySelector(".selection"), said = bar.querySelector(".chosen"), everything = form.elements.all;
  const boxes = () => [...table.querySelectorAll("tbody input[name=id]")];
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Select all rows on this page");
  table.querySelector("thead .choose").append(all);
  said.setAttribute("aria-live", "polite");

  const count = () => {
    const rows = boxes(), chosen = rows.filter((box) => box.checked).length;
    const whole = Boolean(everything && everything.checked);
    all.checked = rows.length > 0 && chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
    said.textContent = whole ? "All selected" : `${chosen} of ${rows.length} ${said.dataset.noun}`;
    [...rows, all].forEach((box) => { box.disabled = whole; });
    bar.querySelectorAll("button[formaction]").forEach((button) => { button.disabled = whole; });
    bar.hidden = chosen === 0 && !whole;
  };

  let last = null;
  table.addEventListener("click", (event) => {
    const box = event.target;
    if (box.name !== "id") return;
    const rows = boxes(), from = rows.indexOf(last), to = rows.indexOf(box);
    if (event.shiftKey && from >= 0) {
      rows.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((between) => { between.checked = box.checked; });
    }
    last = box;
  });
  all.addEventListener("change", () => { boxes().forEach((box) => { box.checked = all.checked; }); });
  form.addEventListener("change", count);
  form.addEventListener("rows-changed", count);
  // When somebody returns to the page, the browser may have kept the selection.
  addEventListener("pageshow", count);
  count();
}
