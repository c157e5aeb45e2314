import { fetchOwn } from "./fetch-own.js";

let trees = 0;

// The tree of the site's paths, loaded level by level. Arrow keys move, Enter takes an entry, Escape leaves.
export function tree(box, take, leave) {
  const root = document.createElement("ul");
  root.setAttribute("role", "tree");
  root.setAttribute("aria-label", "Pages and sections");
  box.append(root);
  const name = `tree-${trees += 1}`;
  let items = 0;
  const shown = () => [...root.querySelectorAll("[role=treeitem]")].filter((item) => !item.closest("[role=group][hidden]"));
  const focus = (item) => {
    if (!item) return;
    root.querySelectorAll("[role=treeitem]").forEach((other) => { other.tabIndex = other === item ? 0 : -1; });
    item.focus();
    item.scrollIntoView({ block: "nearest" });
  };
  const above = (item) => item.parentElement.closest("[role=treeitem]");
  const group = (item) => item.querySelector(":scope > [role=group]");
  const load = async (path, after = "") => {
    const answer = await fetchOwn("/admin/sections?" + new URLSearchParams({ below: path, after })).catch(() => null);
    return answer && answer.ok ? answer.json() : null;
  };
  const add = (list, level, { path, title, has_page: hasPage, has_below: hasBelow }) => {
    const item = document.createElement("li");
    const label = document.createElement("span"), twist = document.createElement("span");
    label.className = "label";
    label.id = `${name}-${items += 1}`;
    const small = document.createElement("small");
    small.textContent = hasPage ? path : `${path}, no page`;
    label.append(title, " ", small);
    twist.className = "twist";
    twist.setAttribute("aria-hidden", "true");
    item.append(twist, label);
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-level", String(level));
    item.setAttribute("aria-labelledby", label.id);
    item.setAttribute("aria-selected", "false");
    item.tabIndex = -1;
    item.act = () => take(path);
    label.addEventListener("click", item.act);
    if (hasBelow) {
      item.setAttribute("aria-expanded", "false");
      item.path = path;
      twist.addEventListener("click", () => { focus(item); toggle(item); });
    }
    list.append(item);
    return item;
  };
  // The last entry of a level that has more pages.
  const addMore = (list, level, path, next) => {
    const item = document.createElement("li");
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-level", String(level));
    item.setAttribute("aria-selected", "false");
    item.tabIndex = -1;
    item.className = "more";
    item.textContent = "More…";
    item.act = async () => {
      const part = await load(path, next);
      if (!part) return;
      const first = fill(list, level, path, part);
      item.remove();
      focus(first);
    };
    item.addEventListener("click", item.act);
    list.append(item);
  };
  const fill = (list, level, path, part) => {
    const added = part.branches.map((branch) => add(list, level, branch));
    if (part.next) addMore(list, level, path, part.next);
    return added[0];
  };
  const expand = async (item) => {
    let list = group(item);
    if (!list) {
      const part = await load(item.path);
      if (!part || group(item)) return;
      list = document.createElement("ul");
      list.setAttribute("role", "group");
      item.append(list);
      fill(list, Number(item.getAttribute("aria-level")) + 1, item.path, part);
    }
    list.hidden = false;
    item.setAttribute("aria-expanded", "true");
  };
  const collapse = (item) => {
    group(item).hidden = true;
    item.setAttribute("aria-expanded", "false");
  };
  const toggle = (item) => (item.getAttribute("aria-expanded") === "true" ? collapse(item) : expand(item));
  const keys = {
    ArrowDown: (item) => { const all = shown(); focus(all[all.indexOf(item) + 1]); },
    ArrowUp: (item) => { const all = shown(); focus(all[all.indexOf(item) - 1]); },
    ArrowRight: (item) => {
      const state = item.getAttribute("aria-expanded");
      if (state === "false") expand(item);
      if (state === "true") focus(group(item).firstElementChild);
    },
    ArrowLeft: (item) => {
      if (item.getAttribute("aria-expanded") === "true") collapse(item);
      else focus(above(item));
    },
    Home: () => focus(shown()[0]),
    End: () => focus(shown().at(-1)),
    Enter: (item) => item.act(),
    " ": (item) => item.act(),
    Escape: () => leave(),
  };
  root.addEventListener("keydown", (event) => {
    const item = event.target.closest("[role=treeitem]");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (keys[event.key]) {
      event.preventDefault();
      return keys[event.key](item);
    }
    if (event.key.length !== 1) return;
    // A letter leads to the next entry that begins with it.
    const all = shown(), at = all.indexOf(item), letter = event.key.toLocaleLowerCase();
    const begins = (other) => other.textContent.toLocaleLowerCase().startsWith(letter);
    focus([...all.slice(at + 1), ...all.slice(0, at)].find(begins));
  });
  return async () => {
    root.replaceChildren();
    const top = add(root, 1, { path: "/", title: "Top of the site", has_page: true, has_below: true });
    await expand(top);
    focus(top);
  };
}
