//! The sign-in that a redirect may finish after a restart: sealed in the credential store, in the order things happened.

use std::time::SystemTime;

use entra::{PendingSignIn, RedirectError, redirect};
use keychain::Keychain;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::attempt::What;

/// Name of the record by which a redirect finds its sign-in.
const PENDING_RECORD: &str = "pending-sign-in";

/// A sign-in found again.
pub struct Sealed {
    pub(super) what: What,
    pub(super) pending: PendingSignIn,
}

/// What is to become of the record.
#[derive(Clone)]
enum Wish {
    /// It stays as the last start has left it.
    Nothing,
    Keep(SecretString),
    Forget,
}

/// Writes and deletes the record one after the other, the latest wish winning: the session never waits for the store.
pub struct Seal {
    wish: watch::Sender<Wish>,
    keychain: Keychain,
}

impl Seal {
    /// Starts the one task that touches the record.
    pub fn new(keychain: Keychain) -> Self {
        let (wish, mut wishes) = watch::channel(Wish::Nothing);
        let store = keychain.clone();
        tokio::spawn(async move {
            while wishes.changed().await.is_ok() {
                let wish = wishes.borrow_and_update().clone();
                let done = match wish {
                    Wish::Nothing => Ok(()),
                    Wish::Keep(sealed) => store.write(PENDING_RECORD, sealed).await,
                    Wish::Forget => store.delete(PENDING_RECORD).await,
                };
                if let Err(error) = done {
                    tracing::info!(%error, "the sealed sign-in is not as it should be");
                }
            }
        });
        Self { wish, keychain }
    }

    /// A redirect may find this sign-in from now on.
    pub fn keep(&self, what: &What, pending: &PendingSignIn) {
        // The record holds what is asked in its first line and the sealed request in the rest.
        if let Ok(what) = serde_json::to_string(what) {
            let record = format!("{what}\n{}", pending.seal().expose_secret());
            self.wish
                .send_replace(Wish::Keep(SecretString::from(record)));
        }
    }

    /// No redirect finds a sign-in any more.
    pub fn forget(&self) {
        self.wish.send_replace(Wish::Forget);
    }

    /// Looks for the sign-in that `redirect` answers, with a code or with a refusal.
    pub fn find(
        &self,
        redirect: &str,
        now: SystemTime,
    ) -> impl Future<Output = Option<Sealed>> + Send + 'static {
        // What was to be forgotten is, also where the store has not let go of it.
        let is_forgotten = matches!(*self.wish.borrow(), Wish::Forget);
        let (keychain, redirect) = (self.keychain.clone(), redirect.to_owned());
        async move {
            if is_forgotten {
                return None;
            }
            let record = keychain.read(PENDING_RECORD).await.ok().flatten()?;
            unseal(&record, now).filter(|sealed| is_answer(&sealed.pending, &redirect))
        }
    }
}

fn unseal(record: &SecretString, now: SystemTime) -> Option<Sealed> {
    let (what, pending) = record.expose_secret().split_once('\n')?;
    let what = serde_json::from_str(what).ok()?;
    let pending = PendingSignIn::unseal(&SecretString::from(pending.to_owned()), now).ok()?;
    Some(Sealed { what, pending })
}

fn is_answer(pending: &PendingSignIn, redirect: &str) -> bool {
    matches!(
        redirect::read(pending, redirect),
        Ok(_) | Err(RedirectError::Refused(_))
    )
}
