//! Why a record could not be read, written or deleted.

use std::error::Error;

/// What a caller would do differently.
#[derive(Debug, thiserror::Error)]
pub enum KeychainError {
    /// The store has not answered in time: it waits for the person. A write or a deletion still goes through later.
    #[error("waiting for the keyring")]
    Waiting,
    /// The person or the system keeps the store locked.
    #[error("the keyring is locked")]
    Locked,
    /// The store refused or failed.
    #[error("the keyring refused")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
    /// The record is there in part only.
    #[error("the record in the keyring is damaged")]
    Torn,
    /// The record is longer than [`crate::RECORD_BYTES_MAX`], or than the store takes.
    #[error("the record is too long for the keyring")]
    TooLong,
}
