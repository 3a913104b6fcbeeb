//! One sign-in, from the button to the tokens: prepared, with the person, redeemed. At most one at a time; a new one supersedes the old.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use entra::{AuthorizationCode, EntraError, RedirectError, SignedIn, redirect};

use super::{
    Announcement, Event, Need, Other, Session, State,
    attempt::{Attempt, Progress, What},
    sealed::Sealed,
    workers::{self, Awaiting, Prepared},
};
use crate::{
    names::{MAILBOX_SCOPE, REDIRECT_URI, SEND_SCOPE, SIGN_IN_SCOPES},
    views::{Cloud, Purpose, SignInMethod, Trouble, TroubleAction},
};

/// How long the person may stay in the browser. A second factor may have to be set up on the way; a sealed sign-in lives as long.
const SIGN_IN_TIME_MAX: Duration = Duration::from_secs(600);

impl What {
    /// A sign-in of whoever the person picks there.
    fn first_sign_in(cloud: Cloud) -> Self {
        Self {
            cloud,
            purpose: Purpose::SignIn,
            scopes: scopes_with(&[]),
            login_hint: None,
            claims: None,
            account: None,
        }
    }

    fn is_for_other_than(&self, signed_in: &SignedIn) -> bool {
        let meant = self.account.as_ref();
        meant.is_some_and(|account| account.id() != signed_in.account.id())
    }
}

impl Session {
    pub(super) async fn sign_in(&mut self, cloud: Cloud) {
        self.begin(What::first_sign_in(cloud), self.configuration.sign_in)
            .await;
    }

    /// Goes on with what the account needs: the person in the browser, or only another try.
    pub(super) async fn sign_in_again(&mut self) {
        let Some(member) = self.members.chosen_mut() else {
            return;
        };
        match member.need.take() {
            Some(need) if need.trouble.action != TroubleAction::TryAgain => {
                let account = member.id().to_owned();
                self.ask_person(&account, need).await;
            }
            _ => {
                self.announce_session().await;
                self.announce(Announcement::Deliver).await;
                self.refresh_card().await;
            }
        }
    }

    /// Asks for permission to send at the first send.
    pub(super) async fn allow_sending(&mut self, account: &str) {
        self.allow(account, &[SEND_SCOPE], Purpose::Consent).await;
    }

    /// Asks for permission to make drafts at the first send that needs one.
    pub(super) async fn allow_attaching(&mut self, account: &str) {
        self.allow(account, &[SEND_SCOPE, MAILBOX_SCOPE], Purpose::Attach)
            .await;
    }

    /// Asks for permission to look for what was sent, which from then on makes sure of each message. Whether it asks.
    pub(super) async fn allow_looking(&mut self, account: &str) -> bool {
        self.allow(account, &[SEND_SCOPE, MAILBOX_SCOPE], Purpose::Look)
            .await
    }

    /// Asks for permission to keep drafts in the mailbox, when the person has just chosen that.
    pub(super) async fn allow_keeping(&mut self, account: &str) {
        self.allow(account, &[SEND_SCOPE, MAILBOX_SCOPE], Purpose::Keep)
            .await;
    }

    /// Asks for what is not granted yet, and no second time while the person is being asked. Whether it asks.
    async fn allow(&mut self, account: &str, scopes: &[&str], purpose: Purpose) -> bool {
        if !matches!(self.state, State::Still { .. }) {
            return false;
        }
        let Some(member) = self.members.find(account) else {
            return false;
        };
        let unused = self.index.unused(account);
        let in_use = |scope: &&str| {
            member.account.has_scope(scope) && !unused.iter().any(|unused| unused == scope)
        };
        if scopes.iter().all(in_use) {
            return false;
        }
        self.ask_person(account, Need::for_permission(scopes, purpose))
            .await;
        true
    }

    async fn ask_person(&mut self, account: &str, need: Need) {
        let Some(member) = self.members.find(account) else {
            return;
        };
        let what = What {
            cloud: member.cloud,
            purpose: need.purpose,
            scopes: scopes_with(&need.scopes),
            login_hint: Some(member.account.username.clone()),
            claims: need.claims.clone(),
            account: Some(member.account.clone()),
        };
        member.need = Some(need);
        self.begin(what, self.configuration.sign_in).await;
    }

    /// Goes on with the same by another method; left to choose, by the one that is set, unless that is what is left.
    pub(super) async fn sign_in_by(&mut self, method: SignInMethod) {
        let method = match (method, self.configuration.sign_in) {
            (SignInMethod::Automatic, set) if set != SignInMethod::DeviceCode => set,
            (method, _) => method,
        };
        if let State::SigningIn(attempt) = &self.state
            && attempt.progress.waits()
        {
            let what = attempt.what.clone();
            self.begin(what, method).await;
        }
    }

    async fn begin(&mut self, what: What, method: SignInMethod) {
        self.other = None;
        // Nothing that was begun before may end in its place.
        self.seal.forget();
        let id = self.enter_attempt(what.clone(), Progress::Preparing);
        let connection = match self.connection_for(&what) {
            Ok(connection) => connection,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        let sandbox = Arc::clone(&self.world.sandbox);
        let sandbox = (what.cloud == Cloud::Sandbox).then_some(sandbox);
        self.announce_session().await;
        let events = self.world.events.clone();
        tokio::spawn(async move {
            let outcome = workers::prepare(sandbox, connection, what, method).await;
            let outcome = outcome.map(Box::new);
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
        let events = self.world.events.clone();
        let Some(attempt) = self.attempt(id) else {
            return;
        };
        let Prepared { awaiting, reason } = match outcome {
            Ok(prepared) => *prepared,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        attempt.reason = reason;
        let limit = i64::try_from(SIGN_IN_TIME_MAX.as_millis()).unwrap_or(i64::MAX);
        let expires_at_ms = now_ms.saturating_add(limit);
        let (page, sealed) = match awaiting {
            Awaiting::Scheme { pending, address } => {
                let sealed = Some((attempt.what.clone(), pending.clone()));
                attempt.progress = Progress::AwaitingRedirect {
                    pending,
                    address: address.clone(),
                    expires_at_ms,
                    browser_failed: false,
                    listening: None,
                };
                (Some(address), sealed)
            }
            Awaiting::Loopback {
                pending,
                address,
                loopback,
            } => {
                let listening = workers::listen(events.clone(), id, loopback, pending.clone());
                attempt.progress = Progress::AwaitingRedirect {
                    pending,
                    address: address.clone(),
                    expires_at_ms,
                    browser_failed: false,
                    listening: Some(listening),
                };
                (Some(address), None)
            }
            Awaiting::OtherDevice { connection, code } => {
                attempt.progress = Progress::AwaitingOtherDevice {
                    user_code: code.user_code.clone(),
                    address: code.verification_uri.to_string(),
                    expires_at_ms: millis(code.expires_at),
                    browser_failed: false,
                    _polling: workers::poll(events.clone(), id, connection, code),
                };
                (None, None)
            }
        };
        if let Some((what, pending)) = &sealed {
            self.seal.keep(what, pending);
        }
        let is_in_browser = page.is_some();
        if let Some(address) = page {
            self.open_browser(id, address).await;
        }
        self.announce_session().await;
        // A code for another device ends by itself.
        if is_in_browser {
            tokio::spawn(async move {
                tokio::time::sleep(SIGN_IN_TIME_MAX).await;
                let _ = events.send(Event::TimedOut { attempt: id }).await;
            });
        }
    }

    pub(super) async fn open_again(&mut self) {
        let State::SigningIn(attempt) = &self.state else {
            return;
        };
        if let Progress::AwaitingRedirect { address, .. }
        | Progress::AwaitingOtherDevice { address, .. } = &attempt.progress
        {
            let (id, address) = (attempt.id, address.clone());
            self.open_browser(id, address).await;
        }
    }

    async fn open_browser(&self, attempt: u64, address: String) {
        let or_else = Box::new(Event::BrowserFailed { attempt });
        self.announce(Announcement::OpenBrowser { address, or_else })
            .await;
    }

    /// The attempt goes on: the window says so and shows the address, to be opened by hand.
    pub(super) async fn browser_failed(&mut self, id: u64) {
        tracing::warn!("the system browser could not be opened");
        if let Some(attempt) = self.attempt(id)
            && let Progress::AwaitingRedirect { browser_failed, .. }
            | Progress::AwaitingOtherDevice { browser_failed, .. } = &mut attempt.progress
        {
            *browser_failed = true;
            self.announce_session().await;
        }
    }

    /// A redirect that is not ours, does not match or comes twice is dropped, and leaves the sign-in as it was.
    pub(super) async fn redirect(&mut self, redirect: String) {
        let State::SigningIn(attempt) = &mut self.state else {
            return self.look_for_sealed(redirect);
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

    /// The same by a port of this computer, where only what belongs to the sign-in is passed on.
    pub(super) async fn answered(
        &mut self,
        id: u64,
        answer: Result<AuthorizationCode, EntraError>,
    ) {
        if self.attempt(id).is_none() {
            return;
        }
        match answer {
            Ok(code) => self.redeem(code).await,
            Err(error) => self.end_attempt(Some(Trouble::from(&error))).await,
        }
    }

    async fn redeem(&mut self, code: AuthorizationCode) {
        let State::SigningIn(attempt) = &mut self.state else {
            return;
        };
        let Progress::AwaitingRedirect { pending, .. } =
            std::mem::replace(&mut attempt.progress, Progress::Redeeming)
        else {
            return;
        };
        let (id, what) = (attempt.id, attempt.what.clone());
        self.seal.forget();
        self.announce_session().await;
        self.announce(Announcement::BringToFront).await;
        let connection = match self.connection_for(&what) {
            Ok(connection) => connection,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        let events = self.world.events.clone();
        tokio::spawn(async move {
            let outcome = workers::redeem(connection, pending, code).await;
            let outcome = outcome.map(Box::new);
            let _ = events
                .send(Event::Redeemed {
                    attempt: id,
                    outcome,
                })
                .await;
        });
    }

    /// Nothing of a sign-in is kept before the session has accepted it: one that was cancelled meanwhile leaves no trace.
    pub(super) async fn redeemed(&mut self, id: u64, outcome: Result<Box<SignedIn>, Trouble>) {
        let Some(attempt) = self.attempt(id) else {
            return;
        };
        let what = attempt.what.clone();
        attempt.progress = Progress::Redeeming;
        match outcome {
            Ok(signed_in) if what.is_for_other_than(&signed_in) => {
                self.other_came_back(what, signed_in).await;
            }
            Ok(signed_in) => self.keep(id, what.cloud, signed_in).await,
            Err(trouble) => self.end_attempt(Some(trouble)).await,
        }
    }

    /// Two accounts are never mixed up: the one that was meant stays as it was, and the person says what is to become of the other.
    async fn other_came_back(&mut self, what: What, signed_in: Box<SignedIn>) {
        let meant = what.account.map(|account| account.username);
        let trouble = Trouble::plain("trouble-other-account", TroubleAction::ContinueWithOther)
            .with("expected", meant.unwrap_or_default())
            .with("got", &signed_in.account.username);
        self.end_attempt(Some(trouble)).await;
        self.other = Some(Other {
            cloud: what.cloud,
            signed_in,
        });
    }

    /// Takes in whoever came back in place of the account that was meant, beside it.
    pub(super) async fn continue_with_other(&mut self) {
        let Some(Other { cloud, signed_in }) = self.other.take() else {
            return;
        };
        // What it was renewed for is asked for anew, in the words of a renewal.
        let meant = self
            .members
            .chosen_mut()
            .and_then(|member| member.need.as_mut());
        if let Some(need) = meant {
            need.trouble =
                Trouble::plain("trouble-interaction-required", TroubleAction::SignInAgain);
        }
        let what = What::first_sign_in(cloud);
        let id = self.enter_attempt(what, Progress::Redeeming);
        self.announce_session().await;
        self.keep(id, cloud, signed_in).await;
    }

    /// Ends the attempt, with the trouble that ended it: told with the need of the account it was for, or by itself.
    /// Whoever was signed in before still is.
    pub(super) async fn end_attempt(&mut self, mut trouble: Option<Trouble>) {
        self.seal.forget();
        let before = std::mem::replace(&mut self.state, State::Still { trouble: None });
        if let State::SigningIn(attempt) = before
            && let Some(account) = attempt.what.account
            && let Some(need) = self
                .members
                .find(&account.id())
                .and_then(|one| one.need.as_mut())
            && let Some(trouble) = trouble.take()
        {
            need.trouble = asked_again(trouble);
        }
        self.state = State::Still { trouble };
        self.announce_session().await;
        self.announce(Announcement::BringToFront).await;
    }

    pub(super) async fn timed_out(&mut self, id: u64) {
        if self.attempt(id).is_some_and(|one| one.progress.waits()) {
            let trouble = Trouble::plain("trouble-timed-out", TroubleAction::TryAgain);
            self.end_attempt(Some(trouble)).await;
        }
    }

    fn look_for_sealed(&mut self, redirect: String) {
        // A link from anywhere shall not raise the keyring's prompt: it must at least look like an answer.
        if !redirect.starts_with(REDIRECT_URI) || !redirect.contains("state=") {
            tracing::info!("a redirect was dropped: it answers nothing");
            return;
        }
        let found = self.seal.find(&redirect, (self.world.clock)());
        let events = self.world.events.clone();
        tokio::spawn(async move {
            match found.await.map(Box::new) {
                Some(sealed) => {
                    let _ = events.send(Event::Unsealed { sealed, redirect }).await;
                }
                None => tracing::info!("a redirect was dropped: no sign-in waits for one"),
            }
        });
    }

    pub(super) async fn unsealed(&mut self, sealed: Sealed, redirect: String) {
        if matches!(self.state, State::SigningIn(_)) {
            return;
        }
        let progress = Progress::AwaitingRedirect {
            pending: sealed.pending,
            address: String::new(),
            expires_at_ms: self.now_ms(),
            browser_failed: false,
            listening: None,
        };
        self.enter_attempt(sealed.what, progress);
        self.redirect(redirect).await;
    }

    fn enter_attempt(&mut self, what: What, progress: Progress) -> u64 {
        self.attempts += 1;
        let id = self.attempts;
        self.state = State::SigningIn(Attempt {
            id,
            what,
            progress,
            reason: None,
        });
        id
    }

    pub(super) fn attempt(&mut self, id: u64) -> Option<&mut Attempt> {
        match &mut self.state {
            State::SigningIn(attempt) if attempt.id == id => Some(attempt),
            _ => None,
        }
    }
}

/// For somebody who is signed in, trying again means to be asked again.
fn asked_again(trouble: Trouble) -> Trouble {
    let action = match trouble.action {
        TroubleAction::TryAgain => TroubleAction::SignInAgain,
        action => action,
    };
    Trouble { action, ..trouble }
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn scopes_with(more: &[String]) -> Vec<String> {
    let sign_in = SIGN_IN_SCOPES.iter().map(|scope| (*scope).to_owned());
    let more = more
        .iter()
        .filter(|scope| !SIGN_IN_SCOPES.contains(&scope.as_str()))
        .cloned();
    sign_in.chain(more).collect()
}
