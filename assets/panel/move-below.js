// Asks whether the subpages move along once the path of a page is another one.
const moves = document.querySelector(".move-below");
if (moves) {
  const { path } = moves.closest("form").elements;
  const show = () => { moves.hidden = path.value === moves.dataset.path; };
  path.addEventListener("input", show);
  show();
}
