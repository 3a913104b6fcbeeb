//! Opening: is the database sound, and what is done when it is not.
//!
//! Three lock files order the processes that share a folder: `opening` is held
//! while one of them looks and mends, `in-use` is shared by all that have the
//! database open (mending needs it alone), `delivering` by the one that sends.
//!
//! After an unclean end the whole database is looked at before it is used, its indexes against its rows. Whether the end
//! was clean the log says: who closes last folds it in, and so does [`Outbox::end`]; a log with anything in it was left
//! by a process that did neither, or by a computer whose power went. After a clean end [`looking`] looks at every page
//! behind the back of whoever uses the database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, MAIN_DB};
use tokio::sync::watch;

use crate::clock::{Clock, now_ms};
use crate::error::{DatabaseError, OpenError};
use crate::lock::{FileLock, Kind};
use crate::outbox::{Outbox, Shared};
use crate::spool::{Spool, private_folder, sync_folder};
use crate::store::{self, schema};

mod aside;
mod fresh;
mod looking;
mod place;
mod salvage;
mod wal;

pub(crate) use aside::remove_set_aside;
pub use looking::{Looked, look_through};

/// The outbox, and what was found when it was opened.
pub struct Opened {
    /// The outbox, ready for use.
    pub outbox: Outbox,
    /// What was found.
    pub report: OpenReport,
}

/// What opening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenReport {
    /// Everything in order.
    Sound,
    /// The database was damaged. It lies in another folder now, with the
    /// copies of attachments that no saved row names.
    SetAside {
        /// Where it lies.
        to: PathBuf,
        /// How many messages could be read and were kept.
        items_saved: usize,
        /// How many drafts could be read and were kept.
        drafts_saved: usize,
    },
}

/// How long to wait for another process that is opening the same folder.
const OPENING_WAIT_MAX: Duration = Duration::from_secs(20);

/// The paths of one outbox.
pub(crate) struct Paths {
    pub(crate) folder: PathBuf,
}

impl Paths {
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("outbox.db")
    }

    pub(crate) fn wal(&self) -> PathBuf {
        self.folder.join("outbox.db-wal")
    }

    pub(crate) fn shm(&self) -> PathBuf {
        self.folder.join("outbox.db-shm")
    }

    pub(crate) fn fresh(&self) -> PathBuf {
        self.folder.join("outbox.db.new")
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.folder.join("spool")
    }

    /// All that makes up the database; the file itself first, so that a log is
    /// never left alone with a database it does not belong to.
    pub(crate) fn parts(&self) -> [PathBuf; 4] {
        [
            self.database(),
            self.wal(),
            self.shm(),
            suspect_mark(&self.folder),
        ]
    }
}

/// Stands beside a database in which damage was met.
pub(crate) fn suspect_mark(folder: &Path) -> PathBuf {
    folder.join("outbox.db-suspect")
}

/// The lock of the process that delivers.
pub(crate) fn delivering_lock(folder: &Path) -> PathBuf {
    folder.join("outbox-delivering.lock")
}

/// Why a database cannot be used as it is.
pub(crate) enum Fault {
    /// It is damaged: set it aside.
    Damaged,
    /// It is not to be touched.
    Open(OpenError),
}

pub(crate) fn open(folder: &Path, clock: Clock) -> Result<Opened, OpenError> {
    private_folder(folder)?;
    if place::is_on_network(folder)? {
        return Err(OpenError::OnNetwork);
    }
    let paths = Paths {
        folder: folder.to_owned(),
    };
    let spool = Spool::open(paths.spool())?;
    sync_names(folder)?;
    let opening = FileLock::take(
        &folder.join("outbox-opening.lock"),
        Kind::Exclusive,
        OPENING_WAIT_MAX,
    )?;
    let _opening = opening.ok_or(OpenError::Busy)?;
    let in_use = folder.join("outbox-in-use.lock");
    let alone = FileLock::try_take(&in_use, Kind::Exclusive)?;
    let now_ms = now_ms(&clock);

    let mut report = OpenReport::Sound;
    if alone.is_some()
        && let Some(finished) = aside::finish_interrupted(&paths, &spool, now_ms)?
    {
        report = finished;
    }
    let (connection, is_looked_through) = match sound(&paths, alone.is_some()) {
        Ok(found) => found,
        Err(Fault::Open(error)) => return Err(error),
        Err(Fault::Damaged) if alone.is_none() => return Err(OpenError::DamagedInUse),
        Err(Fault::Damaged) => {
            report = aside::set_aside(&paths, &spool, now_ms)?;
            sound(&paths, true).map_err(still_damaged)?
        }
    };
    drop(alone);
    let in_use = FileLock::take(&in_use, Kind::Shared, OPENING_WAIT_MAX)?.ok_or(OpenError::Busy)?;
    let data_version = data_version(&connection).map_err(database)?;
    let outbox = Outbox {
        shared: Arc::new(Shared {
            connection: Mutex::new(connection),
            _in_use: in_use,
            folder: folder.to_owned(),
            spool,
            clock,
            is_looked_through,
            changes: watch::Sender::new(0),
            uploads: Mutex::default(),
            data_version: Mutex::new(data_version),
        }),
    };
    Ok(Opened { outbox, report })
}

/// Makes the names of the outbox's folder and of what is in it last: whoever made them may have ended before. Where the
/// folder above may not be read, it is left to the file system.
fn sync_names(folder: &Path) -> io::Result<()> {
    sync_folder(folder)?;
    let folder = fs::canonicalize(folder)?;
    match folder.parent().map_or(Ok(()), sync_folder) {
        Err(error) if error.kind() != io::ErrorKind::PermissionDenied => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Counts the commits of other connections.
pub(crate) fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA data_version", [], |row| row.get(0))
}

/// Opens the database if it is sound; makes it if there is none.
///
/// With nobody else in it (`alone`) its files are looked at before SQLite sees
/// them, because SQLite takes a damaged log for one that ends earlier, and an
/// empty file for a new database.
///
/// Returns the connection, and whether every page was looked at. After an unclean end that is done in full, and before
/// use: of 100,000 messages of two kilobytes it takes three quarters of a second, where the disk is not slower. Nothing is
/// sent that nobody has seen to be whole, most ends are clean, and the window shows everything but mail meanwhile. A
/// second process leaves the looking to the first.
fn sound(paths: &Paths, alone: bool) -> Result<(Connection, bool), Fault> {
    let mut ended_uncleanly = false;
    if alone {
        ended_uncleanly = look_at_files(paths)?;
    }
    let suspect = suspect_mark(&paths.folder);
    let mut connection = store::connect(&paths.database()).map_err(fault)?;
    if connection.is_readonly(MAIN_DB).map_err(fault)? {
        return Err(Fault::Open(OpenError::NotWritable(
            io::ErrorKind::ReadOnlyFilesystem.into(),
        )));
    }
    let version = found_version(&connection)?;
    let is_looked_through = if ended_uncleanly || suspect.exists() {
        check(&connection, "PRAGMA integrity_check(1)")?;
        true
    } else if version < schema::VERSION {
        check(&connection, "PRAGMA quick_check(1)")?;
        true
    } else {
        !alone
    };
    // Only what was found sound is written to.
    schema::migrate(&mut connection).map_err(fault)?;
    let _ = fs::remove_file(suspect);
    Ok((connection, is_looked_through))
}

/// Looks at the files with nobody in them. Returns whether the last user ended without closing.
fn look_at_files(paths: &Paths) -> Result<bool, Fault> {
    let log_bytes = file_bytes(&paths.wal())?;
    file_bytes(&paths.shm())?;
    match file_bytes(&paths.database())? {
        None if log_bytes.is_some_and(|bytes| bytes > 0) => return Err(Fault::Damaged),
        None => fresh::create(paths).map_err(Fault::Open)?,
        Some(_) if !fresh::is_ours(&paths.database()) => return Err(Fault::Damaged),
        Some(_) => {}
    }
    if log_bytes.is_some() && wal::is_damaged(&paths.wal()) {
        return Err(Fault::Damaged);
    }
    Ok(log_bytes.is_some_and(|bytes| bytes > 0))
}

/// The length of an ordinary file, `None` when it is missing, damaged when it is anything else.
fn file_bytes(path: &Path) -> Result<Option<u64>, Fault> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Some(metadata.len())),
        Ok(_) => Err(Fault::Damaged),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Fault::Open(error.into())),
    }
}

fn found_version(connection: &Connection) -> Result<i64, Fault> {
    let found = schema::version(connection).map_err(fault)?;
    if found > schema::VERSION {
        return Err(Fault::Open(OpenError::Newer {
            found,
            known: schema::VERSION,
        }));
    }
    Ok(found)
}

fn check(connection: &Connection, pragma: &str) -> Result<(), Fault> {
    let verdict: String = connection
        .query_row(pragma, [], |row| row.get(0))
        .map_err(fault)?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(Fault::Damaged)
    }
}

/// Sorts what SQLite says into damage and everything else. A statement that
/// does not fit the tables (`SQLITE_ERROR`) means that they are not ours.
fn fault(error: rusqlite::Error) -> Fault {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) | None => {
            Fault::Damaged
        }
        Some(_) => Fault::Open(database(error)),
    }
}

fn still_damaged(fault: Fault) -> OpenError {
    match fault {
        Fault::Open(error) => error,
        Fault::Damaged => OpenError::Database(DatabaseError { code: None }),
    }
}

pub(crate) fn database(error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            OpenError::NotWritable(io::Error::other(DatabaseError::from(&error)))
        }
        Some(ErrorCode::DiskFull) => OpenError::DiskFull,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Busy,
        _ => OpenError::Database(DatabaseError::from(&error)),
    }
}
