// The week on call: a shift dragged onto somebody opens the dialog that puts them on duty.
function drag() {
  if (!globalThis.Sortable) return;
  for (const section of document.querySelectorAll("#schedule section:has([data-drop-people])")) {
    const strip = section.querySelector("[data-drop-people]");
    strip.hidden = false;
    const group = `rota-${section.getAttribute("aria-labelledby")}`;
    for (const list of section.querySelectorAll("td ul")) {
      if (globalThis.Sortable.get(list)) continue;
      globalThis.Sortable.create(list, {
        group: { name: group, pull: "clone", put: false }, draggable: "[data-put]", sort: false, animation: 0,
        ghostClass: "is-ghost", delay: 150, delayOnTouchOnly: true,
      });
    }
    for (const person of strip.querySelectorAll("[data-person]")) {
      if (globalThis.Sortable.get(person)) continue;
      globalThis.Sortable.create(person, {
        group: { name: group, pull: false, put: true }, draggable: "[data-put]", sort: false, animation: 0,
        onAdd: (event) => {
          event.item.remove();
          ask(event.item.dataset.put, person.dataset.person);
        },
      });
    }
  }
}

function ask(address, username) {
  const url = `${address}&person=${encodeURIComponent(username)}`;
  globalThis.htmx.ajax("GET", url, { target: "#dialog-place", swap: "innerHTML" });
}

document.addEventListener("htmx:after:swap", drag);
drag();
