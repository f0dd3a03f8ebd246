// Keys, declared in the markup: data-key="l" presses its button or link; data-rows is a list that
// j and k walk; data-go="i" follows g. Keys of the current row come before those of the page.
const TYPING = "input:not([type=checkbox],[type=radio],[type=button],[type=submit]),textarea,select,[contenteditable]";
let going = 0;

// What stands in a folded menu of the page counts as shown: its key is written in it.
const isVisible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const isShown = (element) => isVisible(element.closest("details.rowmenu:not([open])") ?? element);
const open = () => [...document.querySelectorAll("dialog[open]")].pop();

function rows() {
  const lists = [...document.querySelectorAll("[data-rows]")].filter(isShown);
  const list = lists.find((one) => one.contains(document.activeElement)) ?? lists[0];
  return list ? [...list.querySelectorAll("[data-row]")].filter(isShown) : [];
}

export function current() {
  return rows().find((row) => row.classList.contains("is-current"));
}

export function choose(row, { focus = true } = {}) {
  for (const other of rows()) {
    const isIt = other === row;
    other.classList.toggle("is-current", isIt);
    if (isIt) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  if (!row) return;
  row.scrollIntoView({ block: "nearest" });
  const target = row.querySelector("[data-open]") ?? row.querySelector("a,button");
  if (focus) target?.focus({ preventScroll: true });
  row.dispatchEvent(new CustomEvent("rollcall:chosen", { bubbles: true }));
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.classList.contains("is-current"));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  choose(all[next]);
  return true;
}

function pressed(key) {
  const quoted = CSS.escape(key);
  const scope = open() ?? document;
  const inRow = scope === document ? current()?.querySelector(`[data-key="${quoted}"]`) : null;
  const all = [...scope.querySelectorAll(`[data-key="${quoted}"]`)];
  const told = all.filter((one) => one.closest("#toasts")).reverse(); // the last toast speaks first
  const found = [inRow, ...told, ...all];
  const target = found.find((one) => one && isShown(one) && !one.disabled && !inOtherRow(one));
  if (!target) return false;
  if (target.matches(TYPING)) target.focus();
  else target.click();
  return true;
}

function inOtherRow(element) {
  const row = element.closest("[data-row]");
  return row && !row.classList.contains("is-current");
}

function go(key) {
  document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
  return true;
}

function handle(event) {
  const key = event.key;
  if (Date.now() - going < 1200) {
    going = 0;
    return go(key);
  }
  if (key === "g" && !open()) {
    going = Date.now();
    return true;
  }
  if (pressed(key)) return true;
  if (open()) return false;
  if (key === "j") return step(1);
  if (key === "k") return step(-1);
  if (key === "Enter" && document.activeElement === document.body) {
    const row = current();
    row?.querySelector("[data-open]")?.click();
    return Boolean(row);
  }
  if (key === "?") {
    document.querySelector("[data-dialog=help]")?.click();
    return true;
  }
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches?.(TYPING)) {
    if (event.key === "Escape" && !open()) event.target.blur();
    return;
  }
  if (handle(event)) event.preventDefault();
});

// Ctrl+Enter (or Cmd) sends the form one is in.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form[data-quick]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

// The list of this page's keys, in the help dialog: what carries data-key and a name.
document.addEventListener("rollcall:dialog", (event) => {
  if (event.target.id !== "help") return;
  const section = event.target.querySelector("[data-page-keys]");
  const list = section.querySelector("dl");
  const seen = new Map();
  for (const one of document.querySelectorAll("main [data-key]")) {
    if (!one.closest("dialog") && !seen.has(one.dataset.key)) seen.set(one.dataset.key, wordsOf(one));
  }
  for (const one of document.querySelectorAll("main [data-also]")) seen.set(one.dataset.also, wordsOf(one)); // keys of its own script
  list.replaceChildren(...[...seen].map(([key, words]) => line(key, words)));
  section.hidden = seen.size === 0;
});

// What a key does, in the words of what it presses; its own hint is not among them.
function wordsOf(element) {
  const said = element.dataset.keyWords ?? element.getAttribute("aria-label") ?? element.getAttribute("placeholder");
  if (said) return said;
  const copy = element.cloneNode(true);
  for (const hint of copy.querySelectorAll("kbd")) hint.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function line(key, words) {
  const row = document.createElement("div");
  const name = document.createElement("dt");
  const what = document.createElement("dd");
  for (const one of key.split(" ")) {
    const hint = document.createElement("kbd");
    hint.textContent = one;
    name.append(hint, " ");
  }
  what.textContent = words;
  row.append(name, what);
  return row;
}
