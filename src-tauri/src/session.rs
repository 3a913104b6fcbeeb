//! The session: one task owns who is signed in, the sign-in under way, the card and the configuration, and takes one closed enum of events.
//!
//! It acts on the world only through its `workers` and by announcing how things are. It never waits for a
//! network or a keychain itself, so that Cancel is always heard.

mod attempt;
mod card;
mod connection;
mod drafts;
mod erasing;
mod inspecting;
mod keeping;
mod leave;
mod members;
mod need;
mod sealed;
mod sign_in;
mod workers;

use std::{
    collections::HashMap,
    io,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use entra::{Account, AccountIndex, AuthorizationCode, EntraError, Kept, SignedIn, TokenCache};
use graph::{Graph, GraphError};
use keychain::Keychain;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

pub use connection::Connection;
pub use need::Need;

use attempt::{Attempt, What};
use card::CardState;
use members::{Member, Members};
use sealed::{Seal, Sealed};
use workers::Prepared;

use crate::{
    card::Card,
    config::{self, Configuration},
    folders::Folders,
    inspector::Inspected,
    journal::Journal,
    preferences::Preference,
    sandbox::{self, Sandbox},
    views::{
        AccountEntry, CardView, Cloud, ConfigFault, ConfigView, Persistence, SessionView, Settings,
        SignInMethod, Trouble, TroubleAction,
    },
};

/// Events that may wait for the owner. Commands and workers wait their turn beyond it.
pub const EVENTS_MAX: usize = 64;

/// How often a credential store that waits for its person is asked whether it is there now.
const KEYCHAIN_POLL: Duration = Duration::from_secs(2);

/// Every way the session can be poked.
pub enum Event {
    /// A window asks how things are.
    Describe(oneshot::Sender<Described>),
    /// The person asks for a sign-in, of another account where somebody is signed in.
    SignIn(Cloud),
    /// The person goes on with what the account needs.
    SignInAgain,
    /// A message of this account may wait for permission to send, and the person has just pressed Send.
    AllowSending(String),
    /// A message of this account may wait for permission to attach large files, and the person has just pressed Send.
    AllowAttaching(String),
    /// The person wants to know what became of a message of this account. Whether they are asked for the permission.
    AllowLooking(String, oneshot::Sender<bool>),
    /// The inspector is open, and is told what is known of the chosen account, if there is one.
    Inspect(oneshot::Sender<Inspected>),
    /// The person wants a permission of the chosen account left alone, or used again.
    UsePermission { scope: &'static str, used: bool },
    /// The person chooses another account.
    Choose(String),
    /// The person takes in the account that came back in place of the one that was meant.
    ContinueWithOther,
    /// The person ends the sign-in.
    Cancel,
    /// The person asks for the browser again.
    OpenAgain,
    /// The person goes on with the sign-in under way by another method.
    SignInBy(SignInMethod),
    /// The person signs an account out. The answer comes when nothing of it is left.
    SignOut {
        account: String,
        /// Whether the browser's session ends too.
        in_browser: bool,
        done: oneshot::Sender<()>,
    },
    /// The desktop handed over a redirect.
    Redirect(String),
    /// The person asks for a fresh card.
    RefreshCard,
    /// The person gives the card of the chosen account to others.
    OwnCard(oneshot::Sender<Option<Card>>),
    /// The person changed the settings.
    SaveConfig {
        settings: Settings,
        done: oneshot::Sender<Result<ConfigView, Vec<ConfigFault>>>,
    },
    /// The person wants drafts in the mailbox too, or no more.
    KeepDrafts {
        on: bool,
        done: oneshot::Sender<Result<ConfigView, Vec<ConfigFault>>>,
    },
    /// The person prefers something else.
    Prefer {
        preference: Preference,
        done: oneshot::Sender<Result<(), Vec<ConfigFault>>>,
    },
    /// The person wants nothing kept. The answer comes when nothing is.
    Erase(oneshot::Sender<io::Result<()>>),
    /// An account needs its person.
    Needs { account: String, need: Need },
    /// A worker has the address of the sign-in page, or not.
    Prepared {
        attempt: u64,
        outcome: Result<Box<Prepared>, Trouble>,
    },
    /// The browser has brought an answer to this computer's port.
    Answered {
        attempt: u64,
        answer: Result<AuthorizationCode, EntraError>,
    },
    /// A sealed sign-in was found for a redirect.
    Unsealed {
        sealed: Box<Sealed>,
        redirect: String,
    },
    /// The browser could not be opened.
    BrowserFailed { attempt: u64 },
    /// An attempt has lasted too long.
    TimedOut { attempt: u64 },
    /// A worker has redeemed the code, or not.
    Redeemed {
        attempt: u64,
        outcome: Result<Box<SignedIn>, Trouble>,
    },
    /// The tokens of a sign-in are kept.
    Kept {
        attempt: u64,
        /// Where they are kept.
        tokens: Arc<TokenCache>,
        kept: Box<Kept>,
    },
    /// The credential store has answered.
    Persistence(Persistence),
    /// Graph has answered about the card.
    Profile {
        account: String,
        outcome: Result<Box<Card>, GraphError>,
    },
    /// Something of an account that signed out could not be removed.
    NotForgotten(Trouble),
}

/// How things are, for a window that has just been opened.
pub struct Described {
    /// The session.
    pub session: SessionView,
    /// The accounts side by side.
    pub accounts: Vec<AccountEntry>,
    /// The configuration.
    pub config: ConfigView,
    /// For how long a message can be taken back; zero where it leaves at once.
    pub undo_send: Duration,
    /// Where tokens are kept.
    pub persistence: Persistence,
    /// The card.
    pub card: Option<CardView>,
}

/// How things are now, or an act of the desktop that only the shell can do.
pub enum Announcement {
    /// The session changed.
    Session(SessionView),
    /// The accounts side by side changed.
    Accounts(Vec<AccountEntry>),
    /// The card changed.
    Card(Option<CardView>),
    /// The configuration changed.
    Config(ConfigView),
    /// Where tokens are kept is known.
    Persistence(Persistence),
    /// Open the system browser, or tell the session that it could not be opened.
    OpenBrowser {
        address: String,
        or_else: Box<Event>,
    },
    /// The person is needed in the window.
    BringToFront,
    /// Waiting mail may go.
    Deliver,
    /// Something the person should know.
    Notice(Trouble),
}

/// Who sends, as the outbox sees it.
#[derive(Clone)]
pub enum Sending {
    /// The account index has not been read yet.
    Unknown,
    /// Whoever is signed in, the chosen account first.
    Known(Vec<Sender>),
}

impl Sending {
    /// Who sends for an account.
    pub fn sender(&self, account: &str) -> Option<&Sender> {
        self.senders()
            .iter()
            .find(|sender| sender.account == account)
    }

    /// Who sends what is written now.
    pub fn chosen(&self) -> Option<&Sender> {
        self.senders().first()
    }

    fn senders(&self) -> &[Sender] {
        match self {
            Self::Unknown => &[],
            Self::Known(senders) => senders,
        }
    }
}

/// A signed-in account and its Graph.
#[derive(Clone)]
pub struct Sender {
    /// The account's id.
    pub account: String,
    /// Its Graph.
    pub graph: Arc<Graph>,
    /// Whether its drafts are to be kept in its mailbox too.
    pub keeps_drafts: bool,
    /// The process behind it, where the account is the sandbox tenant's.
    sandbox: Option<Arc<Sandbox>>,
}

impl Sender {
    /// An account whose Graph is no child of ours.
    #[cfg(test)]
    pub fn elsewhere(account: &str, graph: Graph) -> Self {
        Self {
            account: account.to_owned(),
            graph: Arc::new(graph),
            keeps_drafts: true,
            sandbox: None,
        }
    }

    /// Whether Graph may be asked. The sandbox tenant's is asked only while our own child plays it: its address is anybody's.
    pub async fn is_ready(&self) -> bool {
        let Some(sandbox) = &self.sandbox else {
            return true;
        };
        let started = sandbox.ensure_started().await;
        if let Err(error) = &started {
            tracing::warn!(error = error as &dyn std::error::Error, "no sandbox tenant");
        }
        started.is_ok()
    }
}

/// The world, handed in.
pub struct World {
    /// The HTTP client for what is elsewhere.
    pub http: reqwest::Client,
    /// The same without a proxy, for what is on this computer.
    pub direct: reqwest::Client,
    /// The clock.
    pub clock: entra::Clock,
    /// Where requests are noted down.
    pub journal: Journal,
    /// The credential store.
    pub keychain: Keychain,
    /// Where files lie.
    pub folders: Folders,
    /// The sandbox tenant's process.
    pub sandbox: Arc<Sandbox>,
    /// Where the session says how things are.
    pub announce: mpsc::Sender<Announcement>,
    /// Who sends, for the outbox.
    pub sender: watch::Sender<Sending>,
    /// The session's own mailbox, for its workers.
    pub events: mpsc::Sender<Event>,
}

enum State {
    Starting,
    /// No sign-in is under way; `trouble` is why the last one came to nothing.
    Still {
        trouble: Option<Trouble>,
    },
    SigningIn(Attempt),
}

/// Whoever came back in place of the account that was meant: nothing of it is kept before the person says so.
struct Other {
    cloud: Cloud,
    signed_in: Box<SignedIn>,
}

/// The owner.
pub struct Session {
    world: World,
    state: State,
    configuration: Configuration,
    index: AccountIndex,
    connections: HashMap<Cloud, Connection>,
    persistence: Persistence,
    seal: Seal,
    members: Members,
    other: Option<Other>,
    /// The accounts as last announced.
    told: Vec<AccountEntry>,
    attempts: u64,
    /// The last change of the credential store that was begun.
    change: Option<JoinHandle<()>>,
}

impl Session {
    /// An owner of nothing yet, with the configuration that the world's HTTP clients were made by.
    pub fn new(world: World, configuration: Configuration) -> Self {
        let index = AccountIndex::open(world.folders.data.join("accounts.json"));
        let seal = Seal::new(world.keychain.clone());
        Self {
            world,
            state: State::Starting,
            configuration,
            index,
            connections: HashMap::new(),
            persistence: Persistence::Waiting,
            seal,
            members: Members::default(),
            other: None,
            told: Vec::new(),
            attempts: 0,
            change: None,
        }
    }

    /// Reads what is kept, then takes events until nobody can send any.
    pub async fn run(mut self, mut events: mpsc::Receiver<Event>) {
        self.start().await;
        while let Some(event) = events.recv().await {
            self.take(event).await;
        }
    }

    async fn start(&mut self) {
        let trouble = self.read_members();
        self.state = State::Still { trouble };
        if let Some(path) = self.index.set_aside() {
            let notice = Trouble::plain("trouble-accounts-set-aside", TroubleAction::None);
            let notice = notice.with("path", path.display());
            self.announce(Announcement::Notice(notice)).await;
        }
        self.publish_senders();
        self.announce_all().await;
        self.ask_persistence();
        self.refresh_card().await;
    }

    /// Asks where tokens are kept, until the credential store has answered. It may have come since it was last asked.
    fn ask_persistence(&self) {
        let (keychain, events) = (self.world.keychain.clone(), self.world.events.clone());
        tokio::spawn(async move {
            loop {
                let persistence = match keychain.persistence().await {
                    keychain::Persistence::Store { name } => Persistence::Store { name },
                    keychain::Persistence::SessionOnly { .. } => Persistence::SessionOnly,
                    keychain::Persistence::Waiting => Persistence::Waiting,
                };
                let settled = persistence != Persistence::Waiting;
                if events.send(Event::Persistence(persistence)).await.is_err() || settled {
                    return;
                }
                tokio::time::sleep(KEYCHAIN_POLL).await;
            }
        });
    }

    async fn take(&mut self, event: Event) {
        match event {
            Event::Describe(reply) => {
                let _ = reply.send(self.describe());
            }
            Event::SignIn(cloud) => self.sign_in(cloud).await,
            Event::SignInAgain => self.sign_in_again().await,
            Event::AllowSending(account) => self.allow_sending(&account).await,
            Event::AllowAttaching(account) => self.allow_attaching(&account).await,
            Event::AllowLooking(account, reply) => {
                // Whoever asked may be gone.
                let _ = reply.send(self.allow_looking(&account).await);
            }
            Event::Inspect(reply) => {
                let _ = reply.send(self.inspected());
            }
            Event::UsePermission { scope, used } => self.use_permission(scope, used).await,
            Event::Choose(account) => self.choose(&account).await,
            Event::ContinueWithOther => self.continue_with_other().await,
            Event::Cancel => self.end_attempt(None).await,
            Event::OpenAgain => self.open_again().await,
            Event::SignInBy(method) => self.sign_in_by(method).await,
            Event::SignOut {
                account,
                in_browser,
                done,
            } => self.sign_out(&account, in_browser, done).await,
            Event::Redirect(redirect) => self.redirect(redirect).await,
            Event::RefreshCard => self.refresh_card().await,
            Event::OwnCard(reply) => {
                let _ = reply.send(self.own_card());
            }
            Event::SaveConfig { settings, done } => {
                let _ = done.send(self.save_config(&settings).await);
            }
            Event::KeepDrafts { on, done } => {
                let _ = done.send(self.keep_drafts(on).await);
            }
            Event::Prefer { preference, done } => {
                let _ = done.send(self.prefer(preference).await);
            }
            Event::Erase(done) => self.erase(done).await,
            Event::Needs { account, need } => self.needs(&account, need).await,
            Event::Prepared { attempt, outcome } => self.prepared(attempt, outcome).await,
            Event::Answered { attempt, answer } => self.answered(attempt, answer).await,
            Event::Unsealed { sealed, redirect } => self.unsealed(*sealed, redirect).await,
            Event::BrowserFailed { attempt } => self.browser_failed(attempt).await,
            Event::TimedOut { attempt } => self.timed_out(attempt).await,
            Event::Redeemed { attempt, outcome } => self.redeemed(attempt, outcome).await,
            Event::Kept {
                attempt,
                tokens,
                kept,
            } => self.kept(attempt, tokens, *kept).await,
            Event::Persistence(persistence) => {
                self.persistence = persistence.clone();
                self.announce(Announcement::Persistence(persistence)).await;
            }
            Event::Profile { account, outcome } => self.profile(&account, outcome).await,
            Event::NotForgotten(trouble) => self.not_forgotten(trouble).await,
        }
    }

    fn describe(&self) -> Described {
        Described {
            session: self.session_view(),
            accounts: self.members.entries(),
            config: self.configuration.view(sandbox::is_available()),
            undo_send: Duration::from_secs(self.configuration.preferences.undo_send_seconds.into()),
            persistence: self.persistence.clone(),
            card: self.card_view(),
        }
    }

    fn session_view(&self) -> SessionView {
        match (&self.state, self.members.chosen()) {
            (State::Starting, _) => SessionView::Starting,
            (State::SigningIn(attempt), _) => attempt.view(),
            (State::Still { trouble }, None) => SessionView::SignedOut {
                trouble: trouble.clone(),
            },
            (State::Still { trouble }, Some(member)) => SessionView::SignedIn {
                account: member.view(),
                needs: member.need.as_ref().map(|need| need.trouble.clone()),
                trouble: trouble.clone(),
            },
        }
    }

    /// What went wrong before is no longer what the person is about.
    fn forget_mishap(&mut self) {
        self.other = None;
        if let State::Still { trouble } = &mut self.state {
            *trouble = None;
        }
    }

    async fn needs(&mut self, account: &str, need: Need) {
        let Some(member) = self.members.find(account) else {
            return;
        };
        let need = match &need.claims {
            Some(claims) if member.answered.as_ref() == Some(claims) => need.after_its_answer(),
            _ => need,
        };
        if member.need.as_ref() != Some(&need) {
            member.need = Some(need);
            self.announce_session().await;
        }
    }

    async fn save_config(&mut self, settings: &Settings) -> Result<ConfigView, Vec<ConfigFault>> {
        config::save(&self.world.folders.config, settings)?;
        // What was begun under the old settings is not kept under the new ones.
        let is_under_way = |state: &State| matches!(state, State::SigningIn(attempt) if attempt.what.cloud == Cloud::Microsoft);
        if is_under_way(&self.state) {
            self.end_attempt(None).await;
        }
        self.other = None;
        self.configuration = Configuration::load(&self.world.folders.config);
        self.connections.remove(&Cloud::Microsoft);
        self.publish_senders();
        let view = self.configuration.view(sandbox::is_available());
        self.announce(Announcement::Config(view.clone())).await;
        Ok(view)
    }

    /// What is preferred holds at once, and disturbs no sign-in. What else was changed in the file meanwhile is left for later.
    async fn prefer(&mut self, preference: Preference) -> Result<(), Vec<ConfigFault>> {
        // It may want a permission.
        if let Preference::DraftsInMailbox(on) = preference {
            return self.keep_drafts(on).await.map(drop);
        }
        config::prefer(&self.world.folders.config, preference)?;
        // Not what was asked for, but what holds: somebody else may have set it.
        self.configuration.preferences =
            Configuration::load(&self.world.folders.config).preferences;
        let view = self.configuration.view(sandbox::is_available());
        self.announce(Announcement::Config(view)).await;
        Ok(())
    }

    /// The connection to a cloud, made when it is first needed.
    fn connection(&mut self, cloud: Cloud) -> Result<Connection, Trouble> {
        if let Some(connection) = self.connections.get(&cloud) {
            return Ok(connection.clone());
        }
        let configuration = match cloud {
            Cloud::Microsoft => self.configuration.clone(),
            Cloud::Sandbox => sandbox::configuration(),
        };
        let connection = Connection::new(&self.world, &configuration)
            .map_err(|message| Trouble::plain(message, TroubleAction::OpenSettings))?;
        self.connections.insert(cloud, connection.clone());
        Ok(connection)
    }

    /// Where a sign-in asks: for an account that is known already, at the tenant that signed it in before.
    fn connection_for(&mut self, what: &What) -> Result<Connection, Trouble> {
        let connection = self.connection(what.cloud)?;
        Ok(match &what.account {
            Some(account) => connection.for_account(account),
            None => connection,
        })
    }

    /// Keeps the account for the next start, in front of those that were used before it.
    async fn remember(&mut self, account: Account) {
        if let Err(error) = self.index.put(account) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the account index was not kept"
            );
            let trouble = Trouble::plain("trouble-account-not-kept", TroubleAction::None);
            self.announce(Announcement::Notice(trouble)).await;
        }
    }

    /// Tells the outbox who sends.
    fn publish_senders(&self) {
        let senders = self.members.iter().map(|member| self.sender_of(member));
        let senders = Sending::Known(senders.collect());
        self.world.sender.send_replace(senders);
    }

    fn sender_of(&self, member: &Member) -> Sender {
        let sandbox = Arc::clone(&self.world.sandbox);
        Sender {
            account: member.id().to_owned(),
            graph: Arc::clone(&member.graph),
            keeps_drafts: self.configuration.preferences.drafts_in_mailbox,
            sandbox: (member.cloud == Cloud::Sandbox).then_some(sandbox),
        }
    }

    fn now_ms(&self) -> i64 {
        let since = (self.world.clock)().duration_since(UNIX_EPOCH);
        i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
    }

    async fn announce_all(&mut self) {
        self.announce_session().await;
        self.announce_card().await;
    }

    async fn announce_session(&mut self) {
        let accounts = self.members.entries();
        if accounts != self.told {
            self.told.clone_from(&accounts);
            self.announce(Announcement::Accounts(accounts)).await;
        }
        self.announce(Announcement::Session(self.session_view()))
            .await;
    }

    async fn announce(&self, announcement: Announcement) {
        // Nobody listens any more only while the program ends.
        let _ = self.world.announce.send(announcement).await;
    }
}

#[cfg(test)]
mod tests;
