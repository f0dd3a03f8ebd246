// A button that copies a field: <button data-copy="id">. Where the browser refuses, the field is
// selected, ready for the usual keys.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const field = button && document.getElementById(button.dataset.copy);
  if (!field) return;
  const words = button.querySelector("[data-words]") ?? button;
  words.dataset.before ??= words.textContent;
  try {
    await navigator.clipboard.writeText(field.value);
    words.textContent = "Copied";
  } catch {
    field.focus();
    field.select();
    words.textContent = "Selected: copy it with your keys";
  }
  setTimeout(() => { words.textContent = words.dataset.before; }, 4000);
});
