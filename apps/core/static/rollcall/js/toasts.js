// A toast goes after twelve seconds, never under the pointer or the focus; errors stay.
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

export function say(words, { isError = false } = {}) {
  const place = document.getElementById("toasts");
  const toast = document.createElement("div");
  toast.className = isError ? "toast is-error" : "toast";
  toast.dataset.toast = "";
  const text = document.createElement("p");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet btn-sm";
  close.dataset.dismiss = "";
  close.textContent = "Dismiss";
  toast.append(text, close);
  place.append(toast);
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
