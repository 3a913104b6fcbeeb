//! What this process holds of one account: the record, the refreshes under way, and what the authority has lately refused.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::record::Record;
use super::{Outcome, SilentError, requests};
use crate::error::{EntraError, EntraErrorKind};
use crate::scopes::ScopeSet;
use crate::tokens::AccessToken;

/// With so much left a token is handed out without a second thought; an upload begun with it may take minutes.
pub(crate) const LEFT_MIN: Duration = Duration::from_secs(5 * 60);

/// How long a refusal that only the person can mend is repeated without asking again: long enough that nobody who asks in
/// a row is refused in a row, short enough that a mended account is soon noticed.
const REFUSAL_KEPT: Duration = Duration::from_secs(30);

/// The pause after a refresh behind the caller's back has failed.
const BEHIND_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// The most answers that are remembered; each is for another set of scopes.
const ANSWERS_MAX: usize = 16;

/// One account in this process.
pub(crate) struct Slot {
    /// The record's name in the store.
    pub(crate) name: String,
    /// Its lock across processes.
    pub(crate) lock: PathBuf,
    /// Makes one of many first readers read the store.
    pub(crate) reading: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    record: Option<Arc<Record>>,
    /// The store does not have this record yet: a write failed.
    unsaved: bool,
    /// Counts the times the account was forgotten, so that a refresh under way does not bring it back.
    forgotten: u64,
    flights: HashMap<String, Flight>,
    answers: Vec<Answer>,
    behind_not_before: Option<SystemTime>,
}

/// What is wanted of a refresh.
#[derive(Clone)]
pub(crate) struct Wanted {
    /// As asked, for the request.
    pub(crate) asked: Vec<String>,
    /// In one spelling, for the cache.
    pub(crate) scopes: ScopeSet,
    pub(crate) resource: String,
    pub(crate) rejected: Option<SecretString>,
    pub(crate) challenge: Option<String>,
}

struct Flight {
    scopes: ScopeSet,
    challenge: Option<String>,
    outcome: watch::Receiver<Option<Outcome>>,
}

/// What the authority has answered and is not asked again for a while. It counts for the same scopes, the same challenge
/// and the same refresh token: once that one has changed, somebody was served, and the authority is well.
struct Answer {
    scopes: ScopeSet,
    challenge: Option<String>,
    refresh_token: Fingerprint,
    until: SystemTime,
    error: SilentError,
}

/// Tells one refresh token from another without keeping either.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of(token: &SecretString) -> Self {
        Self(Sha256::digest(token.expose_secret()).into())
    }
}

/// A refresh under way.
pub(crate) struct Joined {
    pub(crate) outcome: watch::Receiver<Option<Outcome>>,
    /// Whether its outcome is the answer to what is wanted.
    pub(crate) answers: bool,
    /// Where the outcome goes; set for the one who must start it.
    pub(crate) start: Option<watch::Sender<Option<Outcome>>>,
}

/// A cached token.
pub(crate) struct Hit {
    pub(crate) token: Arc<AccessToken>,
    pub(crate) refresh_due: bool,
}

impl Slot {
    pub(crate) fn new(name: String, lock: PathBuf) -> Self {
        Self {
            name,
            lock,
            reading: tokio::sync::Mutex::default(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change leaves the state whole, so a panic in between does no harm.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A cached token for the scopes, other than the rejected one.
    pub(crate) fn hit(&self, wanted: &Wanted, now: SystemTime, left_min: Duration) -> Option<Hit> {
        let state = self.state();
        let cached = state.record.as_ref()?.find(&wanted.scopes, now, left_min)?;
        if wanted.rejects(&cached.token) {
            return None;
        }
        let rested = state.behind_not_before.is_none_or(|then| then <= now);
        Some(Hit {
            token: Arc::clone(&cached.token),
            refresh_due: rested && cached.is_refresh_due(now),
        })
    }

    pub(crate) fn record(&self) -> Option<Arc<Record>> {
        self.state().record.clone()
    }

    /// The record that the store still has to get.
    pub(crate) fn unsaved(&self) -> Option<Arc<Record>> {
        let state = self.state();
        if state.unsaved {
            state.record.clone()
        } else {
            None
        }
    }

    /// Takes a record in; `saved` tells whether the store has it too. False when the account was forgotten since.
    pub(crate) fn set(&self, record: Option<Arc<Record>>, saved: bool, forgotten: u64) -> bool {
        let mut state = self.state();
        if state.forgotten != forgotten {
            return false;
        }
        state.unsaved = !saved && record.is_some();
        state.record = record;
        true
    }

    /// Takes in what the store had, unless something newer has come meanwhile, or the account has gone.
    pub(crate) fn offer(&self, record: Record, forgotten: u64) {
        let mut state = self.state();
        if state.record.is_none() && state.forgotten == forgotten {
            state.record = Some(Arc::new(record));
        }
    }

    pub(crate) fn forgotten(&self) -> u64 {
        self.state().forgotten
    }

    pub(crate) fn forget(&self) {
        let mut state = self.state();
        let forgotten = state.forgotten + 1;
        *state = State {
            forgotten,
            flights: std::mem::take(&mut state.flights),
            ..State::default()
        };
    }

    /// A new sign-in makes all answers past.
    pub(crate) fn pardon(&self) {
        let mut state = self.state();
        state.answers.clear();
        state.behind_not_before = None;
    }

    /// What the authority is known to answer, without asking it.
    pub(crate) fn known_answer(
        &self,
        wanted: &Wanted,
        refresh_token: Fingerprint,
        now: SystemTime,
    ) -> Option<SilentError> {
        let mut state = self.state();
        state.answers.retain(|answer| answer.until > now);
        let same = |answer: &&Answer| {
            answer.refresh_token == refresh_token
                && answer.scopes == wanted.scopes
                && answer.challenge == wanted.challenge
        };
        let answer = state.answers.iter().find(same);
        answer.map(|answer| answer.error.clone())
    }

    /// Remembers an answer for as long as asking again would be of no use.
    pub(crate) fn remember(
        &self,
        wanted: &Wanted,
        refresh_token: Fingerprint,
        error: &SilentError,
        now: SystemTime,
    ) {
        let Some(until) = kept(error).and_then(|span| now.checked_add(span)) else {
            return;
        };
        let answer = Answer {
            scopes: wanted.scopes.clone(),
            challenge: wanted.challenge.clone(),
            refresh_token,
            until,
            error: error.clone(),
        };
        let mut state = self.state();
        state.answers.insert(0, answer);
        state.answers.truncate(ANSWERS_MAX);
    }

    /// Lets the refreshes behind the callers' backs rest, after one has failed.
    pub(crate) fn rest(&self, now: SystemTime) {
        self.state().behind_not_before = now.checked_add(BEHIND_AGAIN_AFTER);
    }

    /// Joins the refresh under way for the resource, or begins one.
    pub(crate) fn join(&self, wanted: &Wanted) -> Joined {
        let mut state = self.state();
        if let Some(flight) = state
            .flights
            .get(&wanted.resource)
            .filter(|flight| !flight.is_over())
        {
            let answers =
                wanted.scopes.is_subset(&flight.scopes) && wanted.challenge == flight.challenge;
            return Joined {
                outcome: flight.outcome.clone(),
                answers,
                start: None,
            };
        }
        let (sender, outcome) = watch::channel(None);
        let (scopes, challenge) = (wanted.scopes.clone(), wanted.challenge.clone());
        let flight = Flight {
            scopes,
            challenge,
            outcome: outcome.clone(),
        };
        state.flights.insert(wanted.resource.clone(), flight);
        Joined {
            outcome,
            answers: true,
            start: Some(sender),
        }
    }
}

/// How long an answer is not asked for again. A server in trouble that names no time may be well at the next call.
fn kept(error: &SilentError) -> Option<Duration> {
    match error {
        SilentError::InteractionRequired(_)
        | SilentError::ConsentRequired(_)
        | SilentError::Refused(_) => Some(REFUSAL_KEPT),
        SilentError::Transient(error) => error.retry_after.or_else(|| looped(error)),
        SilentError::NoAccount | SilentError::Store(_) => None,
    }
}

/// Entra itself has found a loop: it counts over its window.
fn looped(error: &EntraError) -> Option<Duration> {
    (error.kind == EntraErrorKind::RequestLoop).then_some(requests::WINDOW)
}

impl Flight {
    /// It has an outcome, or its task has died.
    fn is_over(&self) -> bool {
        self.outcome.borrow().is_some() || self.outcome.has_changed().is_err()
    }
}

impl Wanted {
    /// The request this becomes, as Entra may compare it: who asks and for whom is the lock's own.
    pub(crate) fn same_request(&self) -> String {
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        let challenge = self.challenge.as_deref().unwrap_or_default();
        format!("{}\n{challenge}", scopes.join(" "))
    }

    pub(crate) fn rejects(&self, token: &AccessToken) -> bool {
        let secret = token.secret.expose_secret();
        self.rejected
            .as_ref()
            .is_some_and(|rejected| rejected.expose_secret() == secret)
    }
}
