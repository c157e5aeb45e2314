import { picker } from "./picker.js";

// The toolbar of the text field, with keyboard shortcuts.
const body = document.querySelector(".page-form #body");
if (body) {
  const replace = (text, from, to) => {
    const [start, end] = [body.selectionStart, body.selectionEnd];
    body.setRangeText(text, start, end, "end");
    body.setSelectionRange(start + from, start + to);
    body.focus();
    body.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const chosen = (otherwise) => body.value.slice(body.selectionStart, body.selectionEnd) || otherwise;
  const around = (mark, otherwise) => () => {
    const text = chosen(otherwise);
    replace(mark + text + mark, mark.length, mark.length + text.length);
  };
  const lines = (mark, otherwise) => () => {
    const before = body.selectionStart > 0 && body.value[body.selectionStart - 1] !== "\n" ? "\n" : "";
    const text = before + chosen(otherwise).split("\n").map((line) => mark + line).join("\n");
    replace(text, before.length + mark.length, text.length);
  };
  const link = () => {
    const text = chosen("text");
    replace(`[${text}](/path)`, text.length + 3, text.length + 8);
  };
  const code = () => {
    if (!chosen("").includes("\n")) return around("`", "code")();
    const text = chosen("");
    replace("```\n" + text + "\n```\n", 4, 4 + text.length);
  };
  const tools = [
    ["H", "Heading", lines("## ", "Heading")],
    ["B", "Bold (Ctrl+B)", around("**", "bold"), "b"],
    ["I", "Italic (Ctrl+I)", around("*", "italic"), "i"],
    ["Link", "Link (Ctrl+K)", link, "k"],
    ["List", "List", lines("- ", "item")],
    ["Code", "Code (Ctrl+E)", code, "e"],
    ["Table", "Table", lines("", "| Name | Price |\n| --- | ---: |\n| Tea | 2 |")],
    ["Page", "Link to a page of this site", () => pick()],
  ];
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Markdown");
  for (const [text, label, act] of tools) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    bar.append(button);
  }
  body.before(bar);
  const pick = picker(bar, (page) => {
    const text = chosen(page.title.replace(/[\[\]\\]/g, "\\$&"));
    replace(`[${text}](${page.path})`, 1, 1 + text.length);
  }, () => body.focus());
  body.addEventListener("keydown", (event) => {
    const tool = tools.find((tool) => tool[3] === event.key.toLowerCase());
    if (!tool || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    tool[2]();
  });
}
