//! The lock across processes: an advisory file lock, which the system lets go when its owner ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep};

use crate::exchange::EXCHANGE_TIMEOUT;
use crate::store::StoreError;

/// How long a refresh waits for another process's. That one ends when its exchanges do, for metadata and for the token,
/// and the record is written.
pub(crate) const LOCK_WAIT: Duration = EXCHANGE_TIMEOUT
    .saturating_mul(2)
    .saturating_add(Duration::from_secs(5));

/// How often the lock is tried. A refresh takes some hundred milliseconds.
const LOCK_AGAIN_AFTER: Duration = Duration::from_millis(25);

/// Bytes of the hash in a lock's name: enough that no two accounts of anybody ever share one.
const NAME_BYTES: usize = 16;

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Lets the lock go and leaves no file, for an account that is gone. What fails leaves a file that names nobody.
    ///
    /// The file is removed while it is locked, so whoever waits for it may come to own a file without a name, beside a
    /// third who has made a new one: [`take`] therefore looks whether the name still leads to what it has locked.
    pub(crate) fn remove(self) {
        let Self { path, file } = self;
        let open = if cfg!(windows) {
            // Nothing that is open can be removed there (see `open`), by us or under another process.
            drop(file);
            None
        } else {
            Some(file)
        };
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::info!(%error, "a lock's file is left");
        }
        drop(open);
    }

    /// What stands in the file, up to a bound; what is no text is nothing.
    pub(crate) fn read(&self, bytes_max: u64) -> io::Result<String> {
        let mut file = &self.file;
        file.rewind()?;
        let mut bytes = Vec::new();
        file.take(bytes_max).read_to_end(&mut bytes)?;
        Ok(String::from_utf8(bytes).unwrap_or_default())
    }

    /// Replaces what stands in the file. Half a write is possible, so each line must be understood or dropped alone.
    pub(crate) fn write(&self, text: &str) -> io::Result<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())
    }
}

/// The lock of a record: a file named by a hash, so that the name tells neither who signed in nor where.
pub(crate) fn path(folder: &Path, client_id: &str, record: &str) -> PathBuf {
    let digest = Sha256::digest(format!("{client_id}\n{record}"));
    let name = digest
        .iter()
        .take(NAME_BYTES)
        .fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
    folder.join(format!("{name}.lock"))
}

/// Takes an account's lock. What it guards must be read again afterwards.
pub(crate) async fn take(path: &Path, wait: Duration) -> Result<Lock, StoreError> {
    let failed = |error: io::Error| StoreError::Failed(Arc::new(error));
    let end = Instant::now() + wait;
    let mut file = open(path).map_err(failed)?;
    loop {
        match file.try_lock() {
            Ok(()) if is_named(&file, path) => {}
            Ok(()) | Err(TryLockError::WouldBlock) if Instant::now() >= end => {
                return Err(StoreError::Busy);
            }
            Ok(()) => {
                file = open(path).map_err(failed)?;
                continue;
            }
            Err(TryLockError::WouldBlock) => {
                sleep(LOCK_AGAIN_AFTER).await;
                continue;
            }
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                // Some network file systems have no locks. One process alone is then still in order.
                tracing::warn!("the lock folder's file system has no locks");
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        return Ok(Lock {
            path: path.to_owned(),
            file,
        });
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).read(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Reading and writing are shared, removing is not: the name then always leads to the file that is locked.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0x1 | 0x2);
    options.open(path)
}

/// Whether the name still leads to this file, and not to none or to one that was made after this was removed.
#[cfg(unix)]
fn is_named(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(ours), Ok(named)) => id(ours) == id(named),
        _ => false,
    }
}

/// An open file cannot be removed there.
#[cfg(not(unix))]
fn is_named(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::{Duration, StoreError, path, take};

    const SHORT: Duration = Duration::from_millis(80);

    #[tokio::test]
    async fn a_second_taker_waits_and_then_gives_up() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, other) = (folder.path().join("a.lock"), folder.path().join("b.lock"));
        let held = take(&ours, SHORT).await.unwrap();
        assert!(matches!(take(&ours, SHORT).await, Err(StoreError::Busy)));
        take(&other, SHORT).await.unwrap();
        drop(held);
        take(&ours, SHORT).await.unwrap();
    }

    #[test]
    fn a_name_tells_nothing_and_is_each_accounts_own() {
        let name = |client, record| {
            let path = path("accounts".as_ref(), client, record);
            path.file_name().unwrap().to_str().unwrap().to_owned()
        };
        let one = name("client", "account.login.example.oid.tid");
        let hash = one.strip_suffix(".lock").unwrap();
        assert_eq!(hash.len(), 32);
        assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(one, name("client", "account.login.example.oid.tid"));
        assert_ne!(one, name("client", "account.login.example.oid.other"));
        assert_ne!(one, name("other", "account.login.example.oid.tid"));
    }

    /// One who waits while the file is removed must not own the old file beside another's new one.
    #[tokio::test]
    async fn a_lock_that_is_removed_has_one_owner_still() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let held = take(&path, SHORT).await.unwrap();
        let waits = path.clone();
        let waiting = tokio::spawn(async move { take(&waits, SHORT).await });
        tokio::task::yield_now().await;
        held.remove();
        let new = take(&path, SHORT).await.unwrap();
        assert!(matches!(waiting.await.unwrap(), Err(StoreError::Busy)));
        new.remove();
        assert!(!path.exists());
    }
}
