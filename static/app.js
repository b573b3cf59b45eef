// Everything works without this file; with it, copying, dropping files, sending by keyboard and filtering are quicker.
import { setUp } from "./upload.js";

const said = document.getElementById("said");

function say(words) {
  if (said) said.textContent = words;
}

function textOf(element) {
  return "value" in element ? element.value : element.textContent;
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(textOf(source));
    say("Copied");
  } catch {
    // Without the right to the clipboard the text is selected, so that Ctrl+C takes it.
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    say("Selected: press Ctrl+C to copy");
    return;
  }
  const label = [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (!label || button.dataset.busy) return;
  const before = label.data;
  button.dataset.busy = "yes";
  label.data = " Copied";
  setTimeout(() => {
    label.data = before;
    delete button.dataset.busy;
  }, 1500);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

for (const shown of document.querySelectorAll("[data-scripted]")) shown.hidden = false;

for (const form of document.querySelectorAll("form")) {
  if (form.dataset.submitKeys !== undefined) {
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
  }
  if (form.dataset.upload !== undefined) setUp(form, say);
}

// A second press while the first is being read would open a second case.
addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A name typed once stands in every form of the page.
const names = [...document.querySelectorAll("input[name=who]")];
for (const name of names) {
  name.addEventListener("change", () => {
    for (const other of names) if (!other.value || other.value === other.dataset.last) other.value = name.value;
    for (const other of names) other.dataset.last = other.value;
  });
}

// A link to a folded part opens it.
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) if (part.localName === "details") part.open = true;
}
addEventListener("hashchange", unfold);
unfold();

// A page that was fetched anew at the same address stays where it was scrolled to, unless it is told to go on.
if (history.scrollRestoration === "manual") {
  addEventListener("load", () => {
    if (location.hash) location.replace(location.hash);
    requestAnimationFrame(() => { history.scrollRestoration = "auto"; });
  });
}

// A list that shrinks while one types. What an item is found by stands in its `data-words`, else it is its text.
for (const filter of document.querySelectorAll("input[data-filter]")) {
  const all = filter.closest("[data-filtered]") ?? document;
  const items = [...all.querySelectorAll("[data-words], [data-item]")];
  const groups = [...all.querySelectorAll("[data-group]")];
  const none = all.querySelector("[data-none]");
  const noun = filter.dataset.filter || "rule";
  const held = new Map();
  const wordsOf = (item) => {
    if (!held.has(item)) held.set(item, item.dataset.words ?? item.textContent.toLowerCase());
    return held.get(item);
  };
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      item.hidden = !words.every((word) => wordsOf(item).includes(word));
      if (!item.hidden) shown += 1;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-words]:not([hidden])");
    if (none) none.hidden = shown > 0;
    say(shown === 1 ? `1 ${noun}` : `${shown} ${noun}s`);
  });
}

// What goes on on the server is shown as it goes on; when it is over the page is read anew.
function follow(shown) {
  setTimeout(async () => {
    let next = null;
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      next = page.getElementById(shown.id);
    } catch {
      // The server restarts; it goes on afterwards.
      return follow(shown);
    }
    if (!next || next.dataset.refresh === undefined) return location.reload();
    const [from, to] = [shown, next].map((part) => [...part.querySelectorAll("progress, [role=status]")]);
    from.forEach((part, at) => {
      if (!to[at]) return;
      for (const { name, value } of to[at].attributes) part.setAttribute(name, value);
      if (part.textContent !== to[at].textContent) part.textContent = to[at].textContent;
    });
    follow(shown);
  }, 1000);
}
for (const shown of document.querySelectorAll("[data-refresh]")) follow(shown);

// Where rules are written, they are saved and checked while one types.
if (document.querySelector("[data-editor]")) import("./editor.js");
