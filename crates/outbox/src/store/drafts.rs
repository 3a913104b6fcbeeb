//! The table of drafts: one row each, overwritten as it is typed.

use message::{Attachment, Body, Draft};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{Read, Written, written};
use super::{bytes, integer, summaries, text, uses};
use crate::error::OutboxError;
use crate::id::DraftId;
use crate::item::SavedDraft;
use crate::twin::Digest;

/// The longest draft that is kept, in bytes of JSON: far above what can be
/// sent, so that nothing typed or pasted is lost for its length, and below what
/// would fill a disk with every key.
pub(crate) const DRAFT_BYTES_MAX: usize = 64 * 1024 * 1024;

const COLUMNS: &str = "number, id, saved_at_ms, sha256, draft";

/// Writes a draft over its earlier version, with what it uses.
pub(crate) fn save(
    connection: &Connection,
    id: &DraftId,
    draft: &Draft,
    now_ms: i64,
) -> Result<(), OutboxError> {
    let written = Written::of(draft)?;
    if written.json.len() > DRAFT_BYTES_MAX {
        return Err(OutboxError::DraftTooLarge {
            bytes: written.json.len(),
            bytes_max: DRAFT_BYTES_MAX,
        });
    }
    let number = connection
        .prepare_cached(
            "INSERT INTO drafts (id, saved_at_ms, sha256, draft) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (id) DO UPDATE SET saved_at_ms = ?2, sha256 = ?3, draft = ?4 RETURNING number",
        )?
        .query_row(params![id.0, now_ms, written.sha256, written.json], |row| row.get(0))?;
    uses::set_for_draft(connection, number, &draft.attachments)?;
    summaries::set_for_draft(connection, number, draft)?;
    Ok(())
}

pub(crate) fn in_row(connection: &Connection, number: i64) -> rusqlite::Result<SavedDraft> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM drafts WHERE number = ?1"))?
        .query_row([number], saved_draft)
}

pub(crate) fn count(connection: &Connection) -> rusqlite::Result<usize> {
    let count: i64 = connection.query_row("SELECT count(*) FROM drafts", [], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

pub(crate) fn one(connection: &Connection, id: &DraftId) -> rusqlite::Result<Option<SavedDraft>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM drafts WHERE id = ?1"))?
        .query_row([&id.0], saved_draft)
        .optional()
}

/// What is attached to a draft. `None` when there is no such draft, or its row has lost its form.
pub(crate) fn attachments(
    connection: &Connection,
    id: &DraftId,
) -> rusqlite::Result<Option<Vec<Attachment>>> {
    let stored = connection
        .prepare_cached("SELECT sha256, draft FROM drafts WHERE id = ?1")?
        .query_row([&id.0], |row| written::<Draft>(row, "draft"))
        .optional()?;
    Ok(match stored {
        Some(Read::Sound(draft) | Read::Altered(draft)) => Some(draft.attachments),
        Some(Read::Lost(_)) | None => None,
    })
}

/// By which one version of a draft is told from another.
pub(crate) fn digest(connection: &Connection, id: &DraftId) -> rusqlite::Result<Option<Digest>> {
    connection
        .prepare_cached("SELECT sha256 FROM drafts WHERE id = ?1")?
        .query_row([&id.0], |row| Ok(Digest(bytes(row, "sha256")?)))
        .optional()
}

pub(crate) fn remove(connection: &Connection, id: &DraftId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM drafts WHERE id = ?1")?
        .execute([&id.0])
        .map(drop)
}

fn saved_draft(row: &Row<'_>) -> rusqlite::Result<SavedDraft> {
    let id = text(row, "id")?;
    let (draft, sound) = match written(row, "draft")? {
        Read::Sound(draft) => (draft, true),
        Read::Altered(draft) => (draft, false),
        Read::Lost(text) => (formless(text), false),
    };
    Ok(SavedDraft {
        damaged: !sound || id.is_none(),
        id: DraftId(id.unwrap_or_default()),
        draft,
        saved_at_ms: integer(row, "saved_at_ms")?.unwrap_or_default(),
    })
}

/// What is shown of a draft that has lost its form: its raw text.
fn formless(text: String) -> Draft {
    Draft {
        body: Body::Text(text),
        ..Draft::default()
    }
}
