//! Silent acquisition: a token without the person.
//!
//! A hit needs five minutes left. Past `refresh_in` the cached token is handed out at once and refreshed behind the caller's
//! back. One refresh runs for an account and resource in this process, and one for an account among all processes; a rotated
//! refresh token is in the store before it is used. Only what the person can mend asks for the person.
//! Sources: Entra, "Refresh tokens", "Handle errors and exceptions in MSAL", "Continuous access evaluation".

mod lock;
mod record;
mod refresh;
mod requests;
mod slot;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use secrecy::SecretString;

use crate::account::Account;
use crate::client::Client;
use crate::error::{EntraError, EntraErrorKind};
use crate::id_token_claims::IdTokenClaims;
use crate::scopes;
use crate::store::{RecordStore, StoreError};
use crate::tokens::{AccessToken, SignedIn};
use record::Record;
use slot::{Hit, LEFT_MIN, Slot, Wanted};

/// How often a caller joins a refresh that is for other scopes before it gives up; each ends within its own bounds.
const JOINS_MAX: usize = 8;

/// How long signing out waits for a refresh under way, whose record it would otherwise race. A person is watching.
const FORGET_WAIT: Duration = Duration::from_secs(2);

/// The tokens of all accounts of one client, in a record store and in memory. Cheap to clone; needs a Tokio runtime.
#[derive(Clone)]
pub struct TokenCache {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    client: Client,
    store: Arc<dyn RecordStore>,
    lock_folder: PathBuf,
    lock_wait: Duration,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// How badly a fresh token is wanted.
#[derive(Debug, Clone)]
pub enum Ask<'a> {
    /// A cached one will do.
    Cached,
    /// An API refused this one.
    Refresh {
        /// The token that was refused: any other one counts as fresh.
        rejected: &'a SecretString,
        /// The API's claims challenge, decoded to JSON.
        claims: Option<String>,
    },
}

/// Why no token came without the person.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SilentError {
    /// No such account.
    #[error("no such account")]
    NoAccount,
    /// The person has to sign in again; claims and suberror tell how.
    #[error("the person has to sign in again")]
    InteractionRequired(#[source] EntraError),
    /// The person or an administrator has to consent to a scope.
    #[error("a scope lacks consent")]
    ConsentRequired(#[source] EntraError),
    /// The network or the authority is down and the cached token is over: try again later.
    #[error("the authority cannot be reached now")]
    Transient(#[source] EntraError),
    /// The authority refused for a reason that neither waiting nor the person mends.
    #[error("the authority refused")]
    Refused(#[source] EntraError),
    /// The credential store failed.
    #[error("the credential store failed")]
    Store(#[source] StoreError),
}

/// What became of a sign-in's tokens.
#[derive(Debug, Clone)]
#[must_use = "tokens that the store did not take are gone after this session"]
pub struct Kept {
    /// The account as it signed in, with all scopes it has been granted so far.
    pub account: Account,
    /// Why the store did not take the tokens; they are then in memory alone.
    pub unkept: Option<StoreError>,
}

/// What may be shown of an account's record: nothing secret.
#[derive(Debug, Clone)]
pub struct Known {
    /// What the ID token of the last sign-in said.
    pub id_claims: IdTokenClaims,
    /// When the access token that came last ends, by this computer's clock.
    pub expires_at: Option<SystemTime>,
}

/// What a refresh ends with, for all who waited for it.
type Outcome = Result<Arc<AccessToken>, SilentError>;

impl SilentError {
    fn of(error: EntraError) -> Self {
        match error.kind {
            _ if error.is_transient() => Self::Transient(error),
            EntraErrorKind::ConsentRequired
            | EntraErrorKind::AdminConsentRequired
            | EntraErrorKind::Declined => Self::ConsentRequired(error),
            _ if error.must_sign_in_again() => Self::InteractionRequired(error),
            _ => Self::Refused(error),
        }
    }
}

impl TokenCache {
    /// A cache over a record store; the lock files of all processes lie in `lock_folder`.
    pub fn new(client: Client, store: Arc<dyn RecordStore>, lock_folder: PathBuf) -> Self {
        let (lock_wait, slots) = (lock::LOCK_WAIT, Mutex::default());
        Self {
            inner: Arc::new(Inner {
                client,
                store,
                lock_folder,
                lock_wait,
                slots,
            }),
        }
    }

    /// Keeps the tokens of a finished sign-in, in place of or beside those the account has.
    ///
    /// Where the store fails they are kept in memory for this session, and written when it works again.
    /// A [`TokenCache::forget`] that comes meanwhile or later takes back all of it.
    pub async fn keep(&self, signed_in: &SignedIn) -> Kept {
        let cache = &self.inner;
        let slot = self.slot(&signed_in.account.id());
        let forgotten = slot.forgotten();
        // The sign-in is over and its code spent: a lock that cannot be had must not lose what it brought.
        let lock = lock::take(&slot.lock, cache.lock_wait).await;
        let mut record = cache.record_of(&slot, &signed_in.account).await;
        record.put(&signed_in.tokens, cache.client.now());
        let account = record.account.clone();
        slot.pardon();
        // The person is there: what was asked in vain before is asked anew.
        lock.iter().for_each(requests::forget);
        let unkept = cache.save(&slot, record, forgotten).await.err();
        if let (Ok(lock), true) = (lock, slot.forgotten() != forgotten) {
            lock.remove();
        }
        Kept { account, unkept }
    }

    /// An access token for these scopes of one resource: from memory, from the store, or by a refresh. The account goes by its
    /// [`Account::id`].
    pub async fn access_token(
        &self,
        account: &str,
        scopes: &[&str],
        ask: Ask<'_>,
    ) -> Result<Arc<AccessToken>, SilentError> {
        let slot = self.slot(account);
        let wanted = Wanted::new(scopes, &ask);
        if let Some(hit) = self.hit(&slot, &wanted) {
            return Ok(hit);
        }
        self.load(&slot).await?;
        if let Some(hit) = self.hit(&slot, &wanted) {
            return Ok(hit);
        }
        self.refreshed(&slot, &wanted).await
    }

    /// Whether all of these scopes were granted to an account so far, by what is kept of it. Nobody is asked; what cannot be
    /// read was not granted.
    pub async fn has_scopes(&self, account: &str, scopes: &[&str]) -> bool {
        let slot = self.slot(account);
        if self.load(&slot).await.is_err() {
            return false;
        }
        slot.record()
            .is_some_and(|record| scopes.iter().all(|scope| record.account.has_scope(scope)))
    }

    /// What may be shown of an account; `None` before its record was read for a token. The store is not asked, nor anybody.
    pub fn known(&self, account: &str) -> Option<Known> {
        let record = self.slot(account).record()?;
        Some(Known {
            id_claims: record.id_claims.clone(),
            expires_at: record.newest().map(|token| token.expires_at),
        })
    }

    /// Forgets an account's tokens, here and in the store, and removes its lock. A refresh under way does not bring them back.
    ///
    /// A lock that another process holds stays as a file with a hash for a name, which names nobody.
    pub async fn forget(&self, account: &str) -> Result<(), StoreError> {
        let slot = self.slot(account);
        slot.forget();
        let lock = lock::take(&slot.lock, FORGET_WAIT).await;
        self.inner.store.delete(&slot.name).await?;
        if let Ok(lock) = lock {
            lock.remove();
        }
        Ok(())
    }

    fn slot(&self, account: &str) -> Arc<Slot> {
        let mut slots = self
            .inner
            .slots
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(account) {
            return Arc::clone(slot);
        }
        let config = self.inner.client.config();
        let environment = config.authority.environment();
        let name = record_name(&environment, account);
        let lock = lock::path(&self.inner.lock_folder, &config.client_id, &name);
        let slot = Arc::new(Slot::new(name, lock));
        slots.insert(account.to_owned(), Arc::clone(&slot));
        slot
    }

    fn hit(&self, slot: &Arc<Slot>, wanted: &Wanted) -> Option<Arc<AccessToken>> {
        let Hit { token, refresh_due } = slot.hit(wanted, self.inner.client.now(), LEFT_MIN)?;
        if refresh_due {
            // Nobody waits for it, and nobody learns of its failure.
            drop(self.join(slot, wanted, true));
        }
        Some(token)
    }

    /// Reads the record, once for all who wait. Without one, every call looks again: another process may have signed in.
    async fn load(&self, slot: &Slot) -> Result<(), SilentError> {
        let _reading = slot.reading.lock().await;
        if slot.record().is_some() {
            return Ok(());
        }
        let forgotten = slot.forgotten();
        match self.inner.read(&slot.name).await {
            Ok(Some(record)) => {
                slot.offer(record, forgotten);
                Ok(())
            }
            Ok(None) => Err(SilentError::NoAccount),
            Err(StoreError::Damaged) => {
                let error = EntraError::new(EntraErrorKind::InteractionRequired, "damaged_record");
                Err(SilentError::InteractionRequired(error))
            }
            Err(error) => Err(SilentError::Store(error)),
        }
    }

    async fn refreshed(&self, slot: &Arc<Slot>, wanted: &Wanted) -> Outcome {
        for _ in 0..JOINS_MAX {
            let mut joined = self.join(slot, wanted, false);
            let outcome = joined
                .outcome
                .wait_for(Option::is_some)
                .await
                .ok()
                .and_then(|outcome| outcome.clone());
            match outcome {
                // What an API refused may be what a refresh begun earlier has brought.
                Some(Ok(token)) if joined.answers && !wanted.rejects(&token) => return Ok(token),
                Some(Err(error)) if joined.answers => return Err(error),
                _ => {}
            }
            if let Some(hit) = slot.hit(wanted, self.inner.client.now(), LEFT_MIN) {
                return Ok(hit.token);
            }
        }
        Err(SilentError::Transient(EntraError::new(
            EntraErrorKind::Other,
            "too_many_refreshes",
        )))
    }

    /// Joins the refresh under way, or starts one as a task that outlives its callers.
    fn join(&self, slot: &Arc<Slot>, wanted: &Wanted, behind: bool) -> slot::Joined {
        let mut joined = slot.join(wanted);
        if let Some(outcome) = joined.start.take() {
            let (cache, slot, wanted) = (Arc::clone(&self.inner), Arc::clone(slot), wanted.clone());
            tokio::spawn(async move {
                let ended = refresh::run(&cache, &slot, &wanted, behind).await;
                outcome.send_replace(Some(ended));
            });
        }
        joined
    }
}

/// What the record of an account is called in the store.
fn record_name(environment: &str, account: &str) -> String {
    format!("account.{environment}.{}", account.to_ascii_lowercase())
}

impl Inner {
    /// The record, if it is this application's: a refresh token is bound to the client it was given to.
    async fn read(&self, name: &str) -> Result<Option<Record>, StoreError> {
        let Some(json) = self.store.read(name).await? else {
            return Ok(None);
        };
        let record = Record::read(&json)?;
        let config = self.client.config();
        // A guest's record once had the name of the same person's at home.
        let its_name = record_name(&config.authority.environment(), &record.account.id());
        Ok(Some(record).filter(|record| record.client_id == config.client_id && its_name == name))
    }

    /// The record to put a sign-in into: the store's, else the one in memory, else an empty one.
    async fn record_of(&self, slot: &Slot, signed_in: &Account) -> Record {
        let stored = self.read(&slot.name).await;
        let unread = matches!(&stored, Err(error) if !matches!(error, StoreError::Damaged));
        let known = stored.ok().flatten().or_else(|| {
            let ours = slot.record()?;
            Some(Record::clone(&ours))
        });
        let client_id = &self.client.config().client_id;
        let mut record = known.unwrap_or_else(|| Record::new(client_id, signed_in.clone()));
        record.account = with_scopes_of(&record.account, signed_in);
        if unread {
            // What the store has is older, however often it was written: no count comes near the seconds since 1970.
            record.revision = record.revision.max(record::seconds(self.client.now()));
        }
        record
    }

    async fn write(&self, name: &str, record: &Record) -> Result<(), StoreError> {
        self.store.write(name, record.write()?).await
    }

    /// Writes the record before anything of it is used, and takes it in. What a store does not take stays in memory and
    /// is written before the next refresh. Where the account was forgotten meanwhile, nothing is left of it.
    async fn save(
        &self,
        slot: &Slot,
        mut record: Record,
        forgotten: u64,
    ) -> Result<(), StoreError> {
        if slot.forgotten() != forgotten {
            return Ok(());
        }
        record.revision += 1;
        let written = self.write(&slot.name, &record).await;
        if let Err(error) = &written {
            tracing::warn!(%error, "tokens could not be stored and are kept in memory");
        }
        if slot.set(Some(Arc::new(record)), written.is_ok(), forgotten) {
            written
        } else {
            self.store.delete(&slot.name).await
        }
    }
}

impl Wanted {
    fn new(scopes: &[&str], ask: &Ask<'_>) -> Self {
        let set = scopes::set(scopes);
        let (rejected, challenge) = match ask {
            Ask::Cached => (None, None),
            Ask::Refresh { rejected, claims } => (Some((*rejected).clone()), claims.clone()),
        };
        let asked = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Self {
            asked,
            resource: scopes::resource(&set),
            scopes: set,
            rejected,
            challenge,
        }
    }
}

/// The account as it signed in now, with the scopes of both times, each in one spelling.
fn with_scopes_of(before: &Account, now: &Account) -> Account {
    let mut account = now.clone();
    for scope in &before.scopes {
        if !account.has_scope(scope) && !account.scopes.contains(scope) {
            account.scopes.push(scope.clone());
        }
    }
    account
}

#[cfg(test)]
mod tests;
