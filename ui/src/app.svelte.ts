/**
 * What Rust last said, for every view of both windows. Nothing here is decided; it is only drawn.
 *
 * A window asks once at its start and listens from then on, so a reload is harmless.
 */
import {
  type AccountEntry,
  type AccountView,
  type AppState,
  type CardView,
  type Cloud,
  type CommandError,
  type ConfigView,
  type DraftSummary,
  type OutboxItemView,
  type Persistence,
  type SessionView,
  type Trouble,
  commands,
  events,
} from "./bindings";

class App {
  session = $state.raw<SessionView>({ kind: "starting" });
  /** The accounts side by side, the chosen one first. */
  accounts = $state.raw<AccountEntry[]>([]);
  config = $state.raw<ConfigView | null>(null);
  persistence = $state.raw<Persistence | null>(null);
  card = $state.raw<CardView | null>(null);
  outbox = $state.raw<OutboxItemView[]>([]);
  drafts = $state.raw<DraftSummary[]>([]);
  notices = $state.raw<Trouble[]>([]);
  /** The chosen account. It stays while a sign-in is under way, so that the card keeps its place. */
  readonly account = $derived<AccountView | null>(this.accounts[0]?.account ?? null);
  /** Where the last sign-in went, so that "Try again" goes there too. */
  cloud = $state.raw<Cloud>("microsoft");
  /** The last command that failed, until the person closes it or the next one works. */
  complaint = $state.raw<CommandError | null>(null);

  /** Who sends what was begun with an account: as the shell has it, the same while it is signed in, else the chosen one. */
  sender(begun: string | null): AccountView | null {
    return this.accounts.find(({ account }) => account.id === begun)?.account ?? this.account;
  }

  /** Takes over one or several of the things Rust says. */
  hear(news: Partial<AppState>): void {
    if (news.session !== undefined) this.hearSession(news.session);
    if (news.accounts !== undefined) this.accounts = news.accounts;
    if (news.config !== undefined) this.config = news.config;
    if (news.persistence !== undefined) this.persistence = news.persistence;
    if (news.card !== undefined) this.card = news.card;
    if (news.outbox !== undefined) this.outbox = news.outbox;
    if (news.drafts !== undefined) this.drafts = news.drafts;
    if (news.notices !== undefined) this.notices = news.notices;
  }

  private hearSession(session: SessionView): void {
    this.session = session;
    if (session.kind === "signing_in") this.cloud = session.cloud;
    // What went wrong went wrong where the last sign-in led.
    if (session.kind === "signed_in" && session.trouble === null) this.cloud = session.account.cloud;
  }
}

export const app = new App();

const BRIDGE_BROKEN: CommandError = { message: "trouble-other", args: {}, faults: [] };

export type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: CommandError };

/** Waits for a command's answer. A bridge that itself breaks is one more way to fail, not an exception. */
export async function answer<T>(asked: Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await asked;
  } catch {
    return { status: "error", error: BRIDGE_BROKEN };
  }
}

/** Runs a command for the window as a whole: a failure is shown at the top of it. */
export async function ask<T>(asked: Promise<Answer<T>>): Promise<T | null> {
  const result = await answer(asked);
  app.complaint = result.status === "error" ? result.error : null;
  return result.status === "ok" ? result.data : null;
}

/** Starts listening, then asks how things stand. */
export async function start(): Promise<void> {
  // An event that comes while the question is under way is at least as new as the answer, so it wins.
  const newer: Partial<AppState> = {};
  const hear = (news: Partial<AppState>) => {
    Object.assign(newer, news);
    app.hear(news);
  };
  await Promise.all([
    events.sessionChanged.listen(({ payload }) => hear({ session: payload })),
    events.accountsChanged.listen(({ payload }) => hear({ accounts: payload })),
    events.configChanged.listen(({ payload }) => hear({ config: payload })),
    events.persistenceChanged.listen(({ payload }) => hear({ persistence: payload })),
    events.cardChanged.listen(({ payload }) => hear({ card: payload })),
    events.outboxChanged.listen(({ payload }) => hear({ outbox: payload })),
    events.draftsChanged.listen(({ payload }) => hear({ drafts: payload })),
    events.noticesChanged.listen(({ payload }) => hear({ notices: payload })),
  ]);
  const state = await ask(commands.appState());
  if (state !== null) app.hear({ ...state, ...newer });
}
