// Sending files: the list of what was chosen, what is too much, how far it is, and a way to stop. Without this file the
// form is sent as it stands.

const DEEPEST = 16;
const LISTED = 100;

// `1.2 MiB`: in the units of the limits.
function size(bytes) {
  if (bytes < 1024) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let value = bytes / 1024;
  let unit = "KiB";
  for (const larger of ["MiB", "GiB"]) {
    if (value < 1024) break;
    value /= 1024;
    unit = larger;
  }
  const shown = value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value);
  return `${value < 10 ? shown.toFixed(1) : shown} ${unit}`;
}

function count(number, one) {
  return number === 1 ? `1 ${one}` : `${number.toLocaleString("en")} ${one}s`;
}

function listed(directory) {
  const reader = directory.createReader();
  const batch = () => new Promise((done) => reader.readEntries(done, () => done([])));
  return (async () => {
    const all = [];
    // A reader hands over a hundred at a time.
    for (let some = await batch(); some.length; some = await batch()) all.push(...some);
    return all;
  })();
}

// The files below what was dropped, each with its path; no more than `most`.
async function below(entries, most, depth = 0, found = []) {
  for (const entry of entries) {
    if (found.length > most) break;
    if (entry.isFile) {
      const file = await new Promise((done) => entry.file(done, () => done(null)));
      if (file) found.push({ file, path: entry.fullPath.replace(/^\//, "") });
    } else if (depth < DEEPEST) {
      await below(await listed(entry), most, depth + 1, found);
    }
  }
  return found;
}

export function setUp(form, say) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const limit = (name) => Number(form.dataset[`${name}Limit`]) || Infinity;
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const box = form.querySelector("textarea");
  const button = form.querySelector("button[type=submit]:not([disabled])");
  const chosen = part("chosen");
  const list = chosen.querySelector("ul");
  const progress = part("sending").querySelector("progress");
  let files = [];
  let request = null;

  form.classList.add("scripted");

  function refuse(what) {
    part("refused").textContent = what;
  }

  function total() {
    return files.reduce((sum, { file }) => sum + file.size, 0);
  }

  // What keeps the form from being sent, in a sentence.
  function tooMuch() {
    const text = new Blob([box.value]).size;
    if (text > limit("paste")) {
      return `The pasted text is ${size(text)} long; ${size(limit("paste"))} can be pasted. Save it as a file and add that.`;
    }
    if (total() > limit("upload")) {
      const most = `${size(limit("upload"))} can be sent at once`;
      return files.length === 1
        ? `The file is ${size(total())} long; ${most}. Send the part of it around the error, or a .zip of it.`
        : `The files are ${size(total())} together; ${most}. Take some out of the list, or send a .zip.`;
    }
    return "";
  }

  function row({ file, path }, at) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = path;
    const bytes = document.createElement("span");
    bytes.className = "hint";
    bytes.textContent = size(file.size);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "small quiet";
    remove.textContent = "Remove";
    remove.setAttribute("aria-label", `Remove ${path}`);
    remove.addEventListener("click", () => {
      files.splice(at, 1);
      show();
      say(`${path} removed; ${count(files.length, "file")} left`);
      const others = list.querySelectorAll("button");
      (others[Math.min(at, others.length - 1)] ?? inputs[0]).focus();
    });
    item.append(name, bytes, remove);
    return item;
  }

  function show() {
    chosen.hidden = files.length === 0;
    list.replaceChildren(...files.slice(0, LISTED).map(row));
    const more = files.length > LISTED ? `; the first ${LISTED} are listed` : "";
    const most = Number.isFinite(limit("upload")) ? ` of ${size(limit("upload"))}` : "";
    part("total").textContent = `${count(files.length, "file")}, ${size(total())}${most}${more}`;
    refuse(tooMuch());
  }

  function add(more) {
    if (!more.length) return;
    // A folder lists its files in no order that a reader would know.
    more.sort((one, other) => one.path.localeCompare(other.path, "en", { numeric: true }));
    for (const one of more) {
      const known = files.findIndex((other) => other.path === one.path);
      if (known >= 0) files[known] = one;
      else files.push(one);
    }
    const over = files.length > limit("file");
    files = files.slice(0, limit("file"));
    show();
    if (over) refuse(`${count(limit("file"), "file")} can be sent at once; the others were left out of the list.`);
    say(part("total").textContent);
  }

  for (const input of inputs) {
    input.addEventListener("change", () => {
      add([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
      // The list holds them; the same file may be chosen again after it was removed.
      input.value = "";
    });
  }
  box.addEventListener("input", () => {
    if (part("refused").textContent || box.value.length * 3 > limit("paste")) refuse(tooMuch());
  });

  const over = (on) => form.querySelector("[data-drop]")?.classList.toggle("over", on);
  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) over(false);
  });
  form.addEventListener("drop", async (event) => {
    over(false);
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    // Both lists are empty once the event is over.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files].map((file) => ({ file, path: file.name }));
    add(entries.length ? await below(entries, limit("file")) : plain);
  });
  // A picture or a file in the clipboard is sent as a file.
  box.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    add([...event.clipboardData.files].map((file) => ({ file, path: file.name })));
  });

  function stage(title, detail) {
    part("stage").textContent = title;
    part("bytes").textContent = detail;
  }

  // Shows that it is being sent, or the form as it was.
  function sending(on) {
    part("sending").hidden = !on;
    form.classList.toggle("busy", on);
    button.disabled = on;
    for (const remove of list.querySelectorAll("button")) remove.disabled = on;
    if (on) part("cancel").focus();
    else if (form.contains(document.activeElement) || document.activeElement === document.body) button.focus();
  }

  function leave(address) {
    const to = new URL(address, location.href);
    if (to.pathname !== location.pathname || to.search !== location.search) {
      location.assign(to);
      return;
    }
    // The same page has to be fetched anew; `app.js` then goes to its fragment.
    form.reset();
    history.scrollRestoration = "manual";
    history.replaceState(null, "", to);
    location.reload();
  }

  function ended(what) {
    request = null;
    sending(false);
    refuse(what);
    say("");
  }

  function send() {
    const data = new FormData(form);
    data.delete("file");
    for (const { file, path } of files) data.append("file", file, path);
    const sent = new XMLHttpRequest();
    request = sent;
    let told = 0;
    stage("Sending", "");
    progress.removeAttribute("value");
    sent.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      progress.max = event.total;
      progress.value = event.loaded;
      stage("Sending", `${size(event.loaded)} of ${size(event.total)}`);
      const quarter = Math.floor((event.loaded / event.total) * 4);
      if (quarter > told && quarter < 4) say(`${quarter * 25} percent sent`);
      told = quarter;
    });
    sent.upload.addEventListener("load", (event) => {
      progress.removeAttribute("value");
      stage("Reading", `${size(event.loaded)} arrived. What is in them is being read and compared with the rules.`);
      if (!part("sending").hidden) say("Everything is sent and is being read");
    });
    sent.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(sent.responseText);
      } catch {
        // A proxy in between may answer in its own words.
      }
      if (sent.status < 300 && answer.url) {
        stage("Opening the case", "");
        leave(answer.url);
      } else {
        ended(answer.detail ?? `It was refused with status ${sent.status}. What you typed and chose is still here; try again.`);
      }
    });
    sent.addEventListener("error", () => {
      ended("The connection to the server broke. What you typed and chose is still here; try again.");
    });
    sent.addEventListener("abort", () => {
      ended("Cancelled; nothing was kept. What you typed and chose is still here.");
    });
    sent.open("POST", form.action);
    sent.setRequestHeader("Accept", "application/json");
    sent.send(data);
    // What is over at once needs no progress.
    setTimeout(() => request === sent && sending(true), 150);
  }

  part("cancel").addEventListener("click", () => request?.abort());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (request) return;
    const what = tooMuch() || (box.value.trim() || files.length ? "" : "Nothing is here to send yet. Paste the error, or add a file.");
    refuse(what);
    if (what) box.focus();
    else send();
  });
  // Back from the case the page is as it was left, in the middle of sending.
  addEventListener("pageshow", (event) => {
    if (event.persisted && request) ended("");
  });
}
