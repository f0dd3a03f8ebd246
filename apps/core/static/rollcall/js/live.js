// Live parts. Changes come as server-sent events; each is told on the document, and parts that name
// its subject (data-live="incident message") are fetched anew and morphed in, focus and typing kept.
// When the portal has no stream left, it is asked every five seconds instead. A page nobody sees has
// none: a browser keeps six connections to a host, and six tabs would take them all.
import { now } from "./clock.js";
import { icon as symbol } from "./icons.js";

const WAIT = 150;
const JITTER = 250;
const POLL = 5000;
const AGAIN = 3000;
const HIDDEN = 5000;
const LOOK = 5000;
const BUSY = "dialog[open], details.rowmenu[open], :popover-open";
const BACK_TO_STREAM = 12000;

const tab = (sessionStorage.tab ??= crypto.randomUUID?.() ?? String(Math.random()));
let last = Number(document.body.dataset.seq || 0);
let source = null;
let failures = 0;
let polling = 0;
let resting = 0;
let isLocked = false;
const timers = new Map();
const running = new Set();
const again = new Set();

function state(words, icon, isFine) {
  for (const place of document.querySelectorAll("[data-live-state]")) {
    if (place.dataset.words === words) continue;
    place.dataset.words = words;
    const text = document.createElement("span");
    text.className = isFine ? "vh" : "words";
    text.textContent = words;
    place.replaceChildren(symbol(icon), text);
    place.title = words;
  }
}

function hear(change) {
  if (change.id <= last) return;
  last = change.id;
  document.dispatchEvent(new CustomEvent("rollcall:change", { detail: change }));
  for (const part of document.querySelectorAll("[data-live]")) {
    const subjects = part.dataset.live.split(/\s+/);
    if (!subjects.includes(change.subject)) continue;
    const key = part.dataset.liveKey;
    if (key && change.subject === "incident" && change.subject_key !== key) continue;
    later(part);
  }
}

function later(part) {
  const id = part.id;
  if (!id || timers.has(id)) return;
  timers.set(id, setTimeout(() => { timers.delete(id); refresh(id); }, WAIT + Math.random() * JITTER));
}

async function refresh(id) {
  if (running.has(id)) return void again.add(id);
  const part = document.getElementById(id);
  if (!part || isLocked) return;
  if (part.querySelector(BUSY)) return void later(part); // somebody is answering, or choosing
  running.add(id);
  const url = part.dataset.liveUrl || location.href;
  const answer = await fetch(url, {
    headers: { "HX-Request": "true", "X-Rollcall-Background": "1", "HX-Target": id },
  }).catch(() => null);
  running.delete(id);
  if (answer?.ok) swap(part, await answer.text());
  else if (!answer || answer.status >= 500) setTimeout(refresh, AGAIN, id); // it must not stay stale
  if (again.delete(id)) later(part);
}

// What somebody unfolded stays so: the portal does not know of it.
function unfolded(part, html) {
  const shown = folds(part);
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const [name, fold] of folds(holder.content)) if (shown.has(name)) fold.open = shown.get(name).open;
  return holder.innerHTML;
}

// The folded pieces of a part by what they say, the second of two alike counted.
function folds(root) {
  const found = new Map();
  for (const fold of root.querySelectorAll("details")) {
    const words = fold.id || fold.querySelector("summary")?.textContent.trim();
    let at = 1;
    while (found.has(`${words} ${at}`)) at += 1;
    found.set(`${words} ${at}`, fold);
  }
  return found;
}

function swap(part, html) {
  const current = part.querySelector(".is-current");
  const chosen = current?.id;
  const style = part.matches("[data-live-inner]") ? "innerMorph" : "outerMorph";
  globalThis.htmx.swap({ text: unfolded(part, html), target: part, swap: style, sourceElement: part });
  if (!chosen) return;
  const row = document.getElementById(chosen);
  if (row && !row.classList.contains("is-current")) {
    row.classList.add("is-current");
    row.setAttribute("aria-current", "true");
  }
}

// What is only true until an instant (data-until) is fetched anew when that has come.
function pass() {
  if (isLocked || document.hidden) return;
  for (const one of document.querySelectorAll("[data-until]")) {
    if (Date.parse(one.dataset.until) > now()) continue;
    delete one.dataset.until;
    const part = one.closest("[data-live]");
    if (part) later(part);
  }
}

function connect() {
  stop();
  if (isLocked || document.hidden || !document.body.dataset.idle) return;
  source = new EventSource(`/api/v1/stream/?after=${last}&tab=${tab}`);
  source.addEventListener("open", () => { failures = 0; state("Live", "wifi", true); });
  source.addEventListener("change", (event) => hear(JSON.parse(event.data)));
  source.addEventListener("replaced", poll);
  source.addEventListener("error", () => {
    state("Reconnecting…", "refresh", false);
    failures += 1;
    if (source.readyState === EventSource.CLOSED || failures >= 3) poll();
    else {
      // The browser would repeat the address with its old `after`: take the last one known.
      source.close();
      setTimeout(connect, 1000 + Math.random() * 1000);
    }
  });
}

function stop() {
  source?.close();
  source = null;
  clearInterval(polling);
  polling = 0;
}

async function ask() {
  const answer = await fetch(`/api/v1/changes/?after=${last}&page_size=200`, {
    headers: { "X-Rollcall-Background": "1" },
  }).catch(() => null);
  if (!answer) return state("Not connected", "wifi-off", false);
  if (answer.status === 401 || answer.status === 423) document.dispatchEvent(new CustomEvent("rollcall:refused", { detail: answer.status }));
  if (!answer.ok) return undefined;
  const page = await answer.json();
  for (const change of page.results) hear(change);
  last = Math.max(last, page.next_after);
  state("Asking every 5 s", "clock", false);
  return page.more ? ask() : undefined;
}

function poll() {
  stop();
  const began = Date.now();
  ask();
  polling = setInterval(() => {
    if (Date.now() - began > BACK_TO_STREAM) { failures = 0; connect(); } else ask();
  }, POLL);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(resting);
  if (document.hidden) resting = setTimeout(stop, HIDDEN);
  else if (!source && !polling) connect();
});
document.addEventListener("rollcall:locked", () => { isLocked = true; stop(); });
document.addEventListener("rollcall:unlocked", () => {
  isLocked = false;
  failures = 0;
  connect();
});
setInterval(pass, LOOK);
addEventListener("pagehide", stop);
addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
connect();
