import type { CardView } from "../bindings";

/** A signature out of a card: who one is, and where one is reached by voice. A line each, for what there is. */
export function signatureOf({ name, title, company, phones }: CardView): string {
  const lines = [name, title, company, ...phones.map(({ number }) => number)];
  return lines.filter((line) => line !== null && line !== "").join("\n");
}
