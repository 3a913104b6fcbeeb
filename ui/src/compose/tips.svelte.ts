/** Asks what Outlook says of the recipients, while the mail is being written. */
import { answer, app } from "../app.svelte";
import { commands } from "../bindings";
import type { Draft } from "./draft.svelte";
import { type Addressee, type Known, type Line, lines } from "./tips";

/** How long the recipients must rest before they are asked about. Whoever pastes ten does not ask ten times. */
export const REST_MS = 400;

export class Tips {
  #draft: Draft;
  #known = $state.raw<Known>(new Map());
  /** Only the answer to the last question counts. */
  #questions = 0;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  /** Asks in a moment, unless it is called off. */
  ask(account: string | null, addresses: string[]): () => void {
    const question = (this.#questions += 1);
    if (addresses.length === 0) return () => undefined;
    const timer = setTimeout(() => {
      void answer(commands.mailTips(account, addresses)).then((asked) => {
        // What was known stays where nothing new comes.
        if (asked.status === "error" || question !== this.#questions) return;
        this.#known = new Map(asked.data.map((tips) => [tips.address.toLowerCase(), tips]));
      });
    }, REST_MS);
    return () => clearTimeout(timer);
  }

  /** Everything to know. */
  get lines(): Line[] {
    return this.of(this.#draft.addressees());
  }

  /** What is to know about some of the recipients. */
  of(addressees: readonly Addressee[]): Line[] {
    const sender = app.sender(this.#draft.account);
    return lines(addressees, this.#known, {
      bytes: this.#draft.sentBytes(),
      organized: sender?.tenant.kind !== "personal",
      now: Date.now(),
    });
  }
}
