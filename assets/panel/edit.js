// Applies an edit to a field in one step of its history: `from` to `to` becomes `text`, then `start` to `end` is selected.
export function apply(field, { from, to, text, start, end }) {
  field.focus();
  field.setSelectionRange(from, to);
  // Nothing else keeps the history of the field: a value that a script sets cannot be undone.
  const done = text === "" ? from === to || document.execCommand("delete") : document.execCommand("insertText", false, text);
  if (!done) {
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(start, end);
}
