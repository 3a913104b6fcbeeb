//! What this process holds of one account: the record, the refreshes under way, and what the authority has lately refused.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::record::Record;
use super::{Outcome, SilentError};
use crate::error::EntraError;
use crate::scopes::ScopeSet;
use crate::tokens::AccessToken;

/// With so much left a token is handed out without a second thought; an upload begun with it may take minutes.
pub(crate) const LEFT_MIN: Duration = Duration::from_secs(5 * 60);

/// How long a refusal that only the person can mend is repeated without asking again. Entra takes the fifteenth same request
/// within five minutes for a loop (AADSTS50196); ten of these cannot become one.
const REFUSAL_KEPT: Duration = Duration::from_secs(30);

/// The pause after a refresh behind the caller's back has failed.
const BEHIND_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// The most refusals that are remembered; each is for another set of scopes.
const REFUSALS_MAX: usize = 16;

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
    refusals: Vec<Refusal>,
    quiet: Option<(SystemTime, EntraError)>,
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

struct Refusal {
    scopes: ScopeSet,
    challenge: Option<String>,
    until: SystemTime,
    error: SilentError,
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
    pub(crate) token: AccessToken,
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
            token: cached.token.clone(),
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

    /// A new sign-in makes all refusals past.
    pub(crate) fn pardon(&self) {
        let mut state = self.state();
        state.refusals.clear();
        state.quiet = None;
        state.behind_not_before = None;
    }

    /// What the authority is known to answer, without asking it.
    pub(crate) fn known_answer(&self, wanted: &Wanted, now: SystemTime) -> Option<SilentError> {
        let mut state = self.state();
        state.refusals.retain(|refusal| refusal.until > now);
        if state.quiet.as_ref().is_some_and(|(until, _)| *until <= now) {
            state.quiet = None;
        }
        let same = |refusal: &&Refusal| {
            refusal.scopes == wanted.scopes && refusal.challenge == wanted.challenge
        };
        let refused = state
            .refusals
            .iter()
            .find(same)
            .map(|refusal| refusal.error.clone());
        refused.or_else(|| {
            state
                .quiet
                .as_ref()
                .map(|(_, error)| SilentError::Transient(error.clone()))
        })
    }

    /// Remembers a failure for as long as asking again would be of no use.
    pub(crate) fn remember(&self, wanted: &Wanted, error: &SilentError, now: SystemTime) {
        let after = |wait: Duration| now.checked_add(wait).unwrap_or(now);
        let mut state = self.state();
        state.behind_not_before = Some(after(BEHIND_AGAIN_AFTER));
        match error {
            SilentError::InteractionRequired(_)
            | SilentError::ConsentRequired(_)
            | SilentError::Refused(_) => {
                let (scopes, challenge) = (wanted.scopes.clone(), wanted.challenge.clone());
                let until = after(REFUSAL_KEPT);
                state.refusals.insert(
                    0,
                    Refusal {
                        scopes,
                        challenge,
                        until,
                        error: error.clone(),
                    },
                );
                state.refusals.truncate(REFUSALS_MAX);
            }
            SilentError::Transient(error) => {
                let until = error.retry_after.map(after);
                state.quiet = until.map(|until| (until, error.clone()));
            }
            SilentError::NoAccount | SilentError::Store(_) => {}
        }
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

impl Flight {
    /// It has an outcome, or its task has died.
    fn is_over(&self) -> bool {
        self.outcome.borrow().is_some() || self.outcome.has_changed().is_err()
    }
}

impl Wanted {
    pub(crate) fn rejects(&self, token: &AccessToken) -> bool {
        let secret = token.secret.expose_secret();
        self.rejected
            .as_ref()
            .is_some_and(|rejected| rejected.expose_secret() == secret)
    }
}
