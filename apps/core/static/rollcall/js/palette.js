// The command palette: / opens it, typing searches, arrows choose, Enter goes.
import { show } from "./dialogs.js";

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-q");
const list = document.getElementById("palette-list");
const state = dialog?.querySelector("[data-palette-state]");
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
  fill(answer?.ok ? await answer.text() : "");
  if (!answer?.ok) state.textContent = "The search did not answer. Try again.";
}

// Options stand in the list; that there are none is said beside it.
function fill(html) {
  list.innerHTML = html;
  const none = list.querySelector(".hit-none");
  state.textContent = none?.textContent ?? "";
  none?.remove();
  list.hidden = options().length === 0;
  input.setAttribute("aria-expanded", String(!list.hidden));
  choose(0);
}

function begin(text = "") {
  input.value = text;
  show(dialog);
  input.focus();
  search();
}

if (dialog) {
  // The box of the top bar leads here when somebody clicks it, types or asks for the list; never for
  // passing through with Tab.
  const box = document.querySelector("[data-palette]");
  const open = () => { if (!dialog.open) begin(box.value); };
  box?.addEventListener("click", open);
  box?.addEventListener("input", open);
  box?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    open();
  });
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
    else if (event.key === "Escape") dialog.close(); // a search field would only empty itself
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
  dialog.addEventListener("close", () => { if (box) box.value = ""; });
}
