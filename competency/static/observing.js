// The sheet of an observation: marked by number keys, saved as one goes. It works without
// this file, with its two buttons.

const form = document.getElementById("sheet");
const words = form.dataset;
const boxes = [...form.querySelectorAll(".criterion")];
const state = form.querySelector("[data-state]");
const count = form.querySelector("[data-count]");
const handIn = form.querySelector("[data-hand-in]");
const PAUSE = 900;
const RETRY = 4000;
const OUTLIVING = 60000; // bytes: browsers refuse to send 64 KiB and more past the page's end
let here = boxes.find((box) => !marked(box)) ?? boxes[0];
let timer = 0;
let busy = null;
let changed = false;
let stopped = handIn === null;
let leaving = false;

function marked(box) {
  return box.querySelector("input[type=radio]:checked") !== null;
}

function say(text, kind = "saved") {
  state.textContent = text;
  state.dataset.state = kind;
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(save, milliseconds);
}

/** Save the whole sheet; what changed on the way is saved once more. */
function save() {
  clearTimeout(timer);
  if (stopped || !changed || busy) return busy;
  changed = false;
  say(words.saving);
  busy = send().finally(() => {
    busy = null;
    if (changed && !leaving) later(state.dataset.state === "retrying" ? RETRY : PAUSE);
  });
  return busy;
}

async function send() {
  const body = new URLSearchParams(new FormData(form));
  try {
    const headers = { Accept: "application/json" };
    const keepalive = body.toString().length < OUTLIVING;
    const response = await fetch(form.action, { method: "POST", body, headers, keepalive });
    const answer = await response.json();
    if (response.ok) {
      form.elements.edition.value = answer.edition;
      say(words.saved);
    } else if (response.status >= 500 || response.status === 429) {
      changed = true;
      say(words.unsaved, "retrying");
    } else {
      stopped = true; // somebody else saved it, or one is signed out: nothing is overwritten
      say(answer.error, "refused");
    }
  } catch {
    changed = true;
    say(words.unsaved, "retrying");
  }
}

function note() {
  changed = true;
  for (const box of boxes) if (marked(box)) delete box.dataset.missing;
  const done = boxes.filter(marked).length;
  count.textContent = words.of.replace("{done}", done).replace("{total}", boxes.length);
}

function go(box) {
  if (!box) return;
  mark(box);
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "center", behavior: "instant" });
}

function mark(box) {
  here.classList.remove("is-here");
  here = box;
  here.classList.add("is-here");
}

function step(offset) {
  const place = boxes.indexOf(here) + offset;
  go(boxes[Math.min(Math.max(place, 0), boxes.length - 1)]);
}

/** Mark what a number key stands for, and go on to what is not marked yet. */
function choose(key) {
  const radio = here.querySelectorAll("input[type=radio]")[Number(key) - 1];
  if (!radio) return;
  radio.checked = true;
  note();
  later(0);
  const start = boxes.indexOf(here);
  const next = [...boxes.slice(start + 1), ...boxes.slice(0, start)].find((box) => !marked(box));
  if (next) go(next);
  else handIn?.focus();
}

function write() {
  const box = here.querySelector("details");
  box.open = true;
  box.querySelector("textarea").focus();
}

function press(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const { key, target } = event;
  if (target.matches("textarea")) {
    if (key === "Escape") go(target.closest(".criterion") ?? here);
    return;
  }
  if (target.matches("select, input:not([type=radio])")) return;
  const actions = {
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    n: write,
  };
  const act = /^[1-3]$/.test(key) ? () => choose(key) : actions[key];
  if (!act) return;
  event.preventDefault();
  act();
}

for (const box of boxes) {
  box.tabIndex = -1;
  box.addEventListener("focusin", () => mark(box));
}
form.addEventListener("change", () => {
  note();
  later(0);
});
form.addEventListener("input", () => {
  changed = true;
  later(PAUSE);
});
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (!busy) {
    leaving = true;
    return;
  }
  event.preventDefault(); // the sheet goes with the edition that this save gives it
  const button = event.submitter;
  await busy;
  clearTimeout(timer);
  leaving = true;
  form.requestSubmit(button);
});
document.addEventListener("keydown", press);
window.addEventListener("beforeunload", (event) => {
  if (!leaving && !stopped && (changed || busy)) event.preventDefault();
});
if (boxes.some(marked)) go(here);
else mark(here);
