// The order of subpages: rows move by dragging, by buttons, and with Alt and an arrow key. The numbers follow the rows.
const list = document.querySelector("[data-order]");
if (list) {
  const status = document.querySelector("[data-order-status]");
  const rows = () => [...list.children];
  const name = (row) => row.querySelector(".order-page bdi").textContent;
  const renumber = () => rows().forEach((row, n) => {
    const number = row.querySelector("[name=position]");
    if (number.value === String(n + 1)) return;
    number.value = n + 1;
    // The guard warns before typed changes are lost.
    number.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const update = () => rows().forEach((row, n, all) => {
    const [up, down] = row.querySelectorAll(".order-move button");
    up.disabled = n === 0;
    down.disabled = n === all.length - 1;
  });
  const moved = (row) => {
    renumber();
    update();
    status.textContent = `${name(row)}: ${rows().indexOf(row) + 1} of ${rows().length}`;
  };
  const move = (row, by) => {
    const all = rows(), at = all.indexOf(row), to = at + by;
    if (to < 0 || to >= all.length) return;
    const focused = document.activeElement;
    list.insertBefore(row, by < 0 ? all[to] : all[to].nextSibling);
    moved(row);
    // A row that moves loses the focus, and so does a button that can go no further.
    if (row.contains(focused)) (focused.disabled ? row.querySelector(".order-move button:not(:disabled)") : focused).focus();
  };
  for (const row of rows()) {
    const buttons = document.createElement("span");
    buttons.className = "order-move";
    for (const [mark, word, by] of [["\u2191", "Move up", -1], ["\u2193", "Move down", 1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = mark;
      button.setAttribute("aria-label", `${word}: ${name(row)}`);
      button.addEventListener("click", () => move(row, by));
      buttons.append(button);
    }
    row.append(buttons);
    row.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by || !event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      move(row, by);
    });
    const handle = row.querySelector(".order-page");
    handle.draggable = true;
    handle.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", name(row));
      row.classList.add("dragged");
    });
    handle.addEventListener("dragend", () => {
      row.classList.remove("dragged");
      moved(row);
    });
  }
  list.addEventListener("dragover", (event) => {
    const dragged = list.querySelector(".dragged");
    if (!dragged) return;
    event.preventDefault();
    const after = rows().find((row) => {
      const box = row.getBoundingClientRect();
      return row !== dragged && event.clientY < box.top + box.height / 2;
    });
    if (dragged.nextElementSibling !== (after ?? null)) list.insertBefore(dragged, after ?? null);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  update();
}
