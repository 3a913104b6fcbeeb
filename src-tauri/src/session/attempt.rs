//! One sign-in, from the button to the tokens: prepared, in the browser, redeemed. At most one at a time; a new one supersedes the old.

use std::{sync::Arc, time::Duration};

use entra::{
    Account, AuthorizationCode, PendingSignIn, Prompt, RedirectError, SignInAsk, redirect,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{Announcement, Connection, Event, Member, Need, Session, State};
use crate::{
    names::{SEND_SCOPE, SIGN_IN_SCOPES},
    scheme,
    views::{Cloud, Purpose, SessionView, Stage, Trouble, TroubleAction},
};

/// How long the person may stay in the browser. A second factor may have to be set up on the way; a code lives as long.
const SIGN_IN_TIME_MAX: Duration = Duration::from_secs(600);

/// Name of the record by which a redirect finds its sign-in after a restart.
const PENDING_RECORD: &str = "pending-sign-in";

/// A sign-in under way.
pub struct Attempt {
    id: u64,
    what: What,
    progress: Progress,
}

/// What is asked, and of whom.
#[derive(Clone, Serialize, Deserialize)]
struct What {
    cloud: Cloud,
    purpose: Purpose,
    scopes: Vec<String>,
    login_hint: Option<String>,
    /// The account it is for, where it is not a first sign-in.
    account: Option<String>,
}

enum Progress {
    Preparing,
    AwaitingRedirect {
        pending: PendingSignIn,
        address: String,
        expires_at_ms: i64,
    },
    Redeeming,
}

/// A sign-in whose page may be opened.
pub struct Prepared {
    pending: PendingSignIn,
    address: String,
}

/// A sign-in found again after a restart.
pub struct Sealed {
    what: What,
    pending: PendingSignIn,
}

/// What a redeemed code brought.
pub struct Redeemed {
    account: Account,
    /// Why its tokens are not kept beyond this session.
    unkept: Option<Trouble>,
}

impl Attempt {
    /// What the interface shows.
    pub fn view(&self) -> SessionView {
        let (stage, address, expires_at_ms) = match &self.progress {
            Progress::Preparing => (Stage::Preparing, None, None),
            Progress::AwaitingRedirect {
                address,
                expires_at_ms,
                ..
            } => (Stage::Browser, Some(address.clone()), Some(*expires_at_ms)),
            Progress::Redeeming => (Stage::Redeeming, None, None),
        };
        let What { purpose, cloud, .. } = self.what;
        SessionView::SigningIn {
            stage,
            purpose,
            address,
            expires_at_ms,
            cloud,
        }
    }
}

impl Session {
    pub(super) async fn sign_in(&mut self, cloud: Cloud) {
        let what = What {
            cloud,
            purpose: Purpose::SignIn,
            scopes: scopes_with(&[]),
            login_hint: None,
            account: None,
        };
        self.begin(what, None).await;
    }

    pub(super) async fn sign_in_again(&mut self) {
        let Some(member) = self.member_now() else {
            return;
        };
        match member.need.clone() {
            Some(need) => self.ask_person(need).await,
            None => self.refresh_card().await,
        }
    }

    /// Asks for permission to send at the first send, and no second time while the person is being asked.
    pub(super) async fn allow_sending(&mut self) {
        let State::SignedIn(member) = &self.state else {
            return;
        };
        if member
            .account
            .scopes
            .iter()
            .any(|scope| scope.eq_ignore_ascii_case(SEND_SCOPE))
        {
            return;
        }
        self.ask_person(Need {
            trouble: Trouble::plain("trouble-consent-required", TroubleAction::SignInAgain),
            scopes: vec![SEND_SCOPE.to_owned()],
            claims: None,
            consent: true,
        })
        .await;
    }

    async fn ask_person(&mut self, need: Need) {
        let Some(member) = self.member_now() else {
            return;
        };
        let what = What {
            cloud: member.cloud,
            purpose: if need.consent {
                Purpose::Consent
            } else {
                Purpose::Renew
            },
            scopes: scopes_with(&need.scopes),
            login_hint: Some(member.account.username.clone()),
            account: Some(member.account.home_account_id.clone()),
        };
        let claims = need.claims.clone();
        member.need = Some(need);
        self.begin(what, claims).await;
    }

    async fn begin(&mut self, what: What, claims: Option<String>) {
        let connection = match self.connection(what.cloud) {
            Ok(connection) => connection,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        self.attempts += 1;
        let id = self.attempts;
        let before = match std::mem::replace(&mut self.state, State::Starting) {
            State::SignedIn(member) => Some(member),
            State::SigningIn { before, .. } => before,
            State::Starting | State::SignedOut { .. } => None,
        };
        let attempt = Attempt {
            id,
            what: what.clone(),
            progress: Progress::Preparing,
        };
        self.state = State::SigningIn { attempt, before };
        self.announce_session().await;
        let (events, sandbox) = (self.world.events.clone(), Arc::clone(&self.world.sandbox));
        tokio::spawn(async move {
            let sandbox = (what.cloud == Cloud::Sandbox).then_some(sandbox);
            let outcome = prepare(sandbox, connection, what, claims)
                .await
                .map(Box::new);
            let _ = events
                .send(Event::Prepared {
                    attempt: id,
                    outcome,
                })
                .await;
        });
    }

    pub(super) async fn prepared(&mut self, id: u64, outcome: Result<Box<Prepared>, Trouble>) {
        let now_ms = self.now_ms();
        let Some(attempt) = self.attempt(id) else {
            return;
        };
        let Prepared { pending, address } = match outcome {
            Ok(prepared) => *prepared,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        let sealed = seal(&attempt.what, &pending);
        let limit = i64::try_from(SIGN_IN_TIME_MAX.as_millis()).unwrap_or(i64::MAX);
        attempt.progress = Progress::AwaitingRedirect {
            pending,
            address: address.clone(),
            expires_at_ms: now_ms.saturating_add(limit),
        };
        self.keep_pending(sealed);
        self.announce(Announcement::OpenBrowser {
            attempt: id,
            address,
        })
        .await;
        self.announce_session().await;
        let events = self.world.events.clone();
        tokio::spawn(async move {
            tokio::time::sleep(SIGN_IN_TIME_MAX).await;
            let _ = events.send(Event::TimedOut { attempt: id }).await;
        });
    }

    pub(super) async fn open_again(&mut self) {
        if let State::SigningIn {
            attempt:
                Attempt {
                    id,
                    progress: Progress::AwaitingRedirect { address, .. },
                    ..
                },
            ..
        } = &self.state
        {
            let (attempt, address) = (*id, address.clone());
            self.announce(Announcement::OpenBrowser { attempt, address })
                .await;
        }
    }

    /// A redirect that is not ours, does not match or comes twice is dropped, and leaves the sign-in as it was.
    pub(super) async fn redirect(&mut self, redirect: String) {
        let State::SigningIn { attempt, .. } = &mut self.state else {
            return self.look_for_pending(redirect);
        };
        let Progress::AwaitingRedirect { pending, .. } = &attempt.progress else {
            tracing::info!("a redirect was dropped: no sign-in waits for one");
            return;
        };
        match redirect::read(pending, &redirect) {
            Ok(code) => self.redeem(code).await,
            Err(RedirectError::Refused(error)) => {
                self.end_attempt(Some(Trouble::from(&error))).await;
            }
            Err(error) => {
                tracing::info!(%error, "a redirect was dropped");
                self.announce(Announcement::BringToFront).await;
            }
        }
    }

    async fn redeem(&mut self, code: AuthorizationCode) {
        let State::SigningIn { attempt, .. } = &mut self.state else {
            return;
        };
        let Progress::AwaitingRedirect { pending, .. } =
            std::mem::replace(&mut attempt.progress, Progress::Redeeming)
        else {
            return;
        };
        let (id, what) = (attempt.id, attempt.what.clone());
        self.announce_session().await;
        self.announce(Announcement::BringToFront).await;
        let connection = match self.connection(what.cloud) {
            Ok(connection) => connection,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        let events = self.world.events.clone();
        tokio::spawn(async move {
            let outcome = redeem(connection, pending, code, what.account)
                .await
                .map(Box::new);
            let _ = events
                .send(Event::Redeemed {
                    attempt: id,
                    outcome,
                })
                .await;
        });
    }

    pub(super) async fn redeemed(&mut self, id: u64, outcome: Result<Box<Redeemed>, Trouble>) {
        let Some(attempt) = self.attempt(id) else {
            return;
        };
        let cloud = attempt.what.cloud;
        let Redeemed { account, unkept } = match outcome {
            Ok(redeemed) => *redeemed,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        let mut member = match self.member(account, cloud) {
            Ok(member) => member,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        if let Err(error) = self.index.put(member.account.clone()) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the account index was not kept"
            );
        }
        member.need = unkept.map(|trouble| Need {
            trouble,
            scopes: Vec::new(),
            claims: None,
            consent: false,
        });
        self.forget_pending();
        self.enter(member).await;
    }

    async fn enter(&mut self, member: Member) {
        if !self.card.belongs_to(&member.account.home_account_id) {
            self.card =
                super::CardState::of(&self.world.folders.cache, &member.account, self.now_ms());
        }
        self.state = State::SignedIn(member);
        self.publish_sender();
        self.announce_session().await;
        self.announce_card().await;
        self.announce(Announcement::Deliver).await;
        self.refresh_card().await;
    }

    /// Ends the attempt, with the trouble that ended it; whoever was signed in before still is.
    pub(super) async fn end_attempt(&mut self, trouble: Option<Trouble>) {
        let before = match std::mem::replace(&mut self.state, State::Starting) {
            State::SigningIn { before, .. } => before,
            State::SignedIn(member) => Some(member),
            State::Starting | State::SignedOut { .. } => None,
        };
        self.forget_pending();
        self.state = match before {
            None => State::SignedOut { trouble },
            Some(mut member) => {
                if let (Some(trouble), Some(need)) = (trouble, member.need.as_mut()) {
                    need.trouble = Trouble {
                        action: TroubleAction::SignInAgain,
                        ..trouble
                    };
                }
                State::SignedIn(member)
            }
        };
        self.announce_session().await;
        self.announce(Announcement::BringToFront).await;
    }

    pub(super) async fn timed_out(&mut self, id: u64) {
        if self
            .attempt(id)
            .is_some_and(|attempt| !matches!(attempt.progress, Progress::Redeeming))
        {
            let trouble = Trouble::plain("trouble-timed-out", TroubleAction::TryAgain);
            self.end_attempt(Some(trouble)).await;
        }
    }

    /// The attempt goes on: the address stands in the window, to be opened by hand.
    pub(super) async fn browser_failed(&mut self, id: u64) {
        if self.attempt(id).is_some() {
            tracing::warn!("the system browser could not be opened");
        }
    }

    fn look_for_pending(&mut self, redirect: String) {
        let (keychain, events) = (self.world.keychain.clone(), self.world.events.clone());
        let now = (self.world.clock)();
        tokio::spawn(async move {
            let record = keychain.read(PENDING_RECORD).await.ok().flatten();
            let sealed = record
                .and_then(|record| unseal(&record, now))
                .filter(|sealed| is_answer(&sealed.pending, &redirect));
            match sealed {
                Some(sealed) => {
                    let sealed = Box::new(sealed);
                    let _ = events.send(Event::Unsealed { sealed, redirect }).await;
                }
                None => tracing::info!("a redirect was dropped: no sign-in waits for one"),
            }
        });
    }

    pub(super) async fn unsealed(&mut self, sealed: Sealed, redirect: String) {
        let before = match std::mem::replace(&mut self.state, State::Starting) {
            State::SignedIn(member) => Some(member),
            State::Starting | State::SignedOut { .. } => None,
            busy @ State::SigningIn { .. } => {
                self.state = busy;
                return;
            }
        };
        self.attempts += 1;
        let progress = Progress::AwaitingRedirect {
            pending: sealed.pending,
            address: String::new(),
            expires_at_ms: self.now_ms(),
        };
        let attempt = Attempt {
            id: self.attempts,
            what: sealed.what,
            progress,
        };
        self.state = State::SigningIn { attempt, before };
        self.redirect(redirect).await;
    }

    fn attempt(&mut self, id: u64) -> Option<&mut Attempt> {
        match &mut self.state {
            State::SigningIn { attempt, .. } if attempt.id == id => Some(attempt),
            _ => None,
        }
    }

    /// The keychain may wait for its person: the browser is opened meanwhile.
    fn keep_pending(&self, sealed: Option<SecretString>) {
        let keychain = self.world.keychain.clone();
        tokio::spawn(async move {
            if let Some(sealed) = sealed
                && let Err(error) = keychain.write(PENDING_RECORD, sealed).await
            {
                tracing::info!(%error, "a sign-in will not outlive this process");
            }
        });
    }

    fn forget_pending(&self) {
        let keychain = self.world.keychain.clone();
        tokio::spawn(async move {
            if let Err(error) = keychain.delete(PENDING_RECORD).await {
                tracing::info!(%error, "a finished sign-in stays sealed until it expires");
            }
        });
    }
}

async fn prepare(
    sandbox: Option<Arc<crate::sandbox::Sandbox>>,
    connection: Connection,
    what: What,
    claims: Option<String>,
) -> Result<Prepared, Trouble> {
    if let Some(sandbox) = sandbox {
        sandbox.ensure_started().await.map_err(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "no sandbox tenant"
            );
            Trouble::plain("trouble-sandbox-start", TroubleAction::TryAgain)
        })?;
    }
    // A failure to register shows in the waiting view's other ways, not here.
    let _ = tokio::task::spawn_blocking(scheme::ensure_registered).await;
    let ask = SignInAsk {
        scopes: what.scopes,
        prompt: what.login_hint.is_none().then_some(Prompt::SelectAccount),
        login_hint: what.login_hint,
        claims,
    };
    let (address, pending) = connection
        .client
        .begin(ask)
        .await
        .map_err(|error| Trouble::from(&error))?;
    Ok(Prepared {
        pending,
        address: address.into(),
    })
}

async fn redeem(
    connection: Connection,
    pending: PendingSignIn,
    code: AuthorizationCode,
    expected: Option<String>,
) -> Result<Redeemed, Trouble> {
    let signed_in = connection
        .client
        .redeem(pending, code)
        .await
        .map_err(|error| Trouble::from(&error))?;
    let account = signed_in.account.clone();
    if expected.is_some_and(|expected| expected != account.home_account_id) {
        return Err(
            Trouble::plain("trouble-other-account", TroubleAction::SignInAgain)
                .with("got", &account.username),
        );
    }
    let unkept = connection.tokens.keep(&signed_in).await.err().map(|error| {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "tokens are not kept"
        );
        Trouble::plain("trouble-keyring-locked", TroubleAction::TryAgain)
    });
    Ok(Redeemed { account, unkept })
}

/// Whether the redirect answers this sign-in, with a code or with a refusal.
fn is_answer(pending: &PendingSignIn, redirect: &str) -> bool {
    matches!(
        redirect::read(pending, redirect),
        Ok(_) | Err(RedirectError::Refused(_))
    )
}

fn scopes_with(more: &[String]) -> Vec<String> {
    let sign_in = SIGN_IN_SCOPES.iter().map(|scope| (*scope).to_owned());
    let more = more
        .iter()
        .filter(|scope| !SIGN_IN_SCOPES.contains(&scope.as_str()))
        .cloned();
    sign_in.chain(more).collect()
}

/// The record holds what is asked in its first line and the sealed request in the rest.
fn seal(what: &What, pending: &PendingSignIn) -> Option<SecretString> {
    let what = serde_json::to_string(what).ok()?;
    Some(SecretString::from(format!(
        "{what}\n{}",
        pending.seal().expose_secret()
    )))
}

fn unseal(record: &SecretString, now: std::time::SystemTime) -> Option<Sealed> {
    let (what, pending) = record.expose_secret().split_once('\n')?;
    let what = serde_json::from_str(what).ok()?;
    let pending = PendingSignIn::unseal(&SecretString::from(pending.to_owned()), now).ok()?;
    Some(Sealed { what, pending })
}
