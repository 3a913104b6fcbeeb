//! What can go wrong, by what the caller can do about it.

use std::io;

use rusqlite::ErrorCode;

use crate::machine::Refused;

/// Why the outbox could not be opened. Nothing was changed on disk.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a file in it cannot be made or written: a read-only disk, missing rights.
    #[error("the outbox folder cannot be written")]
    NotWritable(#[source] io::Error),
    /// No space is left.
    #[error("no space is left for the outbox")]
    DiskFull,
    /// The folder lies on another computer's disk, where nothing is sure to be kept.
    #[error("the outbox folder is on a network file system")]
    OnNetwork,
    /// Another process is opening or mending it and did not finish in time.
    #[error("another process is using the outbox")]
    Busy,
    /// It is damaged, and another process still has it open: close that first.
    #[error("the outbox is damaged and in use by another process")]
    DamagedInUse,
    /// It was written by a newer version of the program.
    #[error("the outbox was written by a newer version (schema {found}, known {known})")]
    Newer {
        /// The schema found.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// Anything else the operating system says.
    #[error("the outbox folder cannot be read")]
    Disk(#[source] io::Error),
    /// Anything else SQLite says.
    #[error("the outbox cannot be opened")]
    Database(#[source] DatabaseError),
}

/// Why a call failed. What was on disk before is still there.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// No such message: it was discarded or became a draft.
    #[error("there is no such message")]
    NotFound,
    /// The message's state does not allow it.
    #[error("not possible: {0}")]
    Refused(#[from] Refused),
    /// The draft was queued already; what is typed in its window now is not part of it.
    #[error("the draft was queued already")]
    DraftQueued,
    /// The draft is longer than any that can be kept.
    #[error("the draft has {bytes} bytes, the limit is {bytes_max}")]
    DraftTooLarge {
        /// Its length.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// Only ordinary files can be attached, not folders or devices.
    #[error("not an ordinary file")]
    NotAFile,
    /// These bytes are no picture that can stand in the text.
    #[error("not a picture that can stand in the text")]
    NoPicture,
    /// The file to be attached cannot be read.
    #[error("the file cannot be read")]
    FileUnreadable(#[source] io::Error),
    /// The file to be attached is too large.
    #[error("the file is larger than {bytes_max} bytes")]
    FileTooLarge {
        /// The limit.
        bytes_max: u64,
    },
    /// The copy of an attachment is missing or is not what was attached.
    #[error("the copy of an attachment is missing or damaged")]
    AttachmentDamaged,
    /// No space is left.
    #[error("no space is left for the outbox")]
    DiskFull,
    /// The disk became read-only or rights were taken away.
    #[error("the outbox cannot be written")]
    NotWritable,
    /// Another process held the database for too long.
    #[error("another process is using the outbox")]
    Busy,
    /// The database file is damaged. It is set aside at the next start.
    #[error("the outbox is damaged")]
    Damaged(#[source] DatabaseError),
    /// Anything else the operating system says.
    #[error("the outbox's files cannot be read or written")]
    Disk(#[source] io::Error),
    /// Anything else SQLite says.
    #[error("the outbox's database failed")]
    Database(#[source] DatabaseError),
}

/// What SQLite said, by its extended result code alone: its texts may quote the
/// values of a row, and those are somebody's mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SQLite result code {code:?}")]
pub struct DatabaseError {
    /// The extended result code (sqlite.org/rescode.html), where there is one.
    pub code: Option<i32>,
}

impl From<&rusqlite::Error> for DatabaseError {
    fn from(error: &rusqlite::Error) -> Self {
        DatabaseError {
            code: error.sqlite_error().map(|error| error.extended_code),
        }
    }
}

impl From<rusqlite::Error> for OutboxError {
    fn from(error: rusqlite::Error) -> Self {
        let told = DatabaseError::from(&error);
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => OutboxError::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => OutboxError::NotWritable,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OutboxError::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                OutboxError::Damaged(told)
            }
            _ => OutboxError::Database(told),
        }
    }
}

impl From<io::Error> for OutboxError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OutboxError::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                OutboxError::NotWritable
            }
            _ => OutboxError::Disk(error),
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OpenError::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::AlreadyExists => OpenError::NotWritable(error),
            _ => OpenError::Disk(error),
        }
    }
}
