/** When a message can leave later: days and times of this computer's own clock. */

/** So many days are offered; what is meant for later is a calendar's. */
export const DAYS = 31;

/** Between two times, in minutes. */
const STEP = 30;
const DAY = 24 * 60;

/** The time that is meant when nothing else is said: the beginning of a day's work, in minutes after midnight. */
const MORNING = 8 * 60;

/** A day from today on, and minutes after its midnight. */
export type Moment = { day: number; minutes: number };

/** The times of a day that are still to come. */
export function times(day: number, now: Date): number[] {
  const all = Array.from({ length: DAY / STEP }, (_, at) => at * STEP);
  return all.filter((minutes) => at({ day, minutes }, now) > now.getTime());
}

/** The next morning. */
export function morning(now: Date): Moment {
  const day = at({ day: 0, minutes: MORNING }, now) > now.getTime() ? 0 : 1;
  return { day, minutes: MORNING };
}

/** The moment in milliseconds since 1970. A time that a change of the clocks leaves out is the hour after it. */
export function at({ day, minutes }: Moment, now: Date): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, 0, minutes).getTime();
}
