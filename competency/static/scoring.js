// Judging: every change is saved at once and says so, the keyboard does it all, and
// nothing typed is lost without a word. The pages work without this file, form by form.

const root = document.getElementById("scoring");
const words = root.dataset;
const reviewing = words.mode === "review";
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const FIRST_RETRY = 2000;
const LAST_RETRY = 30000;
const TYPING_PAUSE = 900;
const OUTLIVING = 60000; // bytes: browsers refuse to send 64 KiB and more past the page's end
const EXCUSED = "-";
const BELOW = "below";

/** Build an element with text, so that nothing typed is ever read as markup. */
function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** After signing in again the forms need the new session's token; take it from the page. */
async function freshToken() {
  try {
    const page = await fetch(location.href);
    const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = find("form[data-draft] input[name=csrf_token]", parsed)?.value;
    if (token) all("input[name=csrf_token]").forEach((input) => { input.value = token; });
  } catch {
    // out of reach: the next try asks again
  }
}

/** One criterion's form: what it says, what the server has, and the way between. */
class Draft {
  constructor(form) {
    this.form = form;
    this.box = form.closest(".criterion");
    this.box.tabIndex = -1;
    this.id = this.box.id.slice("c-".length);
    this.number = find(".place", this.box).textContent;
    this.note = form.elements.note;
    this.version = form.elements.version.defaultValue;
    this.state = "";
    this.message = find(".save-state", form);
    this.timer = 0;
    this.busy = null;
    this.retry = FIRST_RETRY;
    const initial = all("input[name=level]", form).find((radio) => radio.defaultChecked);
    this.saved = JSON.stringify([initial?.value ?? "", this.note.defaultValue.trim()]);
    form.autocomplete = "off";
  }

  get level() {
    return find("input[name=level]:checked", this.form)?.value ?? "";
  }

  get value() {
    return JSON.stringify([this.level, this.note.value.trim()]);
  }

  get changed() {
    return this.value !== this.saved;
  }

  get pending() {
    return this.changed || this.busy !== null;
  }

  /** What is missing here: an answer, its reason, or nothing. */
  get missing() {
    if (reviewing) return this.level && !this.note.value.trim() ? "reason" : "";
    if (!this.level) return "answer";
    if (words.reasons === "optional") return "";
    const silent = (this.level === BELOW || this.level === EXCUSED) && !this.note.value.trim();
    return silent ? "reason" : "";
  }

  show(state, text) {
    this.state = state;
    this.message.textContent = text;
    this.message.dataset.state = state;
    showState();
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  /** Save what the form says now, and once more if it changed on the way. */
  async save() {
    clearTimeout(this.timer);
    if (this.busy) return this.busy;
    if (!this.changed || this.state === "conflict") return null;
    this.busy = this.send().finally(() => { this.busy = null; });
    const done = await this.busy;
    showState();
    if (done && this.changed) return this.save();
    return done;
  }

  async send() {
    const sent = this.value;
    const body = new URLSearchParams(new FormData(this.form));
    body.set("version", this.version);
    this.show("saving", words.saving);
    let response;
    let answer = {};
    try {
      const headers = { Accept: "application/json" };
      const keepalive = body.toString().length < OUTLIVING;
      response = await fetch(this.form.action, { method: "POST", body, headers, keepalive });
      answer = await response.json();
    } catch {
      return this.again(words.unsaved);
    }
    if (response.ok) return this.kept(sent, answer);
    if (response.status === 409 && answer.theirs) return this.disagree(answer.theirs);
    if (response.status === 401) {
      await freshToken();
      return this.again(words.signedOut);
    }
    if (response.status >= 500 || response.status === 429) return this.again(words.unsaved);
    this.show("refused", answer.error || words.refused);
    return false;
  }

  again(text) {
    this.show("retrying", text);
    this.later(this.retry);
    this.retry = Math.min(this.retry * 2, LAST_RETRY);
    return false;
  }

  kept(sent, answer) {
    this.saved = sent;
    this.version = String(answer.version);
    this.retry = FIRST_RETRY;
    lastSaved = answer.time;
    this.show("saved", fill(words.saved, { time: answer.time }));
    showResults(answer.units ?? []);
    return true;
  }

  /** Show both values; the person decides, and nothing is written before. */
  disagree(theirs) {
    this.show("conflict", "");
    find(".conflict", this.box)?.remove();
    const panel = element("div", "", "conflict");
    panel.setAttribute("role", "alert");
    panel.append(element("p", words.conflict, "conflict-title"));
    const there = theirs.excused ? EXCUSED : theirs.level ?? "";
    panel.append(this.side(words.mine, this.level, this.note.value, words.keep, () => {
      this.version = String(theirs.version);
      this.settle(panel);
      this.saved = JSON.stringify([there, (theirs.note ?? "").trim()]);
      this.save();
    }));
    panel.append(this.side(words.theirs, there, theirs.note ?? "", words.take, () => {
      this.version = String(theirs.version);
      for (const radio of all("input[name=level]", this.form)) radio.checked = radio.value === there;
      this.note.value = theirs.note ?? "";
      this.saved = this.value;
      this.settle(panel);
      grow(this.note);
    }));
    this.form.after(panel);
    return false;
  }

  side(title, level, note, action, act) {
    const part = element("div", "", "conflict-side");
    part.append(element("strong", title));
    part.append(element("p", this.label(level)));
    if (note) part.append(element("q", note));
    const button = element("button", action, "btn btn-sm btn-outline-secondary");
    button.type = "button";
    button.addEventListener("click", act);
    part.append(button);
    return part;
  }

  label(level) {
    if (!level) return words.nothing;
    const radio = all("input[name=level]", this.form).find((one) => one.value === level);
    return find("span", radio.closest("label"))?.firstChild.textContent ?? level;
  }

  settle(panel) {
    panel.remove();
    this.show("", "");
    this.box.focus();
    showMissing();
  }
}

const drafts = all("form[data-draft]").map((form) => new Draft(form));
const draftOf = (box) => drafts.find((draft) => draft.box === box);
const submission = document.getElementById("submission");
let lastSaved = "";
let here = drafts.find((draft) => draft.missing) ?? drafts[0];
let leaving = false;

// What the page says about itself

/** Say in the bar how it stands with saving, the worst first. */
function showState() {
  const place = find("[data-bar-state]");
  if (!place) return;
  const worst = ["conflict", "refused", "retrying", "saving"].find((state) =>
    drafts.some((draft) => draft.state === state));
  const text = {
    conflict: words.conflict,
    refused: words.refused,
    retrying: words.unsaved,
    saving: words.saving,
  }[worst];
  const wanted = text ?? (lastSaved ? fill(words.saved, { time: lastSaved }) : place.textContent);
  if (place.textContent !== wanted) place.textContent = wanted;
  place.dataset.state = worst ?? "saved";
}

/** Count what is missing, list it, and say whether it can be handed in. */
function showMissing() {
  for (const draft of drafts) {
    if (draft.missing) draft.box.dataset.missing = draft.missing;
    else delete draft.box.dataset.missing;
  }
  if (reviewing) return;
  const open = drafts.filter((draft) => draft.missing);
  const done = drafts.filter((draft) => draft.level).length;
  find("progress").value = done;
  find("[data-count]").textContent = fill(words.of, { done, total: drafts.length });
  find("[data-missing-count]").textContent = open.length
    ? fill(words.open, { count: open.length }) : words.complete;
  for (const list of all("[data-missing-list]")) list.replaceChildren(...open.map(missingItem));
  find("[data-all-there]").hidden = open.length > 0;
  if (!open.length) find("[data-missing-box]").open = false;
  find("[data-submit]").setAttribute("aria-disabled", String(open.length > 0));
  if (!open.length) find("[data-blocked-reason]").textContent = "";
  for (const section of all(".unit")) {
    const inside = drafts.filter((draft) => section.contains(draft.box));
    const answered = inside.filter((draft) => draft.level).length;
    const count = all("[data-unit-done]").find((one) => `u-${one.dataset.unitDone}` === section.id);
    if (count) count.textContent = `${answered}/${inside.length}`; // one unit alone has no outline
  }
}

/** Return one entry of the list of what is missing. */
function missingItem(draft) {
  const item = element("li");
  const link = element("a");
  link.href = `#c-${draft.id}`;
  link.append(element("span", draft.number, "place"), ` ${draft.missing === "answer" ? words.noAnswer : words.noReason}`);
  item.append(link);
  return item;
}

/** Show each unit's result so far, as the server worked it out. */
function showResults(units) {
  for (const unit of units) {
    const place = all("[data-unit-result]").find((one) => one.dataset.unitResult === unit.id);
    if (!place) continue;
    place.className = `chip level level-${unit.kind}`;
    place.textContent = unit.result || words.undecided;
  }
}

/** Let a text field be as tall as its text. */
function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

// Moving about

/** Go to a criterion; `part` is the note or the criterion itself. */
function go(draft, part = draft.box) {
  if (!draft) return;
  mark(draft);
  part.focus({ preventScroll: true });
  draft.box.scrollIntoView({ block: "center", behavior: "instant" });
}

function mark(draft) {
  here?.box.classList.remove("is-here");
  here = draft;
  here.box.classList.add("is-here");
}

/** Return the first draft after `from`, round the page, that `test` holds for. */
function nextAfter(from, test) {
  const start = drafts.indexOf(from);
  return [...drafts.slice(start + 1), ...drafts.slice(0, start + 1)].find(test);
}

function step(offset) {
  const box = document.activeElement.closest(".criterion");
  const begun = box !== null;
  const place = drafts.indexOf(begun ? draftOf(box) : here);
  go(drafts[Math.min(Math.max(begun ? place + offset : place, 0), drafts.length - 1)]);
}

/** Choose the level that a number key stands for, and go on to what is unanswered. */
function choose(key) {
  const named = all("label.choice", here.form).find((one) => find("kbd", one)?.textContent === key);
  if (!named) return;
  const radio = find("input[name=level]", named);
  radio.checked = true;
  here.save();
  showMissing();
  const next = nextAfter(here, (draft) => draft.missing === "answer");
  if (here.missing === "reason") go(here, here.note); // what is typed next is the reason
  else if (next) go(next);
  else nextMissing();
}

function toEnd() {
  const end = document.getElementById("submit");
  end.scrollIntoView({ block: "end", behavior: "instant" });
  const confirmed = document.getElementById("evidence-confirmed");
  (confirmed?.required && !confirmed.checked ? confirmed : find("[data-submit]")).focus();
}

function nextMissing() {
  const next = nextAfter(here, (draft) => draft.missing);
  if (!next) toEnd();
  else go(next, next.missing === "reason" ? next.note : next.box);
}

function isTyping(target) {
  if (target.closest("dialog")) return true;
  if (target.matches("textarea, select, [contenteditable]")) return true;
  return target.matches("input") && !["radio", "checkbox", "submit", "button"].includes(target.type);
}

function press(event) {
  if (event.defaultPrevented || event.altKey || event.metaKey) return;
  const { key, target } = event;
  const box = target.closest?.(".criterion");
  if (box && draftOf(box)) mark(draftOf(box));
  if (box && target.matches("textarea")) {
    if (key === "Escape") go(draftOf(box));
    if (key === "Enter" && event.ctrlKey) {
      draftOf(box).save();
      nextMissing();
    }
    return;
  }
  if (event.ctrlKey || isTyping(target) || document.querySelector("dialog[open]")) return;
  const arrows = !target.matches("input[type=radio], summary");
  const actions = {
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: arrows ? () => step(1) : null,
    ArrowUp: arrows ? () => step(-1) : null,
    n: () => go(here, here.note),
    e: () => find(".add-evidence", here.box)?.click(),
    m: reviewing ? null : nextMissing,
    "?": () => document.getElementById("keys")?.showModal(),
  };
  const act = /^[0-9]$/.test(key) && !reviewing ? () => choose(key) : actions[key];
  if (!act) return;
  event.preventDefault();
  act();
}

// Evidence in place

const sheet = document.getElementById("evidence");
const sheetForm = sheet && find("[data-evidence-form]", sheet);

/** Open the sheet for one criterion, with the others to tick. */
function openEvidence(event) {
  const link = event.target.closest(".add-evidence");
  if (!link || !sheet) return;
  event.preventDefault();
  const draft = draftOf(link.closest(".criterion"));
  mark(draft);
  const title = (one) => `${one.number} ${find("legend span[lang]", one.box).textContent}`;
  find("[data-main-criterion]", sheet).value = `${words.framework}:${draft.id}`;
  find("[data-about]", sheet).textContent = title(draft);
  find("[data-further]", sheet).replaceChildren(...drafts.filter((one) => one !== draft).map((one) => {
    const label = element("label", "", "further-one");
    const tick = element("input");
    tick.type = "checkbox";
    tick.name = "criteria";
    tick.value = `${words.framework}:${one.id}`;
    label.append(tick, ` ${title(one)}`);
    return label;
  }));
  find("[data-evidence-error]", sheet).hidden = true;
  sheet.showModal();
}

async function addEvidence(event) {
  event.preventDefault();
  const button = find("button[type=submit]", sheetForm);
  const error = find("[data-evidence-error]", sheet);
  button.disabled = true;
  try {
    const answer = await window.competencySend(sheetForm);
    for (const id of answer.criteria) listEvidence(id, answer);
    await showSufficiency();
    sheetForm.reset();
    if (answer.refused.length) {
      error.textContent = answer.refused.join(" ");
      error.hidden = false;
      return;
    }
    sheet.close();
    go(here);
  } catch (reason) {
    error.textContent = reason instanceof TypeError ? words.unsaved : reason.message || words.refused;
    error.hidden = false;
    error.scrollIntoView({ block: "nearest" });
  } finally {
    button.disabled = false;
  }
}

/** Show how the evidence stands now: beside each criterion and unit, and what is confirmed. */
async function showSufficiency() {
  if (!words.sufficiency) return;
  let now;
  try {
    const response = await fetch(words.sufficiency, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    now = await response.json();
  } catch {
    return; // the next change asks again
  }
  for (const draft of drafts) {
    const asked = now.criteria[draft.id];
    const place = find("[data-asked]", draft.box);
    if (asked && place) showAsked(place, asked);
    const count = find(".proofs .count", draft.box);
    if (asked && count) count.textContent = asked.count;
  }
  for (const place of all("[data-unit-asked]")) {
    const asked = now.units[place.dataset.unitAsked];
    if (asked) showAsked(place, asked);
  }
  const total = find("[data-evidence-total]");
  if (total) total.textContent = now.total;
  const confirmed = document.getElementById("evidence-confirmed");
  if (confirmed) confirmed.required = now.total > 0;
  if (now.confirming) mergeConfirming(now.confirming);
}

function showAsked(place, asked) {
  if (place.textContent !== asked.text) place.textContent = asked.text;
  place.classList.toggle("is-short", !asked.suffices);
}

/** Add what is to be confirmed newly and drop what is no longer, keeping what was said. */
function mergeConfirming(html) {
  const place = find("[data-confirming]");
  if (!place) return;
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const wanted = all("[data-key]", parsed);
  const keys = new Set(wanted.map((one) => one.dataset.key));
  const there = new Map(all("[data-key]", place).map((one) => [one.dataset.key, one]));
  for (const [key, one] of there) if (!keys.has(key)) one.remove();
  for (const one of wanted) place.append(there.get(one.dataset.key) ?? document.importNode(one, true));
}

function listEvidence(id, answer) {
  const draft = drafts.find((one) => one.id === id);
  if (!draft) return;
  const details = find(".proofs details", draft.box) ?? noEvidenceYet(draft);
  const item = element("li");
  item.append(element("span", answer.title), " ", element("small", `${answer.kind}, ${answer.day}`));
  find("ul", details).prepend(item);
  const count = find(".count", details);
  count.textContent = Number(count.textContent) + 1;
}

/** Make the list of evidence of a criterion that had none. */
function noEvidenceYet(draft) {
  const details = element("details");
  const summary = element("summary", `${words.evidence} `);
  summary.append(element("span", "0", "count"));
  details.append(summary, element("ul"));
  find(".proofs", draft.box).prepend(details);
  return details;
}

// Handing in

async function handIn(event) {
  const open = drafts.filter((draft) => draft.missing);
  if (open.length) {
    event.preventDefault();
    const numbers = open.map((draft) => draft.number).join(", ");
    find("[data-blocked-reason]").textContent = fill(words.blocked, { numbers });
    go(open[0], open[0].missing === "reason" ? open[0].note : open[0].box);
    return;
  }
  if (!unsaved().length) {
    leaving = true;
    return;
  }
  event.preventDefault();
  for (let waiting = unsaved(); waiting.length; waiting = unsaved()) {
    const done = await Promise.all(waiting.map((draft) => draft.save()));
    if (!done.every(Boolean)) return; // what was not saved says so beside it
  }
  submission.requestSubmit();
}

/** Return the drafts that are not saved as they stand: one may have changed while it was. */
function unsaved() {
  return drafts.filter((draft) => draft.pending);
}

document.body.classList.add("scripted");
for (const draft of drafts) {
  draft.form.addEventListener("submit", (event) => {
    event.preventDefault();
    draft.save();
  });
  draft.form.addEventListener("change", () => {
    draft.later(0);
    showMissing();
  });
  draft.note.addEventListener("input", () => {
    grow(draft.note);
    draft.later(TYPING_PAUSE);
    showMissing();
  });
  draft.note.addEventListener("blur", () => draft.save());
  draft.box.addEventListener("focusin", () => mark(draft));
  if (draft.note.value) grow(draft.note);
  if (draft.changed) draft.later(0);
}
document.addEventListener("keydown", press);
document.addEventListener("click", openEvidence);
sheetForm?.addEventListener("submit", addEvidence);
for (const button of all("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
for (const button of all("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById("keys").showModal());
}
submission?.addEventListener("submit", handIn);
window.addEventListener("online", () => drafts.forEach((draft) => draft.save()));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") showSufficiency();
  if (document.visibilityState === "hidden") drafts.forEach((draft) => draft.save());
});
window.addEventListener("beforeunload", (event) => {
  if (!leaving && unsaved().length) event.preventDefault();
});
if (drafts.length) {
  if (reviewing || location.hash) mark(here);
  else go(here);
  showMissing();
}
