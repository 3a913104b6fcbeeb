/** From "Send" to a message in the outbox. */
import { answer } from "../app.svelte";
import { commands } from "../bindings";
import { announce } from "../parts/announce.svelte";
import { text } from "../text";
import type { Attaching } from "./attaching.svelte";
import type { Draft, Field } from "./draft.svelte";
import { ATTACHING, type Complaint } from "./trouble.svelte";

/** From top to bottom, as they stand in the window. */
const FIELDS: readonly Field[] = ["to", "cc", "bcc", "subject", "body", "attachments"];

export class Sending {
  underWay = $state(false);
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
    // On success Rust closes this window; until then nothing more can be done here.
    if (queued.status === "ok") return null;
    this.underWay = false;
    draft.autosave.resume();
    draft.autosave.touch();
    draft.faults = queued.error.faults;
    this.#complaint.say(queued.error);
    return FIELDS.find((field) => queued.error.faults.some((fault) => fault.field === field)) ?? null;
  }
}
