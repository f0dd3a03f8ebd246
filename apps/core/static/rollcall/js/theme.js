// Colours: like the system, light, dark; remembered in a cookie that the server reads.
const ORDER = ["", "light", "dark"];
const WORDS = { "": "like the system", light: "light", dark: "dark" };
const ICONS = { "": "sun-moon", light: "sun", dark: "moon" };
const root = document.documentElement;
const button = document.querySelector("[data-theme-switch]");

function paint(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  if (!button) return;
  button.setAttribute("aria-label", `Colours: ${WORDS[theme]}`);
  button.title = `Colours: ${WORDS[theme]}`;
  const use = button.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[theme]}`));
}

const chosen = () => root.dataset.theme ?? "";
paint(chosen());
button?.addEventListener("click", () => {
  const next = ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length];
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
  paint(next);
});
