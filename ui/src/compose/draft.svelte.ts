/** The mail being written, as it stands in the window. */
import { answer } from "../app.svelte";
import { type AttachmentView, type CommandError, type DraftFault, type DraftForm, commands } from "../bindings";
import { Autosave } from "./autosave.svelte";
import { Options } from "./options.svelte";
import { Pictures } from "./pictures.svelte";
import { RecipientList, addressee } from "./recipients.svelte";
import { oneLine } from "./subject";
import type { Addressee } from "./tips";

export type Field = DraftFault["field"];
type Kind = DraftForm["body"]["kind"];

/** From top to bottom, as they stand in the window. */
const FIELDS: readonly Field[] = ["to", "cc", "bcc", "subject", "reply_to", "body", "attachments"];

export class Draft {
  id = "";
  /** The account it is sent from, as the shell names it. */
  account = $state<string | null>(null);
  /** What the body may end with without anybody having written it. */
  signature = "";
  loaded = $state(false);
  /** Counts what was loaded over it: the editor begins anew each time. */
  loads = $state(0);
  subject = $state("");
  kind = $state<Kind>("html");
  /** The body as it was loaded, or plain text as it is typed. Formatted text lives in the editor: see `read`. */
  content = $state("");
  attachments = $state.raw<AttachmentView[]>([]);
  faults = $state.raw<DraftFault[]>([]);
  /** Reads the body from where it lives. The editor puts itself here while it is open. */
  read: () => string = () => this.content;

  readonly pictures = new Pictures();
  readonly autosave = new Autosave(() => this.#save());
  readonly options = new Options((field) => this.touch(field));
  readonly recipients = {
    to: new RecipientList(() => this.touch("to")),
    cc: new RecipientList(() => this.touch("cc")),
    bcc: new RecipientList(() => this.touch("bcc")),
  };

  load(form: DraftForm): void {
    this.id = form.id;
    this.account = form.account;
    this.signature = form.signature;
    this.subject = oneLine(form.subject);
    this.kind = form.body.kind;
    this.content = form.body.content;
    this.read = () => this.content;
    this.attachments = form.attachments;
    this.options.load(form);
    for (const field of ["to", "cc", "bcc"] as const) void this.recipients[field].load(form[field]);
    this.loaded = true;
    this.loads += 1;
  }

  /** Something has changed: what was wrong with the field may not be any more, and the draft is to be saved. */
  touch(field: Field | null): void {
    this.faults = this.faults.filter((fault) => fault.field !== field);
    this.autosave.touch();
  }

  faultsOf(field: Field): DraftFault[] {
    return this.faults.filter((fault) => fault.field === field);
  }

  /** It is no message as it stands. Answers the first field that is at fault, where it is a field. */
  refuse({ faults }: CommandError): Field | null {
    this.faults = faults;
    return FIELDS.find((field) => this.faultsOf(field).length > 0) ?? null;
  }

  /** The attachments as Rust now has them. */
  attach(attachments: AttachmentView[]): void {
    this.attachments = attachments;
    this.touch("attachments");
  }

  form(): DraftForm {
    return {
      id: this.id,
      account: this.account,
      signature: this.signature,
      to: this.recipients.to.texts(),
      cc: this.recipients.cc.texts(),
      bcc: this.recipients.bcc.texts(),
      subject: this.subject,
      body: { kind: this.kind, content: this.read() },
      attachments: this.attachments,
      ...this.options.form(),
    };
  }

  /** Turns what still stands in the lines of recipients into chips, and waits until all are judged. */
  async commitRecipients(): Promise<void> {
    const lists = Object.values(this.recipients);
    await Promise.all(lists.map((list) => list.commit()));
    await Promise.all(lists.map((list) => list.settled()));
  }

  /** Whether it is for somebody, and for nobody whose address is faulty. */
  isAddressed(): boolean {
    const chips = Object.values(this.recipients).flatMap((list) => list.chips);
    return chips.length > 0 && chips.every((chip) => chip.fault === null);
  }

  /** Everybody it goes to, by address where it is known. */
  recipientWords(): string {
    const chips = Object.values(this.recipients).flatMap((list) => list.chips);
    return chips.map((chip) => chip.address ?? chip.text).join(", ");
  }

  /** Everybody it goes to whose address is sound. */
  addressees(): Addressee[] {
    return Object.values(this.recipients).flatMap((list) => list.chips.flatMap(addressee));
  }

  /** The first line that one of these stands in. */
  lineOf(addresses: readonly string[]): "to" | "cc" | "bcc" {
    const lines = ["to", "cc", "bcc"] as const;
    return lines.find((line) => this.recipients[line].chips.some(({ address }) => address !== null && addresses.includes(address))) ?? "to";
  }

  /** What a mailbox counts of its files: in base64, four bytes for three. What is written beside them hardly counts. */
  sentBytes(): number {
    return this.attachments.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 3) * 4, 0);
  }

  /** Whether there is nothing in it that anybody would miss. */
  isEmpty(): boolean {
    const { to, cc, bcc, reply_to, subject, body, attachments } = this.form();
    const written = unspaced(body.kind === "text" ? body.content : wordsOf(body.content));
    const unwritten = written === "" || written === unspaced(this.signature);
    return [...to, ...cc, ...bcc, ...reply_to, ...attachments].length === 0 && subject.trim() === "" && unwritten;
  }

  async #save(): Promise<boolean> {
    const saved = await answer(commands.saveDraft(this.form()));
    return saved.status === "ok";
  }
}

/** Lines and blocks are told apart differently in HTML and in plain text. */
function unspaced(words: string): string {
  return words.replaceAll(/[\s\u200b]+/g, "");
}

function wordsOf(html: string): string {
  return new DOMParser().parseFromString(html, "text/html").body.textContent;
}
