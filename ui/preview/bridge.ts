/** A bridge that answers from samples, for the preview and the tests. */
import { mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import type { AddressView, AppState, AttachmentView, CommandError, DraftForm, HeldView, InspectionView, LikenessView, MailProgram, MailTipsView, OutboxItemView, PreviewView, SuggestionView } from "../src/bindings";
import { code } from "./code";
import { page } from "./history";

export type Pretence = {
  state: AppState;
  draft?: DraftForm;
  /** What `take_theirs` answers; without it, nothing is there any more. */
  theirs?: DraftForm;
  /** What `inspect` answers; without it, nothing is known. */
  inspection?: InspectionView;
  /** What `queue_message` answers; without it, it works. */
  refusal?: CommandError | Promise<never>;
  /** How long a message that was queued can be taken back; without it, it leaves at once. */
  held?: HeldView;
  /** What `undo_send` answers; without it, it works. */
  left?: CommandError;
  /** What Outlook says of recipients; `mail_tips` answers those that were asked about. */
  tips?: MailTipsView[];
  /** Whom `suggest_recipients` knows, or when it finds whom. */
  known?: SuggestionView[] | ((typed: string) => Promise<SuggestionView[]>);
  /** The addresses that look like another one, and which. */
  alike?: Record<string, LikenessView>;
  /** Who opens mail links; without it, another program. */
  mailProgram?: MailProgram;
  /** Whether `save_draft` fails. */
  unsaved?: boolean;
  /** What is settled, newest first; without it, what is settled of the state's outbox. */
  settled?: OutboxItemView[];
  /** What the file picker answers, and when. */
  picked?: Promise<AttachmentView[]>;
};

/** A picture of one pixel. */
const DOT = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

export type Call = { command: string; args: Record<string, unknown> };

/** Puts the bridge into the page. What is asked of it can be read from the list it hands back. */
export function pretend(label: string, pretence: Pretence): Call[] {
  const calls: Call[] = [];
  mockWindows(label);
  mockIPC(
    (command, args) => {
      const given = (args ?? {}) as Record<string, unknown>;
      calls.push({ command, args: given });
      return reply(command, given, pretence);
    },
    { shouldMockEvents: true },
  );
  return calls;
}

function reply(command: string, args: Record<string, unknown>, { state, draft, theirs, inspection, refusal, held, left, mailProgram, known, alike, tips, unsaved, settled, picked }: Pretence): unknown {
  switch (command) {
    case "app_state":
      return state;
    case "inspect":
      return inspection ?? { account: null, requests: [] };
    case "card_code":
      return code;
    case "save_card":
      return true;
    case "compose_draft":
      return draft;
    case "take_theirs":
      return theirs ?? refuse({ message: "command-gone", args: {}, faults: [] });
    case "keep_drafts_in_mailbox":
      return { ...state.config, preferences: { ...state.config.preferences, drafts_in_mailbox: args["on"] === true } };
    case "save_config":
      return state.config;
    case "mail_program":
    case "give_back_mail_links":
      return mailProgram ?? { kind: "other" };
    case "take_mail_links":
      return { kind: "signet" };
    case "folders":
      return { config: "/home/ada/.config/signet", data: "/home/ada/.local/share/signet", cache: "/home/ada/.cache/signet" };
    case "export_everything":
      return "/home/ada/Documents/Signet export";
    case "signature":
      return "Ada\nCountess of Lovelace";
    case "check_addresses":
      return judge(String(args["text"]));
    case "mail_tips":
      return tips?.filter(({ address }) => (args["addresses"] as string[]).includes(address)) ?? [];
    case "suggest_recipients":
      if (typeof known === "function") return known(String(args["text"]));
      return known?.filter(({ text }) => text.toLowerCase().includes(String(args["text"]).toLowerCase())) ?? [];
    case "check_recipients":
      return (args["addresses"] as string[]).map((address) => ({ address, first_time: false, looks_like: alike?.[address] ?? null }));
    case "save_draft":
      return unsaved ? refuse({ message: "command-outbox", args: {}, faults: [] }) : null;
    case "preview_message": {
      const form = args["form"] as DraftForm;
      return refusal && !(refusal instanceof Promise) ? refuse(refusal) : preview(form);
    }
    case "queue_message":
      if (refusal instanceof Promise) return refusal;
      return refusal ? refuse(refusal) : (held ?? null);
    case "send_now":
      return left ? refuse(left) : null;
    case "outbox_history":
      return page(settled ?? settledOf(state), String(args["search"]), args["before"] as string | null);
    case "undo_send":
      return left ? refuse(left) : "d2";
    case "remove_attachment":
      return draft?.attachments.filter((attachment) => attachment.id !== args["id"]) ?? [];
    case "pick_attachments":
      return picked ?? [{ id: "a9", name: "notes.txt", content_type: "text/plain", bytes: 1234, content_id: null }];
    case "picture":
      return DOT;
    case "pick_pictures":
    case "paste_picture": {
      const picture = { id: "p9", name: "image.gif", content_type: "image/gif", bytes: 43, content_id: "p9@signet" };
      return command === "paste_picture" ? picture : [picture];
    }
    case "attach_pictures":
      return draft?.attachments.map((attachment) => ({ ...attachment, content_id: null })) ?? [];
    default:
      return null;
  }
}

/** Much simpler than what Rust makes of a draft. */
function preview({ to, cc, bcc, reply_to, subject, options, body, attachments }: DraftForm): PreviewView {
  const html = body.kind === "html" ? body.content : null;
  const text = html === null ? body.content : new DOMParser().parseFromString(html, "text/html").body.textContent;
  const bytes = attachments.reduce((sum, file) => sum + file.bytes, body.content.length);
  return { to, cc, bcc, reply_to, subject, options, html, text, attachments, bytes, way: bytes > 2_900_000 ? "uploads" : "request" };
}

function settledOf({ outbox }: AppState): OutboxItemView[] {
  const found = outbox.filter(({ state }) => ["accepted", "sent", "cancelled"].includes(state.kind));
  return found.toSorted((a, b) => b.created_at_ms - a.created_at_ms);
}

function refuse(error: CommandError): never {
  // A refused command rejects with the error as a value, not as an exception.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw error;
}

/** Much simpler than Rust's judgement, and enough to show both kinds of chip. */
function judge(typed: string): AddressView[] {
  return typed
    .split(/[,;\n\t]+(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((text) => {
      const [, name, bracketed] = /^"?([^"<]*?)"?\s*<([^>]*)>$/.exec(text) ?? [];
      const address = bracketed ?? text;
      const sound = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address);
      const fault = sound ? null : address.includes("@") ? "address-bad-domain" : "address-no-at";
      return { text, name: sound ? (name ?? null) : null, address: sound ? address : null, fault };
    });
}
