/**
 * The sentences of the window.
 *
 * They lie in messages/*.ftl, which Rust reads too for its notifications. No other file holds words a person reads.
 */
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import english from "../messages/en.ftl?raw";
import { LOCALES } from "./locales";
import { size } from "./size";

export type TextArguments = Record<string, FluentVariable>;

/** A sentence as Rust names it: the id and what stands in it. */
export type Said = { message: string; args: Partial<Record<string, string>> };

/** Stands in for a sentence this window does not know: better a general one than an id. */
const UNKNOWN = "trouble-other";

/** What Rust counts. Everything else it says stays as it is written: a tenant called 2026 is no number. */
const COUNTS = new Set(["minutes", "count", "max", "line", "items", "drafts"]);

/** Where the numbers are bytes. */
const MEASURED = new Set([
  "attachment-too-large",
  "picture-too-large",
  "draft-attachments-too-large",
  "draft-body-too-long",
  "failed-too-large-file",
  "failed-too-large-text",
]);

/** What stands there as somebody has written it, also where it has digits alone. */
const NAMES = new Set(["name"]);

const bundle = new FluentBundle(LOCALES);
bundle.addResource(new FluentResource(english));

/** The sentence called `id`, with its arguments filled in; `otherwise` where a code in the id is not known here. */
export function text(id: string, args: TextArguments = {}, otherwise = UNKNOWN): string {
  return format(id, null, args) ?? format(otherwise, null, {}) ?? "";
}

/** A sentence that Rust chose. */
export function said({ message, args }: Said): string {
  return text(message, read(message, args));
}

/** When something was: the time alone if it was today. */
export function moment(ms: number): string {
  const when = new Date(ms);
  return text(when.toDateString() === new Date().toDateString() ? "moment-today" : "moment", { when });
}

/** The time of day, to the second: what is listed here lies seconds apart. */
export function clock(ms: number): string {
  return text("clock", { when: new Date(ms) });
}

/** What a person can do about it, where there is something to say. */
export function remedy({ message, args }: Said): string | null {
  return format(message, "remedy", read(message, args));
}

function format(id: string, attribute: string | null, args: TextArguments): string | null {
  const message = bundle.getMessage(id);
  const pattern = attribute === null ? message?.value : message?.attributes[attribute];
  // Faults in an argument leave a readable sentence behind, so they are not raised here; the tests look for them.
  return pattern ? bundle.formatPattern(pattern, args, []) : null;
}

/** Numbers come as text from Rust. */
function read(message: string, args: Said["args"]): TextArguments {
  const entries = Object.entries(args).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (NAMES.has(name) || !/^\d+$/.test(value)) return [[name, value] as const];
    if (MEASURED.has(message)) return [[name, size(Number(value))] as const];
    return [[name, COUNTS.has(name) ? Number(value) : value] as const];
  });
  return Object.fromEntries(entries);
}
