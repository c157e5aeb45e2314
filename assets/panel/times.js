// Relative times of less than a day, kept current. Their words are the same as those of the server (clock.rs).
const DAY = 86400;

function words(seconds) {
  const distance = Math.abs(seconds);
  if (distance < 60) return seconds <= 0 ? "just now" : "in under a minute";
  const amount = distance < 3600 ? `${Math.floor(distance / 60)} min` : `${Math.floor(distance / 3600)} h`;
  return seconds <= 0 ? `${amount} ago` : `in ${amount}`;
}

function refresh() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    if (Math.abs(seconds) < DAY) time.textContent = words(seconds);
  }
}

setInterval(refresh, 60000);
