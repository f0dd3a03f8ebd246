// A board: drag, "Move to…" by keyboard, moves shown at once and taken back with words when somebody
// was faster; cards others move come to their place by themselves.
import { choose, current } from "./keys.js";
import { show } from "./dialogs.js";
import { say } from "./toasts.js";

const page = () => document.getElementById("board-page");
const board = page().dataset.board;
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const dialog = document.getElementById("move-dialog");
const AGAIN = 3000; // ms
const mine = new Set(); // versions this page made itself: their echo is not news

const lists = () => [...page().querySelectorAll("[data-cards]")];
const listOf = (column) => page().querySelector(`[data-cards="${CSS.escape(column)}"]`);
const cardsOf = (list) => [...list.querySelectorAll("[data-card]")];

function place(card, column, rank) {
  const list = listOf(column);
  if (!list) return card.remove();
  const key = (one) => [BigInt(one.dataset.rank), BigInt(one.dataset.card)];
  const own = [BigInt(rank), BigInt(card.dataset.card)];
  const after = cardsOf(list).find((one) => {
    if (one === card) return false;
    const [other, id] = key(one);
    return other > own[0] || (other === own[0] && id > own[1]);
  });
  if (after) list.insertBefore(card, after);
  else list.append(card);
  card.dataset.rank = rank;
  card.dataset.in = column;
  count();
}

// Lanes are the portal's to fill: a card is put into its column, then the board is read anew.
function put(card, facts) {
  place(card, facts.column, facts.rank);
  if (page().querySelector(".lane")) redraw();
}

let redrawing = 0;
function redraw() {
  clearTimeout(redrawing);
  redrawing = setTimeout(async () => {
    const answer = await fetch(location.href, { headers: { "HX-Request": "true", "X-Rollcall-Background": "1" } }).catch(() => null);
    if (!answer?.ok) return;
    const held = document.activeElement?.closest?.("[data-card]")?.id;
    const chosen = current()?.id;
    globalThis.htmx.swap({ text: await answer.text(), target: page(), swap: "outerMorph", sourceElement: page() });
    if (chosen) choose(document.getElementById(chosen), { focus: held === chosen });
    drag();
  }, 150);
}

function count() {
  for (const column of page().querySelectorAll("[data-column]")) {
    const number = column.querySelectorAll("[data-card]").length;
    const shown = column.querySelector("[data-count]");
    if (!column.querySelector(".col-more")) shown.textContent = String(number);
    const badge = column.querySelector("[data-wip]");
    if (!badge) continue;
    const isOver = number > Number(badge.dataset.wip);
    badge.classList.toggle("danger", isOver);
    const [icon, words] = badge.querySelectorAll("[data-over]");
    icon.hidden = !isOver;
    words.textContent = isOver ? words.dataset.over : "";
  }
}

async function send(card, wanted, back) {
  const body = new URLSearchParams({ board, version: card.dataset.version, ...wanted });
  card.classList.add("is-moving");
  const answer = await fetch(`/boards/items/${card.id}/move/`, {
    method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": token },
  }).catch(() => null);
  card.classList.remove("is-moving");
  const facts = answer && [200, 409, 422].includes(answer.status) ? await answer.json() : null;
  if (answer?.status === 401 || answer?.status === 423) {
    document.dispatchEvent(new CustomEvent("rollcall:refused", { detail: answer.status }));
  }
  if (!facts) {
    back();
    say("The move did not reach the portal. The card is back where it was.", { isError: true });
    return null;
  }
  card.dataset.version = String(facts.version);
  if (answer.status === 200) {
    mine.add(`${facts.key} ${facts.version}`);
    put(card, facts);
    return facts;
  }
  if (facts.column) put(card, facts);
  else back();
  say(`${facts.key}: ${facts.problem}.`, { isError: true });
  refresh(facts.key);
  return null;
}

function snapshot(card) {
  const { parentElement: list, nextElementSibling: next } = card;
  const { rank, version } = card.dataset;
  const column = card.dataset.in;
  return { column, version, back: () => { list.insertBefore(card, next); card.dataset.rank = rank; count(); }, next, list, previous: card.previousElementSibling };
}

function undoable(card, was, label) {
  const undo = async () => {
    const wanted = { column: was.column };
    const after = was.previous?.isConnected ? was.previous.dataset.card : "";
    const before = was.next?.isConnected ? was.next.dataset.card : "";
    if (after && was.previous.dataset.in === was.column) wanted.after = after;
    else if (before && was.next.dataset.in === was.column) wanted.before = before;
    await send(card, wanted, snapshot(card).back);
  };
  say(`${card.id} is in “${label}” now.`, { undo });
}

const labelOf = (column) => page().querySelector(`#col-${CSS.escape(column)}`)?.textContent ?? column;

function drag() {
  if (!page().dataset.mayWrite || !globalThis.Sortable) return;
  for (const list of lists()) {
    let was = null;
    if (globalThis.Sortable.get(list)) continue;
    globalThis.Sortable.create(list, {
      group: "cards", draggable: "[data-card]", ghostClass: "is-ghost", animation: 0, delay: 150,
      delayOnTouchOnly: true, filter: "button", preventOnFilter: false,
      onStart: (event) => { was = snapshot(event.item); was.next = event.item.nextElementSibling; },
      onEnd: async (event) => {
        const card = event.item;
        const column = event.to.dataset.cards;
        if (event.to === event.from && event.newIndex === event.oldIndex) return;
        const wanted = { column };
        const before = card.previousElementSibling?.dataset.card;
        const after = card.nextElementSibling?.dataset.card;
        if (before) wanted.after = before;
        else if (after) wanted.before = after;
        const origin = was;
        const back = () => { origin.list.insertBefore(card, origin.list.children[event.oldIndex] ?? null); count(); };
        const moved = await send(card, wanted, back);
        if (moved) undoable(card, origin, labelOf(column));
      },
    });
  }
}

// "Move to…": a column, then a place among its cards.
function places() {
  const column = dialog.querySelector("[name=column]").value;
  const card = document.getElementById(dialog.dataset.key);
  const options = [new Option("At the top", "first"), new Option("At the bottom", "last")];
  for (const other of cardsOf(listOf(column)).filter((one) => one !== card).slice(0, 20)) {
    options.push(new Option(`After ${other.id} ${other.querySelector(".card-title").textContent}`, other.dataset.card));
  }
  dialog.querySelector("[name=place]").replaceChildren(...options);
}

function openMove(card) {
  dialog.dataset.key = card.id;
  dialog.querySelector("[data-move-key]").textContent = card.id;
  dialog.querySelector("[name=column]").value = card.dataset.in;
  places();
  show(dialog);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-move]");
  if (!button) return;
  const card = button.closest("[data-card]");
  choose(card, { focus: false });
  openMove(card);
});

dialog?.querySelector("[name=column]").addEventListener("change", places);
dialog?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const card = document.getElementById(dialog.dataset.key);
  const column = dialog.querySelector("[name=column]").value;
  const at = dialog.querySelector("[name=place]").value;
  const wanted = { column };
  if (at === "first") wanted.place = "first";
  else if (at !== "last") wanted.after = at;
  const was = snapshot(card);
  dialog.close();
  const moved = await send(card, wanted, was.back);
  choose(card);
  if (moved) undoable(card, was, labelOf(moved.column));
});

// h and l walk between columns.
document.addEventListener("keydown", (event) => {
  if (!["h", "l", "ArrowLeft", "ArrowRight"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches?.("input,textarea,select") || document.querySelector("dialog[open]")) return;
  const card = document.activeElement?.closest?.("[data-card]") ?? current();
  if (!card) return;
  const all = lists().filter((list) => cardsOf(list).length);
  const at = all.indexOf(card.parentElement);
  const next = all[at + (event.key === "h" || event.key === "ArrowLeft" ? -1 : 1)];
  if (!next) return;
  event.preventDefault();
  for (const one of page().querySelectorAll(".is-current")) one.classList.remove("is-current");
  choose(cardsOf(next)[Math.min(cardsOf(card.parentElement).indexOf(card), cardsOf(next).length - 1)] ?? cardsOf(next)[0]);
});

// What others do: the changed card alone is fetched, and put where it belongs.
async function refresh(key) {
  const query = new URLSearchParams(location.search);
  query.set("board", board);
  const answer = await fetch(`/boards/cards/${key}/?${query}`, {
    headers: { "HX-Request": "true", "X-Rollcall-Background": "1" },
  }).catch(() => null);
  const old = document.getElementById(key);
  if (!answer || answer.status >= 500) return void setTimeout(refresh, AGAIN, key); // it must not stay stale
  if (answer.status === 204 || answer.status === 404) {
    old?.remove();
    return count();
  }
  if (!answer.ok) return undefined;
  const holder = document.createElement("template");
  holder.innerHTML = (await answer.text()).trim();
  const fresh = holder.content.querySelector("[data-card]");
  if (!fresh) return undefined;
  if (old && Number(old.dataset.version) > Number(fresh.dataset.version)) return undefined;
  const hadFocus = old?.contains(document.activeElement);
  const isCurrent = old?.classList.contains("is-current");
  if (old) old.replaceWith(fresh);
  else listOf(fresh.dataset.in)?.append(fresh);
  put(fresh, { column: fresh.dataset.in, rank: fresh.dataset.rank });
  if (isCurrent || hadFocus) choose(fresh, { focus: hadFocus });
  return undefined;
}

document.addEventListener("rollcall:change", (event) => {
  const change = event.detail;
  if (change.subject !== "work_item") return;
  if (mine.delete(`${change.subject_key} ${change.fields?.version}`)) return;
  const card = document.getElementById(change.subject_key);
  if (card && Number(card.dataset.version) >= Number(change.fields?.version ?? 0)) return;
  refresh(change.subject_key);
});

const asked = new URLSearchParams(location.search).get("card");
if (asked && document.getElementById(asked)) choose(document.getElementById(asked));
drag();
