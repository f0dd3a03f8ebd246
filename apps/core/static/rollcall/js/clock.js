// Ages and due times tick, by the portal's own clock (the page says what time it was when made).
const offset = Date.parse(document.body.dataset.now || "") - Date.now() || 0;
const MINUTE = 60000;

export const now = () => Date.now() + offset;

export function inWords(milliseconds) {
  const minutes = Math.max(Math.floor(milliseconds / MINUTE), 0);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours < 24) return rest ? `${hours} h ${String(rest).padStart(2, "0")}` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

// Below a minute there is nothing to count.
const dueWords = (left) => (Math.abs(left) < MINUTE ? "Due now" : left < 0 ? `Overdue ${inWords(-left)}` : `Due in ${inWords(left)}`);
const agoWords = (span) => (span < MINUTE ? "just now" : `${inWords(span)} ago`);

function set(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function kind(badge, name, icon) {
  if (badge.classList.contains(name)) return;
  badge.classList.remove("danger", "warning", "info", "neutral");
  badge.classList.add(name);
  const use = badge.querySelector("use");
  if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}

function tick() {
  const at = now();
  for (const one of document.querySelectorAll("time[data-age]")) set(one, inWords(at - Date.parse(one.dateTime)));
  for (const one of document.querySelectorAll("time[data-ago]")) set(one, agoWords(at - Date.parse(one.dateTime)));
  for (const one of document.querySelectorAll("[data-due]")) {
    const left = Date.parse(one.dataset.due) - at;
    const words = one.querySelector("time");
    if (left <= 0) {
      kind(one, "danger", "alert-triangle");
      set(words, dueWords(left));
    } else if (left <= 60 * MINUTE) {
      kind(one, "warning", "clock");
      set(words, dueWords(left));
    }
  }
  for (const one of document.querySelectorAll("[data-clock]")) {
    const zone = one.dataset.clock || undefined;
    set(one, new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(at));
  }
}

tick();
setInterval(tick, 10000);
