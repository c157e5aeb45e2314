import { fetchOwn } from "./fetch-own.js";
import { picker } from "./picker.js";
import { tree } from "./tree.js";

// Chooses a path from the tree: for `page` the section in which the page is, for `section` the path itself. Shows a remark when
// there is no page at the chosen section.
for (const place of document.querySelectorAll("[data-destination]")) {
  const input = place.querySelector("input"), remark = place.querySelector(".remark");
  const isPage = place.dataset.destination === "page";
  const section = () => (isPage ? input.value.slice(0, Math.max(0, input.value.lastIndexOf("/"))) : input.value.trim());
  // A page that stays where it is needs no remark.
  const saved = isPage ? section() : null;
  const box = document.createElement("div");
  box.className = "tree-box";
  box.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = isPage && input.value !== "" ? "Move…" : "Choose…";
  button.setAttribute("aria-label", `${button.textContent} Choose a section from the tree`);
  button.setAttribute("aria-expanded", "false");
  const close = () => {
    box.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };
  const take = (path) => {
    close();
    const above = path === "/" ? "" : path;
    input.value = isPage ? `${above}/${input.value.split("/").at(-1)}` : path;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  };
  const leave = () => { close(); button.focus(); };
  const search = picker(box, (page) => take(page.path), leave, { waits: true });
  const show = tree(box, take, leave);
  button.addEventListener("click", () => {
    if (!box.hidden) return close();
    box.hidden = false;
    button.setAttribute("aria-expanded", "true");
    if (box.querySelector(".picker").hidden) search();
    show();
  });
  input.after(button);
  button.after(box);
  let pause, asked = 0;
  const look = async () => {
    const turn = ++asked, below = section();
    const query = new URLSearchParams({ below });
    const answer = ["", "/", saved].includes(below) ? null : await fetchOwn(`/admin/sections?${query}`).catch(() => null);
    const words = answer && answer.ok ? (await answer.json()).remark : "";
    if (turn === asked) remark.textContent = words;
  };
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(look, 200);
  });
  if (input.value !== "" && remark.textContent === "") look();
}
