//! The table of drafts in mailboxes that no message here needs any more: it was taken back, discarded, or goes in another way.

use rusqlite::{Connection, OptionalExtension, params};

use crate::id::ItemId;

/// A draft that is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leftover {
    /// Its number here.
    pub(crate) id: i64,
    /// Whose mailbox it is in.
    pub(crate) account: String,
    /// Its id there.
    pub(crate) draft: String,
}

/// Remembers a draft of a message, before its row goes or forgets it.
pub(crate) fn add(connection: &Connection, item: ItemId, draft: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO leftovers (account, draft) SELECT account, ?2 FROM items WHERE id = ?1",
        )?
        .execute(params![item.0, draft])
        .map(drop)
}

/// The first one after another. A row that is no text any more names no draft, and is passed over.
pub(crate) fn after(connection: &Connection, id: i64) -> rusqlite::Result<Option<Leftover>> {
    connection
        .prepare_cached(
            "SELECT id, account, draft FROM leftovers \
             WHERE id > ?1 AND typeof(account) = 'text' AND typeof(draft) = 'text' ORDER BY id LIMIT 1",
        )?
        .query_row([id], |row| {
            Ok(Leftover {
                id: row.get("id")?,
                account: row.get("account")?,
                draft: row.get("draft")?,
            })
        })
        .optional()
}

pub(crate) fn remove(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM leftovers WHERE id = ?1")?
        .execute([id])
        .map(drop)
}

/// Nothing is remembered of any mailbox.
pub(crate) fn remove_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM leftovers", []).map(drop)
}

/// Whoever signs out and keeps no mail takes their leftovers along: nobody can remove them any more.
pub(crate) fn remove_of_account(connection: &Connection, account: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM leftovers WHERE account = ?1")?
        .execute([account])
        .map(drop)
}
