/** Where a list stands that belongs to a field: below it, or above it where there is more room. */

/** The width a list has at least, in pixels, where the window has it: a name and an address side by side with a face. */
const WIDTH_MIN = 320;

/** The height it has at most, eight entries, and the height below which it rather stands above. */
const HEIGHT_MAX = 372;
const HEIGHT_MIN = 140;

/** What stays free at the window's edges. */
const MARGIN = 8;

type Box = Pick<DOMRect, "left" | "right" | "top" | "bottom">;
type Place = { left: number; width: number; height: number } & ({ top: number } | { bottom: number });

/** The place beside a field in a window, measured from the window's edges. */
export function place(field: Box, window: { width: number; height: number }, rtl: boolean): Place {
  const room = window.width - 2 * MARGIN;
  const width = Math.min(room, Math.max(WIDTH_MIN, field.right - field.left));
  const wanted = rtl ? field.right - width : field.left;
  const left = Math.max(MARGIN, Math.min(wanted, window.width - MARGIN - width));
  const below = window.height - field.bottom - MARGIN;
  const above = field.top - MARGIN;
  if (below < HEIGHT_MIN && above > below) {
    return { left, width, height: Math.min(HEIGHT_MAX, above), bottom: window.height - field.top };
  }
  return { left, width, height: Math.min(HEIGHT_MAX, below), top: field.bottom };
}

/** Keeps a list beside its field, wherever that is moved. Answers what ends it. */
export function placeBeside(list: HTMLElement, field: HTMLElement): () => void {
  const put = () => {
    const rtl = getComputedStyle(field).direction === "rtl";
    const found = place(field.getBoundingClientRect(), { width: innerWidth, height: innerHeight }, rtl);
    list.style.left = `${found.left}px`;
    list.style.inlineSize = `${found.width}px`;
    list.style.maxBlockSize = `${found.height}px`;
    list.style.top = "top" in found ? `${found.top}px` : "auto";
    list.style.bottom = "bottom" in found ? `${found.bottom}px` : "auto";
  };
  put();
  addEventListener("resize", put);
  document.addEventListener("scroll", put, true);
  return () => {
    removeEventListener("resize", put);
    document.removeEventListener("scroll", put, true);
  };
}
