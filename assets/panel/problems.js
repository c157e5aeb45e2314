// Moves the focus to the error messages.
const problems = document.querySelector(".problems");
if (problems) problems.focus();
