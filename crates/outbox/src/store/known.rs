//! The table of addresses that were written to, whoever wrote.
//!
//! A row is a convenience, and no message depends on it: what cannot be read of it is passed over.

use message::{Address, Message};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{Read, written};
use super::{integer, text};
use crate::item::Item;
use crate::machine::{Event, State};

/// How many addresses are kept; the least recently used go. More than a person writes to in years, and all of them are
/// looked through with every key that is pressed in a line of recipients.
pub(crate) const KNOWN_MAX: u32 = 2_000;

/// From how many messages the table is filled where there was none, newest first. Each is read in full, once.
const FILLED_FROM_MAX: u32 = 1_000;

/// An address that was written to.
pub(crate) struct Known {
    /// As last spelled, with the last name used.
    pub(crate) address: Address,
    /// How often.
    pub(crate) times: u32,
    /// When last, in milliseconds since 1970 (UTC).
    pub(crate) last_at_ms: i64,
}

/// Notes that a message was written to its recipients.
pub(crate) fn note(connection: &Connection, message: &Message, at_ms: i64) -> rusqlite::Result<()> {
    for address in message.recipients.iter() {
        connection
            .prepare_cached(
                "INSERT INTO known_addresses (address, spelled, name, times, last_at_ms) VALUES (?1, ?2, ?3, 1, ?4) \
                 ON CONFLICT (address) DO UPDATE SET spelled = ?2, name = coalesce(?3, name), times = min(times, 1000000) + 1, last_at_ms = ?4",
            )?
            .execute(params![
                address.folded(),
                address.address(),
                name_of(address),
                at_ms
            ])?;
    }
    trim(connection)
}

/// A name that only repeats the address says nothing, and hides none that was used before.
fn name_of(address: &Address) -> Option<&str> {
    address
        .name()
        .filter(|name| !name.eq_ignore_ascii_case(address.address()))
}

/// Follows a step that a person has taken with a message: one that is taken back before it left was never written to
/// anybody, and one that was cancelled and goes after all was.
pub(crate) fn follow(
    connection: &Connection,
    before: &Item,
    event: &Event,
    now_ms: i64,
) -> rusqlite::Result<()> {
    let not_gone = matches!(
        before.state,
        State::Held { .. } | State::Scheduled { .. } | State::Queued | State::Waiting { .. }
    );
    match event {
        Event::Cancel | Event::Discard | Event::Edit | Event::TakeBack if not_gone => {
            take_back(connection, &before.message)
        }
        Event::Retry if before.state == State::Cancelled => {
            note(connection, &before.message, now_ms)
        }
        _ => Ok(()),
    }
}

fn take_back(connection: &Connection, message: &Message) -> rusqlite::Result<()> {
    for address in message.recipients.iter() {
        connection
            .prepare_cached("UPDATE known_addresses SET times = times - 1 WHERE address = ?1")?
            .execute([address.folded()])?;
    }
    connection
        .prepare_cached("DELETE FROM known_addresses WHERE times <= 0")?
        .execute([])
        .map(drop)
}

/// All of them that can be read, the last used first.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Known>> {
    let rows: Vec<Option<Known>> = connection
        .prepare_cached(
            "SELECT spelled, name, times, last_at_ms FROM known_addresses ORDER BY last_at_ms DESC, id DESC LIMIT ?1",
        )?
        .query_map([KNOWN_MAX], known)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().flatten().collect())
}

fn known(row: &Row<'_>) -> rusqlite::Result<Option<Known>> {
    let (spelled, name) = (text(row, "spelled")?, text(row, "name")?);
    let address = spelled.and_then(|spelled| Address::new(name.as_deref(), &spelled).ok());
    let times = integer(row, "times")?.unwrap_or_default();
    let last_at_ms = integer(row, "last_at_ms")?.unwrap_or_default();
    Ok(address.map(|address| Known {
        address,
        times: u32::try_from(times).unwrap_or_default(),
        last_at_ms,
    }))
}

pub(crate) fn remove(connection: &Connection, address: &Address) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM known_addresses WHERE address = ?1")?
        .execute([address.folded()])
        .map(drop)
}

/// Whether the schema has the table already.
pub(crate) fn is_there(connection: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'known_addresses'";
    let found = connection.query_row(sql, [], |_| Ok(())).optional()?;
    Ok(found.is_some())
}

/// Fills the empty table from the messages that are there. What was cancelled was written to nobody.
pub(crate) fn fill(connection: &Connection) -> rusqlite::Result<()> {
    let mut ids: Vec<i64> = connection
        .prepare("SELECT id FROM items WHERE state <> 'cancelled' ORDER BY id DESC LIMIT ?1")?
        .query_map([FILLED_FROM_MAX], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    ids.reverse();
    for id in ids {
        let (read, at_ms) = connection
            .prepare_cached("SELECT sha256, message, created_at_ms FROM items WHERE id = ?1")?
            .query_row([id], |row| {
                Ok((
                    written::<Message>(row, "message")?,
                    integer(row, "created_at_ms")?,
                ))
            })?;
        if let Read::Sound(message) = read {
            note(connection, &message, at_ms.unwrap_or_default())?;
        }
    }
    Ok(())
}

/// Writes a row of another database. Whether it says of an address what such a row can say, and is not there already.
pub(crate) fn keep(connection: &Connection, folded: &str, known: &Known) -> rusqlite::Result<bool> {
    let Known {
        address,
        times,
        last_at_ms,
    } = known;
    if address.folded() != folded || *times == 0 || *last_at_ms < 0 {
        return Ok(false);
    }
    let sql = "INSERT OR IGNORE INTO known_addresses (address, spelled, name, times, last_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
    let written = connection.prepare_cached(sql)?.execute(params![
        folded,
        address.address(),
        address.name(),
        times,
        last_at_ms
    ])?;
    Ok(written > 0)
}

/// The least recently used go where there are too many.
pub(crate) fn trim(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM known_addresses WHERE (SELECT count(*) FROM known_addresses) > ?1 AND id IN \
             (SELECT id FROM known_addresses ORDER BY last_at_ms DESC, id DESC LIMIT -1 OFFSET ?1)",
        )?
        .execute([KNOWN_MAX])
        .map(drop)
}
