import { DAYS, MONTHS, day, today } from "./site-clock.js";

// Buttons for the dates on which pages are often published: nine o'clock tomorrow, and nine o'clock on the next Monday.
const field = document.getElementById("published"), publish = document.querySelector("button[data-zone]");
if (field && publish) {
  const present = day(today(publish.dataset.zone));
  const monday = present + 1 + ((10 - (present % 7)) % 7);
  const row = document.createElement("p");
  row.className = "soon";
  for (const number of new Set([present + 1, monday])) {
    const date = new Date(number * 864e5), button = document.createElement("button");
    button.type = "button";
    button.textContent = `${DAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}, 09:00`;
    button.addEventListener("click", () => {
      field.value = `${date.toISOString().slice(0, 10)}T09:00`;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    row.append(button);
  }
  field.after(row);
}
