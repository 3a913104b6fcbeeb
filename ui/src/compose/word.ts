/**
 * Lists as Word and Outlook put them on the clipboard: paragraphs that say in a style of their own that they belong to
 * one (`mso-list: l0 level1 lfo1`), their bullet or number written before them as text.
 */

const PARAGRAPHS = "p, h1, h2, h3, h4, h5, h6, div";
const LEVEL = /mso-list:\s*\S+\s+level([1-9])/i;
const MARK = /mso-list:\s*ignore/i;
/** "1.", "a)", "iv." and the like; everything else is a bullet. */
const NUMBER = /^\s*\(?[\p{L}\p{N}]{1,5}[.)]/u;

type Open = { level: number; list: HTMLElement };

/** The same HTML with lists that say that they are some. Nothing is let in by this: see clean.ts. */
export function withLists(html: string): string {
  if (!/mso-list:/i.test(html)) return html;
  const { body } = new DOMParser().parseFromString(html, "text/html");
  let open: Open[] = [];
  for (const paragraph of body.querySelectorAll<HTMLElement>(PARAGRAPHS)) {
    const level = Number(LEVEL.exec(paragraph.getAttribute("style") ?? "")?.[1] ?? 0);
    if (level === 0) continue;
    if (open[0]?.list !== paragraph.previousElementSibling) open = [];
    open = enlisted(paragraph, level, open);
  }
  return body.innerHTML;
}

function enlisted(paragraph: HTMLElement, level: number, before: Open[]): Open[] {
  const marks = [...paragraph.querySelectorAll("span")].filter((span) => MARK.test(span.getAttribute("style") ?? ""));
  const kind = NUMBER.test(marks[0]?.textContent ?? "") ? "OL" : "UL";
  for (const mark of marks) mark.remove();
  const open = before.filter((one) => one.level < level || (one.level === level && one.list.nodeName === kind));
  if (open.at(-1)?.level !== level) {
    const list = paragraph.ownerDocument.createElement(kind);
    const above = open.at(-1)?.list.lastElementChild;
    if (above) above.append(list);
    else paragraph.before(list);
    open.push({ level, list });
  }
  const entry = paragraph.ownerDocument.createElement("li");
  entry.append(...paragraph.childNodes);
  paragraph.remove();
  open.at(-1)?.list.append(entry);
  return open;
}
