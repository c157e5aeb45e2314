import { apply } from "./edit.js";
import { isCommand } from "./keys.js";
import * as markdown from "./markdown.js";
import { picker } from "./picker.js";

// The toolbar of the text field, with keyboard shortcuts. It is one tab stop; arrow keys move within it.
const body = document.querySelector(".page-form #body");
if (body) {
  const TABLE = "| Name | Price |\n| --- | ---: |\n| Tea | 2 |";
  const edit = (change, ...more) => () => {
    const made = change(body.value, body.selectionStart, body.selectionEnd, ...more);
    if (made) apply(body, made);
    return made !== null;
  };
  const tools = [
    ["H2", "Heading", edit(markdown.toggleHeading, 2)],
    ["H3", "Smaller heading", edit(markdown.toggleHeading, 3)],
    ["B", "Bold (Ctrl+B)", edit(markdown.toggleMark, "**"), "b"],
    ["I", "Italic (Ctrl+I)", edit(markdown.toggleMark, "*"), "i"],
    ["❝", "Quote", edit(markdown.toggleQuote)],
    ["•", "List", edit(markdown.toggleList, "list")],
    ["1.", "Numbered list", edit(markdown.toggleList, "numbered")],
    ["☑", "Task list", edit(markdown.toggleList, "task")],
    ["Link", "Link (Ctrl+K)", edit(markdown.link), "k"],
    ["Page", "Link to a page of this site", () => pick()],
    ["Table", "Table", edit((value, start) => markdown.insertBlock(value, start, TABLE, [2, 6]))],
    ["Code", "Code (Ctrl+E)", edit(markdown.toggleCode), "e"],
  ];
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Markdown");
  bar.setAttribute("aria-controls", "body");
  const buttons = tools.map(([text, label, act], n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.title = label;
    button.tabIndex = n === 0 ? 0 : -1;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    bar.append(button);
    return button;
  });
  body.before(bar);
  bar.addEventListener("focusin", ({ target }) => {
    if (buttons.includes(target)) buttons.forEach((button) => { button.tabIndex = button === target ? 0 : -1; });
  });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target), last = buttons.length - 1;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    buttons.at(to > last ? 0 : to).focus();
  });
  const pick = picker(bar, (page) => {
    const [start, end] = [body.selectionStart, body.selectionEnd];
    const title = body.value.slice(start, end) || page.title.replace(/[\[\]\\]/g, "\\$&");
    const text = `[${title}](${page.path})`;
    apply(body, { from: start, to: end, text, start: start + 1, end: start + 1 + title.length });
  }, () => body.focus());
  body.addEventListener("keydown", (event) => {
    const tool = tools.find(([, , , letter]) => letter && isCommand(event, letter));
    if (tool) {
      event.preventDefault();
      return void tool[2]();
    }
    const isPlain = !(event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || event.isComposing);
    if (event.key === "Enter" && isPlain && edit(markdown.newItem)()) event.preventDefault();
  });
  body.addEventListener("paste", (event) => {
    const pasted = event.clipboardData.getData("text/plain");
    if (edit(markdown.pasteLink, pasted)()) event.preventDefault();
  });
}
