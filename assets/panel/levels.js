import { fetchOwn } from "./fetch-own.js";

// Opens and closes branches of the tree of pages in place: the rows of a level come from the page that the link leads to.
const body = document.querySelector("table.tree tbody");

function parent(path) {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 1));
}

function close(row) {
  const depth = Number(row.dataset.depth);
  while (row.nextElementSibling && Number(row.nextElementSibling.dataset.depth) > depth) row.nextElementSibling.remove();
}

async function open(row, href) {
  const answer = await fetchOwn(href);
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const rows = page.querySelectorAll(`table.tree tbody tr[data-level="${CSS.escape(row.dataset.path)}"]`);
  row.after(...rows);
}

function address(path) {
  return `/admin/pages?${new URLSearchParams({ below: path })}`;
}

if (body) {
  body.addEventListener("click", async (event) => {
    const link = event.target.closest("a.toggle");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const row = link.closest("tr"), path = row.dataset.path, isOpen = link.getAttribute("aria-expanded") === "true";
    try {
      if (isOpen) close(row);
      else await open(row, address(path));
    } catch {
      location.href = link.href;
      return;
    }
    link.setAttribute("aria-expanded", String(!isOpen));
    link.href = address(isOpen ? path : parent(path));
    history.replaceState(null, "", address(isOpen ? parent(path) : path));
    body.dispatchEvent(new Event("rows-changed", { bubbles: true }));
  });
}
