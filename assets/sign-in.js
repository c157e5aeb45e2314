// Signs out without a prompt, and counts down the wait after too many attempts. Both also work without this script.
"use strict";

// A browser keeps the credentials with which it last opened an address. These belong to no user, and replace the real ones.
for (const link of document.querySelectorAll("a[data-sign-out]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.addEventListener("loadend", () => { location.assign(link.href); });
    request.open("GET", link.href, true, "signed-out", "x");
    request.send();
  });
}

const wait = document.querySelector("[data-countdown]");
let seconds = /^\d+ s$/.test(wait?.textContent) ? Number.parseInt(wait.textContent, 10) : 0;
if (seconds > 0) {
  const timer = setInterval(() => {
    seconds -= 1;
    wait.textContent = `${seconds} s`;
    if (seconds === 0) clearInterval(timer);
  }, 1000);
}
