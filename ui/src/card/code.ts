/** Light modules around a QR code, without which no scanner finds it. Source: ISO/IEC 18004. */
export const QUIET_MODULES = 4;

/** The dark modules as an SVG path, a rectangle for each run in a row. */
export function outline(rows: readonly string[]): string {
  return rows
    .flatMap((row, y) => [...row.matchAll(/1+/g)].map(({ 0: run, index }) => `M${index} ${y}h${run.length}v1h-${run.length}z`))
    .join("");
}
