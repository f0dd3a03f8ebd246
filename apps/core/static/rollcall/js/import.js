// An import: a file is dropped instead of chosen, and what takes long says so.
const zone = document.querySelector("[data-drop-zone]");
const input = zone?.querySelector("input[type=file]");

if (zone && input) {
  zone.querySelector("[data-drop-words]").hidden = false;
  const over = (isOver) => zone.classList.toggle("is-over", isOver);
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      over(true);
    });
  }
  zone.addEventListener("dragleave", (event) => { if (!zone.contains(event.relatedTarget)) over(false); });
  zone.addEventListener("drop", (event) => {
    over(false);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    input.focus();
  });
}

// The button is out of use while the answer is on its way; coming back it is in use again.
function busy(form) {
  const words = document.createElement("span");
  words.textContent = form.dataset.busy;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", form.dataset.busy);
  const box = document.createElement("p");
  box.className = "busy";
  box.setAttribute("role", "status");
  box.append(words, bar);
  form.querySelector(".panel-foot").append(box);
  for (const button of form.querySelectorAll("button")) button.disabled = true;
}

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => setTimeout(() => busy(form)));
}
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const box of document.querySelectorAll(".busy")) box.remove();
  for (const button of document.querySelectorAll("form[data-busy] button")) button.disabled = false;
});
