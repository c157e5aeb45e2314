import { fetchOwn } from "./fetch-own.js";

// Shows the meaning of a date below its field, while it is typed.
for (const echo of document.querySelectorAll("[data-moment]")) {
  const field = document.getElementById(echo.dataset.moment);
  let pause, asked = 0;
  const show = async () => {
    const turn = ++asked;
    const answer = await fetchOwn("/admin/moment?" + new URLSearchParams({ typed: field.value })).catch(() => null);
    const words = answer && answer.ok ? await answer.text() : "";
    if (turn === asked) echo.textContent = words;
  };
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(show, 150);
  });
}
