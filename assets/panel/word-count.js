// The number of words in the text field and the minutes to read them.
const body = document.querySelector(".page-form #body");
if (body) {
  const words = document.createElement("span");
  words.className = "words";
  document.querySelector(".toolbar > .picker").before(words);
  // Chinese, Japanese, Thai and some other scripts have no spaces between words; the browser knows where their words end.
  const segmenter = Intl.Segmenter && new Intl.Segmenter(undefined, { granularity: "word" });
  const spaceless = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;
  const wordsIn = (run) => {
    if (!segmenter || !spaceless.test(run)) return 1;
    return [...segmenter.segment(run)].filter((part) => part.isWordLike).length;
  };
  const count = () => {
    const number = (body.value.match(/\S+/g) || []).reduce((sum, run) => sum + wordsIn(run), 0);
    words.textContent = number === 0 ? "" : `${number} ${number === 1 ? "word" : "words"}, ${Math.max(1, Math.round(number / 220))} min to read`;
  };
  body.addEventListener("input", count);
  count();
}
