/** Ways out of the window: with the draft kept, with it given up, or not at all while it could not be saved. */
import { answer } from "../app.svelte";
import { commands } from "../bindings";
import type { Draft } from "./draft.svelte";
import type { Sending } from "./sending.svelte";
import { type Complaint, UNSAVED } from "./trouble.svelte";

export class Leaving {
  /** The person is asked whether what was written may go. */
  asksToDiscard = $state(false);
  #draft: Draft;
  #sending: Sending;
  #complaint: Complaint;
  #closing = false;

  constructor(draft: Draft, sending: Sending, complaint: Complaint) {
    this.#draft = draft;
    this.#sending = sending;
    this.#complaint = complaint;
  }

  /** Closing never asks: the draft is kept. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const left = await this.#tryToLeave();
    this.#closing = false;
    // Rust does not wait for a page that was asked and says nothing, so it is told that this one stays open.
    if (!left) await answer(commands.declineClose());
  }

  /** Closes with the draft as it was last saved. */
  async leave(): Promise<boolean> {
    const left = await answer(commands.keepDraft());
    if (left.status === "error") this.#complaint.say(left.error);
    return left.status === "ok";
  }

  /** Asks first, where somebody would miss something. */
  giveUp(): void {
    if (this.#draft.isEmpty()) void this.discard();
    else this.asksToDiscard = true;
  }

  async discard(): Promise<boolean> {
    this.asksToDiscard = false;
    const { autosave, id } = this.#draft;
    await autosave.stop();
    const discarded = await answer(commands.discardDraft(id));
    if (discarded.status === "ok") return this.leave();
    this.#complaint.say(discarded.error);
    autosave.resume();
    return false;
  }

  async #tryToLeave(): Promise<boolean> {
    const draft = this.#draft;
    // What is held leaves by itself.
    if (this.#sending.held) return this.leave();
    if (this.#sending.underWay) return false;
    await draft.commitRecipients();
    if (draft.autosave.state !== "untouched" && draft.isEmpty()) return this.discard();
    if (await draft.autosave.flush()) return this.leave();
    // What could not be saved holds the window open, so that the words can be rescued by hand.
    this.#complaint.say(UNSAVED);
    return false;
  }
}
