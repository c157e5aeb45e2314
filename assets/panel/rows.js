// A checkbox that selects all rows, and the number of selected rows.
const table = document.querySelector("table.choosable");
const boxes = table ? [...table.querySelectorAll("tbody input[name=id]")] : [];
if (boxes.length > 0) {
  const form = table.closest("form"), everything = form.elements.all;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Select all rows on this page");
  table.querySelector("thead .choose").append(all);
  const said = document.querySelector(".chosen");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    said.textContent = chosen > 0 ? `${chosen} of ${boxes.length} selected` : "";
    [...boxes, all].forEach((box) => { box.disabled = Boolean(everything && everything.checked); });
  };
  all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); count(); });
  form.addEventListener("change", count);
  form.addEventListener("submit", (event) => {
    if (boxes.some((box) => box.checked) || (everything && everything.checked)) return;
    event.preventDefault();
    said.textContent = "Select some rows first.";
  });
  count();
}
