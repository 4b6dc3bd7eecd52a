// What every page does: no form is sent twice, a step is confirmed where a form asks
// for it, and nothing typed is lost without a word. Pages work without it.

const NEAR = 0.1; // of a limit
const FOLLOW = 1500; // milliseconds between two looks at how far something is

/** Ask before a form with `data-confirm`, and send no form twice. */
function guardSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (form.method === "get") return;
  sayBusy(form);
  form.dataset.sent = "yes";
  delete form.dataset.changed;
  // After the browser has gathered the values, the pressed button's among them.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
  });
}

/** Say with `data-busy` what takes a while, with a bar that moves until the answer is here. */
function sayBusy(form) {
  if (!form.dataset.busy) return;
  const line = document.createElement("p");
  line.className = "busy";
  line.setAttribute("role", "status");
  line.append(document.createElement("progress"), ` ${form.dataset.busy}`);
  line.firstChild.setAttribute("aria-label", form.dataset.busy);
  form.append(line);
}

/** Make a page usable again when it comes back from the browser's history. */
function reopen(event) {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const line of form.querySelectorAll(".busy")) line.remove();
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = false;
  }
}

/** Remember that a form with `data-unsaved` holds something that was not saved. */
function noteChange(event) {
  const form = event.target.form;
  if (form && "unsaved" in form.dataset) form.dataset.changed = "yes";
}

/** Let the browser ask before a page with unsaved changes is left. */
function warnUnsaved(event) {
  if (document.querySelector("form[data-changed]")) event.preventDefault();
}

/** Fill the fields that a button names: `data-fill='{"field-id": "value"}'`. */
function fill(event) {
  const button = event.target.closest("button[data-fill]");
  if (!button) return;
  const values = Object.entries(JSON.parse(button.dataset.fill));
  for (const [id, value] of values) document.getElementById(id).value = value;
  const form = document.getElementById(values[0][0]).form;
  if ("send" in button.dataset) form.requestSubmit();
}

/** Say near the limit of a text how much is left; past it the form is held, nothing is cut. */
function count(event) {
  const area = event.target;
  const limit = Number(area.dataset.limit);
  if (!limit) return;
  const left = limit - area.value.length;
  const words = document.body.dataset;
  const text = (left < 0 ? words.over : words.left).replace("{number}", String(Math.abs(left)));
  area.setCustomValidity(left < 0 ? text : "");
  let place = area.nextElementSibling;
  if (!place?.classList.contains("text-left")) {
    if (left > limit * NEAR) return;
    place = document.createElement("p");
    place.className = "text-left";
    place.setAttribute("role", "status");
    area.after(place);
  }
  place.hidden = left > limit * NEAR;
  place.textContent = text;
  place.classList.toggle("field-error", left < 0);
}

/** Let the browser's way back read the page of a form again, instead of sending it again. */
function nameAnswer() {
  const { address } = document.body.dataset;
  if (address) history.replaceState(null, "", address);
}

/** Print the page where a button asks for it. */
function print(event) {
  if (event.target.closest("button[data-print]")) window.print();
}

/** Close the menu of the navigation when the focus or the pointer goes elsewhere, or on Escape. */
function closeMenu(event) {
  const menu = document.querySelector(".nav-menu[open]");
  if (!menu) return;
  const inside = menu.contains(event.target);
  if (event.type === "keydown" ? event.key !== "Escape" : inside) return;
  menu.open = false;
  if (event.type === "keydown" && inside) menu.querySelector("summary").focus();
}

/** Show how far a thing is, in the element `data-follow`, until the page has another to show. */
async function follow() {
  const here = document.querySelector("[data-follow]");
  if (!here) return;
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = page.querySelector("[data-follow]");
    if (!there) return location.reload();
    if (here.innerHTML !== there.innerHTML) here.replaceChildren(...there.childNodes);
  }
  setTimeout(follow, FOLLOW);
}

nameAnswer();
setTimeout(follow, FOLLOW);
for (const kind of ["focusin", "pointerdown", "keydown"]) document.addEventListener(kind, closeMenu);
document.addEventListener("submit", guardSubmit);
document.addEventListener("input", noteChange);
document.addEventListener("input", count);
document.addEventListener("click", fill);
document.addEventListener("click", print);
window.addEventListener("pageshow", reopen);
window.addEventListener("beforeunload", warnUnsaved);
