// The command palette: / opens it, typing searches, arrows choose, Enter goes.
import { show } from "./dialogs.js";

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-q");
const list = document.getElementById("palette-list");
let asked = 0;
let timer = 0;

function options() {
  return [...list.querySelectorAll("[role=option]")];
}

function choose(at) {
  const all = options();
  const next = all[(at + all.length) % all.length];
  for (const one of all) one.setAttribute("aria-selected", String(one === next));
  if (next) {
    input.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

const chosen = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");

async function search() {
  const mine = ++asked;
  const url = `${input.dataset.search}?q=${encodeURIComponent(input.value)}`;
  const answer = await fetch(url, { headers: { "HX-Request": "true", "X-Rollcall-Background": "1" } }).catch(() => null);
  if (mine !== asked) return;
  if (!answer?.ok) {
    list.textContent = "The search did not answer. Try again.";
    return;
  }
  list.innerHTML = await answer.text();
  choose(0);
}

function begin(text = "") {
  input.value = text;
  show(dialog);
  input.focus();
  search();
}

if (dialog) {
  const box = document.querySelector("[data-palette]");
  box?.addEventListener("focus", () => { if (!dialog.open) begin(box.value); });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches?.("input,textarea,select,[contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    begin();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 80);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen() + 1);
    else if (event.key === "ArrowUp") choose(chosen() - 1);
    else if (event.key === "Enter") {
      const target = options()[chosen()];
      if (!target) return;
      location.assign(target.dataset.url);
    } else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const target = event.target.closest("[role=option]");
    if (target) location.assign(target.dataset.url);
  });
  dialog.addEventListener("close", () => box?.blur());
}
