import { combobox } from "./combobox.js";
import { fetchOwn } from "./fetch-own.js";

// Suggests names for a search field: `data-names` is the address that finds them, and the name of the field says which.
function suggest(input) {
  const box = document.createElement("span");
  box.className = "picker";
  const list = document.createElement("ul");
  list.setAttribute("aria-label", input.labels[0].textContent);
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  input.replaceWith(box);
  box.append(input, list, said);
  const finder = combobox({
    input, list, said, typed: true,
    find: async (text) => {
      const answer = await fetchOwn(input.dataset.names + "?" + new URLSearchParams({ of: input.name, q: text.trim() }));
      return answer.ok ? answer.json() : null;
    },
    fill: (item, name) => {
      const isolated = document.createElement("bdi");
      isolated.textContent = name;
      item.append(isolated);
    },
    take: (name) => { input.value = name; input.form.requestSubmit(); },
    enter: () => input.form.requestSubmit(),
    says: { none: "Nobody and nothing found.", some: (count) => `${count} found.` },
  });
  input.addEventListener("focus", () => { if (input.value === "") finder.search(); });
  input.addEventListener("blur", finder.close);
}

document.querySelectorAll("input[data-names]").forEach(suggest);
