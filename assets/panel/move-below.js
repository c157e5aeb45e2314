// Offers to move the subpages along once the path of a page has changed. They move unless somebody clears the box.
const moves = document.querySelector(".move-below");
if (moves) {
  const box = moves.querySelector("input"), { path } = moves.closest("form").elements;
  const isMoved = () => path.value !== moves.dataset.path;
  let isDecided = isMoved();
  box.addEventListener("change", () => { isDecided = true; });
  path.addEventListener("input", () => {
    moves.hidden = !isMoved();
    if (!isDecided) box.checked = isMoved();
  });
  moves.hidden = !isMoved();
}
