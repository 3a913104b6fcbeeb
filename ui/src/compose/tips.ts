/** What Outlook says of recipients, in as few lines as it takes. */
import type { MailTipsView } from "../bindings";
import { LOCALES } from "../locales";
import type { IconName } from "../parts/icons";
import { size } from "../size";
import { text } from "../text";

/** Somebody the mail is addressed to. */
export type Addressee = { address: string; who: string };

/** What is known, by address in lower case. */
export type Known = ReadonlyMap<string, MailTipsView>;

/** What else a tip depends on. */
export type Surroundings = {
  /** What a mailbox counts of the mail, in bytes. */
  bytes: number;
  /** Whether who sends belongs to an organization, which others are outside of. */
  organized: boolean;
  now: number;
};

/** One thing to know, and about whom. What comes back or never arrives bounces. */
export type Line = { key: string; tone: "bounces" | "away" | "other"; words: string; addresses: string[] };

/** What stands before a line, and in the chip it is about. */
export const MARKS: Record<Line["tone"], IconName> = { bounces: "warning", away: "clock", other: "info" };

/** So many are named one by one. */
const NAMED_MAX = 3;

const LIST = new Intl.ListFormat(LOCALES, { type: "conjunction" });

type Told = Addressee & { tips: MailTipsView };

/** Everything to know about these recipients, what matters most first. */
export function lines(addressees: readonly Addressee[], known: Known, { bytes, organized, now }: Surroundings): Line[] {
  // Whoever stands in two lines of the mail gets it once.
  const once = new Map(addressees.toReversed().map((addressee) => [addressee.address.toLowerCase(), addressee]));
  const all = [...once].toReversed().flatMap(([address, addressee]): Told[] => {
    const tips = known.get(address);
    return tips ? [{ ...addressee, who: named(addressee, tips), tips }] : [];
  });
  return [
    ...together(all, "bounces", "restricted", ({ tips }) => tips.restricted, (who) => text("tips-restricted", { who })),
    ...together(all, "bounces", "full", ({ tips }) => tips.mailbox_full, (who, count) => text("tips-full", { who, count })),
    ...tooLarge(all, bytes),
    ...all.flatMap((told) => away(told, now)),
    ...together(all, "other", "moderated", ({ tips }) => tips.moderated, (who) => text("tips-moderated", { who })),
    ...all.flatMap(group),
    ...(organized ? together(all, "other", "outside", isOutside, (who, count) => text("tips-outside", { who, count })) : []),
    ...all.flatMap(note),
  ];
}

/** An address alone is called as Outlook knows it. */
function named({ address, who }: Addressee, tips: MailTipsView): string {
  return who === address ? (tips.name ?? who) : who;
}

/** One line for all recipients that the same is true of. */
function together(
  all: readonly Told[],
  tone: Line["tone"],
  key: string,
  isTrue: (told: Told) => boolean,
  words: (who: string, count: number) => string,
): Line[] {
  const some = all.filter(isTrue);
  return some.length === 0 ? [] : [{ key, tone, words: words(list(some), some.length), addresses: some.map(({ address }) => address) }];
}

/** A line for each limit that the mail is larger than. */
function tooLarge(all: readonly Told[], bytes: number): Line[] {
  const limits = new Set(all.flatMap(({ tips: { bytes_max } }) => (bytes_max !== null && bytes > bytes_max ? [bytes_max] : [])));
  return [...limits].flatMap((most) =>
    together(all, "bounces", `too-large ${most}`, ({ tips }) => tips.bytes_max === most, (who, count) =>
      text("tips-too-large", { who, count, most: size(most), size: size(bytes) }),
    ),
  );
}

function away({ address, who, tips }: Told, now: number): Line[] {
  if (!tips.away) return [];
  const { text: reply, until_ms: until } = tips.away;
  const ends = until !== null && until > now;
  const words = ends ? text("tips-away-until", { who, reply, until: new Date(until) }) : text("tips-away", { who, reply });
  return [{ key: `away ${address}`, tone: "away", words, addresses: [address] }];
}

function group({ address, who, tips: { members, members_outside: outside } }: Told): Line[] {
  if (members === null || members === 0) return [];
  const words = outside ? text("tips-group-outside", { who, members, outside }) : text("tips-group", { who, members });
  return [{ key: `group ${address}`, tone: "other", words, addresses: [address] }];
}

function note({ address, who, tips }: Told): Line[] {
  if (tips.note === null) return [];
  return [{ key: `note ${address}`, tone: "other", words: text("tips-note", { who, note: tips.note }), addresses: [address] }];
}

/** A group says for itself how many of its members are. */
function isOutside({ tips }: Told): boolean {
  return tips.outside && tips.members === null;
}

/** The first few by name, each with a direction of its own, and how many more there are. */
function list(some: readonly Told[]): string {
  const names = some.slice(0, NAMED_MAX).map(({ who }) => `\u2068${who}\u2069`);
  const others = some.length - names.length;
  return LIST.format(others === 0 ? names : [...names, text("tips-others", { count: others })]);
}
