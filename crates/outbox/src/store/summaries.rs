//! What lists show of messages and drafts, beside their rows.
//!
//! A row that was written whole has a summary. One without (it is damaged, or
//! an older program wrote it) is read in full instead: there are few of them.

use std::borrow::Cow;

use message::{Draft, Message, SUBJECT_CHARS_MAX};
use rusqlite::{Connection, Row, params};

use super::columns::{Read, state, written};
use super::items::{self, FINISHED_LISTED_MAX};
use super::{drafts, integer, text};
use crate::error::OutboxError;
use crate::id::{DraftId, ItemId};
use crate::item::{DraftSummary, Item, SavedDraft, Summary};

pub(crate) fn set_for_item(
    connection: &Connection,
    item: ItemId,
    message: &Message,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO item_summaries (item, subject, recipients) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![item.0, message.subject, list(&names(message))?])
        .map(drop)
}

/// Writes the summary of the draft in row `number` over its earlier one.
pub(crate) fn set_for_draft(
    connection: &Connection,
    number: i64,
    draft: &Draft,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO draft_summaries (draft, subject, recipients) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![number, listed(&draft.subject), list(&typed(draft))?])
        .map(drop)
}

/// Gives their summaries to all rows that were written whole and have none.
pub(crate) fn write_missing(connection: &Connection) -> rusqlite::Result<()> {
    let sql = "SELECT id FROM items WHERE id NOT IN (SELECT item FROM item_summaries)";
    for id in numbers(connection, sql)? {
        let read = connection
            .prepare_cached("SELECT sha256, message FROM items WHERE id = ?1")?
            .query_row([id], |row| written(row, "message"))?;
        if let Read::Sound(message) = read {
            set_for_item(connection, ItemId(id), &message)?;
        }
    }
    let sql = "SELECT number FROM drafts WHERE number NOT IN (SELECT draft FROM draft_summaries)";
    for number in numbers(connection, sql)? {
        let read = connection
            .prepare_cached("SELECT sha256, draft FROM drafts WHERE number = ?1")?
            .query_row([number], |row| written(row, "draft"))?;
        if let Read::Sound(draft) = read {
            set_for_draft(connection, number, &draft)?;
        }
    }
    Ok(())
}

fn numbers(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare(sql)?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// The same rows as `items::list`, in the same order.
pub(crate) fn of_items(connection: &Connection) -> Result<Vec<Summary>, OutboxError> {
    let mut rows: Vec<Result<Summary, ItemId>> = connection
        .prepare_cached(&sql::finished())?
        .query_map([FINISHED_LISTED_MAX], of_item)?
        .collect::<rusqlite::Result<_>>()?;
    let open = connection
        .prepare_cached(&sql::open())?
        .query_map([], of_item)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    rows.extend(open);
    let mut summaries = in_full(connection, rows)?;
    summaries.sort_by_key(|summary| summary.id);
    Ok(summaries)
}

/// The summaries of these rows, in their order; those that have none are read.
pub(crate) fn in_full(
    connection: &Connection,
    rows: Vec<Result<Summary, ItemId>>,
) -> Result<Vec<Summary>, OutboxError> {
    rows.into_iter()
        .map(|row| match row {
            Ok(summary) => Ok(summary),
            Err(id) => items::one(connection, id).map(Summary::from),
        })
        .collect()
}

/// All drafts, oldest first.
pub(crate) fn of_drafts(connection: &Connection) -> rusqlite::Result<Vec<DraftSummary>> {
    let rows: Vec<Result<DraftSummary, i64>> = connection
        .prepare_cached(sql::DRAFTS)?
        .query_map([], of_draft)?
        .collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|row| match row {
            Ok(summary) => Ok(summary),
            Err(number) => drafts::in_row(connection, number).map(DraftSummary::from),
        })
        .collect()
}

pub(crate) mod sql {
    pub(crate) const COLUMNS: &str = "id, key, account, state, reason, request_id, next_attempt_at_ms, attempts, created_at_ms, subject, recipients, \
        (SELECT count(*) FROM attachment_uses WHERE attachment_uses.item = items.id) AS attachments";

    pub(crate) fn open() -> String {
        format!(
            "SELECT {COLUMNS} FROM items INDEXED BY items_open LEFT JOIN item_summaries ON item_summaries.item = id \
             WHERE state NOT IN ('accepted', 'sent', 'cancelled') ORDER BY id"
        )
    }

    pub(crate) fn finished() -> String {
        format!(
            "SELECT {COLUMNS} FROM items INDEXED BY items_closed LEFT JOIN item_summaries ON item_summaries.item = id \
             WHERE state IN ('accepted', 'sent', 'cancelled') ORDER BY id DESC LIMIT ?1"
        )
    }

    pub(crate) const DRAFTS: &str = "SELECT number, id, saved_at_ms, subject, recipients, \
        (SELECT count(*) FROM attachment_uses WHERE attachment_uses.draft = number) AS attachments \
        FROM drafts LEFT JOIN draft_summaries ON draft_summaries.draft = number ORDER BY number";
}

/// The summary in a row, or which message has none.
pub(crate) fn of_item(row: &Row<'_>) -> rusqlite::Result<Result<Summary, ItemId>> {
    let id = ItemId(row.get("id")?);
    let named = text(row, "key")?.is_some() && text(row, "account")?.is_some();
    let (Some(subject), Some(recipients), true) = (text(row, "subject")?, recipients(row)?, named)
    else {
        return Ok(Err(id));
    };
    Ok(Ok(Summary {
        id,
        subject,
        recipients,
        state: state(row)?,
        created_at_ms: integer(row, "created_at_ms")?.unwrap_or_default(),
        attachments: row.get("attachments")?,
        upload: None,
    }))
}

/// The summary in a row, or the number of a draft that has none.
fn of_draft(row: &Row<'_>) -> rusqlite::Result<Result<DraftSummary, i64>> {
    let (Some(id), Some(subject), Some(recipients)) =
        (text(row, "id")?, text(row, "subject")?, recipients(row)?)
    else {
        return Ok(Err(row.get("number")?));
    };
    Ok(Ok(DraftSummary {
        id: DraftId(id),
        subject,
        recipients,
        saved_at_ms: integer(row, "saved_at_ms")?.unwrap_or_default(),
        attachments: row.get("attachments")?,
        damaged: false,
    }))
}

pub(crate) fn recipients(row: &Row<'_>) -> rusqlite::Result<Option<Vec<String>>> {
    Ok(text(row, "recipients")?.and_then(|json| serde_json::from_str(&json).ok()))
}

fn list(recipients: &[&str]) -> rusqlite::Result<String> {
    serde_json::to_string(recipients)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// How its recipients are called: by name, else by address.
fn names(message: &Message) -> Vec<&str> {
    message
        .recipients
        .iter()
        .map(|address| address.name().unwrap_or(address.address()))
        .collect()
}

/// A subject as a list shows it. A draft's may have megabytes: a list is asked for with every save and drawn in every window.
fn listed(subject: &str) -> Cow<'_, str> {
    match subject.char_indices().nth(SUBJECT_CHARS_MAX) {
        Some(_) => Cow::Owned(
            subject
                .chars()
                .take(SUBJECT_CHARS_MAX)
                .chain(['…'])
                .collect(),
        ),
        None => Cow::Borrowed(subject),
    }
}

/// What stands in its fields.
fn typed(draft: &Draft) -> Vec<&str> {
    let fields = [&draft.to, &draft.cc, &draft.bcc];
    fields.into_iter().flatten().map(String::as_str).collect()
}

impl From<Item> for Summary {
    fn from(item: Item) -> Self {
        Summary {
            id: item.id,
            recipients: names(&item.message)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            attachments: count(item.message.attachments.len()),
            subject: item.message.subject,
            state: item.state,
            created_at_ms: item.created_at_ms,
            upload: None,
        }
    }
}

impl From<SavedDraft> for DraftSummary {
    fn from(saved: SavedDraft) -> Self {
        DraftSummary {
            id: saved.id,
            recipients: typed(&saved.draft).into_iter().map(str::to_owned).collect(),
            attachments: count(saved.draft.attachments.len()),
            subject: listed(&saved.draft.subject).into_owned(),
            saved_at_ms: saved.saved_at_ms,
            damaged: saved.damaged,
        }
    }
}

fn count(attachments: usize) -> u32 {
    u32::try_from(attachments).unwrap_or(u32::MAX)
}
