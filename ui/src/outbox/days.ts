/** Days, as this computer's clock and calendar have them. */
import { text } from "../text";

export function sameDay(a_ms: number, b_ms: number): boolean {
  return new Date(a_ms).toDateString() === new Date(b_ms).toDateString();
}

/** A day as a heading: today, yesterday, or its date. */
export function dayWords(ms: number): string {
  const yesterday = new Date();
  // By the calendar: on two days of the year, a day has no 24 hours.
  yesterday.setDate(yesterday.getDate() - 1);
  if (sameDay(ms, Date.now())) return text("day-today");
  if (sameDay(ms, yesterday.getTime())) return text("day-yesterday");
  return text("day", { when: new Date(ms) });
}
