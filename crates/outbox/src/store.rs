//! The database: how it is opened, its schema, and one file per table.
//!
//! Durability: WAL with `synchronous=FULL` (and `fullfsync` where the system
//! needs it), so a commit that returned is on disk. SQLite drops a damaged tail
//! of the WAL without a word, which would roll a message in `sending` back to
//! `queued`; so whatever takes a message out of the queue is also brought into
//! the database file at once, by [`checkpoint`].

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, types::ValueRef};

pub(crate) mod columns;
pub(crate) mod drafts;
pub(crate) mod history;
pub(crate) mod items;
pub(crate) mod known;
pub(crate) mod leftovers;
pub(crate) mod schema;
pub(crate) mod summaries;
pub(crate) mod twins;
pub(crate) mod uses;

/// How long a call waits for another process that writes. Its transactions take milliseconds.
const BUSY_WAIT_MAX: Duration = Duration::from_secs(10);

/// What the WAL is cut back to when it has grown, as after a long draft.
const WAL_KEPT_BYTES: i64 = 4 * 1024 * 1024;

/// How many statements stay prepared; there are fewer than this.
const STATEMENTS_KEPT: usize = 64;

/// Opens the database file, which must exist, for everyday use.
pub(crate) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_WAIT_MAX)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "journal_size_limit", WAL_KEPT_BYTES)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // A page whose cells lie outside it is an error, not a wild read.
    connection.pragma_update(None, "cell_size_check", true)?;
    // What is discarded or signed out is overwritten, not only unlinked.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// A transaction that may write: it takes its turn at the start, so that what it reads is still true when it writes.
pub(crate) fn write(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// Brings what is committed into the database file. Whether all of it came
/// there: a reader in another process may hold the last pages back for a moment.
pub(crate) fn checkpoint(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        let in_wal: i64 = row.get(1)?;
        let copied: i64 = row.get(2)?;
        Ok(in_wal == copied)
    })
}

/// Brings all that is committed into the database file and empties the log. Waits for readers as for any other lock.
pub(crate) fn fold_in(connection: &Connection) -> rusqlite::Result<()> {
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        return Err(rusqlite::Error::SqliteFailure(busy, None));
    }
    Ok(())
}

/// A text column, or `None` when it is not readable as text.
pub(crate) fn text(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    })
}

/// An integer column, or `None`.
pub(crate) fn integer(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Option<i64>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(value) => Some(value),
        ValueRef::Null | ValueRef::Text(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    })
}

/// The bytes of a text or blob column.
pub(crate) fn bytes(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Vec<u8>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => Vec::new(),
    })
}
