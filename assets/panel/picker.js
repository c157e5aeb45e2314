let pickers = 0;

// A search field with a list of pages. Arrow keys move, Enter takes a page, Escape closes the list. With `waits`, the list comes
// when something is typed.
export function picker(bar, take, leave, { waits = false } = {}) {
  const box = document.createElement("div");
  box.className = "picker";
  box.hidden = true;
  const id = `picker-${pickers += 1}`;
  box.innerHTML = `<input type="search" role="combobox" aria-label="Find a page" aria-autocomplete="list"
    aria-controls="${id}" aria-expanded="false" placeholder="Title or path of a page" autocomplete="off">
    <ul id="${id}" role="listbox" aria-label="Pages" hidden></ul><span class="visually-hidden" role="status"></span>`;
  const [input, list, said] = box.children;
  bar.append(box);
  let offers = [], at = -1, asked = 0, pause;
  const move = (to) => {
    at = offers.length === 0 ? -1 : (to + offers.length) % offers.length;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const close = () => { box.hidden = true; ++asked; clearTimeout(pause); };
  const choose = (n) => {
    if (!offers[n]) return;
    close();
    take(offers[n]);
  };
  const item = (offer, n) => {
    const item = document.createElement("li");
    item.id = `${id}-${n}`;
    item.setAttribute("role", "option");
    const path = document.createElement("small");
    path.textContent = `${offer.path}, ${offer.readers}`;
    item.append(offer.title, path);
    // mousedown comes before the field loses the focus.
    item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(n); });
    return item;
  };
  const find = async () => {
    const turn = ++asked;
    if (waits && input.value.trim() === "") {
      list.hidden = true;
      return input.setAttribute("aria-expanded", "false");
    }
    const answer = await fetch("/admin/links?" + new URLSearchParams({ q: input.value })).catch(() => null);
    if (turn !== asked || !answer || !answer.ok) return;
    offers = await answer.json();
    if (turn !== asked) return;
    list.replaceChildren(...offers.map(item));
    list.hidden = offers.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = offers.length === 0 ? "No page found." : `${offers.length} pages.`;
    move(0);
  };
  const keys = {
    ArrowDown: () => move(at + 1),
    ArrowUp: () => move(at - 1),
    Enter: () => choose(at),
    Escape: () => { close(); leave(); },
  };
  input.addEventListener("input", (event) => {
    // A search is not a change of the page.
    event.stopPropagation();
    clearTimeout(pause);
    pause = setTimeout(find, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  });
  return () => {
    box.hidden = !box.hidden;
    if (box.hidden) return close();
    input.value = "";
    input.focus();
    find();
  };
}
