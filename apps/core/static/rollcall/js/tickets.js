// Choosing tickets: the bar appears with the first one, and survives a live refresh.
const chosen = new Set();
const page = () => document.getElementById("tickets");
const boxes = () => [...page().querySelectorAll("input[name=ticket]")];

function show() {
  const bar = page().querySelector("[data-bulk]");
  if (!bar) return;
  bar.hidden = chosen.size === 0;
  bar.querySelector("[data-bulk-count]").textContent = `${chosen.size} chosen`;
  const all = page().querySelector("[data-all]");
  if (all) {
    all.checked = boxes().length > 0 && boxes().every((box) => box.checked);
    all.indeterminate = chosen.size > 0 && !all.checked;
  }
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches?.("#tickets [data-all]")) for (const one of boxes()) set(one, box.checked);
  else if (box.matches?.("#tickets input[name=ticket]")) set(box, box.checked);
  else return;
  show();
});

function set(box, isOn) {
  box.checked = isOn;
  if (isOn) chosen.add(box.value);
  else chosen.delete(box.value);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-bulk-clear]")) return;
  for (const box of boxes()) set(box, false);
  chosen.clear();
  show();
});
document.addEventListener("htmx:after:swap", () => {
  for (const box of boxes()) box.checked = chosen.has(box.value);
  show();
});
