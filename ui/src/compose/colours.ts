/** Which colours of pasted text were chosen by somebody. Black, white and grey are how every page writes, on any ground. */

type Rgb = readonly [red: number, green: number, blue: number];

/** Those that Word, LibreOffice and Outlook name. */
const NAMED: Readonly<Record<string, Rgb>> = {
  aqua: [0, 255, 255],
  blue: [0, 0, 255],
  cyan: [0, 255, 255],
  fuchsia: [255, 0, 255],
  green: [0, 128, 0],
  lime: [0, 255, 0],
  magenta: [255, 0, 255],
  maroon: [128, 0, 0],
  navy: [0, 0, 128],
  olive: [128, 128, 0],
  orange: [255, 165, 0],
  purple: [128, 0, 128],
  red: [255, 0, 0],
  teal: [0, 128, 128],
  yellow: [255, 255, 0],
};

/** How far the strongest part stands out before a grey is a colour. */
const CHROMA_MIN = 32;

/** From here on a ground is light enough for black ink (ITU-R BT.601 luma). */
const LIGHT_MIN = 128;

/** The declarations that keep `ink` and `ground`, as a style that was parsed writes them. */
export function chosen(ink: string, ground: string): string[] {
  const under = rgbOf(ground);
  const kept = rgbOf(ink) ? [`color: ${ink}`] : [];
  if (!under) return kept;
  // A marker's yellow stays readable where the window writes in white.
  const own = kept.length > 0 ? kept : [`color: ${lumaOf(under) >= LIGHT_MIN ? "black" : "white"}`];
  return [...own, `background-color: ${ground}`];
}

function rgbOf(colour: string): Rgb | null {
  const name = NAMED[colour.toLowerCase()];
  if (name) return name;
  const parts = /^rgb\((\d{1,3}), (\d{1,3}), (\d{1,3})\)$/.exec(colour)?.slice(1).map(Number);
  const [red = 0, green = 0, blue = 0] = parts ?? [];
  return Math.max(red, green, blue) - Math.min(red, green, blue) >= CHROMA_MIN ? [red, green, blue] : null;
}

function lumaOf([red, green, blue]: Rgb): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
