// <div class="combo" data-combo="/search/?kind=site"> with a text input: suggestions as one types,
// arrows and Enter choose. The input's value is what is sent, so it works without this as well.
const lists = new WeakMap();
let count = 0;

function listOf(input) {
  if (!lists.has(input)) {
    const list = document.createElement("div");
    list.id = `combo-${++count}`;
    list.className = "combo-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    input.after(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.autocomplete = "off";
    lists.set(input, list);
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option) take(input, option);
    });
  }
  return lists.get(input);
}

function close(input) {
  const list = lists.get(input);
  if (!list) return;
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function take(input, option) {
  input.value = option.dataset.value;
  close(input);
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  close(input);
}

function mark(input, at) {
  const all = [...listOf(input).querySelectorAll("[role=option]")];
  const next = all[(at + all.length) % all.length];
  for (const one of all) one.setAttribute("aria-selected", String(one === next));
  if (next) {
    input.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }
}

const marked = (input) => [...listOf(input).querySelectorAll("[role=option]")].findIndex((one) => one.getAttribute("aria-selected") === "true");

async function suggest(input) {
  const asked = input.value.trim();
  const url = new URL(input.closest("[data-combo]").dataset.combo, location.origin);
  url.searchParams.set("q", asked);
  const answer = await fetch(url, { headers: { "HX-Request": "true", "X-Rollcall-Background": "1" } }).catch(() => null);
  if (!answer?.ok || input.value.trim() !== asked || document.activeElement !== input) return;
  const list = listOf(input);
  list.innerHTML = await answer.text();
  list.hidden = !list.querySelector("[role=option]");
  for (const [at, one] of [...list.querySelectorAll("[role=option]")].entries()) one.id = `${list.id}-${at}`;
  input.setAttribute("aria-expanded", String(!list.hidden));
}

const timers = new WeakMap();
document.addEventListener("input", (event) => {
  const input = event.target;
  if (!event.isTrusted || !input.matches?.("[data-combo] input")) return;
  clearTimeout(timers.get(input));
  timers.set(input, setTimeout(() => suggest(input), 100));
});
document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (!input.matches?.("[data-combo] input") || !lists.has(input)) return;
  const list = lists.get(input);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (list.hidden) suggest(input);
    else mark(input, marked(input) + (event.key === "ArrowDown" ? 1 : -1));
    event.preventDefault();
  } else if (event.key === "Enter" && !list.hidden && marked(input) >= 0 && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    take(input, list.querySelectorAll("[role=option]")[marked(input)]);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    event.stopPropagation();
    close(input);
  }
}, true);
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-combo] input")) listOf(event.target);
});
document.addEventListener("focusout", (event) => {
  if (lists.has(event.target)) close(event.target);
});
