/** The subject is one line, whatever it is made of. */

const BREAKS = /[\r\n\u2028\u2029]+/g;

export function hasBreaks(text: string): boolean {
  return text.search(BREAKS) !== -1;
}

/** A text of several lines as one. What a copied line often ends with is no word of it. */
export function oneLine(text: string): string {
  return hasBreaks(text) ? text.replace(/[\r\n]+$/, "").replaceAll(BREAKS, " ") : text;
}
