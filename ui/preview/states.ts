/** Samples of what Rust may say, one for each way a view can look. */
import type {
  AccountEntry,
  AccountView,
  AppState,
  CardView,
  CommandError,
  ConfigView,
  DraftForm,
  DraftSummary,
  LikenessView,
  MailTipsView,
  OutboxItemView,
  OutboxState,
  SessionView,
  SuggestionView,
  Trouble,
} from "../src/bindings";

const NOW_MS = Date.now();
const MINUTE_MS = 60_000;

const config: ConfigView = {
  client_id: "6f1e1c84-0b0e-4a5c-9d0e-5a4d0b0c0001",
  tenant: "common",
  redirect_uris: ["io.github.signetmail://auth", "http://localhost"],
  sign_in: "automatic",
  permissions: ["openid", "profile", "offline_access", "User.Read", "Mail.Send", "Mail.ReadWrite"],
  admin_consent_url: "https://login.microsoftonline.com/organizations/v2.0/adminconsent?client_id=6f1e1c84",
  managed: false,
  proxy: null,
  ca_file: null,
  preferences: { undo_send_seconds: 5, drafts_in_mailbox: false, theme: "system", notifications: "all" },
  set_elsewhere: {},
  faults: [],
  sandbox_available: true,
};
const unregistered: ConfigView = { ...config, client_id: null };

const ada: AccountView = {
  id: "a.t",
  name: "Ada Lovelace-Núñez",
  username: "ada@signet.example",
  cloud: "sandbox",
  tenant: { kind: "home" },
};
const noor: AccountView = { id: "n.p", name: "Noor", username: "noor@outlook.example", cloud: "microsoft", tenant: { kind: "personal" } };
const guest: AccountView = {
  id: "m.t",
  name: "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Maximiliane",
  username: "maximiliane.wolfeschlegelsteinhausenbergerdorff-featherstonehaugh@subsidiary.signet.example",
  cloud: "microsoft",
  tenant: { kind: "guest", tenant: "5e1f0000-1843-4000-8000-000000000002" },
};

function entry(account: AccountView, initials: string, color: number, more: Partial<AccountEntry> = {}): AccountEntry {
  return { account, face: { initials, color, photo: null, company: null }, needs_person: false, ...more };
}

const PHOTO = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="#c7b7a3"/><circle cx="48" cy="38" r="18" fill="#6b4a36"/><path d="M10 96c4-28 20-36 38-36s34 8 38 36z" fill="#2f4858"/></svg>',
)}`;

const card: CardView = {
  name: "Ada Lovelace-Núñez",
  initials: "AL",
  color: 22,
  title: "Principal Engineer",
  department: "Analytical Engines",
  company: "Signet Example",
  mail: "ada@signet.example",
  phones: [
    { kind: "business", number: "+44 20 7946 0101" },
    { kind: "mobile", number: "+44 7700 900101" },
  ],
  office: "St James’s Square 12 / 2.04",
  manager: {
    name: "Grace Hopper",
    initials: "GH",
    color: 4,
    title: "Rear Admiral",
    department: null,
    company: "Signet Example",
    mail: "grace@signet.example",
    phones: [{ kind: "business", number: "+44 20 7946 0102" }],
    office: null,
  },
  photo: null,
  as_of_ms: NOW_MS,
  refreshing: false,
  trouble: null,
};

function trouble(message: string, action: Trouble["action"], more: Partial<Trouble> = {}): Trouble {
  return { message, args: {}, code: null, correlation_id: null, trace_id: null, action, ...more };
}

const declined = trouble("trouble-declined", "try_again", {
  code: "AADSTS65004",
  correlation_id: "2f4b1b54-7c2f-4be0-9d0a-3c1f6d0a7e11",
  trace_id: "b7a1a1de-4a3d-4a4e-8a55-0c2b3c5f2200",
});
const expired = trouble("trouble-interaction-required", "sign_in_again", {
  code: "AADSTS50173",
  correlation_id: "2f4b1b54-7c2f-4be0-9d0a-3c1f6d0a7e11",
});
const locked = trouble("trouble-keyring-locked", "try_again");
const adminConsent = trouble("trouble-admin-consent", "admin_consent", { code: "AADSTS90094" });

const otherCame = trouble("trouble-other-account", "continue_with_other", { args: { got: noor.username, expected: ada.username } });

const accounts = [entry(ada, "AL", 22), entry(noor, "N", 4, { needs_person: true }), entry(guest, "WM", 11)];

const signedIn: SessionView = { kind: "signed_in", account: ada, needs: null, trouble: null };
const inBrowser: SessionView = {
  kind: "signing_in",
  stage: "browser",
  purpose: "sign_in",
  method: "scheme",
  reason: null,
  user_code: null,
  address: `http://127.0.0.1:27541/common/oauth2/v2.0/authorize?client_id=51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001&response_type=code&redirect_uri=io.github.signetmail%3A%2F%2Fauth&scope=openid+profile+offline_access+User.Read&state=kM3n0pQ7&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&prompt=select_account`,
  expires_at_ms: NOW_MS + 9.5 * MINUTE_MS,
  browser_failed: false,
  cloud: "microsoft",
};

const onOtherDevice: SessionView = {
  ...inBrowser,
  stage: "other_device",
  method: "device_code",
  address: "https://microsoft.com/devicelogin",
  user_code: "FJC3Z9Q7V",
};

function item(id: string, subject: string, state: OutboxState, more: Partial<OutboxItemView> = {}): OutboxItemView {
  const created_at_ms = NOW_MS - Number(id) * 7 * MINUTE_MS;
  return { id, subject, recipients: ["Grace Hopper"], state, created_at_ms, attachments: 0, ...more };
}

const outbox: OutboxItemView[] = [
  item("1", "Notes on the engine", { kind: "sending" }, { attachments: 2 }),
  item("2", "Minutes of Tuesday", { kind: "queued" }, { recipients: ["grace@signet.example", "noor@outlook.example", "c@d.example"] }),
  item("17", "Congratulations", { kind: "scheduled", at_ms: NOW_MS + 57_600_000 }),
  item("12", "Sent a moment ago", { kind: "held", until_ms: NOW_MS + 4000 }),
  item("3", "פגישה מחר בבוקר", { kind: "waiting", reason: "network", next_attempt_at_ms: NOW_MS + MINUTE_MS }),
  item("4", "Travel to Turin", { kind: "waiting", reason: "sign_in", next_attempt_at_ms: null }),
  item("15", "Notes on the engine", { kind: "waiting", reason: "mailbox_full", next_attempt_at_ms: NOW_MS + 3_600_000 }),
  item("14", "Sketch of the carriage", { kind: "checking", waits_for_sign_in: false }),
  item("16", "Drawings of the engine", { kind: "attaching", bytes: 31_457_280, of: 48_000_000 }),
  item("19", "Season’s greetings", { kind: "deferred", until_ms: NOW_MS + 86_400_000 }),
  item("20", "Minutes", {
    kind: "bounced",
    report: "Your message could not be delivered to these recipients: chalres@contoso.com. The address was not found at its organisation.",
  }),
  item("13", "Table of sines", { kind: "sent", message_id: "<01HZY3TABLE@contoso.com>" }),
  item("5", "First programme", { kind: "waiting", reason: "consent", next_attempt_at_ms: null }),
  item("6", "Invoice 1843", { kind: "unconfirmed", why: "server-failed", request_id: "8d0f9f4c-5f0e-4b7a-a5f3-1f7a9b1d5c01" }),
  item("7", "Bernoulli numbers", { kind: "failed", code: "ErrorInvalidRecipients", message: "failed-recipients", args: {}, request_id: "8d0f9f4c-5f0e-4b7a-a5f3-1f7a9b1d5c02" }),
  item("18", "The whole engine, drawn", {
    kind: "failed",
    code: "ErrorMessageSizeExceeded",
    message: "failed-too-large-file",
    args: { bytes: "52400000", name: "1843", largest: "31400000" },
    request_id: null,
  }),
  item("8", "", { kind: "cancelled" }),
  item("9", "A subject so long that it does not fit into one line of this window and therefore wraps, as it should, onto another", { kind: "accepted", request_id: "8d0f9f4c-5f0e-4b7a-a5f3-1f7a9b1d5c03" }),
  item("10", "", { kind: "damaged" }, { recipients: [] }),
  item("11", "To the publisher", { kind: "unconfirmed", why: "a-code-of-tomorrow", request_id: null }),
];

const drafts: DraftSummary[] = [
  { id: "d1", subject: "Half a thought", recipients: [], saved_at_ms: NOW_MS - 3 * MINUTE_MS, twin: "quiet" },
  { id: "d2", subject: "", recipients: ["noor@outlook.example"], saved_at_ms: NOW_MS - 90 * MINUTE_MS, twin: "changed" },
];

function state(session: SessionView, more: Partial<AppState> = {}): AppState {
  const shown = session.kind === "signed_in" ? [entry(session.account, "AL", 22)] : [];
  return { session, accounts: shown, config, persistence: { kind: "store", name: "Secret Service" }, card: null, outbox: [], drafts: [], notices: [], ...more };
}

const longCard: CardView = {
  ...card,
  name: "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Maximiliane",
  title: "Stellvertretende Bereichsleiterin für Rechtsschutzversicherungsgesellschaften",
  mail: "maximiliane.wolfeschlegelsteinhausenbergerdorff-featherstonehaugh@subsidiary.signet.example",
};

export const mainStates: Record<string, AppState> = {
  starting: state({ kind: "starting" }),
  "welcome-unregistered": state({ kind: "signed_out", trouble: null }, { config: unregistered }),
  welcome: state({ kind: "signed_out", trouble: null }),
  "welcome-declined": state({ kind: "signed_out", trouble: declined }),
  "welcome-admin": state({ kind: "signed_out", trouble: adminConsent }),
  "welcome-faults": state(
    { kind: "signed_out", trouble: null },
    {
      config: {
        ...unregistered,
        faults: [
          { message: "config-client-id", args: {}, source: "environment" },
          { message: "config-file", args: { path: "/home/ada/.config/signet/settings.toml", line: "12" }, source: "settings" },
        ],
      },
    },
  ),
  preparing: state({ ...inBrowser, stage: "preparing", address: null, expires_at_ms: null }),
  browser: state(inBrowser),
  "browser-failed": state({ ...inBrowser, browser_failed: true }),
  loopback: state({ ...inBrowser, method: "loopback", reason: "sign-in-no-scheme" }),
  "other-device": state(onOtherDevice),
  redeeming: state({ ...inBrowser, stage: "redeeming" }),
  consent: state({ ...inBrowser, purpose: "consent", cloud: "sandbox" }, { card, accounts }),
  "add-browser": state(inBrowser, { card, accounts }),
  loading: state(signedIn),
  card: state(signedIn, { card, outbox: outbox.slice(0, 2) }),
  photo: state({ ...signedIn, account: { ...ada, cloud: "microsoft" } }, { card: { ...card, photo: PHOTO, refreshing: true } }),
  sparse: state(signedIn, { card: { ...card, title: null, department: null, company: null, phones: [], office: null, manager: null } }),
  old: state(signedIn, {
    card: { ...card, as_of_ms: NOW_MS - 26 * 60 * MINUTE_MS, trouble: trouble("trouble-offline", "try_again") },
  }),
  needs: state({ kind: "signed_in", account: ada, needs: expired, trouble: null }, { card, persistence: { kind: "session_only" } }),
  "needs-keyring": state({ kind: "signed_in", account: ada, needs: locked, trouble: null }, { card }),
  "needs-admin": state({ kind: "signed_in", account: ada, needs: adminConsent, trouble: null }, { card }),
  accounts: state(signedIn, { card, accounts }),
  "add-declined": state({ ...signedIn, trouble: declined }, { card, accounts }),
  "other-came": state({ ...signedIn, needs: otherCame }, { card, accounts: accounts.slice(0, 1) }),
  long: state({ ...signedIn, account: { ...ada, name: longCard.name, username: longCard.mail ?? "" } }, { card: longCard }),
  notices: state(signedIn, {
    card,
    persistence: { kind: "waiting" },
    notices: [
      trouble("trouble-keyring-locked", "none"),
      trouble("trouble-outbox-damaged", "none"),
      trouble("trouble-outbox-set-aside", "none", { args: { path: "/home/ada/.local/share/signet/outbox.db.damaged" } }),
    ],
  }),
  outbox: state(signedIn, { card, outbox, drafts }),
  managed: state(signedIn, {
    card,
    config: {
      ...config,
      managed: true,
      proxy: "http://proxy.signet.example:8080",
      ca_file: "/etc/ssl/signet.pem",
      preferences: { undo_send_seconds: 45, drafts_in_mailbox: true, theme: "dark", notifications: "needed" },
      set_elsewhere: { undo_send: "managed", drafts_in_mailbox: "managed", theme: "environment", proxy: "managed" },
    },
  }),
};

const draft: DraftForm = {
  id: "d1",
  account: null,
  signature: "",
  to: [],
  cc: [],
  bcc: [],
  subject: "",
  body: { kind: "html", content: "" },
  attachments: [],
  reply_to: [],
  options: { importance: "normal", read_receipt: false, delivery_receipt: false },
};

const written: DraftForm = {
  ...draft,
  to: ["Grace Hopper <grace@signet.example>", "noor@outlook.example"],
  cc: ['"Babbage, Charles" <charles@signet.example>'],
  subject: "Notes on the engine",
  body: {
    kind: "html",
    content:
      '<div dir="auto">Dear Grace,</div><div dir="auto"><br></div><div dir="auto">the engine <b>weaves</b> algebraic patterns <i>just as</i> the loom weaves <u>flowers</u>. See <a href="https://signet.example/notes">the notes</a>:</div><ul dir="auto"><li dir="auto">operations</li><li dir="auto">variables</li></ul><blockquote dir="auto"><div dir="auto">Can it originate anything?</div></blockquote><div dir="auto">שלום וברכה, להתראות ביום שלישי.</div>',
  },
  attachments: [
    { id: "a1", name: "Note G.pdf", content_type: "application/pdf", bytes: 481_200, content_id: null },
    { id: "a2", name: "a-drawing-of-the-engine-with-a-very-long-name-that-does-not-fit.png", content_type: "image/png", bytes: 1_920_000, content_id: null },
  ],
};

const refusal: CommandError = {
  message: "compose-faults",
  args: {},
  faults: [
    { field: "to", message: "draft-bad-address", args: { text: "grace@@signet" } },
    { field: "subject", message: "draft-subject-too-long", args: { max: "255" } },
    { field: "attachments", message: "draft-attachments-too-large", args: { bytes: "4200000", max: "2900000" } },
  ],
};

function tip(address: string, more: Partial<MailTipsView>): MailTipsView {
  const nothing = { away: null, mailbox_full: false, restricted: false, moderated: false, outside: false };
  return { address, name: null, ...nothing, note: null, members: null, members_outside: null, bytes_max: null, ...more };
}

const tips: MailTipsView[] = [
  tip("ana@signet.example", {
    away: { text: "I am on the train to Turin and read mail in the evening. Grace knows where everything is.", until_ms: NOW_MS + 5760 * MINUTE_MS },
  }),
  tip("grace@signet.example", { mailbox_full: true }),
  tip("noor@outlook.example", { outside: true, bytes_max: 1_000_000 }),
  tip("hedy@northwind.example", { outside: true }),
  tip("announcements@signet.example", {
    name: "Announcements",
    restricted: true,
    moderated: true,
    members: 1240,
    members_outside: 3,
    note: "Everybody in the company reads this.",
  }),
];

/** What somebody has made of it in Outlook. */
const theirs: DraftForm = { ...written, cc: [], subject: "Notes on the loom", body: { kind: "html", content: "<p>Dear Grace,</p><p>see you on Tuesday.</p>" } };

function changedElsewhere(twin: DraftSummary["twin"]): AppState {
  const draft = { id: written.id, subject: written.subject, recipients: written.to, saved_at_ms: NOW_MS, twin };
  return { ...(mainStates["card"] as AppState), drafts: [draft] };
}

function suggestion(name: string | null, address: string, initials: string, color: number): SuggestionView {
  return { text: name === null ? address : `"${name}" <${address}>`, name, address, initials, color };
}

const known = [
  suggestion("Grace Hopper", "grace@signet.example", "GH", 4),
  suggestion("Greta Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh", "greta.wolfeschlegelsteinhausenbergerdorff@subsidiary.signet.example", "GW", 11),
  suggestion(null, "grants@contoso.com", "G", 17),
  suggestion("גרייס לוי", "grace.levi@signet.example", "גל", 22),
];

const ana: LikenessView = { text: '"Ana Diaz" <ana@contoso.com>', address: "ana@contoso.com", written_to: true };

type ComposeState = {
  state: AppState;
  draft: DraftForm;
  theirs?: DraftForm;
  refusal?: CommandError;
  known?: SuggestionView[];
  alike?: Record<string, LikenessView>;
  tips?: MailTipsView[];
};

export const composeStates: Record<string, ComposeState> = {
  "compose-new": { state: mainStates["card"] as AppState, draft },
  "compose-signed": {
    state: mainStates["card"] as AppState,
    draft: {
      ...draft,
      signature: "Ada Lovelace-Núñez\nSignet Example",
      body: {
        kind: "html",
        content:
          '<div dir="auto"><br></div><div dir="auto"><br></div><div dir="auto">Ada Lovelace-Núñez</div><div dir="auto">Signet Example</div>',
      },
    },
  },
  "compose-written": { state: mainStates["card"] as AppState, draft: written },
  "compose-faulty": {
    state: mainStates["card"] as AppState,
    draft: { ...written, to: ["grace@@signet", "somebody", "noor@outlook.example"], attachments: [] },
    refusal,
  },
  // &press=options,preview shows what exactly will be sent.
  "compose-options": {
    state: mainStates["card"] as AppState,
    draft: {
      ...written,
      reply_to: ["The loom <loom@signet.example>"],
      options: { importance: "high", read_receipt: true, delivery_receipt: true },
    },
  },
  "compose-changed": { state: changedElsewhere("changed"), draft: written, theirs },
  "compose-gone": { state: changedElsewhere("gone"), draft: written },
  // Type "gr", and four are suggested.
  "compose-known": { state: mainStates["card"] as AppState, draft, known },
  // Send it, and each of the two addresses is asked about.
  "compose-alike": {
    state: mainStates["card"] as AppState,
    draft: { ...written, to: ["ana@contoso.co", "noor@outlook.example"], cc: ["carl@gmial.com"] },
    alike: { "ana@contoso.co": ana, "carl@gmial.com": { text: "carl@gmail.com", address: "carl@gmail.com", written_to: false } },
  },
  // Send it, and both questions are asked.
  "compose-forgotten": {
    state: mainStates["card"] as AppState,
    draft: {
      ...written,
      subject: " ",
      body: { kind: "html", content: '<div dir="auto">Dear Grace,</div><div dir="auto">the notes are Attached.</div>' },
      attachments: [],
    },
  },
  // Send it, and it is asked whether it should go all the same.
  "compose-tips": {
    state: mainStates["card"] as AppState,
    draft: {
      ...written,
      to: ["Ana Díaz <ana@signet.example>", "Grace Hopper <grace@signet.example>", "noor@outlook.example"],
      cc: ["hedy@northwind.example", "announcements@signet.example"],
    },
    tips,
  },
  "compose-tip": { state: mainStates["card"] as AppState, draft: { ...written, cc: [], to: ["Ana Díaz <ana@signet.example>"] }, tips },
  "compose-picture": {
    state: mainStates["card"] as AppState,
    draft: {
      ...written,
      body: { kind: "html", content: '<div dir="auto">Here it is:</div><div dir="auto"><img src="cid:p1@signet" alt="The engine" width="160" height="90"></div><div dir="auto">Ada</div>' },
      attachments: [...written.attachments.slice(0, 1), { id: "p1", name: "image.gif", content_type: "image/gif", bytes: 43, content_id: "p1@signet" }],
    },
  },
  "compose-plain": {
    state: mainStates["welcome"] as AppState,
    draft: { ...written, cc: [], body: { kind: "text", content: "Dear Grace,\n\nplain words.\n\nשלום" }, attachments: [] },
  },
};
