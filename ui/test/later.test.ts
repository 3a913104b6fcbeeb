import { expect, test } from "vitest";
import { at, morning, times } from "../src/compose/later";

const local = (text: string) => new Date(text);

test.each([
  ["2026-03-02T07:59:00", { day: 0, minutes: 480 }],
  ["2026-03-02T08:00:00", { day: 1, minutes: 480 }],
  ["2026-12-31T23:59:59", { day: 1, minutes: 480 }],
])("at %s the next morning is meant", (now, expected) => {
  expect(morning(local(now))).toEqual(expected);
});

test.each([
  ["2026-03-02T00:00:00", 0, 47, 30],
  ["2026-03-02T12:00:00", 0, 23, 750],
  ["2026-03-02T12:29:59", 0, 23, 750],
  ["2026-03-02T23:30:00", 0, 0, undefined],
  ["2026-03-02T23:30:00", 1, 48, 0],
])("at %s, %i days on, times that have passed are not offered", (now, day, count, first) => {
  const offered = times(day, local(now));
  expect([offered.length, offered[0]]).toEqual([count, first]);
});

test.each([
  ["2026-03-02T12:00:00", { day: 0, minutes: 870 }, "2026-03-02T14:30:00"],
  ["2026-02-28T12:00:00", { day: 1, minutes: 480 }, "2026-03-01T08:00:00"],
  ["2026-12-31T12:00:00", { day: 30, minutes: 0 }, "2027-01-30T00:00:00"],
])("at %s a moment is one of this computer's clock", (now, moment, expected) => {
  expect(at(moment, local(now))).toBe(local(expected).getTime());
});
