// The demonstration's bar remembers whether it is folded; what it plays says the page to come back to.
const bar = document.querySelector("[data-play]");
if (bar) {
  const kept = localStorage.getItem("play");
  bar.open = kept ? kept === "open" : matchMedia("(width >= 60rem)").matches;
  bar.addEventListener("toggle", () => localStorage.setItem("play", bar.open ? "open" : "folded"));
  bar.addEventListener("submit", (event) => {
    event.target.elements.next.value = location.pathname + location.search;
  });
}
