import { savedDraft } from "./drafts.js";
import { apply } from "./edit.js";
import { fetchOwn, own } from "./fetch-own.js";

// Files for a page: pasted or dropped into its text, or chosen in the panel. Each is sent alone, one after the other.
const form = document.querySelector("form.page-form");
const panel = document.querySelector("#files");
if (form && panel) {
  const body = form.elements.body;
  const list = panel.querySelector("[data-files]");
  const most = Number(panel.dataset.max);
  const rows = document.createElement("ul");
  rows.className = "uploads";
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  panel.append(status);
  let last = Promise.resolve(), under = 0, mark = null, length = body.value.length;

  // The position for the next file moves with the text that is typed before it.
  body.addEventListener("input", () => {
    const more = body.value.length - length;
    length = body.value.length;
    if (mark !== null && body.selectionStart - Math.max(more, 0) <= mark) mark = Math.max(0, mark + more);
  });
  const insert = (text) => {
    const at = Math.min(mark ?? body.selectionStart, body.value.length);
    const [start, end, focused] = [body.selectionStart, body.selectionEnd, document.activeElement];
    const moved = (position) => position < at ? position : position + text.length;
    length = body.value.length;
    apply(body, { from: at, to: at, text, start: moved(start), end: moved(end) });
    if (focused !== body && focused !== document.body) focused.focus();
  };

  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };
  const row = (name, place) => {
    const item = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = name;
    item.append(words);
    place.before(rows);
    rows.append(item);
    const shows = (...parts) => item.replaceChildren(words, ...parts);
    const says = (text, wrong) => {
      words.textContent = text;
      status.textContent = text;
      item.classList.toggle("wrong", Boolean(wrong));
      shows(button("OK", () => item.remove()));
    };
    return { item, words, shows, says };
  };

  const show = async (open) => {
    const address = `${form.dataset.drafts}/files${open ? `?file=${encodeURIComponent(open)}` : ""}`;
    const answer = await fetchOwn(address).catch(() => null);
    if (!answer || !answer.ok) return;
    list.innerHTML = await answer.text();
    panel.querySelector("summary .value").textContent = list.querySelectorAll("[data-file]").length || "";
    panel.open = true;
    enhance();
    if (open) list.querySelector("#file_name")?.focus();
  };
  const token = () => form.elements.form_token.value;
  const send = (url, file, more, row) => new Promise((resolve) => {
    const data = new FormData();
    data.append("form_token", token());
    for (const [name, value] of Object.entries(more)) data.append(name, value);
    data.append("file", file, file.name || "picture.png");
    const request = new XMLHttpRequest();
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", row.words.textContent);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) [bar.max, bar.value] = [event.total, event.loaded];
    });
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => resolve(null));
    request.addEventListener("abort", () => resolve("cancelled"));
    row.shows(bar, button("Cancel", () => request.abort()));
    request.open("POST", own(url));
    request.setRequestHeader("Accept", "application/json");
    request.send(data);
  });

  const added = ({ name, markdown, notice, draft }, row, inserts) => {
    form.elements.draft.value = draft;
    const text = notice ? `${name}: ${notice}.` : "";
    if (text) row.says(text);
    else row.item.remove();
    status.textContent = text || `${name} is in the draft.`;
    if (inserts) insert(markdown + (rows.querySelector("progress, [data-waits]") ? "\n\n" : ""));
    return show();
  };
  const ask = ({ question, action, content, notice, name, numbered }, row, inserts) => {
    const answer = (same) => async () => {
      const fields = new URLSearchParams({ form_token: token(), action: "add", content, notice, same_name: same });
      const answer = await fetchOwn(action, { method: "POST", body: fields }).catch(() => null);
      if (answer && answer.ok) return added(await answer.json(), row, inserts);
      row.says(`${name}: ${answer ? (await answer.text()).split("\n")[0] : "no connection."}`, true);
    };
    row.words.textContent = question;
    status.textContent = question;
    row.shows(
      button("Replace", answer("replace")),
      button(`Keep both, as ${numbered}`, answer("number")),
      button("Cancel", () => row.item.remove()),
    );
  };
  const upload = async (file, row, more, inserts) => {
    const draft = await savedDraft();
    if (!draft) return row.says(`${file.name}: not uploaded, because the draft could not be saved.`, true);
    const request = await send(`${draft}/files`, file, more, row);
    if (request === "cancelled") return void row.item.remove();
    if (!request) return row.says(`${file.name}: not uploaded, because there is no connection.`, true);
    const isAnswer = (request.getResponseHeader("Content-Type") || "").startsWith("application/json");
    if (request.status === 200 && isAnswer) return added(JSON.parse(request.responseText), row, inserts);
    if (request.status === 409 && isAnswer) return ask(JSON.parse(request.responseText), row, inserts);
    row.says(request.responseText.split("\n")[0] || `${file.name}: not uploaded (${request.status}).`, true);
  };
  const take = (files, place, more = {}, inserts = true) => {
    if (mark === null || under === 0) mark = inserts ? body.selectionEnd : null;
    length = body.value.length;
    for (const file of files) {
      const shown = row(file.name || "picture.png", place);
      if (file.size > most) {
        shown.says(`${file.name} is too large: a file has at most ${most >> 20} MiB.`, true);
        continue;
      }
      const waits = document.createElement("span");
      waits.dataset.waits = "";
      waits.textContent = "waits";
      let left = false;
      shown.shows(waits, button("Cancel", () => { left = true; shown.item.remove(); }));
      under += 1;
      last = last.then(() => left || upload(file, shown, more, inserts)).finally(() => {
        under -= 1;
        if (under === 0) mark = null;
      });
    }
  };

  // The file fields of the panel: a chosen file is uploaded at once.
  const field = panel.querySelector(".file-field");
  if (!field.querySelector("input")) {
    const label = document.createElement("label");
    label.htmlFor = "file";
    label.textContent = "Add files";
    const input = document.createElement("input");
    Object.assign(input, { id: "file", type: "file" });
    field.replaceChildren(label, input);
  }
  const enhance = () => {
    for (const send of panel.querySelectorAll("button[data-upload]")) send.hidden = true;
  };
  enhance();
  field.querySelector("input").multiple = true;
  panel.addEventListener("change", ({ target }) => {
    if (target.type !== "file" || target.files.length === 0) return;
    const name = target.dataset.replaces;
    if (name) take([...target.files].slice(0, 1), target, { name, same_name: "replace" }, false);
    else take([...target.files], field);
    target.value = "";
  });
  panel.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[name=action]");
    const file = pressed?.closest("[data-file]");
    if (!file || !["insert", "edit"].includes(pressed.value)) return;
    event.preventDefault();
    if (pressed.value === "insert") return insert(file.dataset.markdown);
    show(file.dataset.file);
  });

  const hasFiles = (data) => data !== null && data.types.includes("Files");
  body.addEventListener("paste", (event) => {
    // Office programs add a picture to the text that was copied.
    if (!hasFiles(event.clipboardData) || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take([...event.clipboardData.files], body);
  });
  // Without this, a browser reports no drop, and opens the file.
  document.addEventListener("dragover", (event) => { if (hasFiles(event.dataTransfer)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    take([...event.dataTransfer.files], body);
  });
  window.addEventListener("beforeunload", (event) => { if (under > 0) event.preventDefault(); });
}
