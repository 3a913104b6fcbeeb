//! Where records of secrets are kept: a trait, because this crate knows no keychain.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use secrecy::SecretString;

/// A future that may be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Keeps named secrets of any length; each write replaces the whole record or leaves it as it was.
pub trait RecordStore: Send + Sync {
    /// The record, or `None` where there is none.
    fn read<'a>(&'a self, name: &'a str)
    -> BoxFuture<'a, Result<Option<SecretString>, StoreError>>;
    /// Writes the record; returned only when it is kept.
    fn write<'a>(
        &'a self,
        name: &'a str,
        record: SecretString,
    ) -> BoxFuture<'a, Result<(), StoreError>>;
    /// Deletes the record; deleting what is not there succeeds.
    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;
}

/// Why a record could not be read, written or deleted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The store waits for the person, e.g. for an unlock prompt.
    #[error("the credential store waits for the person")]
    Waiting,
    /// The person or the system keeps the store locked.
    #[error("the credential store is locked")]
    Locked,
    /// The record is there and cannot be understood.
    #[error("the record is damaged")]
    Damaged,
    /// Another process holds the account's lock for longer than a refresh may take.
    #[error("another process holds the account's lock")]
    Busy,
    /// Anything else.
    #[error("the credential store failed")]
    Failed(#[source] Arc<dyn Error + Send + Sync>),
}
