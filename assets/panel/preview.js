import { fetchOwn } from "./fetch-own.js";

// The preview of the text field, kept up to date while it is shown.
const body = document.querySelector(".page-form #body");
if (body) {
  const pane = document.querySelector(".preview");
  const prose = pane.querySelector(".prose");
  let pause, asked = 0, shown = 0;
  // The check of links depends on the path and the readers of the page.
  const readers = ["path", "audience", "people", "groups"];
  const sent = ["form_token", "body", ...readers];
  const show = async () => {
    const turn = ++asked;
    const fields = [...new FormData(body.form)].filter(([name]) => sent.includes(name));
    const page = body.form.dataset.drafts.split("/")[3] || "";
    const form = new URLSearchParams([...fields, ["page", page]]);
    const answer = await fetchOwn("/admin/preview", { method: "POST", body: form }).catch(() => null);
    if (!answer || !answer.ok) return;
    const html = await answer.text();
    // An older answer that arrives late must not replace a newer one.
    if (turn > shown) {
      shown = turn;
      prose.innerHTML = html;
      // The files of other pages are listed with those of this page.
      const elsewhere = prose.querySelector("[data-elsewhere]");
      document.querySelector("#files [data-elsewhere]")?.replaceWith(elsewhere);
    }
  };
  body.addEventListener("input", () => {
    clearTimeout(pause);
    if (!pane.hidden) pause = setTimeout(show, 80);
  });
  body.form.addEventListener("change", (event) => {
    if (!pane.hidden && readers.includes(event.target.name)) show();
  });
  pane.addEventListener("shown", () => { if (!pane.hidden) show(); });
}
