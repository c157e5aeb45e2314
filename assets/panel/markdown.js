// Edits of Markdown. Each function takes the text and the selection, and returns an edit for `apply`.
const lineStart = (value, at) => value.lastIndexOf("\n", at - 1) + 1;
const lineEnd = (value, at) => {
  const end = value.indexOf("\n", at);
  return end < 0 ? value.length : end;
};
const isAddress = (text) => /^https?:\/\/\S+$/i.test(text);

// The prefix of a line: quote marks, the marker of an item or of a heading.
const MARKER = /^(?:\s|>)*(?:(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?|#{1,6}\s+)?/;

// The word around the caret; nothing at the end of a word, where another one may be typed.
const wordAround = (value, at) => {
  const before = /[\p{L}\p{M}\p{N}_]+$/u.exec(value.slice(lineStart(value, at), at));
  const after = /^[\p{L}\p{M}\p{N}_]+/u.exec(value.slice(at, lineEnd(value, at)));
  return before && after ? [at - before[0].length, at + after[0].length] : [at, at];
};

// Puts a mark around the selection or the word, or removes it.
export function toggleMark(value, start, end, mark) {
  const sign = mark[0], size = mark.length, caret = start === end ? start : null;
  if (caret !== null) [start, end] = wordAround(value, caret);
  if (caret !== null && start === end && value[caret - 1] !== sign && value.startsWith(mark, caret)) {
    return { from: caret, to: caret, text: "", start: caret + size, end: caret + size };
  }
  if (start < end && start === lineStart(value, start)) start += MARKER.exec(value.slice(start, end))[0].length;
  while (start < end && /\s/.test(value[start])) start += 1;
  while (start < end && /\s/.test(value[end - 1])) end -= 1;
  while (end - start >= 2 && value[start] === sign && value[end - 1] === sign) { start += 1; end -= 1; }
  let count = 0;
  while (start - count > 0 && value[start - count - 1] === sign && value[end + count] === sign) count += 1;
  const text = value.slice(start, end);
  // Three signs are bold and italic.
  const has = sign === "*" && size === 1 ? count % 2 === 1 : count >= size;
  const shift = has ? -size : size;
  const [from, to] = has ? [start - size, end + size] : [start, end];
  const [first, last] = caret === null ? [start + shift, end + shift] : [caret + shift, caret + shift];
  return { from, to, text: has ? text : mark + text + mark, start: first, end: last };
}

// Changes the whole lines of the selection.
const overLines = (value, start, end, change) => {
  const from = lineStart(value, start);
  const to = lineEnd(value, end > start && value[end - 1] === "\n" ? end - 1 : end);
  const text = change(value.slice(from, to).split("\n")).join("\n");
  if (start !== end) return { from, to, text, start: from, end: from + text.length };
  const caret = Math.max(from, from + text.length - (to - end));
  return { from, to, text, start: caret, end: caret };
};

// Changes the lines that are not blank: removes a prefix if all of them have it, and otherwise adds it to each.
const toggleLines = (value, start, end, has, take, give) => overLines(value, start, end, (lines) => {
  const counts = (line) => line.trim() !== "" || lines.length === 1;
  const all = lines.filter(counts).every((line) => has.test(line));
  let number = 0;
  return lines.map((line) => (counts(line) ? (all ? take(line) : give(line, number += 1)) : line));
});

export function toggleHeading(value, start, end, level) {
  const mark = "#".repeat(level) + " ", plain = (line) => line.replace(/^#{1,6}\s+/, "");
  return toggleLines(value, start, end, new RegExp(`^${mark}`), plain, (line) => mark + plain(line));
}

export function toggleQuote(value, start, end) {
  return toggleLines(value, start, end, /^>/, (line) => line.replace(/^> ?/, ""), (line) => `> ${line}`);
}

const LISTS = {
  list: [/^\s*[-*+]\s+(?!\[[ xX]\]\s)/, () => "- "],
  numbered: [/^\s*\d+[.)]\s+/, (number) => `${number}. `],
  task: [/^\s*[-*+]\s+\[[ xX]\]\s/, () => "- [ ] "],
};

export function toggleList(value, start, end, kind) {
  const [has, mark] = LISTS[kind];
  const split = (line) => /^(\s*)(?:(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?)?(.*)$/.exec(line);
  const plain = (line) => { const [, indent, text] = split(line); return indent + text; };
  const give = (line, number) => { const [, indent, text] = split(line); return indent + mark(number) + text; };
  return toggleLines(value, start, end, has, plain, give);
}

// Code within a line, or a block of whole lines.
export function toggleCode(value, start, end) {
  if (!value.slice(start, end).includes("\n")) return toggleMark(value, start, end, "`");
  const fence = /^(```+|~~~+)/;
  return overLines(value, start, end, (lines) => {
    if (fence.test(lines[0]) && fence.test(lines.at(-1))) return lines.slice(1, -1);
    const longest = Math.max(2, ...(lines.join("\n").match(/`+/g) || []).map((run) => run.length));
    const mark = "`".repeat(longest + 1);
    return [mark, ...lines, mark];
  });
}

export function link(value, start, end, address = "/path") {
  const text = value.slice(start, end);
  if (isAddress(text)) return { from: start, to: end, text: `[](${text})`, start: start + 1, end: start + 1 };
  const at = start + (text || "text").length + 3;
  return { from: start, to: end, text: `[${text || "text"}](${address})`, start: at, end: at + address.length };
}

// A link on the selection, if an address was pasted over some words; otherwise nothing.
export function pasteLink(value, start, end, pasted) {
  const text = value.slice(start, end), address = pasted.trim();
  if (!isAddress(address) || text.trim() === "" || text.includes("\n") || isAddress(text)) return null;
  if (value.slice(0, start).endsWith("](")) return null;
  const written = `[${text}](${/[()<>]/.test(address) ? `<${address.replace(/[<>]/g, encodeURIComponent)}>` : address})`;
  return { from: start, to: end, text: written, start: start + written.length, end: start + written.length };
}

// A text on lines of its own below the caret, with some of its characters selected.
export function insertBlock(value, start, block, [first, last]) {
  const at = lineEnd(value, start), line = value.slice(lineStart(value, start), at);
  const gap = line.trim() === "" ? "" : "\n\n";
  const from = line.trim() === "" ? lineStart(value, start) : at;
  return { from, to: at, text: `${gap}${block}\n`, start: from + gap.length + first, end: from + gap.length + last };
}

// The next item of a list for Enter; an empty item ends the list. Nothing outside of a list.
export function newItem(value, start, end) {
  if (start !== end) return null;
  const from = lineStart(value, start), to = lineEnd(value, start), line = value.slice(from, to);
  const found = /^(\s*(?:> ?)*)([-*+]|\d+[.)])(\s+)(\[[ xX]\]\s+)?/.exec(line);
  const isInCode = (value.slice(0, from).match(/^ {0,3}(?:```|~~~)/gm) || []).length % 2 === 1;
  if (!found || start < from + found[0].length || isInCode) return null;
  const [marker, indent, sign, space, box] = found;
  if (line.slice(marker.length).trim() === "") {
    const text = indent.includes(">") ? indent : "";
    return { from, to, text, start: from + text.length, end: from + text.length };
  }
  const next = /\d/.test(sign) ? String(parseInt(sign, 10) + 1) + sign.at(-1) : sign;
  const text = `\n${indent}${next}${space}${box ? "[ ] " : ""}`;
  return { from: start, to: start, text, start: start + text.length, end: start + text.length };
}
