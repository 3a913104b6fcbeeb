/** What the window complains of, one thing at a time. */
import type { CommandError } from "../bindings";

const plain = (message: string): CommandError => ({ message, args: {}, faults: [] });

export const ATTACHING = plain("command-attaching");
export const UNSAVED = plain("compose-unsaved");

export class Complaint {
  now = $state.raw<CommandError | null>(null);

  say(error: CommandError): void {
    this.now = error;
  }

  clear(): void {
    this.now = null;
  }

  /** Takes this one back, and leaves any other. */
  takeBack(error: CommandError): void {
    if (this.now?.message === error.message) this.now = null;
  }
}
