//! One refresh, from the lock to the record: a task of its own, so that a caller that goes away never loses a rotated token.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::lock::{self, Lock};
use super::record::Record;
use super::slot::{Fingerprint, LEFT_MIN, Slot, Wanted};
use super::{Inner, Outcome, SilentError, requests};
use crate::client::Client;
use crate::error::{EntraError, EntraErrorKind};
use crate::store::StoreError;
use crate::tokens::{AccessToken, Tokens};

/// Refreshes, and falls back on a token that is still good where the authority is merely down.
pub(crate) async fn run(cache: &Inner, slot: &Slot, wanted: &Wanted, behind: bool) -> Outcome {
    let outcome = locked(cache, slot, wanted, behind).await;
    let Err(error) = outcome else { return outcome };
    slot.rest(cache.client.now());
    tracing::info!(%error, behind, "no token by refresh");
    match still_good(cache, slot, wanted) {
        Some(token) if matches!(error, SilentError::Transient(_) | SilentError::Store(_)) => {
            Ok(token)
        }
        _ => Err(error),
    }
}

fn still_good(cache: &Inner, slot: &Slot, wanted: &Wanted) -> Option<Arc<AccessToken>> {
    slot.hit(wanted, cache.client.now(), Duration::ZERO)
        .map(|hit| hit.token)
}

async fn locked(cache: &Inner, slot: &Slot, wanted: &Wanted, behind: bool) -> Outcome {
    let forgotten = slot.forgotten();
    let lock = match lock::take(&slot.lock, cache.lock_wait).await {
        Err(StoreError::Busy) => {
            let error = EntraError::new(EntraErrorKind::Other, "another_refresh_does_not_end");
            return Err(SilentError::Transient(error));
        }
        other => other.map_err(SilentError::Store)?,
    };
    let outcome = under_lock(cache, slot, wanted, behind, forgotten, &lock).await;
    if slot.forgotten() == forgotten {
        return outcome;
    }
    // Signing out does not wait for ever for the lock, so nobody else may be left to remove it.
    lock.remove();
    Err(SilentError::NoAccount)
}

async fn under_lock(
    cache: &Inner,
    slot: &Slot,
    wanted: &Wanted,
    behind: bool,
    forgotten: u64,
    lock: &Lock,
) -> Outcome {
    let mut record = newest(cache, slot, forgotten).await?;
    let now = cache.client.now();
    // Another process may have done it while we waited for the lock.
    let fresh = record
        .find(&wanted.scopes, now, LEFT_MIN)
        .filter(|cached| !(wanted.rejects(&cached.token) || behind && cached.is_refresh_due(now)));
    if let Some(token) = fresh.map(|cached| cached.token.clone()) {
        slot.set(Some(Arc::new(record)), true, forgotten);
        return Ok(token);
    }
    let rejected = wanted.rejected.as_ref();
    let mut changed = rejected.is_some_and(|rejected| record.drop_token(rejected));
    let answer = match record.refresh_token.clone() {
        None => Err(SilentError::InteractionRequired(gone("no_refresh_token"))),
        Some(refresh_token) => {
            let client = cache.client.for_account(&record.account);
            ask(&client, slot, wanted, lock, &refresh_token).await
        }
    };
    match &answer {
        Ok(tokens) => {
            record.put(tokens, cache.client.now());
            changed = true;
        }
        Err(SilentError::InteractionRequired(error)) if is_dead(error) => {
            changed |= record.refresh_token.take().is_some();
        }
        Err(_) => {}
    }
    if changed {
        // A store that fails now does not take the token from its caller; `save` has told the log.
        let _ = cache.save(slot, record, forgotten).await;
    } else {
        slot.set(Some(Arc::new(record)), true, forgotten);
    }
    answer.map(|tokens| Arc::new(tokens.access_token))
}

/// Asks the authority, unless its answer is known, or the same was asked too often.
async fn ask(
    client: &Client,
    slot: &Slot,
    wanted: &Wanted,
    lock: &Lock,
    refresh_token: &SecretString,
) -> Result<Tokens, SilentError> {
    let (token, now) = (Fingerprint::of(refresh_token), client.now());
    if let Some(known) = slot.known_answer(wanted, token, now) {
        return Err(known);
    }
    let request = wanted.same_request();
    requests::admit(lock, &request, now)?;
    let answer = client
        .refresh(refresh_token, &wanted.asked, wanted.challenge.as_deref())
        .await;
    answer.map_err(|error| {
        if error.never_arrived() {
            requests::withdraw(lock, &request, now);
        }
        let error = SilentError::of(error);
        slot.remember(wanted, token, &error, client.now());
        error
    })
}

/// Whether the refresh token itself is refused for good.
fn is_dead(error: &EntraError) -> bool {
    error.must_sign_in_again() && error.suberror.as_deref() == Some("bad_token")
}

/// The newest record there is: the store's, or ours where the store did not take it. That one is written first, since a
/// rotated refresh token must be safe before it is used.
async fn newest(cache: &Inner, slot: &Slot, forgotten: u64) -> Result<Record, SilentError> {
    let stored = match cache.read(&slot.name).await {
        Err(StoreError::Damaged) => {
            return Err(SilentError::InteractionRequired(gone("damaged_record")));
        }
        other => other.map_err(SilentError::Store)?,
    };
    let revision = stored.as_ref().map(|record| record.revision);
    if let Some(ours) = slot
        .unsaved()
        .filter(|ours| revision.is_none_or(|revision| ours.revision > revision))
    {
        cache
            .write(&slot.name, &ours)
            .await
            .map_err(SilentError::Store)?;
        slot.set(Some(Arc::clone(&ours)), true, forgotten);
        return Ok(Record::clone(&ours));
    }
    match stored {
        Some(record) => Ok(record),
        None => {
            // Signed out by another process.
            slot.set(None, true, forgotten);
            Err(SilentError::NoAccount)
        }
    }
}

/// Nothing is left to refresh with.
fn gone(word: &str) -> EntraError {
    EntraError::new(EntraErrorKind::InteractionRequired, word)
}
