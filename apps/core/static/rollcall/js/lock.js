// The idle lock: after so many minutes without a person the page is covered, not left, so drafts
// stay. Counts and clocks go on; unlocking comes back to the same place. The session is one for all
// tabs: who works in one of them keeps the others open, and they are locked and unlocked together.
import { inWords } from "./clock.js";

const screen = document.getElementById("lock-screen");
const minutes = Number(document.body.dataset.idle || 0);
const KEPT = 5000; // ms: how often other tabs are told that somebody is active
let seen = Date.now();
let shared = 0;
let isLocked = false;

function active() {
  if (isLocked) return;
  seen = Date.now();
  if (seen - shared < KEPT) return;
  shared = seen;
  localStorage.setItem("seen", String(seen));
}

const idle = () => Date.now() - Math.max(seen, Number(localStorage.getItem("seen") ?? 0));
const tell = (what) => localStorage.setItem("lock", `${what} ${Date.now()}`);

function cover() {
  if (isLocked || !screen) return;
  isLocked = true;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.dataset.reopen = "1", dialog.close();
  document.querySelector(".shell").inert = true;
  document.querySelector(".shell").hidden = true;
  screen.showModal();
  document.dispatchEvent(new CustomEvent("rollcall:locked"));
  counts();
}

function uncover() {
  isLocked = false;
  seen = Date.now();
  document.querySelector(".shell").inert = false;
  document.querySelector(".shell").hidden = false;
  screen.close();
  screen.querySelector("input[type=password]").value = "";
  for (const dialog of document.querySelectorAll("dialog[data-reopen]")) delete dialog.dataset.reopen, dialog.showModal();
  document.dispatchEvent(new CustomEvent("rollcall:unlocked"));
}

// What the portal says of the session: locked (423), or over (401). An answer may be older than the
// unlocking: what it covers is looked at again.
function refused(status) {
  if (status === 401) location.reload();
  if (status !== 423 || isLocked) return;
  cover();
  look({ "X-Rollcall-Background": "1" });
}

async function look(headers = {}) {
  const wasLocked = isLocked; // who locks it while this is asked keeps it locked
  const answer = await fetch(screen.dataset.counts, { headers: { "HX-Request": "true", ...headers } }).catch(() => null);
  if (!answer?.ok) return refused(answer?.status);
  if ((await answer.json()).locked) cover();
  else if (wasLocked && isLocked) uncover();
}

async function lockServer() {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  await fetch("/lock/", { method: "POST", headers: { "X-CSRFToken": token, "HX-Request": "true", "X-Rollcall-Background": "1" } }).catch(() => null);
}

async function counts() {
  if (!isLocked) return;
  const place = screen.querySelector("[data-lock-counts]");
  const answer = await fetch(screen.dataset.counts, { headers: { "X-Rollcall-Background": "1" } }).catch(() => null);
  if (answer?.ok) {
    const found = await answer.json();
    const next = found.next_due_at ? Date.parse(found.next_due_at) - Date.parse(found.now) : null;
    const due = next === null ? "nothing is due" : next <= 0 ? `the oldest by ${inWords(-next)}` : `next due in ${inWords(next)}`;
    const number = (name) => `${found[name]}${found.more_than.includes(name) ? "+" : ""}`;
    const overdue = found.overdue ? ` · ${number("overdue")} overdue` : "";
    place.textContent = `Inbox ${number("inbox")} · ${number("to_acknowledge")} to acknowledge${overdue}${found.overdue ? "," : " ·"} ${due}`;
  }
  setTimeout(counts, 20000);
}

async function unlock(form) {
  const error = form.querySelector(".error");
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status === 204) {
    tell("open");
    return uncover();
  }
  if (answer?.status === 401) return location.reload();
  const page = answer ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  error.textContent = page?.querySelector(".error")?.textContent.trim() || "The portal did not answer. Try again.";
  const field = form.querySelector("input[type=password]");
  field.setAttribute("aria-invalid", "true");
  field.select();
}

if (screen && minutes) {
  screen.addEventListener("cancel", (event) => event.preventDefault());
  screen.addEventListener("close", () => { if (isLocked) screen.showModal(); }); // Escape, pressed twice
  screen.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    unlock(event.target);
  });
  for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    addEventListener(name, active, { passive: true, capture: true });
  }
  const lock = () => { cover(); tell("locked"); lockServer(); };
  setInterval(() => { if (!isLocked && idle() >= minutes * 60000) lock(); }, 5000);
  addEventListener("storage", (event) => {
    if (event.key !== "lock") return;
    if (event.newValue?.startsWith("locked")) cover();
    else if (isLocked) uncover();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-lock]")) return;
    event.preventDefault();
    event.target.closest("[popover]")?.hidePopover();
    lock();
  });
  // A person is active in a page that asks nothing for long: say so, once a minute at most.
  let told = Date.now();
  setInterval(() => {
    if (isLocked || seen <= told) return;
    told = Date.now();
    look();
  }, 60000);
  // The browser's own copy of a page (Back) knows nothing of a lock or a sign-out since.
  addEventListener("pageshow", (event) => {
    if (event.persisted) look({ "X-Rollcall-Background": "1" });
  });
  document.addEventListener("rollcall:refused", (event) => refused(event.detail));
  document.addEventListener("htmx:before:swap", (event) => {
    const status = event.detail?.ctx?.response?.status ?? event.detail?.ctx?.response?.raw?.status;
    if (status === 423 || status === 401) event.preventDefault();
    refused(status);
  });
}
