//! Settled messages by page, and those that somebody searches for.
//!
//! A search walks through the summaries: that of a hundred thousand messages takes less than the pause between two keys, so
//! there is no second copy of what people wrote to search in.

use message::Query;
use rusqlite::{Connection, OptionalExtension, Row};

use super::summaries::{in_full, of_item, recipients};
use super::{integer, items, text};
use crate::error::OutboxError;
use crate::id::ItemId;
use crate::item::{History, Outline, PageEnd, Summary};

/// Before which every message was queued.
const NEWEST: ItemId = ItemId(i64::MAX);

/// The first page, with the outline of all.
pub(crate) fn first(
    connection: &Connection,
    query: Option<&Query>,
    limit: usize,
) -> Result<History, OutboxError> {
    let all = match query {
        Some(query) => found(connection, query, NEWEST)?,
        None => settled(connection)?,
    };
    let head = all.get(..limit).unwrap_or(&all);
    Ok(History {
        page: of(connection, head)?,
        outline: Some(outline(connection, &all, limit)?),
    })
}

/// The page of those before a message.
pub(crate) fn page(
    connection: &Connection,
    query: Option<&Query>,
    before: ItemId,
    limit: usize,
) -> Result<Vec<Summary>, OutboxError> {
    if let Some(query) = query {
        let mut found = found(connection, query, before)?;
        found.truncate(limit);
        return of(connection, &found);
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = connection
        .prepare_cached(&sql::page())?
        .query_map([before.0, limit], of_item)?
        .collect::<rusqlite::Result<_>>()?;
    in_full(connection, rows)
}

/// The numbers of all, newest first.
fn settled(connection: &Connection) -> rusqlite::Result<Vec<ItemId>> {
    let mut ids: Vec<ItemId> = connection
        .prepare_cached(sql::SETTLED)?
        .query_map([], |row| row.get(0).map(ItemId))?
        .collect::<rusqlite::Result<_>>()?;
    ids.sort_unstable_by(|a, b| b.cmp(a));
    Ok(ids)
}

/// The numbers of those before a message that the query finds, newest first.
fn found(
    connection: &Connection,
    query: &Query,
    before: ItemId,
) -> Result<Vec<ItemId>, OutboxError> {
    let mut statement = connection.prepare_cached(sql::SEARCHED)?;
    let mut rows = statement.query([before.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id = ItemId(row.get("id")?);
        let (subject, recipients) = words(connection, row, id)?;
        let recipients = recipients.iter().map(String::as_str);
        if query.is_in(recipients.chain([subject.as_str()])) {
            found.push(id);
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// What is searched of a message.
fn words(
    connection: &Connection,
    row: &Row<'_>,
    id: ItemId,
) -> Result<(String, Vec<String>), OutboxError> {
    if let (Some(subject), Some(recipients)) = (text(row, "subject")?, recipients(row)?) {
        return Ok((subject, recipients));
    }
    let whole = Summary::from(items::one(connection, id)?);
    Ok((whole.subject, whole.recipients))
}

fn of(connection: &Connection, ids: &[ItemId]) -> Result<Vec<Summary>, OutboxError> {
    let mut statement = connection.prepare_cached(&sql::one())?;
    let rows = ids
        .iter()
        .map(|id| statement.query_row([id.0], of_item))
        .collect::<rusqlite::Result<_>>()?;
    in_full(connection, rows)
}

fn outline(connection: &Connection, all: &[ItemId], limit: usize) -> Result<Outline, OutboxError> {
    let mut statement = connection.prepare_cached(sql::CREATED)?;
    let mut ends = Vec::with_capacity(all.len() / limit);
    for page in all.chunks(limit) {
        let Some(id) = page.last().copied().filter(|last| Some(last) != all.last()) else {
            continue;
        };
        let created_at_ms = statement
            .query_row([id.0], |row| integer(row, "created_at_ms"))
            .optional()?;
        ends.push(PageEnd {
            id,
            created_at_ms: created_at_ms.flatten().unwrap_or_default(),
        });
    }
    Ok(Outline {
        total: all.len(),
        ends,
    })
}

pub(crate) mod sql {
    use crate::store::summaries::sql::COLUMNS;

    /// The states are spelled as in `items_closed`, or SQLite would not take that index.
    pub(crate) fn page() -> String {
        format!(
            "SELECT {COLUMNS} FROM items INDEXED BY items_closed LEFT JOIN item_summaries ON item_summaries.item = id \
             WHERE state IN ('accepted', 'sent', 'cancelled') AND id < ?1 ORDER BY id DESC LIMIT ?2"
        )
    }

    pub(crate) fn one() -> String {
        format!(
            "SELECT {COLUMNS} FROM items LEFT JOIN item_summaries ON item_summaries.item = id WHERE id = ?1"
        )
    }

    /// By the index that holds the states themselves: with `items_closed` SQLite would look each of them up in its row, and
    /// the rows hold what was written.
    pub(crate) const SETTLED: &str = "SELECT id FROM items INDEXED BY items_by_state \
        WHERE state IN ('accepted', 'sent', 'cancelled')";

    pub(crate) const SEARCHED: &str = "SELECT id, subject, recipients FROM items INDEXED BY items_by_state \
        LEFT JOIN item_summaries ON item_summaries.item = id \
        WHERE state IN ('accepted', 'sent', 'cancelled') AND id < ?1";

    pub(crate) const CREATED: &str = "SELECT created_at_ms FROM items WHERE id = ?1";
}
