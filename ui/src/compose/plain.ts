/** Between formatted and plain text, in the window. Nothing here lets HTML in: see clean.ts. */

/** Each line as a block of its own, the way the editor writes them. */
export function htmlOf(text: string): string {
  const holder = document.createElement("div");
  for (const line of text.split("\n")) {
    const block = document.createElement("div");
    block.dir = "auto";
    block.append(line === "" ? document.createElement("br") : line);
    holder.append(block);
  }
  return holder.innerHTML;
}

/** What a person sees of it, without the formatting. */
export function textOf(root: HTMLElement): string {
  // The editor keeps invisible spaces where the caret needs a place.
  return root.innerText.replaceAll("\u200b", "").replaceAll("\u00a0", " ").replace(/\n+$/, "");
}

/** In a window narrower than the picture it shrinks, wherever the mail is read. */
const FITTING = "max-width: 100%; height: auto";

/**
 * What the editor holds, as the draft has it: a direction of its own for every block, those included that the editor made
 * in passing, and each picture by the name that `named` gives to the address it is shown under.
 */
export function written(html: string, named: (address: string) => string | null): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const block of body.querySelectorAll<HTMLElement>("div, p, li, ul, ol, blockquote")) {
    if (!block.hasAttribute("dir")) block.dir = "auto";
  }
  for (const image of body.querySelectorAll("img")) {
    const name = named(image.getAttribute("src") ?? "");
    if (name === null) image.remove();
    else {
      image.setAttribute("src", name);
      image.setAttribute("style", FITTING);
    }
  }
  return body.innerHTML;
}
