/** From "Send" to a message in the outbox. */
import { answer } from "../app.svelte";
import { type CommandError, type HeldView, commands } from "../bindings";
import { announce } from "../parts/announce.svelte";
import { text } from "../text";
import type { Attaching } from "./attaching.svelte";
import type { Draft, Field } from "./draft.svelte";
import { ATTACHING, type Complaint } from "./trouble.svelte";

/** How often the seconds that are left are counted. */
const TICK_MS = 200;

/** From top to bottom, as they stand in the window. */
const FIELDS: readonly Field[] = ["to", "cc", "bcc", "subject", "body", "attachments"];

/** A message that can still be taken back. */
export type Held = { id: string; seconds: number; fault: CommandError | null };

export class Sending {
  underWay = $state(false);
  held = $state<Held | null>(null);
  #draft: Draft;
  #attaching: Attaching;
  #complaint: Complaint;

  constructor(draft: Draft, attaching: Attaching, complaint: Complaint) {
    this.#draft = draft;
    this.#attaching = attaching;
    this.#complaint = complaint;
  }

  /** Sends. Answers the first field that stands in the way, where it is a field. */
  async send(): Promise<Field | null> {
    const draft = this.#draft;
    if (this.underWay || !draft.loaded) return null;
    // Rust says the same of files that were dropped.
    if (this.#attaching.picking) {
      this.#complaint.say(ATTACHING);
      return null;
    }
    this.underWay = true;
    this.#complaint.clear();
    announce(text("compose-sending"));
    await draft.commitRecipients();
    // The message takes the draft's place in one step, so nothing may write the draft again behind it.
    await draft.autosave.stop();
    const queued = await answer(commands.queueMessage(draft.form()));
    // A message that leaves at once takes the window with it; until then nothing more can be done here.
    if (queued.status === "ok") {
      if (queued.data) this.#hold(queued.data);
      return null;
    }
    this.underWay = false;
    draft.autosave.resume();
    draft.autosave.touch();
    draft.faults = queued.error.faults;
    this.#complaint.say(queued.error);
    return FIELDS.find((field) => queued.error.faults.some((fault) => fault.field === field)) ?? null;
  }
  /** Takes the message back into this window. */
  async undo(): Promise<boolean> {
    const held = this.held;
    if (held === null || held.fault) return false;
    const undone = await answer(commands.undoSend(held.id));
    if (undone.status === "error") {
      // It has left: nothing more can be done here but to say so.
      held.fault = undone.error;
      return false;
    }
    this.held = null;
    this.underWay = false;
    this.#draft.id = undone.data;
    this.#draft.autosave.resume();
    announce(text("compose-undone"));
    return true;
  }

  /** Does not wait any longer. */
  async sendNow(): Promise<void> {
    if (this.held === null || this.held.fault) return;
    await answer(commands.outboxRetry(this.held.id));
    await answer(commands.keepDraft());
  }

  #hold({ id, for_ms }: HeldView): void {
    const ends = performance.now() + for_ms;
    this.held = { id, seconds: Math.ceil(for_ms / 1000), fault: null };
    announce(text("compose-held", { seconds: this.held.seconds }));
    const tick = () => {
      const held = this.held;
      if (held?.id !== id || held.fault) return;
      held.seconds = Math.ceil((ends - performance.now()) / 1000);
      if (held.seconds <= 0) void answer(commands.keepDraft());
      else setTimeout(tick, TICK_MS);
    };
    setTimeout(tick, TICK_MS);
  }
}
