import { combobox } from "./combobox.js";
import { fetchOwn } from "./fetch-own.js";

// Chosen people and groups as chips, with one field that finds both. The fields of the form stay, hidden, and hold the names.
const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, value));
  made.append(...children);
  return made;
};
const split = (text, separator = /[\s,;]+/) => text.split(separator).map((name) => name.trim()).filter((name) => name !== "");

function chips(box) {
  const takes = box.dataset.chips.split(" ");
  const people = takes.includes("people") ? box.querySelector("input[type=text], textarea") : null;
  const groups = [...box.querySelectorAll("[name=groups]")];
  const field = (people || groups[0]).closest(".field, fieldset");
  const id = people ? people.id : "groups";
  let chosen = [];
  const list = element("ul", { class: "chips", "aria-label": "Chosen" });
  const input = element("input", { id, type: "text", dir: "auto", spellcheck: "false", autocapitalize: "none" });
  const offers = element("ul", { "aria-label": box.dataset.label });
  const said = element("span", { class: "visually-hidden", role: "status" });
  const hidden = element("span", { hidden: "" });

  const told = () => {
    if (people) people.value = chosen.filter(({ kind }) => kind === "person").map(({ name }) => name).join(", ");
    hidden.replaceChildren(...chosen.filter(({ kind }) => kind === "group")
      .map(({ name }) => element("input", { type: "hidden", name: "groups", value: name })));
    const target = people || hidden;
    for (const kind of ["input", "change"]) target.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  const show = () => list.replaceChildren(...chosen.map((one) => {
    const remove = element("button", { type: "button", "aria-label": `Remove ${one.name}` }, "×");
    remove.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== one);
      show();
      told();
      said.textContent = `${one.name} removed.`;
      input.focus();
    });
    const words = one.members ? `${one.name} (${one.members})` : one.name;
    return element("li", { class: one.kind }, element("bdi", {}, words), remove);
  }));
  const add = (...added) => {
    const fresh = added.filter(({ kind, name }) => !chosen.some((one) => one.kind === kind && one.name === name));
    chosen.push(...fresh);
    show();
    if (fresh.length > 0) told();
  };
  // The name of a group may have spaces.
  const separator = takes.includes("groups") ? /[,;\n]+/ : /[\s,;]+/;
  const keep = () => {
    const typed = people ? split(input.value, separator) : split(input.value, /\n/);
    const offered = finder.offers();
    input.value = "";
    finder.close();
    // A name that was typed and not picked is kept: the server checks whether it exists.
    add(...typed.map((name) => offered.find((offer) => offer.name.toLowerCase() === name.toLowerCase())
      || { kind: people ? "person" : "group", name }));
  };
  const find = async (text) => {
    const kind = takes.length === 2 ? "" : people ? "person" : "group";
    const answer = await fetchOwn("/admin/people?" + new URLSearchParams({ q: text.trim(), kind }));
    if (!answer.ok) return null;
    const found = await answer.json();
    return found.filter(({ kind, name }) => !chosen.some((one) => one.kind === kind && one.name === name));
  };
  const finder = combobox({
    input, list: offers, said, find, calm: true,
    fill: (item, { kind, name, members }) => item.append(element("bdi", {}, name),
      element("small", {}, kind === "group" ? `group, ${members} ${members === "1" ? "person" : "people"}` : "person")),
    // The list stays for the next name.
    take: (offer) => {
      input.value = "";
      add(offer);
      said.textContent = `${offer.name} added.`;
      finder.search({ silent: true });
    },
    enter: keep,
    says: { none: "Nobody found.", some: (count) => `${count} found.` },
  });
  input.addEventListener("focus", () => { if (input.value === "") finder.search(); });
  input.addEventListener("blur", keep);
  // Ctrl+Enter sends the form while the field has the focus.
  box.closest("form").addEventListener("submit", keep, { capture: true });
  input.addEventListener("input", () => { if (people && separator.test(input.value)) keep(); });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Backspace" || input.value !== "" || chosen.length === 0) return;
    const last = chosen.pop();
    show();
    told();
    said.textContent = `${last.name} removed.`;
  });

  const error = field.querySelector(".error") || box.querySelector(".error");
  const label = element("label", { for: id }, box.dataset.label);
  if (people) chosen.push(...split(people.value).map((name) => ({ kind: "person", name })));
  chosen.push(...groups.filter((one) => one.type === "checkbox" ? one.checked : one.value.trim() !== "")
    .map(({ value }) => ({ kind: "group", name: value })));
  if (error) {
    error.id = `${id}-error`;
    input.setAttribute("aria-describedby", error.id);
    input.setAttribute("aria-invalid", "true");
  }
  const picker = element("div", { class: "picker" }, input, offers, said);
  const whole = element("div", { class: error ? "field wrong" : "field" }, label, ...(error ? [error] : []), list, picker, hidden);
  if (people) {
    people.removeAttribute("id");
    people.hidden = true;
    hidden.before(people);
  }
  box.replaceChildren(whole);
  show();
  hidden.replaceChildren(...chosen.filter(({ kind }) => kind === "group")
    .map(({ name }) => element("input", { type: "hidden", name: "groups", value: name })));
  // Replaces the chosen names.
  box.choose = (names, inGroups) => {
    chosen = [...names.map((name) => ({ kind: "person", name })), ...inGroups.map((name) => ({ kind: "group", name }))];
    show();
    told();
  };
}

document.querySelectorAll("[data-chips]").forEach(chips);
