//! Looking at every page while the outbox is in use, on a connection of its own.
//!
//! Whoever looks keeps commits from coming into the database file ([`crate::store::checkpoint`]). So it gives way as
//! soon as anybody writes, in whatever process, and looks again in a quieter time.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::watch;
use tokio::task;

use super::Paths;
use crate::error::DatabaseError;
use crate::outbox::Outbox;
use crate::store;

/// What looking brought to light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Every page is in order.
    Sound,
    /// It is damaged. The next opening sets it aside and saves what it can; until then nothing should be sent from it.
    Damaged,
    /// It came to no end: it was stopped, or there was no quiet time.
    Unknown,
}

/// The longest look. A hundred thousand messages of two kilobytes take less than a second from memory, and from an old disk
/// some seconds.
const LOOK_MAX: Duration = Duration::from_secs(60);

/// How soon is seen that somebody writes: well within the half second for which a commit tries to come into the database file.
const GIVES_WAY_AFTER: Duration = Duration::from_millis(20);

/// How long is waited for a quieter time, and how often: a look that never ends in an hour would not end in two.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
const LOOKS_MAX: u32 = 60;

/// Looks at every page of an outbox after a clean end, until `stop` turns true (or its sender is gone). Where opening has
/// looked already there is nothing to do.
pub async fn look_through(outbox: Outbox, mut stop: watch::Receiver<bool>) -> Looked {
    if outbox.shared.is_looked_through {
        return Looked::Sound;
    }
    let paths = Paths {
        folder: outbox.shared.folder.clone(),
    };
    for _ in 0..LOOKS_MAX {
        match look(&paths, &stop).await {
            Looked::Unknown => {}
            Looked::Sound => return Looked::Sound,
            Looked::Damaged => {
                tracing::error!("the outbox is damaged");
                outbox.mark_as_suspect();
                return Looked::Damaged;
            }
        }
        let again = tokio::time::sleep(LOOK_AGAIN);
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return Looked::Unknown,
            () = again => {}
        }
    }
    tracing::warn!("the outbox was never quiet enough to be looked through");
    Looked::Unknown
}

/// One look. It is interrupted when somebody has written since it began.
async fn look(paths: &Paths, stop: &watch::Receiver<bool>) -> Looked {
    let (database, log) = (paths.database(), paths.wal());
    let before = stamp(&log);
    let connection = match task::spawn_blocking(move || store::connect(&database)).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return of_error(&error),
        Err(_) => return Looked::Unknown,
    };
    let interrupt = connection.get_interrupt_handle();
    let started = Instant::now();
    let mut looking = task::spawn_blocking(move || quick_check(&connection));
    loop {
        if let Ok(looked) = tokio::time::timeout(GIVES_WAY_AFTER, &mut looking).await {
            return looked.unwrap_or(Looked::Unknown);
        }
        if *stop.borrow() || stamp(&log) != before || started.elapsed() > LOOK_MAX {
            interrupt.interrupt();
        }
    }
}

fn quick_check(connection: &Connection) -> Looked {
    let verdict = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match verdict {
        Ok(verdict) if verdict == "ok" => Looked::Sound,
        Ok(_) => Looked::Damaged,
        Err(error) => of_error(&error),
    }
}

fn of_error(error: &rusqlite::Error) -> Looked {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Looked::Damaged,
        Some(ErrorCode::OperationInterrupted) => Looked::Unknown,
        _ => {
            let error = DatabaseError::from(error);
            tracing::warn!(%error, "the outbox was not looked through");
            Looked::Unknown
        }
    }
}

/// What changes with every commit, as all of them go through the log.
fn stamp(log: &Path) -> Option<(u64, SystemTime)> {
    let metadata = fs::metadata(log).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}
