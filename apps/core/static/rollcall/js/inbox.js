// The inbox: walking the list shows the message beside it; l goes to what is missing, or to the
// button that logs. Everything here also works as plain links and forms.
const NARROW = matchMedia("(width < 60rem)");
const WAIT = 90;
const ACTS = new Set("laxqdv");
let timer = 0;
let held = "";
let coming = ""; // the message that is being fetched

const list = () => document.getElementById("inbox-list");
const pane = () => document.getElementById("inbox-message");

function address(row) {
  return new URL(row.querySelector("[data-open]").href);
}

function part(url, name) {
  const found = new URL(url);
  found.searchParams.set("part", name);
  return found.pathname + found.search;
}

async function turn(row) {
  const url = address(row);
  const wanted = row.dataset.message;
  timer = 0;
  if (wanted === (coming || pane()?.dataset.message)) {
    if (!coming) press();
    return;
  }
  coming = wanted;
  history.replaceState(history.state, "", url);
  list().dataset.liveUrl = part(url, "list");
  await globalThis.htmx.ajax("GET", part(url, "message"), { target: "#inbox-message", swap: "outerHTML" });
  if (coming !== wanted) return;
  coming = "";
  if (pane().dataset.message === wanted) press();
  held = "";
}

// What was pressed while the message was on its way.
function press() {
  if (held) pane().querySelector(`[data-key="${held}"]`)?.click();
  held = "";
}

document.addEventListener("rollcall:chosen", (event) => {
  if (NARROW.matches || !list()?.contains(event.target)) return;
  clearTimeout(timer);
  timer = setTimeout(turn, WAIT, event.target);
});

// A key that acts on the message waits until the message one has walked to is there.
document.addEventListener("keydown", (event) => {
  if (!(timer || coming) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!ACTS.has(event.key) || !list()?.contains(document.activeElement)) return;
  held = event.key;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// A click chooses the row; on a narrow screen, or into a new tab, the link does what links do.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#inbox-list [data-open]");
  if (!link || NARROW.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const row = link.closest("[data-row]");
  for (const other of list().querySelectorAll("[data-row]")) {
    other.classList.toggle("is-current", other === row);
    if (other === row) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  turn(row);
});

function isFilled(form) {
  return form.elements.title.value.trim() && (form.elements.site.value.trim() || form.elements.without_site.checked);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-log-focus]")) return;
  const form = document.getElementById("log");
  if (!form) return;
  event.preventDefault();
  const send = form.querySelector("[data-log-send]");
  if (isFilled(form)) {
    send.focus();
    return;
  }
  const { title, site } = form.elements;
  (title.value.trim() ? site : title).focus();
});

// After an exit the next message is chosen: the focus is in the list, ready for the next key.
if (document.activeElement === document.body && !NARROW.matches && !document.querySelector("[data-focus]")) {
  list()?.querySelector(".is-current [data-open]")?.focus({ preventScroll: true });
}

// The first message that arrives in an empty inbox is shown at once.
const inbox = document.getElementById("inbox");
if (inbox) {
  new MutationObserver(() => {
    const row = list()?.querySelector(".is-current");
    if (row && pane() && !pane().dataset.message && !NARROW.matches) turn(row);
  }).observe(inbox, { childList: true, subtree: true });
}
