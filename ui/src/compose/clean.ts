/**
 * The one place where HTML from outside is let in: what is pasted, and what a draft brings back.
 *
 * Kept is what a mail means (emphasis, lists, links, quotes, tables, colours somebody chose, pictures of this draft).
 * Dropped is what would run, load from the network or disguise the window, and the ink and fonts of the page it came from,
 * which are unreadable on another ground. Rust cleans once more before anything is sent.
 */
import DOMPurify, { type DOMPurify as Purifier } from "dompurify";
import { chosen } from "./colours";
import { withLists } from "./word";

const TAGS =
  "a b blockquote br caption code del div em font h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre s span strike strong sub sup table tbody td tfoot th thead tr u ul".split(
    " ",
  );
const ATTRIBUTES = "alt colspan dir height href lang rowspan start style title width".split(" ");
const STYLES = ["font-style", "font-weight", "list-style-type", "text-align", "text-decoration-line", "vertical-align"];
const LINKS = /^(?:https?|mailto|tel):/i;
const BLOCKS = new Set("BLOCKQUOTE DIV H1 H2 H3 H4 H5 H6 LI OL P PRE TD TH UL".split(" "));
const OF_PICTURES = new Set(["alt", "height", "width"]);
/** Smaller than this, a picture is there to count its readers, and nobody misses it. */
const SEEN_PIXELS_MIN = 2;

/** The pictures that may be shown, by the address under which the window shows them. */
export type Source = { shownAs: (source: string) => string | null };

const NO_PICTURES: Source = { shownAs: () => null };

let purifier: Purifier | null = null;
let pictures = NO_PICTURES;
const addresses = new WeakMap<Element, string>();

/** The clean form of `html`, ready to be put into the document, and how many pictures were left out. */
export function clean(html: string, source = NO_PICTURES): { fragment: DocumentFragment; left: number } {
  purifier ??= makePurifier();
  pictures = source;
  const fragment = purifier.sanitize(withLists(html), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: LINKS,
    // The pattern above is for addresses; these hold none.
    ADD_URI_SAFE_ATTR: ["colspan", "dir", "height", "lang", "rowspan", "start", "width"],
    RETURN_DOM_FRAGMENT: true,
  });
  for (const font of fragment.querySelectorAll<HTMLElement>("font")) unwrapFont(font);
  return { fragment, left: dropEmpty(fragment) };
}

function makePurifier(): Purifier {
  const made = DOMPurify(window);
  made.addHook("beforeSanitizeAttributes", (node) => {
    if (node.nodeName === "IMG") {
      const address = pictures.shownAs(node.getAttribute("src") ?? "");
      if (address !== null) addresses.set(node, address);
      else node.removeAttribute("src");
    }
    // What an editor of the nineties wrote is a style by now, and is judged as one.
    const colour = node.nodeName === "FONT" ? node.getAttribute("color") : null;
    if (colour !== null && node instanceof HTMLElement) node.style.color = colour;
  });
  made.addHook("uponSanitizeAttribute", (node, attribute) => {
    if (OF_PICTURES.has(attribute.attrName)) attribute.keepAttr = node.nodeName === "IMG";
    if (attribute.attrName !== "style") return;
    attribute.attrValue = quietStyle(attribute.attrValue);
    attribute.keepAttr = attribute.attrValue !== "";
  });
  made.addHook("afterSanitizeAttributes", (node) => {
    // Each block finds its own direction, so that Hebrew and English may follow each other.
    if (BLOCKS.has(node.nodeName) && !node.hasAttribute("dir")) node.setAttribute("dir", "auto");
    const address = addresses.get(node);
    if (address !== undefined) node.setAttribute("src", address);
  });
  return made;
}

/** Leaves the words of pictures that are not shown, and counts those that somebody would miss. */
function dropEmpty(fragment: DocumentFragment): number {
  const empty = [...fragment.querySelectorAll<HTMLImageElement>("img:not([src])")];
  for (const image of empty) image.replaceWith(image.alt);
  const tiny = (side: string | null) => side !== null && Number.parseInt(side, 10) < SEEN_PIXELS_MIN;
  return empty.filter((image) => !tiny(image.getAttribute("width")) && !tiny(image.getAttribute("height"))).length;
}

function unwrapFont(font: HTMLElement): void {
  const style = font.getAttribute("style");
  if (style === null) {
    font.replaceWith(...font.childNodes);
    return;
  }
  const span = document.createElement("span");
  span.setAttribute("style", style);
  span.append(...font.childNodes);
  font.replaceWith(span);
}

function quietStyle(value: string): string {
  const probe = document.createElement("span");
  probe.style.cssText = value;
  const kept = STYLES.flatMap((property) => {
    const set = probe.style.getPropertyValue(property);
    return set === "" || /[(\\]/.test(set) ? [] : [`${property}: ${set}`];
  });
  const colours = chosen(probe.style.getPropertyValue("color"), probe.style.getPropertyValue("background-color"));
  return [...kept, ...colours].join("; ");
}
