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

/// Writes and deletes the record one after the other, the latest wish winning: the session never waits for the store.
pub struct Seal {
    wish: watch::Sender<Option<SecretString>>,
    keychain: Keychain,
}

impl Seal {
    /// Starts the one task that touches the record.
    pub fn new(keychain: Keychain) -> Self {
        let (wish, mut wishes) = watch::channel(None);
        let store = keychain.clone();
        tokio::spawn(async move {
            while wishes.changed().await.is_ok() {
                let wish: Option<SecretString> = wishes.borrow_and_update().clone();
                let done = match wish {
                    Some(sealed) => store.write(PENDING_RECORD, sealed).await,
                    None => store.delete(PENDING_RECORD).await,
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
            self.wish.send_replace(Some(SecretString::from(record)));
        }
    }

    /// No redirect finds a sign-in any more.
    pub fn forget(&self) {
        self.wish.send_replace(None);
    }

    /// Looks for the sign-in that `redirect` answers, with a code or with a refusal.
    pub fn find(
        &self,
        redirect: &str,
        now: SystemTime,
    ) -> impl Future<Output = Option<Sealed>> + Send + 'static {
        let (keychain, redirect) = (self.keychain.clone(), redirect.to_owned());
        async move {
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
