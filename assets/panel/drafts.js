import { fetchOwn } from "./fetch-own.js";

// Saves the form as a draft: 1.5 seconds after the last change, and at least every 5 seconds while changes continue.
const drafted = document.querySelector("form[data-drafts]");

// Saves what was typed now, without leaving the form. After a conflict the form is sent, and both texts are shown.
export let saveNow = () => {};
// Saves what was typed, even if it is nothing; resolves to the address of the draft, and to null if it could not be saved.
export let savedDraft = async () => null;

if (drafted) {
  const SOON = 1500, LATEST = 5000;
  const status = drafted.querySelector(".draft-status");
  const enter = drafted.querySelector("button[data-enter]");
  let timer, since = 0, pause = SOON, keeping = null, stopped = false, last = "Nothing new to save";
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
    const discard = drafted.querySelector("[data-discard]");
    discard.firstElementChild.href = `/admin/drafts/${page}/discard`;
    discard.hidden = false;
    if (since === 0) drafted.dispatchEvent(new Event("kept"));
    last = `Draft saved ${saved}`;
    say(last, false);
  };
  const send = async () => {
    const changed = since;
    since = 0;
    const sent = new URLSearchParams(new FormData(drafted));
    const answer = await fetchOwn(drafted.dataset.drafts, { method: "POST", body: sent }).catch(() => null);
    pause = SOON;
    if (answer && answer.ok) {
      drafted.dispatchEvent(new CustomEvent("saved", { detail: sent.toString() }));
      return kept(await answer.json());
    }
    since = since || changed;
    if (!answer || answer.status === 503 || answer.status === 429) {
      pause = LATEST;
      return say(answer ? "Not saved: the server is busy. Trying again." : "Not saved: no connection. Trying again.", true);
    }
    stopped = true;
    const words = (await answer.text()).split("\n")[0];
    if (answer.status !== 409) return say(`Not saved (${answer.status}): ${words}`, true);
    say(`Not saved: ${words}`, true);
    drafted.dispatchEvent(new CustomEvent("conflict", { detail: words }));
  };
  const keep = () => {
    if (keeping || stopped || since === 0) return;
    keeping = send().finally(() => {
      keeping = null;
      if (since !== 0 && !stopped) soon(pause);
    });
  };
  saveNow = () => {
    if (stopped) return drafted.requestSubmit(enter);
    if (since === 0 && !keeping) return say(last, false);
    clearTimeout(timer);
    keep();
  };
  savedDraft = async () => {
    if (since !== 0 || drafted.elements.draft.value === "0") {
      clearTimeout(timer);
      since = since || Date.now();
      keep();
    }
    await keeping;
    return stopped || drafted.elements.draft.value === "0" ? null : drafted.dataset.drafts;
  };
  drafted.addEventListener("input", () => {
    if (stopped) return;
    const now = Date.now();
    since = since || now;
    soon(Math.max(0, Math.min(SOON, since + LATEST - now)));
  });
  drafted.addEventListener("submit", (event) => {
    const button = event.submitter;
    // Enter in a field saves the draft, and leads from the title to the text.
    if (button?.value === "draft" && !stopped) {
      event.preventDefault();
      button.closest("details")?.removeAttribute("open");
      if (document.activeElement.id === "title") drafted.elements.body.focus();
      return saveNow();
    }
    clearTimeout(timer);
    if (!keeping) return void (since = 0);
    // Waits for a pending save: otherwise the form would not know the version that it saved itself.
    event.preventDefault();
    keeping.finally(() => { clearTimeout(timer); drafted.requestSubmit(button); });
  });
}
