/** Whom somebody may mean while they type: of those who were written to, as Rust finds them. */
import { answer } from "../app.svelte";
import { type SuggestionView, commands } from "../bindings";
import { announce } from "../parts/announce.svelte";
import { said, text } from "../text";

/** How long the keys must rest before it is asked: a fast hand asks once for a word. */
export const REST_MS = 60;

export class Suggestions {
  options = $state.raw<SuggestionView[]>([]);
  /** Which one the arrows have reached. None is chosen for anybody. */
  at = $state<number | null>(null);
  /** Counts the questions: the answer to an earlier one comes too late. */
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get open(): boolean {
    return this.options.length > 0;
  }

  get active(): SuggestionView | null {
    return this.at === null ? null : (this.options[this.at] ?? null);
  }

  /** Asks about what is typed. Who is there already is not suggested. */
  ask(typed: string, isThere: (address: string) => boolean): void {
    this.at = null;
    this.#stop();
    if (typed.trim() === "") {
      this.options = [];
      return;
    }
    this.#timer = setTimeout(() => void this.#find(typed, isThere, this.#asked), REST_MS);
  }

  close(): void {
    this.#stop();
    this.at = null;
    this.options = [];
  }

  /** Goes on to the next or the one before, and around at the ends. */
  move(step: 1 | -1): void {
    const { length } = this.options;
    const from = this.at ?? (step === 1 ? -1 : length);
    this.at = length === 0 ? null : (from + step + length) % length;
  }

  /** Suggests somebody no more. */
  async forget(option: SuggestionView): Promise<void> {
    const forgotten = await answer(commands.forgetRecipient(option.address));
    if (forgotten.status === "error") {
      announce(said(forgotten.error));
      return;
    }
    this.options = this.options.filter((other) => other.address !== option.address);
    if (this.at !== null && this.at >= this.options.length) this.at = this.open ? this.options.length - 1 : null;
    announce(text("suggestion-forgotten", { who: option.name ?? option.address }));
  }

  #stop(): void {
    this.#asked += 1;
    clearTimeout(this.#timer);
  }

  async #find(typed: string, isThere: (address: string) => boolean, number: number): Promise<void> {
    const found = await answer(commands.suggestRecipients(typed));
    if (number !== this.#asked) return;
    // Nobody waits for a suggestion: where none can be had, one types on.
    this.options = found.status === "ok" ? found.data.filter(({ address }) => !isThere(address)) : [];
    this.at = null;
    if (this.open) announce(text("suggestions-count", { count: this.options.length }));
  }
}
