/** What a screen reader is told without the focus moving. Each window has one place for it. */
class Announcement {
  words = $state("");
}

export const announcement = new Announcement();

/** Says it, also when it was the last thing said. */
export function announce(words: string): void {
  announcement.words = announcement.words === words ? `${words}\u00a0` : words;
}
