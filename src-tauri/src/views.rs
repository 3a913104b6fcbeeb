//! The wire types: what the interface is told and what it says. Domain types are not serialized to it, so they stay free to change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::preferences::Preferences;

/// Arguments of a message in the message files.
pub type Args = BTreeMap<String, String>;

/// Something that went wrong, as a sentence of the message files, with what a person can do and what support needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Trouble {
    /// Message id, such as `trouble-declined`.
    pub message: String,
    /// Arguments of the message.
    pub args: Args,
    /// The server's own code, such as `AADSTS65004`.
    pub code: Option<String>,
    /// Correlation id of the request, for support.
    pub correlation_id: Option<String>,
    /// Trace id of the answer, for support.
    pub trace_id: Option<String>,
    /// The way on.
    pub action: TroubleAction,
}

/// The one thing that helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TroubleAction {
    /// Do the same again.
    TryAgain,
    /// Sign in again; what is shown stays.
    SignInAgain,
    /// Mend the configuration.
    OpenSettings,
    /// An administrator must approve.
    AdminConsent,
    /// Another account came back than was meant: go on with it beside the others, or sign in again.
    ContinueWithOther,
    /// Nothing to do here.
    None,
}

/// Which Microsoft: the configured cloud, or the sandbox tenant on this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Cloud {
    /// The configured authority and Graph host.
    Microsoft,
    /// The sandbox tenant.
    Sandbox,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AccountView {
    /// The account's id.
    pub id: String,
    /// Display name, or the user name where there is none.
    pub name: String,
    /// User name, as the account page writes it.
    pub username: String,
    /// Where the account lives.
    pub cloud: Cloud,
    /// Which of its tenants signed it in.
    pub tenant: TenantView,
}

/// The tenant an account is signed in to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TenantView {
    /// The organization the account belongs to.
    Home,
    /// None: a personal account.
    Personal,
    /// Another organization, whose guest the account is.
    Guest {
        /// Its tenant id.
        tenant: String,
    },
}

/// How an account looks in a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct FaceView {
    /// One or two letters for where there is no photo.
    pub initials: String,
    /// Which of the thirty colours lies under the initials.
    pub color: u8,
    /// Photo as a `data:` URL.
    pub photo: Option<String>,
    /// The organization, where the card names it.
    pub company: Option<String>,
}

/// One of the accounts side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AccountEntry {
    /// Who.
    pub account: AccountView,
    /// As last known.
    pub face: FaceView,
    /// It needs its person before everything works again.
    pub needs_person: bool,
}

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The authority is asked for its endpoints.
    Preparing,
    /// The person is in the browser.
    Browser,
    /// The person types a code in on another device.
    OtherDevice,
    /// The authorization code is being redeemed.
    Redeeming,
}

/// How the answer to a sign-in comes here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// The first that works here, in the order of the others.
    #[default]
    Automatic,
    /// The browser opens Signet by its scheme.
    Scheme,
    /// The browser brings it to a port of this computer.
    Loopback,
    /// The authority keeps it until it is asked: the person signs in on any device with a code.
    DeviceCode,
}

/// Why the person is in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A first sign-in.
    SignIn,
    /// The same account once more.
    Renew,
    /// The permission to send mail.
    Consent,
    /// The permission to make drafts, which large files are attached to.
    Attach,
    /// The permission to look for what was sent.
    Look,
    /// The permission to keep drafts in the mailbox.
    Keep,
}

/// How the session is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SessionView {
    /// The account index is being read.
    Starting,
    /// Nobody is signed in.
    SignedOut {
        /// Why the last sign-in came to nothing.
        trouble: Option<Trouble>,
    },
    /// A sign-in is under way.
    SigningIn {
        /// How far it is.
        stage: Stage,
        /// What for.
        purpose: Purpose,
        /// How the answer comes here; `automatic` while that is not yet known.
        method: SignInMethod,
        /// Message id of why it comes so, where it is not as it usually would.
        reason: Option<String>,
        /// The address the browser was given, or where the code is typed in.
        address: Option<String>,
        /// The code to type in on another device.
        user_code: Option<String>,
        /// When the attempt ends by itself, in milliseconds since 1970.
        expires_at_ms: Option<i64>,
        /// The browser could not be opened: the address is to be opened by hand.
        browser_failed: bool,
        /// Where.
        cloud: Cloud,
    },
    /// Somebody is.
    SignedIn {
        /// Who.
        account: AccountView,
        /// What the account needs before everything works again.
        needs: Option<Trouble>,
        /// Why adding another account came to nothing.
        trouble: Option<Trouble>,
    },
}

/// Where tokens are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Persistence {
    /// In the credential store of this name.
    Store {
        /// Its name, such as "Secret Service".
        name: String,
    },
    /// In memory, until Signet ends.
    SessionOnly,
    /// The credential store has not answered yet.
    Waiting,
}

/// Where a setting came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConfigSource {
    /// The person's settings file.
    Settings,
    /// An environment variable.
    Environment,
    /// The administrator's file.
    Managed,
}

/// One fault of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ConfigFault {
    /// Message id, such as `config-client-id`.
    pub message: String,
    /// Arguments of the message.
    pub args: Args,
    /// Where it stands.
    pub source: ConfigSource,
}

/// The configuration as the interface shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ConfigView {
    /// Application (client) id.
    pub client_id: Option<String>,
    /// Tenant: `common`, `organizations`, `consumers`, a GUID or a domain.
    pub tenant: String,
    /// The redirect URIs to register, the first for desktops that take a scheme.
    pub redirect_uris: Vec<String>,
    /// How the answer to a sign-in comes here.
    pub sign_in: SignInMethod,
    /// The delegated permissions that are asked for.
    pub permissions: Vec<String>,
    /// Where an administrator approves them for everybody; `None` without a client id.
    pub admin_consent_url: Option<String>,
    /// An administrator set it, so it cannot be changed here.
    pub managed: bool,
    /// Address of a proxy in place of the system's, which holds from the next start.
    pub proxy: Option<String>,
    /// A file with certificates that are trusted beside the system's, likewise.
    pub ca_file: Option<String>,
    /// What the person prefers.
    pub preferences: Preferences,
    /// Keys of the settings file that somebody else than the person has set, and where.
    pub set_elsewhere: BTreeMap<String, ConfigSource>,
    /// What is wrong with it.
    pub faults: Vec<ConfigFault>,
    /// The sandbox program stands beside this one.
    pub sandbox_available: bool,
}

/// What the person may change of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Settings {
    /// Application (client) id; empty for none.
    pub client_id: String,
    /// Tenant: `common`, `organizations`, `consumers`, a GUID or a domain.
    pub tenant: String,
    /// How the answer to a sign-in comes here.
    pub sign_in: SignInMethod,
}

/// One telephone number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PhoneView {
    /// Which telephone.
    pub kind: PhoneKind,
    /// As the directory writes it.
    pub number: String,
}

/// Which telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PhoneKind {
    /// `businessPhones`.
    Business,
    /// `mobilePhone`.
    Mobile,
}

/// Somebody else of the organization, as far as they may be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PersonView {
    /// Display name.
    pub name: String,
    /// One or two letters.
    pub initials: String,
    /// Which of the thirty colours lies under the initials.
    pub color: u8,
    /// Job title.
    pub title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Telephone numbers.
    pub phones: Vec<PhoneView>,
    /// Office location.
    pub office: Option<String>,
}

/// The card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct CardView {
    /// Display name.
    pub name: String,
    /// One or two letters for where there is no photo.
    pub initials: String,
    /// Which of the thirty colours lies under the initials.
    pub color: u8,
    /// Job title.
    pub title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Telephone numbers.
    pub phones: Vec<PhoneView>,
    /// Office location.
    pub office: Option<String>,
    /// Manager.
    pub manager: Option<PersonView>,
    /// Photo as a `data:` URL.
    pub photo: Option<String>,
    /// When Graph, or at the first sign-in the ID token, said so, in milliseconds since 1970.
    pub as_of_ms: i64,
    /// Graph is being asked now.
    pub refreshing: bool,
    /// Why it could not be refreshed.
    pub trouble: Option<Trouble>,
}

/// The card as a QR code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CodeView {
    /// As many rows as modules stand in each, from the top, without the margin: `1` for a dark module, `0` for a light one.
    pub rows: Vec<String>,
    /// What it holds, value by value, for those who do not scan it.
    pub holds: Vec<String>,
}

/// Where a message is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OutboxState {
    /// On disk, and not to be seen by anybody before its time: it can be taken back.
    Held {
        /// When it is queued, in milliseconds since 1970.
        until_ms: i64,
    },
    /// On disk, to leave at a time that the person has chosen.
    Scheduled {
        /// The time, in milliseconds since 1970.
        at_ms: i64,
    },
    /// Handed to Outlook, which sends it at the time that the person has chosen.
    Deferred {
        /// The time, in milliseconds since 1970.
        until_ms: i64,
    },
    /// On disk, about to leave.
    Queued,
    /// Its files are on their way into its draft.
    Attaching {
        /// How many bytes of them are there.
        bytes: u64,
        /// How many there are; 0 where another program attaches them.
        of: u64,
    },
    /// Leaving.
    Sending,
    /// It may have been sent, and is looked for.
    Checking {
        /// It is looked for when the person has signed in again.
        waits_for_sign_in: bool,
    },
    /// Taken over by Graph.
    Accepted {
        /// Graph's request id.
        request_id: Option<String>,
    },
    /// Seen in the mailbox as sent.
    Sent {
        /// Its Message-ID.
        message_id: Option<String>,
    },
    /// Sent, and a report came back: somebody did not get it.
    Bounced {
        /// What the report says, in plain text.
        report: String,
    },
    /// Kept until something comes back.
    Waiting {
        /// What it waits for.
        reason: WaitingFor,
        /// When it is tried next, in milliseconds since 1970.
        next_attempt_at_ms: Option<i64>,
    },
    /// Nobody can say whether it was sent.
    Unconfirmed {
        /// Message id of the reason.
        why: String,
        /// Graph's request id.
        request_id: Option<String>,
    },
    /// Refused for good.
    Failed {
        /// The server's code.
        code: String,
        /// Message id of the sentence.
        message: String,
        /// Arguments of the sentence.
        args: Args,
        /// Graph's request id.
        request_id: Option<String>,
    },
    /// Stopped by the person before it left.
    Cancelled,
    /// The row on disk cannot be read.
    Damaged,
}

/// A message is to leave later.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Later {
    /// The time, in milliseconds since 1970.
    pub at_ms: i64,
    /// Outlook sends it, whether this computer runs then or not.
    pub by_server: bool,
}

/// A message that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HeldView {
    /// For how long, in milliseconds from now.
    pub for_ms: u32,
    /// The addresses that it is the first message to.
    pub first_time: Vec<String>,
}

/// What a waiting message waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WaitingFor {
    /// The network.
    Network,
    /// The person to sign in.
    SignIn,
    /// The person to allow sending.
    Consent,
    /// The person to allow drafts, which a message with large files needs.
    Drafts,
    /// Room in the mailbox.
    MailboxFull,
    /// The server to let the account send again.
    Paused,
    /// The server to lift its block of the account.
    Blocked,
}

/// One message of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OutboxItemView {
    /// Row id.
    pub id: String,
    /// Subject.
    pub subject: String,
    /// Whom it goes to: names, or addresses where there is none.
    pub recipients: Vec<String>,
    /// Where it is.
    pub state: OutboxState,
    /// When it was queued, in milliseconds since 1970.
    pub created_at_ms: i64,
    /// How many attachments it has.
    pub attachments: u32,
}

/// A page of what is settled, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct HistoryView {
    /// Its messages.
    pub rows: Vec<OutboxItemView>,
    /// The whole, where the first page was asked for.
    pub outline: Option<OutlineView>,
}

/// How long the history is, and where its pages end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OutlineView {
    /// How many messages it has, or how many were found.
    pub total: u32,
    /// How many of them stand on each page but the last.
    pub page_rows: u32,
    /// The last message of each page behind which there is another one.
    pub ends: Vec<PageEndView>,
}

/// The last message of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PageEndView {
    /// Row id: the next page is of those before it.
    pub id: String,
    /// When it was queued, in milliseconds since 1970.
    pub created_at_ms: i64,
}

/// A draft, in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DraftSummary {
    /// Row id.
    pub id: String,
    /// Subject.
    pub subject: String,
    /// Whom it is for, as typed.
    pub recipients: Vec<String>,
    /// When it was saved, in milliseconds since 1970.
    pub saved_at_ms: i64,
    /// How it stands to the same draft in the mailbox.
    pub twin: TwinView,
}

/// How a draft stands to the same draft in its mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TwinView {
    /// There is none, or nothing to be said of it.
    Quiet,
    /// It was changed elsewhere: the person is asked.
    Changed,
    /// It was sent, moved or removed elsewhere, and nobody has been told.
    Gone,
}

/// An attachment: a handle, never a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AttachmentView {
    /// Handle.
    pub id: String,
    /// File name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Size in bytes.
    pub bytes: u64,
    /// What the text shows it as, behind `cid:`, where it is a picture in the text.
    pub content_id: Option<String>,
}

/// The body as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub enum BodyForm {
    /// HTML from the editor.
    Html(String),
    /// Plain text.
    Text(String),
}

/// A draft as the compose window holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DraftForm {
    /// Row id.
    pub id: String,
    /// Id of the account it is sent from: the one that was chosen when the window was opened.
    pub account: Option<String>,
    /// What the body may end with without anybody having written it; what comes back from the window is not looked at.
    pub signature: String,
    /// To, as typed.
    pub to: Vec<String>,
    /// Cc, as typed.
    pub cc: Vec<String>,
    /// Bcc, as typed.
    pub bcc: Vec<String>,
    /// Where answers are to go, as typed.
    pub reply_to: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Body.
    pub body: BodyForm,
    /// Attachments; what comes back from the window is not believed.
    pub attachments: Vec<AttachmentView>,
    /// What is asked for with it.
    pub options: OptionsForm,
}

/// What is asked for with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OptionsForm {
    /// How much it matters.
    pub importance: ImportanceForm,
    /// Whoever reads it is asked to say so.
    pub read_receipt: bool,
    /// The recipients' servers are asked to say when it has arrived.
    pub delivery_receipt: bool,
}

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportanceForm {
    /// It can wait.
    Low,
    /// Nothing is said of it.
    Normal,
    /// It is marked as important.
    High,
}

/// A message as it will be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PreviewView {
    /// To, each once.
    pub to: Vec<String>,
    /// Cc, likewise.
    pub cc: Vec<String>,
    /// Bcc, likewise.
    pub bcc: Vec<String>,
    /// Where answers go; to whoever sends it, where it is nobody.
    pub reply_to: Vec<String>,
    /// Subject, in one line.
    pub subject: String,
    /// What is asked for with it.
    pub options: OptionsForm,
    /// The HTML as it leaves, if it was written as HTML.
    pub html: Option<String>,
    /// The text, or what the HTML says as text.
    pub text: String,
    /// What goes with it, the pictures that the text shows among it.
    pub attachments: Vec<AttachmentView>,
    /// About how many bytes a mailbox counts of it.
    pub bytes: u64,
    /// How it goes.
    pub way: Way,
}

/// How a message goes to the mailbox that sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// In one request that sends it.
    Request,
    /// As a draft, which is sent.
    Draft,
    /// As a draft, to which its files are uploaded one by one, and which is sent then.
    Uploads,
}

/// One typed address, read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AddressView {
    /// What was typed.
    pub text: String,
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Message id of what is wrong with it.
    pub fault: Option<String>,
}

/// What Outlook says of a recipient before one sends. What is not known is absent, or false.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MailTipsView {
    /// The recipient's address, in letters of any case.
    pub address: String,
    /// The name that it is known under.
    pub name: Option<String>,
    /// Outlook answers in the recipient's stead.
    pub away: Option<AwayView>,
    /// The mailbox takes no more mail.
    pub mailbox_full: bool,
    /// Mail from this account is not taken.
    pub restricted: bool,
    /// Somebody decides about each mail.
    pub moderated: bool,
    /// Outside the organization; of a group, at least one member.
    pub outside: bool,
    /// What the organization tells whoever writes there, as text.
    pub note: Option<String>,
    /// How many members a group has.
    pub members: Option<u64>,
    /// How many of them are outside the organization.
    pub members_outside: Option<u64>,
    /// The largest message that is taken, in bytes.
    pub bytes_max: Option<u64>,
}

/// An automatic reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AwayView {
    /// What it says, as text.
    pub text: String,
    /// When it ends, in milliseconds since 1970.
    pub until_ms: Option<i64>,
}

/// An address that somebody may mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SuggestionView {
    /// The address with its name, as one would type it.
    pub text: String,
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub address: String,
    /// One or two letters that stand for a photo.
    pub initials: String,
    /// Which of the thirty colours lies under the initials.
    pub color: u8,
}

/// What is to be known of an address before it is written to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RecipientCheck {
    /// The address, as it was asked about.
    pub address: String,
    /// It would be the first message to it, and others were written to before.
    pub first_time: bool,
    /// The address that may be meant instead.
    pub looks_like: Option<LikenessView>,
}

/// An address that another one could be taken for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LikenessView {
    /// The address with its name, as one would type it.
    pub text: String,
    /// Address.
    pub address: String,
    /// It was written to; else it is at a well-known domain.
    pub written_to: bool,
}

/// A part of the compose form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc.
    Bcc,
    /// Reply-To.
    ReplyTo,
    /// Subject.
    Subject,
    /// Body.
    Body,
    /// Attachments.
    Attachments,
}

/// Why a draft is not a message yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct DraftFault {
    /// Where.
    pub field: Field,
    /// Message id.
    pub message: String,
    /// Arguments of the message.
    pub args: Args,
}

/// Why a command did not do what was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct CommandError {
    /// Message id.
    pub message: String,
    /// Arguments of the message.
    pub args: Args,
    /// Faults of a draft, field by field.
    pub faults: Vec<DraftFault>,
}

/// Everything, for a window that has just been opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AppState {
    /// The session.
    pub session: SessionView,
    /// The accounts side by side, the chosen one first.
    pub accounts: Vec<AccountEntry>,
    /// The configuration.
    pub config: ConfigView,
    /// Where tokens are kept.
    pub persistence: Persistence,
    /// The card.
    pub card: Option<CardView>,
    /// The outbox.
    pub outbox: Vec<OutboxItemView>,
    /// Drafts.
    pub drafts: Vec<DraftSummary>,
    /// What the person should know, such as a database set aside.
    pub notices: Vec<Trouble>,
}

/// Where things lie, as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FoldersView {
    /// Settings and signatures.
    pub config: String,
    /// Drafts, outbox, history and the list of accounts.
    pub data: String,
    /// Cards.
    pub cache: String,
}

/// One of them: a window names no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// Settings and signatures.
    Config,
    /// Drafts, outbox, history and the list of accounts.
    Data,
    /// Cards.
    Cache,
}

/// A page that may be opened in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// Where an application is registered.
    EntraPortal,
    /// The sandbox tenant's mailboxes.
    SandboxMailbox,
    /// Microsoft's page on registering a desktop application.
    RegisterHelp,
    /// Where somebody with a work or school account takes back what an application was granted.
    WorkConsents,
    /// The same for a personal account.
    PersonalConsents,
}
