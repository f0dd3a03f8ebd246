// A symbol of the sprite that the page uses, as the server writes it.
export function icon(name) {
  const sprite = document.querySelector("svg.ic use")?.getAttribute("href")?.replace(/#.*/, "") ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "ic");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
