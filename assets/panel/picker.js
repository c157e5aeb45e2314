import { combobox } from "./combobox.js";
import { fetchOwn } from "./fetch-own.js";

// A search field with a list of pages. With `waits`, the list comes when something is typed.
export function picker(bar, take, leave, { waits = false } = {}) {
  const box = document.createElement("div");
  box.className = "picker";
  box.hidden = true;
  box.innerHTML = `<input type="search" aria-label="Find a page" placeholder="Title or path of a page">
    <ul aria-label="Pages"></ul><span class="visually-hidden" role="status"></span>`;
  const [input, list, said] = box.children;
  bar.append(box);
  const finder = combobox({
    input, list, said,
    find: async (text) => {
      if (waits && text.trim() === "") return [];
      const answer = await fetchOwn("/admin/links?" + new URLSearchParams({ q: text }));
      return answer.ok ? answer.json() : null;
    },
    fill: (item, { title, path, readers }) => {
      const small = document.createElement("small");
      small.textContent = `${path}, ${readers}`;
      item.append(title, small);
    },
    take: (page) => { box.hidden = true; take(page); },
    leave: () => { box.hidden = true; leave(); },
    says: { none: "No page found.", some: (count) => `${count} pages.` },
  });
  return () => {
    box.hidden = !box.hidden;
    if (box.hidden) return finder.close();
    input.value = "";
    input.focus();
    finder.search();
  };
}
