//! The lock across processes: an advisory file lock, which the system lets go when its owner ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::exchange::EXCHANGE_TIMEOUT;
use crate::store::StoreError;

/// How long a refresh waits for another process's. That one ends when its exchange does and the record is written.
pub(crate) const LOCK_WAIT: Duration = EXCHANGE_TIMEOUT.saturating_add(Duration::from_secs(5));

/// How often the lock is tried. A refresh takes some hundred milliseconds.
const LOCK_AGAIN_AFTER: Duration = Duration::from_millis(25);

/// The longest file name that every file system takes is 255; the ending needs a few.
const NAME_CHARS_MAX: usize = 200;

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Option<File>,
}

/// Takes an account's lock. What it guards must be read again afterwards.
pub(crate) async fn take(folder: &Path, record: &str, wait: Duration) -> Result<Lock, StoreError> {
    let failed = |error: io::Error| StoreError::Failed(Arc::new(error));
    let file = open(folder, record).map_err(failed)?;
    let end = Instant::now() + wait;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Lock { _file: Some(file) }),
            Err(TryLockError::WouldBlock) if Instant::now() >= end => return Err(StoreError::Busy),
            Err(TryLockError::WouldBlock) => sleep(LOCK_AGAIN_AFTER).await,
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                // Some network file systems have no locks. One process alone is then still in order.
                tracing::warn!("the lock folder's file system has no locks");
                return Ok(Lock { _file: None });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

fn open(folder: &Path, record: &str) -> io::Result<File> {
    std::fs::create_dir_all(folder)?;
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path(folder, record))
}

/// Two records that share a file only wait for each other.
fn path(folder: &Path, record: &str) -> PathBuf {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() || "-._".contains(letter) {
            letter
        } else {
            '_'
        }
    };
    let name: String = record.chars().take(NAME_CHARS_MAX).map(plain).collect();
    folder.join(format!("{name}.lock"))
}

#[cfg(test)]
mod tests {
    use super::{Duration, StoreError, take};

    #[tokio::test]
    async fn a_second_taker_waits_and_then_gives_up() {
        let folder = tempfile::tempdir().unwrap();
        let short = Duration::from_millis(80);
        let held = take(folder.path(), "account:a/b", short).await.unwrap();
        assert!(matches!(
            take(folder.path(), "account:a/b", short).await,
            Err(StoreError::Busy)
        ));
        take(folder.path(), "account:c", short).await.unwrap();
        drop(held);
        take(folder.path(), "account:a/b", short).await.unwrap();
    }
}
