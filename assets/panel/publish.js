// The button that publishes a page: it says when the page appears, and Ctrl+Enter asks before it does so.
const buttons = [...document.querySelectorAll("button[data-publish]")];
if (buttons.length > 0) {
  const form = buttons[0].form;
  const { published, title } = form.elements;
  const shown = document.querySelector("[data-publish-date]");
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  // Year, month, day, hour and minute on the clocks of the site.
  const clocks = new Intl.DateTimeFormat("en-GB", {
    timeZone: buttons[0].dataset.zone, hourCycle: "h23",
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  const now = () => {
    const parts = Object.fromEntries(clocks.formatToParts(new Date()).map(({ type, value }) => [type, value]));
    return [parts.year, parts.month, parts.day, parts.hour, parts.minute];
  };
  const day = ([year, month, date]) => Date.UTC(year, month - 1, date) / 864e5;
  const label = () => {
    const found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?/.exec(published.value);
    const at = found ? found.slice(1).map((part) => part || "00") : null;
    const today = now();
    let publishes = buttons[0].dataset.publish;
    let date = "now";
    if (at) {
      const [year, month, number, hour, minute] = at;
      const [weekday, time] = [DAYS[(day(at) + 4) % 7], `${hour}:${minute}`];
      const dated = `${Number(number)} ${MONTHS[month - 1]}${year === today[0] ? "" : ` ${year}`}, ${time}`;
      date = `${weekday} ${dated}`;
      if (at.join() > today.join()) publishes = `Schedule for ${day(at) - day(today) <= 6 ? `${weekday} ${time}` : dated}`;
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
