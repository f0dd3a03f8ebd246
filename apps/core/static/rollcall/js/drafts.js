// <form data-draft="log-3"> keeps what was typed (this tab and this person only) until the form is
// taken. The answer to a plain form is a page: one that says it was done ends the draft; the lock, the
// sign-in or a refusal do not.
const who = document.querySelector("#lock-screen [name=username]")?.value ?? "";
const key = (form) => `draft:${who}:${form.dataset.draft}`;
const SENT = "draft-sent";
const SKIP = new Set(["password", "hidden", "file", "submit", "button"]);
const fields = (form) => [...form.elements].filter((one) => one.name && !SKIP.has(one.type));
const value = (one) => (one.type === "checkbox" || one.type === "radio" ? one.checked : one.value);

function keep(form) {
  const typed = fields(form).map((one, at) => [at, one.name, value(one)]);
  sessionStorage.setItem(key(form), JSON.stringify(typed));
}

function bring(form) {
  const kept = sessionStorage.getItem(key(form));
  if (!kept || form.dataset.brought) return;
  form.dataset.brought = "1";
  const all = fields(form);
  for (const [at, name, was] of JSON.parse(kept)) {
    const one = all[at];
    if (one?.name !== name) continue;
    if (typeof was === "boolean") one.checked = was;
    else one.value = was;
  }
  form.dispatchEvent(new CustomEvent("rollcall:brought", { bubbles: true }));
}

// What the page before this one sent.
function conclude() {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (sent && document.querySelector("#toasts .toast:not(.is-error)")) sessionStorage.removeItem(sent);
}

function all(root) {
  for (const form of root.querySelectorAll?.("form[data-draft]") ?? []) bring(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.draft) keep(form);
});
document.addEventListener("htmx:after:swap", (event) => all(event.target));
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail ?? {};
  const form = ctx?.sourceElement;
  const status = ctx?.response?.status ?? ctx?.response?.raw?.status;
  if (form?.dataset?.draft && status < 400) sessionStorage.removeItem(key(form));
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.draft && !form.hasAttribute("hx-post")) sessionStorage.setItem(SENT, key(form));
  if (form.matches("[action$='/sign-out/']")) sessionStorage.clear();
});
conclude();
all(document);
