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
  #underWay = 0;
  #draft: Draft;
  #complaint: Complaint;

  constructor(draft: Draft, complaint: Complaint) {
    this.#draft = draft;
    this.#complaint = complaint;
  }

  /** A picker is open, or a picture is on its way. What is being added belongs to the message. */
  get picking(): boolean {
    return this.#underWay > 0;
  }

  /** Does `work`, which adds something to the message. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  async pick(): Promise<void> {
    if (this.picking || !this.#draft.loaded) return;
    const picked = await this.during(() => answer(commands.pickAttachments()));
    if (picked.status === "error") this.#complaint.say(picked.error);
    else this.attached(picked.data);
  }

  attached(attachments: AttachmentView[]): void {
    const here = new Set(besideText(this.#draft.attachments).map(({ id }) => id));
    const added = besideText(attachments).filter(({ id }) => !here.has(id)).length;
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

/** Those that are listed: a picture stands in the text. */
export function besideText(attachments: readonly AttachmentView[]): AttachmentView[] {
  return attachments.filter((attachment) => attachment.content_id === null);
}
