/** From "Send" to a message in the outbox. */
import { type Answer, answer, app } from "../app.svelte";
import { type CommandError, type HeldView, type Later, commands } from "../bindings";
import { announce } from "../parts/announce.svelte";
import { text } from "../text";
import type { Attaching } from "./attaching.svelte";
import { type Question, doubts, questions } from "./checks";
import type { Draft, Field } from "./draft.svelte";
import type { Tips } from "./tips.svelte";
import { ATTACHING, type Complaint } from "./trouble.svelte";

/** How often the seconds that are left are counted. */
const TICK_MS = 200;

/** A message that can still be taken back; `fault` where it cannot any more, `hitch` where it could not just now. */
export type Held = { seconds: number; firstTime: string[]; fault: CommandError | null; hitch: boolean };

/** What a person says to a question: send it all the same, mend it first, or go on writing. */
export type Reply = "anyway" | "mend" | "back";

/** A question that stands in the window. Only the first reply counts. */
export type Asked = { question: Question; reply: (reply: Reply) => void };

/** What says that the message is out of this window's hands. */
const OVER = new Set(["command-too-late", "command-may-have-been-sent", "command-gone"]);

export class Sending {
  underWay = $state(false);
  held = $state<Held | null>(null);
  asked = $state.raw<Asked | null>(null);
  #draft: Draft;
  #attaching: Attaching;
  #tips: Tips;
  #complaint: Complaint;
  /** The person has decided, and Rust has not answered: time stands still, and no second decision counts. */
  #deciding = false;

  constructor(draft: Draft, attaching: Attaching, tips: Tips, complaint: Complaint) {
    this.#draft = draft;
    this.#attaching = attaching;
    this.#tips = tips;
    this.#complaint = complaint;
  }

  /** Sends, at a time where one was chosen. Answers the first field that stands in the way, where it is a field. */
  async send(later: Later | null): Promise<Field | null> {
    const draft = this.#draft;
    if (this.underWay || this.asked || !draft.loaded) return null;
    // Rust says the same of files that were dropped.
    if (this.#attaching.picking) {
      this.#complaint.say(ATTACHING);
      return null;
    }
    this.underWay = true;
    this.#complaint.clear();
    await draft.commitRecipients();
    for (const question of this.#questions()) {
      const reply = await this.#ask(question);
      if (reply === "back") return null;
      if (reply === "anyway") continue;
      if (question.about === "recipient") {
        await draft.recipients[question.field].replace(question.key, question.other.text);
        continue;
      }
      if (question.about === "attachments") void this.#attaching.pick();
      return question.about === "tips" ? this.#draft.lineOf(question.lines.flatMap(({ addresses }) => addresses)) : question.about;
    }
    announce(text("compose-sending"));
    // The message takes the draft's place in one step, so nothing may write the draft again behind it.
    await draft.autosave.stop();
    const queued = await answer(commands.queueMessage(draft.form(), later));
    // A message that leaves at once takes the window with it; until then nothing more can be done here.
    if (queued.status === "ok") {
      if (queued.data) this.#hold(queued.data);
      return null;
    }
    this.underWay = false;
    draft.autosave.resume();
    draft.autosave.touch();
    this.#complaint.say(queued.error);
    return draft.refuse(queued.error);
  }

  /** Takes the message back into this window. */
  async undo(): Promise<boolean> {
    const undone = await this.#decide(commands.undoSend);
    if (undone?.status !== "ok") return false;
    this.held = null;
    this.underWay = false;
    this.#draft.id = undone.data;
    this.#draft.autosave.resume();
    // What was typed while the message was being queued is saved by now.
    this.#draft.autosave.touch();
    announce(text("compose-undone"));
    return true;
  }

  /** Does not wait any longer. What has left by itself meanwhile has left. */
  async sendNow(): Promise<void> {
    const sent = await this.#decide(commands.sendNow);
    if (sent && (sent.status === "ok" || sent.error.message === "command-failed")) await answer(commands.keepDraft());
  }

  /** What is refused in any case is not asked about first. */
  #questions(): Question[] {
    const draft = this.#draft;
    if (app.session.kind === "signed_out" || !draft.isAddressed()) return [];
    return [...doubts(draft.recipients), ...questions(draft.form(), text("check-attachments-words"), this.#tips.lines)];
  }

  /** Waits for a reply. Meanwhile nothing is under way, so the window may be closed over the question. */
  async #ask(question: Question): Promise<Reply> {
    this.underWay = false;
    const replied = await new Promise<Reply>((reply) => (this.asked = { question, reply }));
    this.asked = null;
    // With the address that was meant, it goes on as it is.
    this.underWay = replied === "anyway" || (replied === "mend" && question.about === "recipient");
    return replied;
  }

  async #decide<T>(command: () => Promise<Answer<T>>): Promise<Answer<T> | null> {
    const held = this.held;
    if (held === null || held.fault || this.#deciding) return null;
    this.#deciding = true;
    const decided = await answer(command());
    this.#deciding = false;
    if (decided.status === "error") {
      if (OVER.has(decided.error.message)) held.fault = decided.error;
      else held.hitch = true;
    }
    return decided;
  }

  #hold({ for_ms, first_time: firstTime }: HeldView): void {
    const ends = performance.now() + for_ms;
    const held: Held = $state({ seconds: Math.ceil(for_ms / 1000), firstTime, fault: null, hitch: false });
    this.held = held;
    const first = firstTime.length === 0 ? "" : `${text("compose-first-time", { count: firstTime.length })} ${firstTime.join(", ")}`;
    announce(`${text("compose-held", { seconds: held.seconds })} ${first}`.trim());
    const tick = () => {
      if (this.held !== held || held.fault) return;
      const left = ends - performance.now();
      if (left <= 0 && !this.#deciding) {
        void answer(commands.keepDraft());
        return;
      }
      held.seconds = Math.max(1, Math.ceil(left / 1000));
      setTimeout(tick, TICK_MS);
    };
    setTimeout(tick, TICK_MS);
  }
}
