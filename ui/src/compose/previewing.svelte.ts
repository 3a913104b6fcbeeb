/** What exactly will be sent, looked at before it is. Rust makes the message, as it would to send it. */
import { answer } from "../app.svelte";
import { type PreviewView, commands } from "../bindings";
import type { Attaching } from "./attaching.svelte";
import type { Draft, Field } from "./draft.svelte";
import { ATTACHING, type Complaint } from "./trouble.svelte";

/** The message, and its HTML as it can be shown; `null` where it has none. */
export type Shown = PreviewView & { page: DocumentFragment | null };

export class Previewing {
  shown = $state.raw<Shown | null>(null);
  #draft: Draft;
  #attaching: Attaching;
  #complaint: Complaint;
  #asking = false;

  constructor(draft: Draft, attaching: Attaching, complaint: Complaint) {
    this.#draft = draft;
    this.#attaching = attaching;
    this.#complaint = complaint;
  }

  /** Shows the message. Answers the first field that stands in its way, where it is a field. */
  async ask(): Promise<Field | null> {
    if (this.#asking || this.shown) return null;
    if (this.#attaching.picking) {
      this.#complaint.say(ATTACHING);
      return null;
    }
    this.#asking = true;
    this.#complaint.clear();
    try {
      return await this.#show();
    } finally {
      this.#asking = false;
    }
  }

  close(): void {
    this.shown = null;
  }

  async #show(): Promise<Field | null> {
    const draft = this.#draft;
    await draft.commitRecipients();
    const asked = await answer(commands.previewMessage(draft.form()));
    if (asked.status === "error") {
      this.#complaint.say(asked.error);
      return draft.refuse(asked.error);
    }
    const { html } = asked.data;
    this.shown = { ...asked.data, page: html === null ? null : await pageOf(html, draft) };
    return null;
  }
}

/** Rust has cleaned it. It comes into the window by the one way that all HTML comes, which knows the pictures too. */
async function pageOf(html: string, { pictures }: Draft): Promise<DocumentFragment> {
  const { clean } = await import("./clean");
  return clean(html, pictures).fragment;
}
