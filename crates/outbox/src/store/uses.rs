//! Which message or draft uses which copy in the spool.

use message::{Attachment, AttachmentId};
use rusqlite::{Connection, params};

use crate::id::{DraftId, ItemId};

pub(crate) fn set_for_item(
    connection: &Connection,
    item: ItemId,
    attachments: &[Attachment],
) -> rusqlite::Result<()> {
    for attachment in attachments {
        connection
            .prepare_cached("INSERT INTO attachment_uses (attachment, item) VALUES (?1, ?2)")?
            .execute(params![attachment.id.as_str(), item.0])?;
    }
    Ok(())
}

/// Replaces what the draft in row `number` uses.
pub(crate) fn set_for_draft(
    connection: &Connection,
    number: i64,
    attachments: &[Attachment],
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM attachment_uses WHERE draft = ?1")?
        .execute([number])?;
    for attachment in attachments {
        connection
            .prepare_cached("INSERT INTO attachment_uses (attachment, draft) VALUES (?1, ?2)")?
            .execute(params![attachment.id.as_str(), number])?;
    }
    Ok(())
}

pub(crate) fn of_item(
    connection: &Connection,
    item: ItemId,
) -> rusqlite::Result<Vec<AttachmentId>> {
    attachments(
        connection,
        "SELECT attachment FROM attachment_uses WHERE item = ?1",
        [item.0],
    )
}

pub(crate) fn of_draft(
    connection: &Connection,
    draft: &DraftId,
) -> rusqlite::Result<Vec<AttachmentId>> {
    let sql = "SELECT attachment FROM attachment_uses \
               WHERE draft = (SELECT number FROM drafts WHERE id = ?1)";
    attachments(connection, sql, [&draft.0])
}

pub(crate) fn forget_item(connection: &Connection, item: ItemId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM attachment_uses WHERE item = ?1")?
        .execute([item.0])
        .map(drop)
}

/// Every copy that is used.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<AttachmentId>> {
    attachments(
        connection,
        "SELECT DISTINCT attachment FROM attachment_uses",
        [],
    )
}

pub(crate) fn is_used(connection: &Connection, attachment: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM attachment_uses WHERE attachment = ?1)")?
        .query_row([attachment], |row| row.get(0))
}

fn attachments(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<Vec<AttachmentId>> {
    let names: Vec<String> = connection
        .prepare_cached(sql)?
        .query_map(params, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(names
        .iter()
        .filter_map(|name| AttachmentId::new(name).ok())
        .collect())
}
