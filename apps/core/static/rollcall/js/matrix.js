// The checklist of a wave: arrow keys walk between cells, space ticks, Enter opens the item. Ticks
// are sent at once, those made while a request runs together with the next one.
import { say } from "./toasts.js";

const CELL = "input[type=checkbox],a.badge";
const form = () => document.querySelector("[data-matrix]");
const table = () => document.getElementById("matrix");
const pending = new Map();
let isSending = false;
let current = "";

const controls = () => [...table().querySelectorAll("tbody td")].map(controlOf).filter(Boolean);
const controlOf = (cell) => cell?.querySelector("input[type=checkbox]") ?? cell?.querySelector("a.badge");

// One cell is in the tab order; the others are reached by arrows.
function arrange() {
  if (!table()) return;
  table().setAttribute("role", "grid");
  const all = controls();
  if (!all.some((one) => one.id === current)) current = all[0]?.id ?? "";
  for (const cell of table().querySelectorAll("tbody td")) {
    for (const one of cell.querySelectorAll(CELL)) one.tabIndex = one.id === current ? 0 : -1;
  }
}

function go(cell) {
  const control = controlOf(cell);
  if (!control) return false;
  current = control.id;
  arrange();
  control.focus();
  control.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function walk(cell, event) {
  const rows = [...table().tBodies[0].rows];
  let row = rows.indexOf(cell.parentElement);
  let column = cell.cellIndex;
  const last = cell.parentElement.cells.length - 1;
  if (event.key === "Home" || event.key === "End") {
    const isFirst = event.key === "Home";
    if (event.ctrlKey) row = isFirst ? 0 : rows.length - 1;
    return nearest(rows[row], isFirst ? 1 : last, isFirst ? 1 : -1);
  }
  const [down, right] = STEPS[event.key];
  for (;;) { // over cells that are not for this product
    row += down;
    column += right;
    if (!rows[row] || column < 1 || column > last) return false;
    if (go(rows[row].cells[column])) return true;
  }
}

function nearest(row, column, step) {
  for (let at = column; row.cells[at] && at > 0; at += step) if (go(row.cells[at])) return true;
  return false;
}

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("#matrix tbody td");
  if (!cell || event.altKey || event.metaKey) return;
  if (event.key in STEPS || event.key === "Home" || event.key === "End") {
    event.preventDefault();
    walk(cell, event);
  } else if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    cell.querySelector("a.badge")?.click();
  }
});
document.addEventListener("focusin", (event) => {
  if (!event.target.matches?.(`#matrix tbody td :is(${CELL})`)) return;
  const control = controlOf(event.target.closest("td"));
  if (control.id !== current) { current = control.id; arrange(); }
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.("#matrix input[name=done]")) return;
  const was = box.parentElement.querySelector("input[name=was]") !== null;
  if (box.checked === was) pending.delete(box.value);
  else pending.set(box.value, box.checked);
  send();
});

async function send() {
  if (isSending || !pending.size) return;
  isSending = true;
  table().classList.add("is-busy");
  const sent = new Map(pending);
  pending.clear();
  const answer = await post(sent).catch(() => null);
  const text = await answer?.text().catch(() => null);
  isSending = false;
  table()?.classList.remove("is-busy");
  if (!answer?.ok || !text) return refuse(sent, answer);
  if (pending.size) return send(); // the answer is older than what stands on the page
  for (const toast of document.querySelectorAll("#toasts [data-toast]:not(.is-error)")) toast.remove();
  const part = document.getElementById("wave");
  globalThis.htmx.swap({ text, target: part, swap: "outerMorph", sourceElement: part });
  return undefined;
}

function post(sent) {
  const body = new URLSearchParams({ next: location.pathname + location.search });
  for (const [id, isDone] of sent) body.append(isDone ? "done" : "was", id);
  const token = form().querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(form().action, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": token } });
}

function refuse(sent, answer) {
  for (const [id, isDone] of sent) {
    const box = document.getElementById(`c-${id}`);
    if (box) box.checked = !isDone;
  }
  say(answer ? "That was not ticked: it is not yours to tick, or it has left the checklist. Reload the page." : "The portal did not answer; nothing was ticked. Try again.", { isError: true });
  send();
}

document.addEventListener("htmx:after:swap", arrange);
arrange();
