// The timeline: a go-live dragged to another week, or several chosen, go to the page that asks why.
const form = () => document.querySelector("[data-timeline]");
const lists = () => [...form().querySelectorAll("[data-slots]")];
const boxes = () => [...form().querySelectorAll("input[name=go_live]")];

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  const place = form().querySelector("[data-bulk-count]");
  if (place) place.textContent = chosen ? `${chosen} chosen` : "Choose go-lives, or drag one to another week.";
}

function drag() {
  if (!form()?.hasAttribute("data-may-write") || !globalThis.Sortable) return;
  for (const list of lists()) {
    globalThis.Sortable.create(list, {
      group: "weeks", draggable: "[data-slot]", ghostClass: "is-ghost", animation: 0, sort: false,
      delay: 150, delayOnTouchOnly: true, filter: "input,a", preventOnFilter: false,
      onEnd: (event) => {
        if (event.to === event.from) return;
        const box = event.item.querySelector("input[name=go_live]");
        if (!box.checked) for (const other of boxes()) other.checked = false;
        box.checked = true;
        form().querySelector("[data-to]").value = event.to.dataset.on;
        form().requestSubmit();
      },
    });
  }
}

document.addEventListener("change", (event) => { if (event.target.matches?.("[data-timeline] input[name=go_live]")) count(); });
document.addEventListener("reset", (event) => { if (event.target === form()) setTimeout(count); });
// Nothing chosen with the boxes: the row the keys stand on is meant.
document.addEventListener("submit", (event) => {
  if (event.target !== form() || boxes().some((box) => box.checked)) return;
  const box = form().querySelector(".is-current input[name=go_live]");
  if (box) box.checked = true;
});
// Coming back with the browser's own key: what was dragged stands where it stood.
globalThis.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("htmx:after:swap", () => { if (form()) { drag(); count(); } });

// h and l walk between weeks.
document.addEventListener("keydown", (event) => {
  if (!["h", "l", "ArrowLeft", "ArrowRight"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!form() || event.target.matches?.("input:not([type=checkbox]),textarea,select") || document.querySelector("dialog[open]")) return;
  const row = document.activeElement?.closest?.("[data-slot]") ?? form().querySelector(".is-current");
  if (!row) return;
  const filled = lists().filter((list) => list.children.length);
  const next = filled[filled.indexOf(row.parentElement) + (event.key === "h" || event.key === "ArrowLeft" ? -1 : 1)];
  if (!next) return;
  event.preventDefault();
  const at = [...row.parentElement.children].indexOf(row);
  const to = next.children[Math.min(at, next.children.length - 1)];
  for (const one of form().querySelectorAll(".is-current")) one.classList.remove("is-current");
  to.classList.add("is-current");
  to.querySelector("a").focus();
});
drag();

// This week is in sight from the beginning.
const weeks = form()?.querySelector(".weeks");
const week = weeks?.querySelector(".is-now");
if (week) weeks.scrollLeft = week.offsetLeft - weeks.offsetLeft - week.offsetWidth;
