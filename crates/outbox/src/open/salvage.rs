//! Reading what can be read of a damaged database.
//!
//! It works on a copy, since SQLite writes even where it only reads. Rows are
//! taken from the front until one fails, from the back until one fails, and one
//! by one in between. Where not even the schema can be read, the first page,
//! which holds it, is taken from a fresh database of ours: they all begin alike.

use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use message::{Address, Attachment, Draft, Message};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{Paths, database};
use crate::error::{DatabaseError, OpenError, OutboxError};
use crate::id::{ItemId, fresh_key};
use crate::machine::Event;
use crate::spool::private_folder;
use crate::store::known::{self, Known};
use crate::store::{items, summaries, uses};

mod rows;

use rows::{Columns, DRAFTS, Found, ITEMS, KNOWN, Table};

/// SQLite's page size where nobody chose another, as in all our databases.
const PAGE_BYTES: usize = 4096;

/// Takes what can be read of the database in `aside` into `into`, whose tables are empty.
pub(crate) fn salvage(
    paths: &Paths,
    aside: &Path,
    into: &mut Connection,
    now_ms: i64,
) -> Result<(), OpenError> {
    let work = paths.folder.join("outbox.salvage");
    let _ = fs::remove_dir_all(&work);
    private_folder(&work)?;
    let saved = [FirstPage::AsFound, FirstPage::Fresh]
        .into_iter()
        .try_fold(false, |found_any, first_page| {
            Ok(found_any || read_copy(aside, &work, into, now_ms, first_page)?)
        });
    let _ = fs::remove_dir_all(&work);
    saved.map(drop)
}

enum FirstPage {
    AsFound,
    Fresh,
}

/// Reads a copy of the database. Whether any row could be kept.
fn read_copy(
    aside: &Path,
    work: &Path,
    into: &mut Connection,
    now_ms: i64,
    first_page: FirstPage,
) -> Result<bool, OpenError> {
    let copy = copy(aside, work)?;
    if let FirstPage::Fresh = first_page {
        write_first_page(&copy, work)?;
    }
    let Ok(from) = Connection::open(&copy) else {
        return Ok(false);
    };
    let (Some(items), Some(drafts)) = (Table::of(&from, &ITEMS), Table::of(&from, &DRAFTS)) else {
        return Ok(false);
    };
    let transaction = into.transaction().map_err(database)?;
    let items_saved = items
        .each_row(&mut |row| keep_item(&transaction, row, now_ms))
        .map_err(refused)?;
    let drafts_saved = drafts
        .each_row(&mut |row| keep_draft(&transaction, row))
        .map_err(refused)?;
    summaries::write_missing(&transaction).map_err(database)?;
    keep_known(&from, &transaction)?;
    transaction.commit().map_err(database)?;
    Ok(items_saved + drafts_saved > 0)
}

fn refused(error: OutboxError) -> OpenError {
    match error {
        OutboxError::DiskFull => OpenError::DiskFull,
        OutboxError::Database(error) | OutboxError::Damaged(error) => OpenError::Database(error),
        _ => OpenError::Database(DatabaseError { code: None }),
    }
}

/// Copies the database and its log. What cannot be read is left out.
fn copy(aside: &Path, work: &Path) -> io::Result<PathBuf> {
    for name in ["outbox.db", "outbox.db-wal"] {
        let (from, to) = (aside.join(name), work.join(name));
        let _ = fs::remove_file(&to);
        let is_file = fs::symlink_metadata(&from).is_ok_and(|metadata| metadata.is_file());
        if is_file
            && fs::copy(&from, &to).is_err_and(|error| error.kind() == io::ErrorKind::StorageFull)
        {
            return Err(io::ErrorKind::StorageFull.into());
        }
    }
    let _ = fs::remove_file(work.join("outbox.db-shm"));
    Ok(work.join("outbox.db"))
}

/// Writes the first page of a fresh database over the copy's, told to take the
/// log into account and the number of pages from the length of the file.
///
/// Source: sqlite.org/fileformat2.html §1.3 "The Database Header".
fn write_first_page(copy: &Path, work: &Path) -> Result<(), OpenError> {
    let path = work.join("fresh.db");
    super::fresh::close(super::fresh::make(&path)?)?;
    let fresh = fs::read(&path)?;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(copy)?;
    for (at, bytes) in [
        (0, fresh.get(..PAGE_BYTES).unwrap_or_default()),
        (AT_FORMAT_VERSIONS, &FORMAT_WITH_LOG),
        (AT_PAGE_COUNT, &[0; 4]),
    ] {
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)?;
    }
    Ok(())
}

/// Where the header says with which format the file is written and read.
const AT_FORMAT_VERSIONS: u64 = 18;
/// "WAL", for writing and reading.
const FORMAT_WITH_LOG: [u8; 2] = [2, 2];
/// Where the header counts the pages; zero stands for "by the file's length".
const AT_PAGE_COUNT: u64 = 28;

/// Writes a message as it was found; whatever was still to go becomes unconfirmed.
fn keep_item(into: &Connection, row: &Found, now_ms: i64) -> Result<bool, OutboxError> {
    let text = |name| row.text(&ITEMS, name);
    let integer = |name| row.integer(&ITEMS, name);
    let message = text("message").unwrap_or_default();
    let values = [
        Value::Integer(row.number),
        Value::Text(text("key").unwrap_or_else(fresh_key)),
        text("draft").map_or(Value::Null, Value::Text),
        Value::Text(
            text("account")
                .filter(|account| !account.is_empty())
                .unwrap_or_else(|| "unknown".to_owned()),
        ),
        Value::Text(text("state").unwrap_or_else(|| "unknown".to_owned())),
        text("reason").map_or(Value::Null, Value::Text),
        text("request_id").map_or(Value::Null, Value::Text),
        integer("next_attempt_at_ms").map_or(Value::Null, Value::Integer),
        Value::Integer(integer("attempts").unwrap_or_default()),
        Value::Integer(integer("created_at_ms").unwrap_or(now_ms)),
        Value::Integer(integer("updated_at_ms").unwrap_or(now_ms)),
        Value::Blob(row.blob(&ITEMS, "sha256")),
        Value::Text(message.clone()),
    ];
    if !insert(into, &ITEMS, &values)? {
        return Ok(false);
    }
    let id = ItemId(row.number);
    items::step(into, id, &Event::Recovered, now_ms)?;
    let attachments =
        serde_json::from_str(&message).map_or(Vec::new(), |message: Message| message.attachments);
    uses::set_for_item(into, id, &attachments)?;
    Ok(true)
}

fn keep_draft(into: &Connection, row: &Found) -> Result<bool, OutboxError> {
    let draft = row.text(&DRAFTS, "draft").unwrap_or_default();
    let values = [
        Value::Integer(row.number),
        Value::Text(row.text(&DRAFTS, "id").unwrap_or_else(fresh_key)),
        Value::Integer(row.integer(&DRAFTS, "saved_at_ms").unwrap_or_default()),
        Value::Blob(row.blob(&DRAFTS, "sha256")),
        Value::Text(draft.clone()),
    ];
    if !insert(into, &DRAFTS, &values)? {
        return Ok(false);
    }
    let attachments: Vec<Attachment> =
        serde_json::from_str(&draft).map_or(Vec::new(), |draft: Draft| draft.attachments);
    uses::set_for_draft(into, row.number, &attachments)?;
    Ok(true)
}

/// Takes the addresses that were written to, and where none of them can be read, those of the messages that were saved.
///
/// Under a first page of our making the table may lie elsewhere: a row is taken only for what it proves to be.
fn keep_known(from: &Connection, into: &Connection) -> Result<(), OpenError> {
    let mut keep = |row: &Found| {
        let text = |name| row.text(&KNOWN, name);
        let spelled = text("spelled").unwrap_or_default();
        let Ok(address) = Address::new(text("name").as_deref(), &spelled) else {
            return Ok(false);
        };
        let known = Known {
            address,
            times: row
                .integer(&KNOWN, "times")
                .and_then(|times| u32::try_from(times).ok())
                .unwrap_or_default(),
            last_at_ms: row.integer(&KNOWN, "last_at_ms").unwrap_or_default(),
        };
        Ok(known::keep(
            into,
            &text("address").unwrap_or_default(),
            &known,
        )?)
    };
    let kept = match Table::of(from, &KNOWN) {
        Some(table) => table.each_row(&mut keep).map_err(refused)?,
        None => 0,
    };
    if kept == 0 {
        known::fill(into).map_err(database)?;
    }
    known::trim(into).map_err(database)
}

/// A row that was met before, from another side of the damage, is not written twice.
fn insert(into: &Connection, columns: &Columns, values: &[Value]) -> Result<bool, OutboxError> {
    let places = vec!["?"; values.len()].join(", ");
    let sql = format!(
        "INSERT OR IGNORE INTO {} ({}) VALUES ({places})",
        columns.table,
        columns.names.join(", ")
    );
    Ok(into
        .prepare_cached(&sql)?
        .execute(params_from_iter(values))?
        > 0)
}
