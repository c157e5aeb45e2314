// A field with a list of offers below it: arrow keys move, Enter takes one, Escape closes the list.
let made = 0;

// `find` returns the offers for a text; `fill` puts one into its list item; `take` gets the chosen one; `enter` is called when
// Enter finds no offer, and `leave` after Escape; `says` has the words for no offer and for a number of them. With `calm`, Enter
// in an empty field takes nothing; with `typed`, it takes what was typed until an arrow key chose an offer.
export function combobox({ input, list, said, find, fill, take, enter, leave, says, calm = false, typed = false }) {
  const name = `offers-${++made}`;
  // `offered` is the text that the offers were found for.
  let offers = [], at = -1, asked = 0, offered = "", pause;
  list.id = name;
  list.setAttribute("role", "listbox");
  list.hidden = true;
  for (const [attribute, value] of [["role", "combobox"], ["autocomplete", "off"], ["aria-autocomplete", "list"],
    ["aria-controls", name], ["aria-expanded", "false"]]) input.setAttribute(attribute, value);
  const move = (to) => {
    at = offers.length === 0 || to === null ? -1 : (to + offers.length) % offers.length;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    ++asked;
    clearTimeout(pause);
    offers = [];
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    move(null);
  };
  const choose = (n) => {
    const offer = offers[n];
    if (!offer) return enter && enter();
    close();
    take(offer);
  };
  const item = (offer, n) => {
    const item = document.createElement("li");
    item.id = `${name}-${n}`;
    item.setAttribute("role", "option");
    fill(item, offer);
    // mousedown comes before the field loses the focus.
    item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(n); });
    return item;
  };
  // With `silent`, the number of offers is not announced to screen readers.
  const search = async ({ silent = false } = {}) => {
    const turn = ++asked, text = input.value;
    const found = await find(text).catch(() => null);
    if (turn !== asked) return;
    if (!found) return close();
    offers = found;
    offered = text;
    list.replaceChildren(...offers.map(item));
    list.hidden = offers.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    const words = offers.length > 0 ? says.some(offers.length) : input.value.trim() === "" ? "" : says.none;
    if (!silent) said.textContent = words;
    move(typed || (calm && input.value.trim() === "") ? null : 0);
  };
  const keys = {
    ArrowDown: () => offers.length === 0 ? search() : move(at + 1),
    ArrowUp: () => move(at < 0 ? -1 : at - 1),
    Enter: async () => {
      // Enter in the pause after typing must not take an offer for the text before.
      const text = input.value;
      if (typed && text !== offered) move(null);
      else if (text !== offered) {
        clearTimeout(pause);
        await search();
        if (input.value !== text) return;
      }
      choose(at);
    },
    Escape: () => { close(); if (leave) leave(); },
  };
  input.addEventListener("input", (event) => {
    // A search is not a change of the form.
    event.stopPropagation();
    clearTimeout(pause);
    // A pending answer is for another text.
    ++asked;
    pause = setTimeout(search, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  });
  return { search, close, offers: () => offers };
}
