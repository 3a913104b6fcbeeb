/**
 * The one place where HTML from outside is let in: what is pasted, and what a draft brings back.
 *
 * Kept is what a mail means (emphasis, lists, links, quotes, tables). Dropped is what would run, load from the network
 * or disguise the window, and the colours and fonts of the page it came from, which are unreadable on another ground.
 * Rust cleans once more before anything is sent.
 */
import DOMPurify, { type DOMPurify as Purifier } from "dompurify";

const TAGS =
  "a b blockquote br caption code del div em h1 h2 h3 h4 h5 h6 hr i ins li ol p pre s span strike strong sub sup table tbody td tfoot th thead tr u ul".split(
    " ",
  );
const ATTRIBUTES = "colspan dir href lang rowspan start style title".split(" ");
const STYLES = ["font-style", "font-weight", "list-style-type", "text-align", "text-decoration-line", "vertical-align"];
const LINKS = /^(?:https?|mailto|tel):/i;
const BLOCKS = new Set("BLOCKQUOTE DIV H1 H2 H3 H4 H5 H6 LI OL P PRE TD TH UL".split(" "));

let purifier: Purifier | null = null;

/** The clean form of `html`, ready to be put into the document. */
export function clean(html: string): DocumentFragment {
  purifier ??= makePurifier();
  return purifier.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: LINKS,
    // The pattern above is for addresses; these hold none.
    ADD_URI_SAFE_ATTR: ["colspan", "dir", "lang", "rowspan", "start"],
    RETURN_DOM_FRAGMENT: true,
  });
}

function makePurifier(): Purifier {
  const made = DOMPurify(window);
  made.addHook("uponSanitizeAttribute", (_, attribute) => {
    if (attribute.attrName !== "style") return;
    attribute.attrValue = quietStyle(attribute.attrValue);
    attribute.keepAttr = attribute.attrValue !== "";
  });
  made.addHook("afterSanitizeAttributes", (node) => {
    // Each block finds its own direction, so that Hebrew and English may follow each other.
    if (BLOCKS.has(node.nodeName) && !node.hasAttribute("dir")) node.setAttribute("dir", "auto");
  });
  return made;
}

function quietStyle(value: string): string {
  const probe = document.createElement("span");
  probe.style.cssText = value;
  return STYLES.flatMap((property) => {
    const kept = probe.style.getPropertyValue(property);
    return kept === "" || /[(\\]/.test(kept) ? [] : [`${property}: ${kept}`];
  }).join("; ");
}
