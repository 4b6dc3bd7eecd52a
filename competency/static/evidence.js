// Files of evidence: dropped, pasted, listed, taken out again, and sent with progress.
// Without this file the choosers alone do it.

const find = (selector, within = document) => within.querySelector(selector);

/** The files of one form: whatever chooser they came by, they go with the first. */
class Files {
  constructor(box) {
    this.box = box;
    this.words = box.dataset;
    this.input = find("input[type=file]:not([capture])", box);
    this.list = find("[data-chosen]", box);
    this.kept = new DataTransfer();
    find("[data-scripted]", box).hidden = false;
    for (const input of box.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => {
        const chosen = [...input.files];
        if (input !== this.input) input.value = "";
        else this.kept = new DataTransfer();
        this.add(chosen);
      });
    }
    for (const name of ["dragover", "dragleave", "drop"]) {
      box.addEventListener(name, (event) => this.drag(event));
    }
    box.closest("form").addEventListener("paste", (event) => this.paste(event));
    box.closest("form").addEventListener("reset", () => setTimeout(() => this.clear()));
  }

  add(files) {
    for (const file of files) {
      if (this.kept.items.length >= Number(this.words.most)) break;
      this.kept.items.add(file);
    }
    this.show();
  }

  drag(event) {
    event.preventDefault();
    this.box.classList.toggle("is-over", event.type === "dragover");
    if (event.type === "drop") this.add([...event.dataTransfer.files]);
  }

  paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  remove(index) {
    this.kept.items.remove(index);
    this.show();
    this.input.focus();
  }

  clear() {
    this.kept = new DataTransfer();
    this.show();
  }

  show() {
    this.input.files = this.kept.files;
    this.list.hidden = !this.kept.files.length;
    this.list.replaceChildren(...[...this.kept.files].map((file, index) => {
      const item = document.createElement("li");
      item.append(file.name, " ");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-link";
      button.textContent = this.words.remove;
      button.setAttribute("aria-label", `${this.words.remove}: ${file.name}`);
      button.addEventListener("click", () => this.remove(index));
      item.append(button);
      return item;
    }));
  }

  progress(share) {
    const bar = find("[data-progress]", this.box);
    bar.hidden = share === null;
    if (share !== null) bar.value = Math.round(share * 100);
  }
}

const known = new Map();
for (const box of document.querySelectorAll("[data-files]")) {
  known.set(box.closest("form"), new Files(box));
}

/**
 * Send a form of evidence with its progress; return what was answered.
 * It throws an Error with the server's words, and keeps everything that was typed.
 */
function send(form) {
  const files = known.get(form);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) files?.progress(event.loaded / event.total);
    });
    request.addEventListener("loadend", () => {
      files?.progress(null);
      if (request.status >= 200 && request.status < 300 && request.response) resolve(request.response);
      else reject(new Error(request.response?.error || files?.words.lost || ""));
    });
    request.send(new FormData(form));
  });
}

window.competencySend = send; // for the page of an appraisal, whose own script adds in place

/** Send a form of a page of its own, and go on to where the answer leads. */
async function sendPage(event) {
  const form = event.target;
  event.preventDefault();
  const button = find("button[type=submit]", form);
  const error = find("[data-evidence-error]", form);
  button.disabled = true;
  error.hidden = true;
  try {
    const answer = await send(form);
    delete form.dataset.changed;
    const there = new URL(answer.location, location.href);
    const samePage = there.pathname === location.pathname && there.search === location.search;
    location.assign(there);
    if (samePage && there.hash) location.reload();
  } catch (reason) {
    error.textContent = reason.message;
    error.hidden = false;
    error.scrollIntoView({ block: "nearest" });
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-send-files]")) {
  form.addEventListener("submit", sendPage);
}
