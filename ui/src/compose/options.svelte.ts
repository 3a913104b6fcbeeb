/** What a mail is sent with, beside what it says: how much it matters, the receipts that are asked for, where answers go. */
import type { DraftForm, OptionsForm } from "../bindings";
import { announce } from "../parts/announce.svelte";
import { text } from "../text";

export type Importance = OptionsForm["importance"];
export type Receipt = "read" | "delivery";

export const IMPORTANCES: readonly Importance[] = ["high", "normal", "low"];
export const RECEIPTS: readonly Receipt[] = ["read", "delivery"];

/** What is chosen, and stands below the head until it is taken back. */
export type Mark = "importance" | Receipt | "reply-to";

const NOTHING: OptionsForm = { importance: "normal", read_receipt: false, delivery_receipt: false };

export class Options {
  #chosen = $state.raw<OptionsForm>(NOTHING);
  /** Where answers go, as typed. */
  replyTo = $state.raw<readonly string[]>([]);
  #changed: (field: "reply_to" | null) => void;

  constructor(changed: (field: "reply_to" | null) => void) {
    this.#changed = changed;
  }

  load({ options, reply_to }: Pick<DraftForm, "options" | "reply_to">): void {
    this.#chosen = options;
    this.replyTo = reply_to;
  }

  form(): Pick<DraftForm, "options" | "reply_to"> {
    return { options: this.#chosen, reply_to: [...this.replyTo] };
  }

  get importance(): Importance {
    return this.#chosen.importance;
  }

  asksFor(receipt: Receipt): boolean {
    return this.#chosen[`${receipt}_receipt`];
  }

  /** What is chosen, in the order of the menu. */
  get marks(): Mark[] {
    const receipts = RECEIPTS.filter((receipt) => this.asksFor(receipt));
    return [...(this.importance === "normal" ? [] : ["importance" as const]), ...receipts, ...(this.replyTo.length > 0 ? ["reply-to" as const] : [])];
  }

  /** What a mark says. */
  words(mark: Mark): string {
    if (mark === "importance") return text(`importance-${this.importance}`);
    return mark === "reply-to" ? text("reply-to-mark", { who: this.replyTo.join(", ") }) : text(`receipt-${mark}`);
  }

  matter(importance: Importance): void {
    this.#choose({ importance });
    announce(text(`importance-${importance}`));
  }

  ask(receipt: Receipt, asked: boolean): void {
    this.#choose({ [`${receipt}_receipt`]: asked });
    const words = text(`receipt-${receipt}`);
    announce(asked ? words : text("option-removed", { what: words }));
  }

  /** Answers go there; to whoever sends, where it is nobody. */
  answerTo(whom: readonly string[]): void {
    const before = this.words("reply-to");
    this.replyTo = whom;
    this.#changed("reply_to");
    announce(whom.length > 0 ? this.words("reply-to") : text("option-removed", { what: before }));
  }

  remove(mark: Mark): void {
    if (mark === "reply-to") {
      this.answerTo([]);
      return;
    }
    const words = this.words(mark);
    this.#choose(mark === "importance" ? { importance: "normal" } : { [`${mark}_receipt`]: false });
    announce(text("option-removed", { what: words }));
  }

  #choose(chosen: Partial<OptionsForm>): void {
    this.#chosen = { ...this.#chosen, ...chosen };
    this.#changed(null);
  }
}
