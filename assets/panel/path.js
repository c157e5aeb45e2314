// Derives the path of a new page from its title until the user types a path.
const fresh = document.querySelector("form[data-new]");
if (fresh) {
  const { title, path } = fresh.elements;
  let follows = path.value === "";
  path.addEventListener("input", () => { follows = path.value === ""; });
  title.addEventListener("input", () => {
    if (!follows) return;
    path.value = title.value.normalize("NFKD").toLowerCase()
      .replace(/[\u0300-\u036f'’]/g, "").replace(/ß/g, "ss").replace(/æ/g, "ae").replace(/ø/g, "o").replace(/ł/g, "l")
      .replace(/[^a-z0-9]+/g, "-").slice(0, 80).replace(/^-+|-+$/g, "");
  });
}
