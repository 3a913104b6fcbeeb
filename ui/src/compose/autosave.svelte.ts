/**
 * Saves a draft soon after it changes, one save at a time, the latest state last.
 */

/** How long the keys must rest before the draft is written. */
export const REST_MS = 500;
/** Someone who types without a pause is still saved this often. */
export const LONGEST_UNSAVED_MS = 3000;
/** After a save that failed the next one waits this long, so that a full disk is not hammered. */
export const RETRY_MS = 5000;

export type SaveState = "untouched" | "changed" | "saving" | "saved" | "failed";

export class Autosave {
  state = $state<SaveState>("untouched");
  #save: () => Promise<boolean>;
  #changes = 0;
  #savedChanges = 0;
  #unsavedSince: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<boolean> | null = null;
  #stopped = false;

  constructor(save: () => Promise<boolean>) {
    this.#save = save;
  }

  /** The draft has changed. */
  touch(): void {
    if (this.#stopped) return;
    this.#changes += 1;
    this.#unsavedSince ??= Date.now();
    if (this.state !== "saving") this.state = "changed";
    this.#later(Math.max(0, Math.min(REST_MS, this.#unsavedSince + LONGEST_UNSAVED_MS - Date.now())));
  }

  /** Writes now what is not written yet. Answers whether everything is. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    while (!this.#stopped && this.#changes !== this.#savedChanges) {
      if (!(await this.#run())) return false;
    }
    return true;
  }

  /** Saves nothing more: the draft has become a message, or is gone. Waits for a save under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Goes on saving, as when the message was not taken after all. */
  resume(): void {
    this.#stopped = false;
    if (this.#changes !== this.#savedChanges) this.#later(REST_MS);
  }

  #later(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), delay);
  }

  #run(): Promise<boolean> {
    this.#running ??= this.#write().finally(() => (this.#running = null));
    return this.#running;
  }

  async #write(): Promise<boolean> {
    const changes = this.#changes;
    this.#unsavedSince = null;
    this.state = "saving";
    const saved = await this.#save();
    if (saved) this.#savedChanges = changes;
    const more = this.#changes !== changes;
    this.state = saved ? (more ? "changed" : "saved") : "failed";
    if (!this.#stopped && (!saved || more)) this.#later(saved ? REST_MS : RETRY_MS);
    return saved;
  }
}
