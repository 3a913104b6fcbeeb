/** The card for a clipboard: every line that is shown, those that need it with what they are. */
import type { CardView } from "../bindings";
import { text } from "../text";

export function lines(card: CardView): string {
  const manager = card.manager && (card.manager.mail ? `${card.manager.name} <${card.manager.mail}>` : card.manager.name);
  const named = [
    ["field-mail", card.mail] as const,
    ...card.phones.map(({ kind, number }) => [`field-phone-${kind}`, number] as const),
    ["field-office", card.office] as const,
    ["field-manager", manager] as const,
  ];
  const shown = [card.name, card.title, card.department, card.company, ...named.map(([id, value]) => value && line(id, value))];
  return shown.filter((each) => each !== null && each !== "").join("\n");
}

/** What keeps directions apart in the window would be dirt in another program. */
function line(id: string, value: string): string {
  return text("card-line", { label: text(id), value }).replaceAll(/[\u2068\u2069]/g, "");
}
