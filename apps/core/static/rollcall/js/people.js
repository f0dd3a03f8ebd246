// The people of a duty, a line each in a textarea, as a list: put in order by buttons or by hand,
// with dates, added from a menu. The textarea stays what is sent, and stays to be written in.
import { icon } from "./icons.js";

const LINE = /^(.+?)(?:\s+from\s+([\d-]+))?(?:\s+until\s+([\d-]+))?\s*$/i;
const names = [...document.querySelectorAll("#people-names option")].map((one) => one.value);

function read(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
    const [, who, from = "", until = ""] = line.match(LINE);
    return { who, from, until };
  });
}

const told = ({ who, from, until }) => `${who}${from && ` from ${from}`}${until && ` until ${until}`}`;

function make(tag, facts, ...content) {
  const node = Object.assign(document.createElement(tag), facts);
  node.append(...content);
  return node;
}

function button(name, words, act) {
  const made = make("button", { type: "button", className: "btn btn-icon btn-sm btn-quiet", title: words }, icon(name));
  made.setAttribute("aria-label", words);
  made.addEventListener("click", act);
  return made;
}

function edit(field) {
  const label = document.querySelector(`label[for="${field.id}"]`).firstChild.textContent.trim();
  const list = make("ol", { className: "queue" });
  list.setAttribute("aria-label", `${label}, in the order of turns`);
  const status = make("span", { className: "vh", role: "status" });
  const menu = make("select", {});
  const empty = make("p", { className: "muted queue-empty", textContent: "Nobody yet" });
  const asText = make("details", { className: "more", open: field.getAttribute("aria-invalid") === "true" },
    make("summary", { textContent: "As text" }));
  let people = read(field.value);

  function write(words) {
    field.value = people.map(told).join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    status.textContent = words;
  }

  function move(from, to) {
    if (to < 0 || to >= people.length || from === to) return;
    const [one] = people.splice(from, 1);
    people.splice(to, 0, one);
    write(`${one.who} is number ${to + 1} of ${people.length}`);
  }

  function step(at, by) {
    move(at, at + by);
    const row = list.children[Math.min(Math.max(at + by, 0), people.length - 1)];
    row.querySelector(by < 0 ? "[data-up]" : "[data-down]").focus();
  }

  function remove(at) {
    const [one] = people.splice(at, 1);
    write(`${one.who} is taken off`);
    (list.children[Math.min(at, people.length - 1)]?.querySelector("[data-remove]") ?? menu).focus();
  }

  function dates(one) {
    const inputs = ["from", "until"].map((name) => {
      const input = make("input", { type: "date", value: one[name] });
      input.addEventListener("change", () => {
        one[name] = input.value;
        write(told(one));
      });
      return make("label", { className: "field-inline" }, name === "from" ? "From " : "Until ", input);
    });
    return make("div", { className: "row-wrap queue-dates", hidden: !one.from && !one.until }, ...inputs);
  }

  function row(one, at) {
    const about = dates(one);
    const up = button("chevron-up", `Move ${one.who} up`, () => step(at, -1));
    const down = button("chevron-down", `Move ${one.who} down`, () => step(at, 1));
    const off = button("x", `Take ${one.who} off`, () => remove(at));
    const when = button("calendar", `Dates of ${one.who}`, () => {
      about.hidden = !about.hidden;
      when.setAttribute("aria-expanded", String(!about.hidden));
      if (!about.hidden) about.querySelector("input").focus();
    });
    when.setAttribute("aria-expanded", String(!about.hidden));
    up.dataset.up = down.dataset.down = off.dataset.remove = "";
    const grip = make("span", { className: "grip", title: "Drag" }, icon("grip-vertical"));
    const name = make("b", { textContent: one.who });
    if (!names.includes(one.who)) name.append(make("span", { className: "muted", textContent: " not found by this name" }));
    return make("li", {}, make("div", { className: "queue-row" }, grip, name, when, up, down, off), about);
  }

  function draw() {
    list.replaceChildren(...people.map(row));
    empty.hidden = people.length > 0;
    const others = names.filter((name) => !people.some((one) => one.who === name));
    menu.replaceChildren(...["Somebody…", ...others].map((name, at) => new Option(name, at ? name : "")));
  }

  field.addEventListener("input", () => {
    const open = document.activeElement?.closest(".queue-dates");
    const isOurs = field.value === people.map(told).join("\n");
    if (!isOurs) people = read(field.value);
    if (!(isOurs && open && list.contains(open))) draw(); // somebody is choosing a date
  });
  menu.addEventListener("change", () => {
    if (!menu.value) return;
    people.push({ who: menu.value, from: "", until: "" });
    write(`${menu.value} is added`);
  });
  const hint = document.getElementById(`${field.id}_helptext`);
  field.before(list, empty, make("label", { className: "field-inline queue-add" }, "Add ", menu), status, asText);
  asText.append(...[hint, field].filter(Boolean));
  globalThis.Sortable?.create(list, {
    handle: ".grip", animation: 0, ghostClass: "is-ghost",
    onEnd: ({ oldIndex, newIndex }) => move(oldIndex, newIndex),
  });
  addEventListener("pageshow", () => { people = read(field.value); draw(); }); // what a browser kept
  draw();
}

for (const field of document.querySelectorAll("textarea[data-people]")) edit(field);
