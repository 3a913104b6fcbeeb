/** What a person is asked before a message leaves, because it looks as if something was forgotten, or as if it will not arrive. */
import type { DraftForm, LikenessView } from "../bindings";
import type { Chip } from "./recipients.svelte";
import type { Line } from "./tips";

/** Whether a recipient is the one that was meant. */
export type Doubt = { about: "recipient"; field: "to" | "cc" | "bcc"; key: number; typed: string; other: LikenessView };

/** One question, named after the field that would answer it. */
export type Question = Doubt | { about: "tips"; lines: Line[] } | { about: "subject" } | { about: "attachments"; word: string };

/** So much is looked at of the subject and of the text: more than anybody types, and read before Send is felt to wait. */
export const LOOKED_AT_MAX = 100_000;

/** Anything that can be seen. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}]/u;

/** What stands on lines of its own, as the editor writes it: see clean.ts. */
const BLOCKS = "caption, div, h1, h2, h3, h4, h5, h6, hr, li, ol, p, pre, table, td, th, tr, ul";

/** The questions about recipients who look like others, line by line. */
export function doubts(recipients: Record<Doubt["field"], { chips: Chip[] }>): Doubt[] {
  return (["to", "cc", "bcc"] as const).flatMap((field) =>
    recipients[field].chips.flatMap(({ key, text, address, looksLike }): Doubt[] =>
      looksLike === null ? [] : [{ about: "recipient", field, key, typed: address ?? text, other: looksLike }],
    ),
  );
}

/**
 * The questions about a message, in the order of its fields. `words` are those that speak of a file, between commas; `tips` is what
 * is known of its recipients: what is not known is no question.
 */
export function questions(
  { subject, body, attachments }: Pick<DraftForm, "subject" | "body" | "attachments">,
  words: string,
  tips: readonly Line[] = [],
): Question[] {
  const lines = tips.filter(({ tone }) => tone === "bounces");
  const asked: Question[] = lines.length === 0 ? [] : [{ about: "tips", lines }];
  if (!VISIBLE.test(subject)) asked.push({ about: "subject" });
  const isSent = ({ content_id }: (typeof attachments)[number]) => content_id === null || body.content.includes(content_id);
  if (attachments.some(isSent)) return asked;
  const pattern = anyOf(words);
  const own = body.kind === "text" ? body.content : unquoted(body.content);
  const word = found(pattern, subject) ?? found(pattern, withoutQuotedLines(own));
  return word === null ? asked : [...asked, { about: "attachments", word }];
}

/** The text of formatted writing, line by line, without what was quoted. */
function unquoted(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const other of body.querySelectorAll("blockquote, br, script, style")) other.replaceWith("\n");
  for (const block of body.querySelectorAll(BLOCKS)) {
    block.before("\n");
    block.after("\n");
  }
  return body.textContent;
}

function withoutQuotedLines(text: string): string {
  return text.replaceAll(/^>.*$/gm, "");
}

/** Matches any of the words as a whole: a letter, an accent or a digit beside it makes it another one. */
function anyOf(words: string): RegExp {
  const each = words
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll(/\s+/g, "\\s+"));
  // No words, no match: an empty choice would fit everywhere.
  return each.length === 0 ? /(?!)/ : new RegExp(`(?:^|[^\\p{L}\\p{M}\\p{N}_])(${each.join("|")})(?![\\p{L}\\p{M}\\p{N}_])`, "iu");
}

/** The first of the words, as it was written. */
function found(pattern: RegExp, text: string): string | null {
  // The editor keeps invisible spaces where the caret needs a place. What an address on the web is called, nobody has promised.
  const looked = text.slice(0, LOOKED_AT_MAX).replaceAll("\u200b", "").replaceAll(/https?:\/\/\S+/gi, " ");
  return pattern.exec(looked)?.[1]?.replaceAll(/\s+/g, " ") ?? null;
}
