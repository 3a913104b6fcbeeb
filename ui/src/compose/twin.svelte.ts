/** The same draft in the mailbox, as somebody may have left it elsewhere. Both sides stay until the person has chosen. */
import { answer, app } from "../app.svelte";
import { type DraftForm, commands } from "../bindings";
import { announce } from "../parts/announce.svelte";
import { text } from "../text";
import type { Draft } from "./draft.svelte";
import type { Complaint } from "./trouble.svelte";

/** What there is to say: it was changed there, its text was taken, it is gone from there. */
export type Said = "changed" | "taken" | "gone";

export class Twin {
  #draft: Draft;
  #complaint: Complaint;
  /** What was here before the other text was taken, while it can be put back. */
  #mine = $state.raw<DraftForm | null>(null);
  #gone = $state(false);
  #deciding = false;

  constructor(draft: Draft, complaint: Complaint) {
    this.#draft = draft;
    this.#complaint = complaint;
  }

  get said(): Said | null {
    if (this.#stands === "changed") return "changed";
    if (this.#mine !== null) return "taken";
    return this.#gone ? "gone" : null;
  }

  /** That it is gone is told once: Rust forgets it, and the notice stays until it is closed. */
  hear(): void {
    if (this.#stands !== "gone" || this.#gone) return;
    this.#gone = true;
    void answer(commands.twinTold());
  }

  close(): void {
    this.#mine = null;
    this.#gone = false;
  }

  /** What is here is written over what is there. */
  async keepMine(): Promise<void> {
    await this.#decide(async () => {
      await this.#draft.autosave.flush();
      const kept = await answer(commands.keepMine());
      if (kept.status === "error") {
        this.#complaint.say(kept.error);
        return;
      }
      // What was taken before is not gone back behind any more.
      this.#mine = null;
      announce(text("twin-kept-mine"));
    });
  }

  /** What is there takes the place of what is here. */
  async takeTheirs(): Promise<void> {
    await this.#replace(async () => {
      const taken = await answer(commands.takeTheirs());
      if (taken.status === "error") {
        this.#complaint.say(taken.error);
        return false;
      }
      this.#mine = this.#draft.form();
      this.#draft.load(taken.data);
      announce(text("twin-taken"));
      return true;
    });
  }

  /** Puts back what was here. What was attached meanwhile stays. */
  async undo(): Promise<void> {
    const mine = this.#mine;
    if (mine === null) return;
    await this.#replace(async () => {
      const undone = await answer(commands.undoTheirs(mine));
      if (undone.status === "error") {
        this.#complaint.say(undone.error);
        return false;
      }
      this.#mine = null;
      this.#draft.load({ ...mine, attachments: this.#draft.attachments });
      announce(text("twin-undone"));
      return true;
    });
  }

  get #stands() {
    const { id, loaded } = this.#draft;
    return loaded ? app.drafts.find((draft) => draft.id === id)?.twin : undefined;
  }

  /** Rust saves the text that takes the other's place, so nothing may be saved over it. */
  async #replace(act: () => Promise<boolean>): Promise<void> {
    const { autosave } = this.#draft;
    await this.#decide(async () => {
      await autosave.stop();
      const replaced = await act();
      autosave.resume();
      // What was typed while nothing was saved.
      if (!replaced) autosave.touch();
    });
  }

  async #decide(act: () => Promise<void>): Promise<void> {
    if (this.#deciding) return;
    this.#deciding = true;
    await act();
    this.#deciding = false;
  }
}
