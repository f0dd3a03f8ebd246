// On a narrow screen filters fold behind one button with a count; choosing one applies it.
const NARROW = matchMedia("(width < 40rem)");

for (const filters of document.querySelectorAll("form.filters")) {
  const button = filters.querySelector(".filter-fold");
  const fold = (isFolded) => {
    filters.classList.toggle("is-folded", isFolded);
    button?.setAttribute("aria-expanded", String(!isFolded));
  };
  fold(NARROW.matches);
  NARROW.addEventListener("change", () => fold(NARROW.matches));
  button?.addEventListener("click", () => fold(!filters.classList.contains("is-folded")));
  filters.addEventListener("change", (event) => {
    if (event.target.matches("select,[type=checkbox],[type=radio],[type=date]")) filters.requestSubmit();
  });
  filters.addEventListener("submit", () => {
    for (const field of filters.elements) if (field.name && !field.value) field.disabled = true;
  });
}
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form.filters :disabled")) field.disabled = false;
});
