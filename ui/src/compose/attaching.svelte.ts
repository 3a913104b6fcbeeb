/** Files on their way into the mail. Rust picks, copies and refuses them; the page never sees a path. */
import { answer } from "../app.svelte";
import { type AttachmentView, type CommandError, commands } from "../bindings";
import { announce } from "../parts/announce.svelte";
import { text } from "../text";
import type { Draft } from "./draft.svelte";
import { ATTACHING, type Complaint } from "./trouble.svelte";

export class Attaching {
  /** Files that were not taken, until the person has read why. */
  refused = $state.raw<CommandError[]>([]);
  /** The picker is open. What is being picked belongs to the message. */
  picking = false;
  #draft: Draft;
  #complaint: Complaint;

  constructor(draft: Draft, complaint: Complaint) {
    this.#draft = draft;
    this.#complaint = complaint;
  }

  async pick(): Promise<void> {
    if (this.picking || !this.#draft.loaded) return;
    this.picking = true;
    const picked = await answer(commands.pickAttachments());
    this.picking = false;
    if (picked.status === "error") this.#complaint.say(picked.error);
    else this.attached(picked.data);
  }

  attached(attachments: AttachmentView[]): void {
    const here = new Set(this.#draft.attachments.map((attachment) => attachment.id));
    const added = attachments.filter((attachment) => !here.has(attachment.id)).length;
    this.#draft.attach(attachments);
    this.#complaint.takeBack(ATTACHING);
    if (added > 0) announce(text("attachment-added", { count: added }));
  }

  refuse(error: CommandError): void {
    this.refused = [...this.refused, error];
    this.#complaint.takeBack(ATTACHING);
  }

  forgive(error: CommandError): void {
    this.refused = this.refused.filter((other) => other !== error);
  }
}
