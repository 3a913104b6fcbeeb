/** A history as Rust pages and searches it, from samples. */
import type { HistoryView, OutboxItemView } from "../src/bindings";

/** As many rows as a page has there. */
const PAGE_ROWS = 100;

/** A page of these rows, which stand newest first. */
export function page(rows: OutboxItemView[], search: string, before: string | null): HistoryView {
  const words = plain(search).split(/\s+/).filter((word) => word !== "");
  const isFound = ({ subject, recipients }: OutboxItemView) => {
    const texts = [subject, ...recipients].map(plain);
    return words.every((word) => texts.some((text) => text.includes(word)));
  };
  const found = words.length === 0 ? rows : rows.filter(isFound);
  const from = before === null ? 0 : found.findIndex(({ id }) => id === before) + 1;
  const ends = found.filter((_, at) => at % PAGE_ROWS === PAGE_ROWS - 1 && at < found.length - 1);
  const outline = { total: found.length, page_rows: PAGE_ROWS, ends: ends.map(({ id, created_at_ms }) => ({ id, created_at_ms })) };
  return { rows: found.slice(from, from + PAGE_ROWS), outline: before === null ? outline : null };
}

/** Much simpler than Rust's, and enough for samples. */
function plain(text: string): string {
  return text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "");
}

const SUBJECTS = ["Notes on the engine", "Réunion à Zürich", "明日の会議について", "פגישה מחר בבוקר", "A subject so long that it does not fit into one line of this window and therefore wraps, as it should, onto another", ""];
const RECIPIENTS = [["Grace Hopper"], ["Zoë Ångström", "noor@outlook.example"], ["ana@signet.example"]];
const EVERY_MS = 47 * 60_000;

/** Settled mail of years, a letter every forty-seven minutes. */
export function settled(count: number, now_ms: number): OutboxItemView[] {
  return Array.from({ length: count }, (_, at) => ({
    id: String(count - at),
    subject: SUBJECTS[at % SUBJECTS.length] ?? "",
    recipients: RECIPIENTS[at % RECIPIENTS.length] ?? [],
    state: stateOf(at),
    created_at_ms: now_ms - at * EVERY_MS,
    attachments: at % 5 === 0 ? 2 : 0,
  }));
}

function stateOf(at: number): OutboxItemView["state"] {
  if (at % 11 === 3) return { kind: "cancelled" };
  if (at % 3 === 0) return { kind: "sent", message_id: `<${at}.01HZY3TABLE@contoso.com>` };
  return { kind: "accepted", request_id: at % 2 === 0 ? "8d0f9f4c-5f0e-4b7a-a5f3-1f7a9b1d5c03" : null };
}
