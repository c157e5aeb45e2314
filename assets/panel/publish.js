import { DAYS, MONTHS, day, today } from "./site-clock.js";

// The button that publishes a page: it says when the page appears, and Ctrl+Enter asks before it does so.
const buttons = [...document.querySelectorAll("button[data-publish]")];
if (buttons.length > 0) {
  const form = buttons[0].form;
  const { published, title } = form.elements;
  const shown = document.querySelector("[data-publish-date]");
  const label = () => {
    const found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?/.exec(published.value);
    const at = found ? found.slice(1).map((part) => part || "00") : null;
    const present = today(buttons[0].dataset.zone);
    let publishes = buttons[0].dataset.publish;
    let date = "now";
    if (at) {
      const [year, month, number, hour, minute] = at;
      const [weekday, time] = [DAYS[(day(at) + 4) % 7], `${hour}:${minute}`];
      const dated = `${Number(number)} ${MONTHS[month - 1]}${year === present[0] ? "" : ` ${year}`}, ${time}`;
      date = `${weekday} ${dated}`;
      if (at.join() > present.join()) publishes = `Schedule for ${day(at) - day(present) <= 6 ? `${weekday} ${time}` : dated}`;
    }
    for (const button of buttons) button.textContent = publishes;
    shown.textContent = date;
    return publishes;
  };
  published.addEventListener("input", label);
  published.addEventListener("change", label);

  const dialog = form.querySelector("dialog.ask");
  const ask = () => {
    if (dialog.open || !form.reportValidity()) return;
    const publishes = label();
    const [verb, when] = publishes.startsWith("Schedule") ? ["Schedule", publishes.slice("Schedule".length)] : [publishes, ""];
    dialog.querySelector("p").textContent = `${verb}${verb === "Publish changes" ? " to" : ""} “${title.value}”${when}?`;
    dialog.showModal();
  };
  dialog.querySelector("button[type=button]").addEventListener("click", () => dialog.close());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    ask();
  });
}
