// While a rule is written it is saved, checked and tried by itself. Without this file the buttons of the form do the same.
const form = document.querySelector("[data-editor]");
const saving = document.getElementById("saving");
const state = document.getElementById("state");
const based = document.getElementById("based");
const textErrors = document.getElementById("text-errors");
const edits = form.dataset.edits !== undefined;

const SAVE_AFTER = 1500;
const TRY_AFTER = 900;

let typed = 0; // grows with each change
let saved = 0; // what was typed up to here is kept
let sending = false;
let stopped = false; // somebody else saved, or the session is over: a person decides
let saveTimer;
let tryTimer;
let trying;

function show(words, tone = "") {
  saving.textContent = words;
  saving.dataset.tone = tone;
}

function showPrepared(id) {
  saving.replaceChildren(document.getElementById(id).content.cloneNode(true));
  saving.dataset.tone = "bad";
}

function fields(deed) {
  const data = new URLSearchParams(new FormData(form));
  data.delete("-deed");
  data.set("-deed", deed);
  return data;
}

function markWrong(wrong) {
  for (const old of form.querySelectorAll(".wrong[data-live]")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const { name, what } of wrong ?? []) {
    const field = form.elements[name];
    if (!field?.setAttribute) continue;
    field.setAttribute("aria-invalid", "true");
    const words = document.createElement("p");
    words.className = "wrong";
    words.dataset.live = "";
    words.textContent = what;
    field.after(words);
  }
}

function showErrors(errors) {
  if (!textErrors) return;
  for (const old of form.querySelectorAll(".text-error:not([data-live])")) old.remove();
  textErrors.replaceChildren();
  for (const error of errors ?? []) {
    const box = document.createElement("p");
    box.className = "refused text-error";
    box.dataset.live = "";
    box.append(`Line ${error.line}, column ${error.column}: ${error.what} `);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = "Go there";
    button.dataset.line = error.line;
    box.append(button);
    textErrors.append(box);
  }
}

async function save() {
  if (!edits || stopped || sending || saved === typed) return;
  sending = true;
  const upTo = typed;
  show("Saving");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { accept: "application/json" },
      body: fields("autosave"),
      redirect: "error",
    });
    if (response.status === 401) {
      stopped = true;
      showPrepared("frag-signed-out");
    } else if (response.status === 409 && (await response.json()).collided) {
      stopped = true;
      showPrepared("frag-collided");
    } else if (!response.ok) {
      const problem = await response.json().catch(() => ({}));
      show(`Not saved: ${problem.detail ?? "the server did not take it"}`, "bad");
    } else {
      const answer = await response.json();
      markWrong(answer.wrong);
      if (answer.saved) {
        saved = upTo;
        if (answer.based) based.value = answer.based;
        if (answer.state) state.textContent = answer.state;
        showErrors(answer.errors);
        const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
        show(`Saved ${time}`);
      } else {
        show("Not saved yet: mend what is marked", "bad");
      }
    }
  } catch {
    show("Not saved: the server cannot be reached. It is tried again.", "bad");
    saveTimer = setTimeout(save, SAVE_AFTER * 4);
  }
  sending = false;
  if (saved !== typed && upTo !== typed) later();
}

function later() {
  clearTimeout(saveTimer);
  saveTimer = setTimeout(save, SAVE_AFTER);
}

// The bench and the linter answer to what is typed, saved or not; an answer that is overtaken is dropped.
async function tryIt() {
  const place = document.getElementById("bench-result");
  if (!place) return;
  trying?.abort();
  trying = new AbortController();
  place.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.dataset.try, {
      method: "POST",
      headers: { accept: "text/html" },
      body: fields("try"),
      signal: trying.signal,
    });
    if (response.ok) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("bench-result");
      if (fresh) place.replaceChildren(...fresh.childNodes);
      for (const preview of page.querySelectorAll("[data-of]")) {
        document.getElementById(`p-${preview.dataset.of}`)?.replaceChildren(...preview.childNodes);
      }
    }
    place.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") place.removeAttribute("aria-busy");
  }
}

form.addEventListener("input", (event) => {
  const bench = event.target.name === "-paste" || event.target.name === "-case";
  if (!bench) {
    typed += 1;
    if (!stopped) show("Not saved yet");
    later();
  }
  clearTimeout(tryTimer);
  tryTimer = setTimeout(tryIt, TRY_AFTER);
});

// Another kind has other fields: the form comes back with them.
form.addEventListener("change", (event) => {
  if (event.target.dataset.again === undefined || !edits) return;
  const button = event.target.parentElement.querySelector("[data-set]");
  if (button) button.click();
});

form.addEventListener("click", (event) => {
  const line = event.target.closest("[data-line]")?.dataset.line;
  const area = document.getElementById("text");
  if (!line || !area) return;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = Math.max(0, (line - 4) * (area.scrollHeight / lines.length));
});

form.addEventListener("submit", () => {
  stopped = true; // what is sent now is everything
  clearTimeout(saveTimer);
});
addEventListener("pageshow", () => { stopped = false; });

addEventListener("beforeunload", (event) => {
  if (edits && saved !== typed && !form.dataset.sent) event.preventDefault();
});

// Signed in again in another tab: go on as if nothing had been.
addEventListener("focus", () => {
  if (!edits || saved === typed) return;
  if (document.querySelector("#saving a")) stopped = false;
  later();
});

for (const button of form.querySelectorAll("[data-set]")) button.classList.add("sr");
for (const button of form.querySelectorAll("[data-unscripted]")) button.hidden = true;

// What a draft still lacks is said at once.
if (edits && form.dataset.drafted !== undefined && !document.querySelector("#bench-result .lint")) tryIt();
