// Shows early that somebody else is editing the page, and sends the text with which the form began, so that the server can merge.
const form = document.querySelector("form[data-drafts]");
if (form) {
  const MOST = 600000;
  const busy = document.querySelector(".busy");
  // The fields as the server sent them, whatever the browser has filled in since.
  const arrived = () => {
    const fields = new URLSearchParams();
    for (const field of form.elements) {
      if (!field.name || field.name === "form_token" || field.tagName === "BUTTON") continue;
      const isTick = field.type === "checkbox" || field.type === "radio";
      if (isTick && !field.defaultChecked) continue;
      const chosen = field.options && ([...field.options].find((option) => option.defaultSelected) || field.options[0]);
      fields.append(field.name, isTick ? field.value : chosen ? chosen.value : field.defaultValue);
    }
    return fields.toString();
  };
  let base = "stored" in form.dataset ? arrived() : "", leaves = false;
  form.addEventListener("saved", ({ detail }) => { base = detail; });
  form.addEventListener("submit", (event) => { leaves = !event.defaultPrevented; });
  form.addEventListener("formdata", ({ formData }) => {
    if (leaves && base !== "" && base.length < MOST) formData.set("base", base);
  });
  form.addEventListener("conflict", ({ detail }) => {
    const merge = document.createElement("button");
    merge.type = "button";
    merge.textContent = "Compare and merge";
    merge.addEventListener("click", () => form.requestSubmit(form.querySelector("button[value=draft]")));
    busy.textContent = detail + " ";
    busy.append(merge);
    busy.hidden = false;
  });
  const merged = document.querySelector(".merged");
  if (merged) {
    merged.focus();
    form.dispatchEvent(new Event("input"));
  }
}
