/** How a message in the outbox is put into words, a mark and a set of things one can do. */
import type { OutboxItemView, OutboxState } from "../bindings";
import type { IconName } from "../parts/icons";
import { size } from "../size";
import { said, text } from "../text";

export type Act = "cancel" | "retry" | "check" | "again" | "edit" | "discard";

type Look = { icon: IconName; tone: "quiet" | "success" | "warning" | "danger"; acts: Act[] };

/** The longest that a person's message is held. */
const MOMENT_MS = 60_000;

const LOOKS: Record<OutboxState["kind"], Look> = {
  held: { icon: "clock", tone: "quiet", acts: ["retry", "edit", "cancel"] },
  scheduled: { icon: "clock", tone: "quiet", acts: ["retry", "edit", "cancel"] },
  queued: { icon: "clock", tone: "quiet", acts: ["edit", "cancel"] },
  attaching: { icon: "attach", tone: "quiet", acts: ["edit", "cancel"] },
  sending: { icon: "send", tone: "quiet", acts: [] },
  checking: { icon: "clock", tone: "warning", acts: ["edit", "discard"] },
  accepted: { icon: "done", tone: "success", acts: ["discard"] },
  deferred: { icon: "clock", tone: "success", acts: [] },
  sent: { icon: "done", tone: "success", acts: ["discard"] },
  bounced: { icon: "error", tone: "danger", acts: ["edit", "discard"] },
  waiting: { icon: "clock", tone: "warning", acts: ["retry", "edit", "cancel"] },
  unconfirmed: { icon: "warning", tone: "warning", acts: ["check", "again", "edit", "discard"] },
  failed: { icon: "error", tone: "danger", acts: ["retry", "edit", "discard"] },
  cancelled: { icon: "close", tone: "quiet", acts: ["retry", "edit", "discard"] },
  damaged: { icon: "error", tone: "danger", acts: ["edit", "discard"] },
};

/** What is settled needs nobody any more. */
const SETTLED: ReadonlySet<OutboxState["kind"]> = new Set(["accepted", "sent", "cancelled"]);

export function isUnsettled(item: OutboxItemView): boolean {
  return !SETTLED.has(item.state.kind);
}

/** What has not left, and goes by itself. */
const WAITING: ReadonlySet<OutboxState["kind"]> = new Set(["held", "scheduled", "queued", "attaching", "waiting"]);

export function waitsToBeSent(item: OutboxItemView): boolean {
  return WAITING.has(item.state.kind);
}

export function look(state: OutboxState): Look {
  return LOOKS[state.kind];
}

/** The state in plain words. */
export function stateWords(state: OutboxState): string {
  return text(state.kind === "waiting" ? `state-waiting-${state.reason.replace("_", "-")}` : `state-${state.kind}`);
}

/** What is the matter with an account whose mail all waits. */
const MATTERS: Partial<Record<Extract<OutboxState, { kind: "waiting" }>["reason"], string>> = {
  mailbox_full: "waiting-mailbox-full",
  paused: "waiting-paused",
  blocked: "waiting-blocked",
};

/** What the person should know beyond that, where there is something. */
export function stateDetail(state: OutboxState): string | null {
  switch (state.kind) {
    case "unconfirmed":
      return text("state-unconfirmed-detail", { why: text(`unconfirmed-${state.why}`, {}, "unconfirmed-other") });
    case "failed":
      return said(state);
    case "attaching":
      return state.of > 0 ? text("state-attaching-detail", { bytes: size(state.bytes), of: size(state.of) }) : null;
    case "checking":
      return text(state.waits_for_sign_in ? "state-checking-sign-in" : "state-checking-detail");
    case "damaged":
      return text("state-damaged-detail");
    case "waiting":
      return waitingDetail(state);
    case "held":
      // Longer than anybody sets, where a server wants the account's mail later.
      return state.until_ms - Date.now() > MOMENT_MS ? text("next-attempt", { when: new Date(state.until_ms) }) : null;
    case "scheduled":
      return text("state-scheduled-detail", { when: new Date(state.at_ms) });
    case "deferred":
      return text("state-deferred-detail", { when: new Date(state.until_ms) });
    case "bounced":
      return text("state-bounced-detail", { report: state.report });
    case "queued":
    case "sending":
    case "sent":
    case "accepted":
    case "cancelled":
      return null;
  }
}

function waitingDetail({ reason, next_attempt_at_ms }: Extract<OutboxState, { kind: "waiting" }>): string | null {
  const matter = MATTERS[reason];
  const said = [
    ...(matter === undefined ? [] : [text(matter)]),
    ...(next_attempt_at_ms === null ? [] : [text("next-attempt", { when: new Date(next_attempt_at_ms) })]),
  ];
  return said.length === 0 ? null : said.join(" ");
}

/** What to quote when asking for help. */
export type Quote = { name: "code" | "request-id" | "message-id"; label: string; value: string };

export function quotes(state: OutboxState): Quote[] {
  const found: Quote[] = [];
  if (state.kind === "failed") found.push({ name: "code", label: text("server-code"), value: state.code });
  if ("request_id" in state && state.request_id !== null) {
    found.push({ name: "request-id", label: text("request-id"), value: state.request_id });
  }
  if (state.kind === "sent" && state.message_id !== null) {
    found.push({ name: "message-id", label: text("message-id"), value: state.message_id });
  }
  return found;
}

export function subjectOf(subject: string): string {
  return subject.trim() === "" ? text("subject-none") : subject;
}

/** The first recipient and how many more there are. */
export function recipientWords(recipients: OutboxItemView["recipients"]): string {
  const [first, ...others] = recipients;
  if (first === undefined) return text("recipients-none");
  return others.length === 0 ? text("recipients-one", { first }) : text("recipients-more", { first, count: others.length });
}
