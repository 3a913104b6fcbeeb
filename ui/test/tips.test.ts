import { expect, test } from "vitest";
import type { MailTipsView } from "../src/bindings";
import { type Addressee, type Surroundings, lines } from "../src/compose/tips";

const NOW = Date.UTC(2026, 10, 30, 12);

function known(...tips: (Partial<MailTipsView> & { address: string })[]): Map<string, MailTipsView> {
  const nothing = { name: null, away: null, mailbox_full: false, restricted: false, moderated: false, outside: false };
  const rest = { note: null, members: null, members_outside: null, bytes_max: null };
  return new Map(tips.map((tip) => [tip.address.toLowerCase(), { ...nothing, ...rest, ...tip }]));
}

const to = (...people: string[]): Addressee[] => people.map((who) => ({ who, address: `${who.toLowerCase()}@a.example` }));

/** The lines as they read, without the marks that keep names apart. */
function read(addressees: Addressee[], tips: Map<string, MailTipsView>, more: Partial<Surroundings> = {}): string[] {
  const all = lines(addressees, tips, { bytes: 12_000_000, organized: true, now: NOW, ...more });
  expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
  return all.map(({ tone, words }) => `${tone}: ${words.replaceAll(/[\u2066-\u2069]/g, "")}`);
}

test.for([
  [{}, []],
  [{ mailbox_full: true }, ["bounces: The mailbox of Ana is full."]],
  [{ restricted: true }, ["bounces: You may not send to Ana."]],
  [{ bytes_max: 10_000_000 }, ["bounces: Ana takes at most 10 MB; this mail has 12 MB."]],
  [{ bytes_max: 12_000_000 }, []],
  [{ moderated: true }, ["other: A moderator decides on mail to Ana."]],
  [{ outside: true }, ["other: Outside your organization: Ana"]],
  [{ note: "Closed on Fridays." }, ["other: Ana: Closed on Fridays."]],
  [{ members: 1240, members_outside: 3 }, ["other: Ana is a group of 1,240 people, 3 of them outside your organization."]],
  [{ members: 5, members_outside: 1 }, ["other: Ana is a group of 5 people, one of them outside your organization."]],
  [{ members: 5, members_outside: 0, outside: false }, ["other: Ana is a group of 5 people."]],
  [{ members: 1, members_outside: 1, outside: true }, ["other: Ana is a group of one person, who is outside your organization."]],
  [{ members: 0 }, []],
  [{ away: { text: "On the train.", until_ms: null } }, ["away: Ana is away: On the train."]],
  [{ away: { text: "On the train.", until_ms: NOW - 1 } }, ["away: Ana is away: On the train."]],
  [{ away: { text: "On the train.", until_ms: NOW + 432_000_000 } }, ["away: Ana is away until December 5, 2026: On the train."]],
] as const)("of one recipient: %j", ([tip, expected]) => {
  expect(read(to("Ana"), known({ address: "ana@a.example", ...tip }))).toEqual(expected);
});

test("what is true of several is said once, of the first by name", () => {
  const people = ["Ana", "Bo", "Cy", "Di", "Ed"];
  const all = (count: number, tip: Partial<MailTipsView>) =>
    read(to(...people.slice(0, count)), known(...people.map((who) => ({ address: `${who}@a.example`, ...tip }))));
  expect(all(2, { mailbox_full: true })).toEqual(["bounces: The mailboxes of Ana and Bo are full."]);
  expect(all(4, { restricted: true })).toEqual(["bounces: You may not send to Ana, Bo, Cy, and one other."]);
  expect(all(5, { bytes_max: 9_000_000 })).toEqual(["bounces: Ana, Bo, Cy, and 2 others take at most 9 MB; this mail has 12 MB."]);
  expect(all(2, { outside: true })).toEqual(["other: Outside your organization: 2 recipients"]);
});

test("each limit has a line, and what bounces comes first", () => {
  const tips = known(
    { address: "ana@a.example", outside: true, bytes_max: 5_000_000 },
    { address: "bo@a.example", away: { text: "Away.", until_ms: null }, bytes_max: 9_000_000 },
    { address: "cy@a.example", moderated: true, restricted: true, members: 4, members_outside: 0 },
  );
  expect(read(to("Ana", "Bo", "Cy", "Unknown"), tips)).toEqual([
    "bounces: You may not send to Cy.",
    "bounces: Ana takes at most 5 MB; this mail has 12 MB.",
    "bounces: Bo takes at most 9 MB; this mail has 12 MB.",
    "away: Bo is away: Away.",
    "other: A moderator decides on mail to Cy.",
    "other: Cy is a group of 4 people.",
    "other: Outside your organization: Ana",
  ]);
});

test("whoever stands there twice is told of once, by the first name", () => {
  const twice = [...to("Ana"), { who: "Ana again", address: "ANA@a.example" }];
  const tips = known({ address: "Ana@A.example", mailbox_full: true, away: { text: "Away.", until_ms: null } });
  expect(read(twice, tips)).toEqual(["bounces: The mailbox of Ana is full.", "away: Ana is away: Away."]);
});

test("an address alone is called as Outlook knows it; a name that was written stays", () => {
  const tips = known({ address: "all@a.example", name: "Everybody", moderated: true });
  expect(read([{ who: "all@a.example", address: "all@a.example" }], tips)).toEqual(["other: A moderator decides on mail to Everybody."]);
  expect(read([{ who: "Us", address: "all@a.example" }], tips)).toEqual(["other: A moderator decides on mail to Us."]);
});

test("who belongs to no organization hears of none", () => {
  expect(read(to("Ana"), known({ address: "ana@a.example", outside: true }), { organized: false })).toEqual([]);
});

test("names keep their direction to themselves", () => {
  const tips = known({ address: "ana@a.example", mailbox_full: true }, { address: "bo@a.example", mailbox_full: true });
  const people = [
    { who: "שלום", address: "ana@a.example" },
    { who: "Bo", address: "bo@a.example" },
  ];
  const [line] = lines(people, tips, { bytes: 0, organized: true, now: NOW });
  expect(line?.words).toContain("\u2068שלום\u2069 and \u2068Bo\u2069");
});
