// A toast goes after twelve seconds, never under the pointer or the focus; errors stay.
import { icon } from "./icons.js";

const STAY = 12000;

function watch(toast) {
  if (toast.dataset.watched) return;
  toast.dataset.watched = "1";
  const next = toast.querySelector("input[name=next]");
  if (next) next.value = location.pathname + location.search;
  if (toast.classList.contains("is-error")) return;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else toast.remove();
  };
  setTimeout(leave, STAY);
}

// Words at the foot of the page; with `undo` a button (u) that takes back what they tell.
export function say(words, { isError = false, undo = null } = {}) {
  const toast = document.createElement("div");
  toast.className = isError ? "toast is-error" : "toast";
  toast.dataset.toast = "";
  const text = document.createElement("p");
  text.textContent = words;
  toast.append(icon(isError ? "alert-triangle" : "circle-check"), text);
  if (undo) toast.append(undoing(toast, undo));
  const close = button("btn btn-quiet btn-icon btn-sm", icon("x"));
  close.setAttribute("aria-label", "Dismiss");
  close.dataset.dismiss = "";
  toast.append(close);
  document.getElementById("toasts").append(toast);
}

function undoing(toast, undo) {
  const hint = document.createElement("kbd");
  hint.textContent = "u";
  hint.setAttribute("aria-hidden", "true");
  const made = button("btn btn-sm", "Undo ", hint);
  made.dataset.key = "u";
  made.addEventListener("click", () => { toast.remove(); undo(); });
  return made;
}

function button(look, ...inside) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.append(...inside);
  return made;
}

const place = document.getElementById("toasts");
if (place) {
  for (const toast of place.querySelectorAll("[data-toast]")) watch(toast);
  new MutationObserver(() => {
    for (const toast of place.querySelectorAll("[data-toast]")) watch(toast);
  }).observe(place, { childList: true });
}
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-dismiss]")) event.target.closest("[data-toast]")?.remove();
});

document.addEventListener("htmx:error", () => {
  say("The portal did not answer. What you typed is kept; try again.", { isError: true });
});
