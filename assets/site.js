// Marks the heading that is being read in the contents of a page. Everything also works without this script.
"use strict";

const links = new Map();
for (const link of document.querySelectorAll(".contents a")) {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (heading) links.set(heading, [...(links.get(heading) || []), link]);
}
if (links.size > 0 && "IntersectionObserver" in window) {
  const headings = [...links.keys()];
  const mark = () => {
    // The last heading above the first third of the window; at the end of the page, the last one.
    const line = window.innerHeight / 3;
    const isAtEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
    const read = isAtEnd ? headings.at(-1) : headings.findLast((heading) => heading.getBoundingClientRect().top < line);
    for (const [heading, own] of links) {
      for (const link of own) {
        if (heading === read) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
    }
  };
  const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px", threshold: [0, 1] });
  headings.forEach((heading) => observer.observe(heading));
  window.addEventListener("scrollend", mark);
}
