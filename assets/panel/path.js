// Derives the path of a new page from its title until the user types a path.
const fresh = document.querySelector("form[data-new]");
if (fresh) {
  const { title, path } = fresh.elements;
  // The section in which the page will be; `null` once the user has typed a path.
  let section;
  const look = () => { section = path.value === "" || path.value.endsWith("/") ? path.value : null; };
  look();
  path.addEventListener("input", look);
  title.addEventListener("input", () => {
    if (section === null) return;
    path.value = section + title.value.normalize("NFKD").toLowerCase()
      .replace(/[\u0300-\u036f'’]/g, "").replace(/ß/g, "ss").replace(/æ/g, "ae").replace(/ø/g, "o").replace(/ł/g, "l")
      .replace(/[^a-z0-9]+/g, "-").slice(0, 80).replace(/^-+|-+$/g, "");
  });
}
