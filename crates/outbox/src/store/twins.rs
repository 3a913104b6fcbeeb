//! The table of drafts that are kept in a mailbox too. A row outlives its draft until what lies in the mailbox is settled.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{bytes, integer, text};
use crate::id::DraftId;
use crate::twin::{Digest, DueTwin, There, Twin, TwinState};

/// How many are listed at once. The rest follows when these are done.
const LISTED_MAX: u32 = 100;

pub(crate) fn is_there(connection: &Connection, draft: &DraftId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM twins WHERE draft = ?1")?
        .exists([&draft.0])
}

/// Begins one, unless there is one or the draft is gone.
pub(crate) fn begin(
    connection: &Connection,
    draft: &DraftId,
    account: &str,
    key: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO twins (draft, account, key, state) \
             SELECT id, ?2, ?3, 'kept' FROM drafts WHERE id = ?1",
        )?
        .execute(params![draft.0, account, key])
        .map(drop)
}

pub(crate) fn one(connection: &Connection, draft: &DraftId) -> rusqlite::Result<Option<Twin>> {
    connection
        .prepare_cached(
            "SELECT draft, account, key, state, message, etag, folder, seen, tried FROM twins WHERE draft = ?1",
        )?
        .query_row([&draft.0], twin)
        .optional()
}

/// Those that are not as their drafts are: the longest at rest first, and before them those whose drafts are gone.
pub(crate) fn due(connection: &Connection) -> rusqlite::Result<Vec<DueTwin>> {
    connection
        .prepare_cached(
            "SELECT twins.draft, account, saved_at_ms FROM twins LEFT JOIN drafts ON drafts.id = twins.draft \
             WHERE drafts.id IS NULL OR (state = 'kept' AND drafts.sha256 IS NOT written) \
             ORDER BY saved_at_ms LIMIT ?1",
        )?
        .query_map([LISTED_MAX], |row| {
            let (draft, account) = (text(row, "draft")?, text(row, "account")?);
            let saved_at_ms = integer(row, "saved_at_ms")?;
            // Nothing can be done with a row that does not say of which draft it is.
            Ok(draft.zip(account).map(|(draft, account)| DueTwin {
                draft: DraftId(draft),
                account,
                saved_at_ms,
            }))
        })?
        .filter_map(Result::transpose)
        .collect()
}

/// Those of which the person is told something, by draft.
pub(crate) fn told(connection: &Connection) -> rusqlite::Result<Vec<(DraftId, TwinState)>> {
    connection
        .prepare_cached("SELECT draft, state FROM twins WHERE state IN ('changed', 'gone')")?
        .query_map([], |row| {
            Ok((
                DraftId(text(row, "draft")?.unwrap_or_default()),
                state(row)?,
            ))
        })?
        .collect()
}

/// These words are about to be written there.
pub(crate) fn set_tried(
    connection: &Connection,
    draft: &DraftId,
    words: &Digest,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE twins SET tried = ?2 WHERE draft = ?1")?
        .execute(params![draft.0, words.0])
        .map(drop)
}

/// This version is there.
pub(crate) fn set_there(
    connection: &Connection,
    draft: &DraftId,
    there: &There,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE twins SET message = ?2, etag = ?3, folder = ?4, seen = ?5, tried = NULL WHERE draft = ?1",
        )?
        .execute(params![
            draft.0,
            there.message,
            there.etag,
            there.folder,
            there.seen.0
        ])
        .map(drop)
}

/// The draft is there as it was when it had this digest here; `None` where it is to be written in any case.
pub(crate) fn set_written(
    connection: &Connection,
    draft: &DraftId,
    written: Option<&Digest>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE twins SET written = ?2 WHERE draft = ?1")?
        .execute(params![draft.0, written.map(|digest| &digest.0)])
        .map(drop)
}

pub(crate) fn set_state(
    connection: &Connection,
    draft: &DraftId,
    state: TwinState,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE twins SET state = ?2 WHERE draft = ?1")?
        .execute(params![draft.0, state.code()])
        .map(drop)
}

pub(crate) fn remove(connection: &Connection, draft: &DraftId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM twins WHERE draft = ?1")?
        .execute([&draft.0])
        .map(drop)
}

/// Whoever signs out and keeps no mail leaves their twins where they are: nobody can reach them any more.
pub(crate) fn remove_of_account(connection: &Connection, account: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM twins WHERE account = ?1")?
        .execute([account])
        .map(drop)
}

fn twin(row: &Row<'_>) -> rusqlite::Result<Twin> {
    Ok(Twin {
        draft: DraftId(text(row, "draft")?.unwrap_or_default()),
        account: text(row, "account")?.unwrap_or_default(),
        key: text(row, "key")?.unwrap_or_default(),
        state: state(row)?,
        there: there(row)?,
        tried: digest(row, "tried")?,
    })
}

/// All of it or nothing: half a version is none to write over.
fn there(row: &Row<'_>) -> rusqlite::Result<Option<There>> {
    let (message, etag, folder) = (
        text(row, "message")?,
        text(row, "etag")?,
        text(row, "folder")?,
    );
    let (Some(message), Some(etag), Some(folder), Some(seen)) =
        (message, etag, folder, digest(row, "seen")?)
    else {
        return Ok(None);
    };
    Ok(Some(There {
        message,
        etag,
        folder,
        seen,
    }))
}

fn digest(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Digest>> {
    Ok(Some(Digest(bytes(row, column)?)).filter(|digest| !digest.0.is_empty()))
}

/// A state that this program does not know is left alone, as if the two had parted.
fn state(row: &Row<'_>) -> rusqlite::Result<TwinState> {
    let code = text(row, "state")?.unwrap_or_default();
    let known = TwinState::ALL
        .into_iter()
        .find(|state| state.code() == code);
    Ok(known.unwrap_or(TwinState::Parted))
}
