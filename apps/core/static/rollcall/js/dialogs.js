// <button data-dialog="id"> opens <dialog id="id">; data-close closes; a click on the backdrop too.
export function show(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  begin(dialog);
  dialog.dispatchEvent(new CustomEvent("rollcall:dialog", { bubbles: true }));
}

// The browser gives the focus to the first thing it can: the button that closes. Somebody who opened
// a form wants its first field.
function begin(dialog) {
  if (!document.activeElement?.matches("[data-close]")) return;
  const field = dialog.querySelector("[aria-invalid=true]") ?? dialog.querySelector("input:not([type=hidden],[readonly]),select,textarea");
  field?.focus({ preventScroll: true });
}

// A dialog that the server opened (a refused form, a link without JavaScript) becomes a modal one.
function openNow(root) {
  for (const dialog of root.querySelectorAll?.("dialog[data-open-now]") ?? []) {
    dialog.removeAttribute("data-open-now");
    dialog.close();
    show(dialog);
  }
}
openNow(document);
document.addEventListener("htmx:after:swap", () => openNow(document));

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog) return;
    event.preventDefault();
    opener.closest("[popover]")?.hidePopover();
    show(dialog);
    return;
  }
  if (event.target.closest?.("[data-close]")) {
    event.target.closest("dialog")?.close();
    return;
  }
  const target = event.target;
  if (target instanceof HTMLDialogElement && target.id !== "lock-screen" && isOutside(target, event)) {
    target.close();
  }
});

function isOutside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

// A part that holds a refused form keeps its dialog open; one that succeeded closes it.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail ?? {};
  const dialog = ctx?.sourceElement?.closest?.("dialog");
  const status = ctx?.response?.status ?? ctx?.response?.raw?.status;
  if (dialog && status && status < 400 && ctx.sourceElement.matches("form[method=post],form[hx-post]")) dialog.close();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.rowmenu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.rowmenu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
