// Offers the time zone of the browser. `data-time-zone` is the zone of the site, `data-field` the id of the field that the button
// fills; with `data-submit`, the form of the field is sent.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const offer of document.querySelectorAll("[data-time-zone]")) {
  const { timeZone, field: id } = offer.dataset, field = document.getElementById(id);
  if (!zone || !field || zone === timeZone || (timeZone === "UTC" && zone === "Etc/UTC")) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Use it";
  button.addEventListener("click", () => {
    field.value = zone;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    offer.hidden = true;
    if ("submit" in offer.dataset) field.form.requestSubmit();
    else field.focus();
  });
  offer.append(`Times are in ${timeZone}; your browser says ${zone}. `, button);
  offer.hidden = false;
}
