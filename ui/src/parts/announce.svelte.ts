/** What a screen reader is told without the focus moving. Each window has one place for it. */
class Announcement {
  words = $state("");
}

export const announcement = new Announcement();

/** Not state: who announces something must not thereby start to watch what is announced. */
let last = "";

/** Says it, also when it was the last thing said. */
export function announce(words: string): void {
  last = last === words ? `${words}\u00a0` : words;
  announcement.words = last;
}
