//! Records of any length in the operating system's credential store.
//!
//! One thread owns the store, because its calls may block for ever on an unlock prompt; callers wait for a bounded time.
//! Where the store bounds an entry, a record is split over several (see `record`). Where there is no store, records live
//! in memory and end with the process; they are never written to a file. A store that appears later takes them over.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice
    )
)]

mod error;
mod native;
mod record;
mod session;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use keyring_core::CredentialStore;
use secrecy::SecretString;

pub use error::KeychainError;
pub use record::RECORD_BYTES_MAX;

use worker::{Job, Worker};

/// How long a caller waits. A store that needs no person answers in milliseconds; one that has not answered by now asks for a password.
const CALL_DEADLINE: Duration = Duration::from_secs(5);

/// How long a missing store is not looked for again. Looking takes milliseconds and may start a keyring daemon; a desktop
/// that is starting has its keyring within this time.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Where the records are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Persistence {
    /// In the store of this name.
    Store {
        /// The store's own name, to show.
        name: String,
    },
    /// In memory, until the process ends or a store appears.
    SessionOnly {
        /// Why there is no store.
        reason: SessionOnlyReason,
    },
    /// Not known yet: the store has not answered.
    Waiting,
}

/// Why there is no credential store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionOnlyReason {
    /// None is running in this session.
    NoStore,
    /// This platform has none that is supported.
    Unsupported,
}

/// The credential store, for the records of one service. Cheap to clone.
#[derive(Clone)]
pub struct Keychain {
    worker: Arc<Worker>,
    deadline: Duration,
}

impl Keychain {
    /// Starts the thread that opens and owns the platform's store. Blocks on nothing.
    pub fn open(service: &str) -> Self {
        Self::start(service, Box::new(native::open), CALL_DEADLINE, LOOK_AGAIN)
    }

    /// The same over a given store, whose entries hold at most `entry_bytes_max` bytes where that is set.
    pub fn with_store(
        service: &str,
        store: Arc<CredentialStore>,
        entry_bytes_max: Option<usize>,
    ) -> Self {
        let open = move || {
            Ok(native::Opened {
                store: Arc::clone(&store),
                entry_bytes_max,
            })
        };
        Self::start(service, Box::new(open), CALL_DEADLINE, LOOK_AGAIN)
    }

    fn start(service: &str, open: native::Open, deadline: Duration, look_again: Duration) -> Self {
        Self {
            worker: Arc::new(Worker::start(service.to_owned(), open, look_again)),
            deadline,
        }
    }

    /// The record, or `None` where there is none.
    pub async fn read(&self, name: &str) -> Result<Option<SecretString>, KeychainError> {
        let name = name.to_owned();
        self.call(|reply| Job::Read { name, reply }).await
    }

    /// Writes the record whole; after a crash there is the old one or the new one.
    pub async fn write(&self, name: &str, record: SecretString) -> Result<(), KeychainError> {
        let name = name.to_owned();
        self.call(|reply| Job::Write {
            name,
            record,
            reply,
        })
        .await
    }

    /// Deletes the record and all that an interrupted write may have left of it. Without a store it is deleted here, and in
    /// the store as soon as one appears while this process runs.
    pub async fn delete(&self, name: &str) -> Result<(), KeychainError> {
        let name = name.to_owned();
        self.call(|reply| Job::Delete { name, reply }).await
    }

    /// Where the records are kept.
    pub async fn persistence(&self) -> Persistence {
        match self.call(|reply| Job::Persistence { reply }).await {
            Ok(persistence) => persistence,
            Err(_) => Persistence::Waiting,
        }
    }

    async fn call<T>(&self, job: impl FnOnce(worker::Reply<T>) -> Job) -> Result<T, KeychainError> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.worker.submit(job(reply))?;
        match tokio::time::timeout(self.deadline, answer).await {
            Ok(Ok(answer)) => answer,
            // The thread ends only when the last handle is gone, so this is a store that panicked.
            Ok(Err(_)) => Err(KeychainError::Refused(
                "the keyring's thread has ended".into(),
            )),
            Err(_) => Err(KeychainError::Waiting),
        }
    }
}

#[cfg(test)]
mod tests;
