// An error summary takes the focus, also after a part was swapped in; its links go to their field.
function take(root) {
  const summary = root.querySelector?.("[data-focus]");
  if (summary) summary.focus();
}
take(document);
document.addEventListener("htmx:after:swap", (event) => take(event.target));
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".errors a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.closest("details")?.setAttribute("open", "");
  field.focus();
});
