import { fetchOwn } from "./fetch-own.js";
import "./chips.js";

// Keeps the lines that say who can read a page up to date while somebody types, and takes over the readers of the pages nearby.
const lines = document.querySelector(".reader-lines");
if (lines) {
  const { form } = document.querySelector("[name=audience]");
  const watched = ["title", "path", "audience", "people", "groups", "published", "unpublish", "move_below"];
  let pause, asked = 0, shown = 0;
  const show = async () => {
    const turn = ++asked;
    const fields = [...new FormData(form)].filter(([name]) => name === "form_token" || watched.includes(name));
    const sent = new URLSearchParams([...fields, ["page", lines.dataset.page]]);
    const answer = await fetchOwn("/admin/readers", { method: "POST", body: sent }).catch(() => null);
    if (!answer || !answer.ok) return;
    const html = await answer.text();
    // An older answer that arrives late must not replace a newer one.
    if (turn <= shown) return;
    shown = turn;
    if (lines.innerHTML !== html) lines.innerHTML = html;
  };
  const soon = (event) => {
    const { name } = event.target;
    if (name && !watched.includes(name)) return;
    clearTimeout(pause);
    pause = setTimeout(show, 150);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  lines.addEventListener("click", (event) => {
    const button = event.target.closest("button[value=near]");
    if (!button) return;
    event.preventDefault();
    const { kind, people, groups } = button.dataset;
    const radio = document.getElementById(`audience-${kind}`);
    const box = form.querySelector(".chosen-readers");
    radio.checked = true;
    box.choose(people.split(", ").filter((name) => name !== ""), groups.split("\n").filter((name) => name !== ""));
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    radio.focus();
  });
}
const question = document.querySelector(".access-question");
if (question) question.focus();

// A click on specific people moves the focus to the list of them. With the keyboard, the focus stays on the choices.
const specific = document.getElementById("audience-chosen");
if (specific) {
  const choices = specific.closest("fieldset");
  let isPointer = false;
  choices.addEventListener("pointerdown", () => { isPointer = true; });
  choices.addEventListener("keydown", () => { isPointer = false; });
  specific.addEventListener("change", () => { if (isPointer) document.getElementById("people").focus(); });
}
