//! Advisory locks on files, which die with the process that holds them.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// Between two looks at a lock that somebody else holds.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Shared,
    Exclusive,
}

impl FileLock {
    /// Takes the lock on `path` if it is free. The file is made when missing
    /// and never removed: a lock on a removed file guards nothing.
    pub(crate) fn try_take(path: &Path, kind: Kind) -> io::Result<Option<FileLock>> {
        let file = open(path)?;
        let taken = match kind {
            Kind::Shared => file.try_lock_shared(),
            Kind::Exclusive => file.try_lock(),
        };
        match taken {
            Ok(()) => Ok(Some(FileLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes the lock, waiting up to `wait_max` for whoever holds it.
    pub(crate) fn take(
        path: &Path,
        kind: Kind,
        wait_max: Duration,
    ) -> io::Result<Option<FileLock>> {
        let started = Instant::now();
        loop {
            if let Some(lock) = FileLock::try_take(path, kind)? {
                return Ok(Some(lock));
            }
            if started.elapsed() >= wait_max {
                return Ok(None);
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
