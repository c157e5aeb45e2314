// Progressive enhancement of the panel: everything also works without this script.
"use strict";

// Derives the path of a new page from its title until the user types a path.
const fresh = document.querySelector("form[data-new]");
if (fresh) {
  const { title, path } = fresh.elements;
  let follows = path.value === "";
  path.addEventListener("input", () => { follows = path.value === ""; });
  title.addEventListener("input", () => {
    if (!follows) return;
    path.value = title.value.normalize("NFKD").toLowerCase()
      .replace(/[\u0300-\u036f'’]/g, "").replace(/ß/g, "ss").replace(/æ/g, "ae").replace(/ø/g, "o").replace(/ł/g, "l")
      .replace(/[^a-z0-9]+/g, "-").slice(0, 80).replace(/^-+|-+$/g, "");
  });
}

// Warns before leaving with unsaved changes; Ctrl+S saves and stays on the page.
const guarded = document.querySelector("form[data-guard]");
if (guarded) {
  let unsaved = document.querySelector(".problems") !== null;
  guarded.addEventListener("input", () => { unsaved = true; });
  guarded.addEventListener("submit", () => { unsaved = false; });
  guarded.addEventListener("kept", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    const button = guarded.dataset.saves || "continue";
    guarded.requestSubmit(guarded.querySelector(`button[value=${button}]`) || undefined);
  });
}

// Saves the form as a draft: 1.5 seconds after the last change, and at least every 5 seconds while there are more.
const drafted = document.querySelector("form[data-drafts]");
if (drafted) {
  const SOON = 1500, LATEST = 5000;
  const status = drafted.querySelector(".draft-status");
  let timer, since = 0, pause = SOON, keeping = null, stopped = false;
  const say = (words, wrong) => {
    status.textContent = words;
    status.classList.toggle("wrong", wrong);
  };
  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  };
  const kept = ({ page, draft, saved }) => {
    drafted.elements.draft.value = draft;
    if (drafted.dataset.drafts === "/admin/drafts") {
      drafted.dataset.drafts = `/admin/drafts/${page}`;
      drafted.setAttribute("action", `/admin/pages/${page}`);
      history.replaceState(null, "", `/admin/pages/${page}`);
    }
    if (since === 0) drafted.dispatchEvent(new Event("kept"));
    say(`Draft saved ${saved}`, false);
  };
  const send = async () => {
    const changed = since;
    since = 0;
    const answer = await fetch(drafted.dataset.drafts, { method: "POST", body: new URLSearchParams(new FormData(drafted)) })
      .catch(() => null);
    pause = SOON;
    if (answer && answer.ok) return kept(await answer.json());
    since = since || changed;
    if (!answer || answer.status === 503 || answer.status === 429) {
      pause = LATEST;
      return say(answer ? "Not saved: the server is busy. Trying again." : "Not saved: no connection. Trying again.", true);
    }
    stopped = true;
    const words = (await answer.text()).split("\n")[0];
    say(`Not saved (${answer.status}): ${words}`, true);
  };
  const keep = () => {
    if (keeping || stopped || since === 0) return;
    keeping = send().finally(() => {
      keeping = null;
      if (since !== 0 && !stopped) soon(pause);
    });
  };
  drafted.addEventListener("input", () => {
    if (stopped) return;
    const now = Date.now();
    since = since || now;
    soon(Math.max(0, Math.min(SOON, since + LATEST - now)));
  });
  // Waits for a save under way: otherwise the form would not know the version that it saved itself.
  drafted.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!keeping) return void (since = 0);
    event.preventDefault();
    const button = event.submitter;
    keeping.finally(() => { clearTimeout(timer); drafted.requestSubmit(button); });
  });
}

// A search field with a list of pages. Arrow keys move, Enter takes a page, Escape closes the list.
function picker(bar, take, leave) {
  const box = document.createElement("div");
  box.className = "picker";
  box.hidden = true;
  box.innerHTML = `<input type="search" role="combobox" aria-label="Find a page to link to" aria-autocomplete="list"
    aria-controls="picker-pages" aria-expanded="false" placeholder="Title of a page" autocomplete="off">
    <ul id="picker-pages" role="listbox" aria-label="Pages" hidden></ul><span class="visually-hidden" role="status"></span>`;
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
    item.id = `picker-page-${n}`;
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

// Finds a page for a field that takes its path.
const targets = [...document.querySelectorAll("input[data-page]")];
if (targets.length > 0) {
  let target = targets[0];
  const bar = document.createElement("div");
  const toggle = picker(bar, (page) => {
    target.value = page.path;
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  }, () => target.focus());
  for (const input of targets) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Find…";
    button.setAttribute("aria-label", `Find a page: ${input.getAttribute("aria-label")}`);
    button.addEventListener("click", () => {
      if (target !== input && !bar.firstElementChild.hidden) toggle();
      target = input;
      button.after(bar);
      toggle();
    });
    input.after(button);
  }
}

// The text field of a page: a toolbar with keyboard shortcuts, the word count, and a live preview.
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
  const words = document.createElement("span");
  words.className = "words";
  bar.append(words);
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
  // Chinese, Japanese, Thai and others have no spaces between words; the browser knows where their words end.
  const segmenter = Intl.Segmenter && new Intl.Segmenter(undefined, { granularity: "word" });
  const spaceless = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;
  const wordsIn = (run) => {
    if (!segmenter || !spaceless.test(run)) return 1;
    return [...segmenter.segment(run)].filter((part) => part.isWordLike).length;
  };
  const count = () => {
    const number = (body.value.match(/\S+/g) || []).reduce((sum, run) => sum + wordsIn(run), 0);
    words.textContent = `${number} ${number === 1 ? "word" : "words"}, ${Math.max(1, Math.round(number / 220))} min to read`;
  };

  const pane = document.querySelector(".preview");
  const prose = pane.querySelector(".prose");
  let pause, asked = 0, shown = 0;
  // The check of links depends on the path and the readers of the page.
  const readers = ["path", "audience", "people", "groups"];
  const sent = ["form_token", "body", ...readers];
  const show = async () => {
    const turn = ++asked;
    const form = new URLSearchParams([...new FormData(body.form)].filter(([name]) => sent.includes(name)));
    const answer = await fetch("/admin/preview", { method: "POST", body: form }).catch(() => null);
    if (!answer || !answer.ok) return;
    const html = await answer.text();
    // An older answer that arrives late must not replace a newer one.
    if (turn > shown) {
      shown = turn;
      prose.innerHTML = html;
    }
  };
  body.addEventListener("input", () => {
    count();
    clearTimeout(pause);
    if (!pane.hidden) pause = setTimeout(show, 80);
  });
  body.form.addEventListener("change", (event) => {
    if (!pane.hidden && readers.includes(event.target.name)) show();
  });
  body.form.querySelector("button[value=preview]").addEventListener("click", (event) => {
    event.preventDefault();
    pane.hidden = !pane.hidden;
    if (!pane.hidden) show();
  });
  count();
}

// A checkbox that selects all rows, and the number of selected rows.
const table = document.querySelector("table.choosable");
const boxes = table ? [...table.querySelectorAll("tbody input[name=id]")] : [];
if (boxes.length > 0) {
  const form = table.closest("form"), everything = form.elements.all;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Select all rows on this page");
  table.querySelector("thead .choose").append(all);
  const said = document.querySelector(".chosen");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    said.textContent = chosen > 0 ? `${chosen} of ${boxes.length} selected` : "";
    [...boxes, all].forEach((box) => { box.disabled = Boolean(everything && everything.checked); });
  };
  all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); count(); });
  form.addEventListener("change", count);
  form.addEventListener("submit", (event) => {
    if (boxes.some((box) => box.checked) || (everything && everything.checked)) return;
    event.preventDefault();
    said.textContent = "Select some rows first.";
  });
  count();
}

// Moves the focus to the error messages.
const problems = document.querySelector(".problems");
if (problems) problems.focus();
