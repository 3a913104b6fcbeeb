//! Reading what can be read of a damaged database.
//!
//! It works on a copy, since SQLite writes even where it only reads. Rows are
//! taken from the front until one fails, from the back until one fails, and one
//! by one in between. Where not even the schema can be read, the first page,
//! which holds it, is taken from a fresh database of ours: they all begin alike.

use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use message::{Attachment, Draft, Message};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::{Paths, database};
use crate::error::{DatabaseError, OpenError, OutboxError};
use crate::id::{ItemId, fresh_key};
use crate::machine::Event;
use crate::spool::private_folder;
use crate::store::{items, uses};

/// SQLite's page size where nobody chose another, as in all our databases.
const PAGE_BYTES: usize = 4096;

/// How many row numbers in a damaged stretch are tried one by one: more rows
/// than a queue holds, and still seconds.
const PROBES_MAX: i64 = 100_000;

/// How far past the last readable row is looked when the end is not known.
const PROBES_PAST_END: i64 = 1_000;

/// Takes what can be read of the database in `aside` into `into`. Returns how many messages and drafts.
pub(crate) fn salvage(
    paths: &Paths,
    aside: &Path,
    into: &mut Connection,
    now_ms: i64,
) -> Result<(usize, usize), OpenError> {
    let work = paths.folder.join("outbox.salvage");
    let _ = fs::remove_dir_all(&work);
    private_folder(&work)?;
    let saved =
        read_copy(aside, &work, into, now_ms, FirstPage::AsFound).and_then(|saved| match saved {
            Some(saved) => Ok(saved),
            None => {
                Ok(read_copy(aside, &work, into, now_ms, FirstPage::Fresh)?.unwrap_or_default())
            }
        });
    let _ = fs::remove_dir_all(&work);
    saved
}

enum FirstPage {
    AsFound,
    Fresh,
}

/// Reads a copy of the database. `None` when not even its tables can be found.
fn read_copy(
    aside: &Path,
    work: &Path,
    into: &mut Connection,
    now_ms: i64,
    first_page: FirstPage,
) -> Result<Option<(usize, usize)>, OpenError> {
    let copy = copy(aside, work)?;
    if let FirstPage::Fresh = first_page {
        write_first_page(&copy, work)?;
    }
    let Ok(from) = Connection::open(&copy) else {
        return Ok(None);
    };
    let (Some(items), Some(drafts)) = (Table::of(&from, &ITEMS), Table::of(&from, &DRAFTS)) else {
        return Ok(None);
    };
    let transaction = into.transaction().map_err(database)?;
    let items_saved = items
        .each_row(&mut |row| keep_item(&transaction, row, now_ms))
        .map_err(refused)?;
    let drafts_saved = drafts
        .each_row(&mut |row| keep_draft(&transaction, row))
        .map_err(refused)?;
    transaction.commit().map_err(database)?;
    let found_any = items_saved + drafts_saved > 0 || matches!(first_page, FirstPage::Fresh);
    Ok(found_any.then_some((items_saved, drafts_saved)))
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

/// What is read of a table; the first column is the row's number.
struct Columns {
    table: &'static str,
    names: &'static [&'static str],
}

const ITEMS: Columns = Columns {
    table: "items",
    names: &[
        "id",
        "key",
        "draft",
        "account",
        "state",
        "reason",
        "request_id",
        "next_attempt_at_ms",
        "attempts",
        "created_at_ms",
        "updated_at_ms",
        "sha256",
        "message",
    ],
};

const DRAFTS: Columns = Columns {
    table: "drafts",
    names: &["number", "id", "saved_at_ms", "sha256", "draft"],
};

/// A table of the damaged database.
struct Table<'a> {
    from: &'a Connection,
    columns: &'static Columns,
}

/// One row, as found.
struct Found {
    number: i64,
    values: Vec<Value>,
}

type Keep<'a> = dyn FnMut(&Found) -> Result<bool, OutboxError> + 'a;

impl<'a> Table<'a> {
    /// `None` when there is no such table to be read.
    fn of(from: &'a Connection, columns: &'static Columns) -> Option<Table<'a>> {
        let table = Table { from, columns };
        from.prepare(&table.select("1")).is_ok().then_some(table)
    }

    fn select(&self, rest: &str) -> String {
        format!(
            "SELECT {} FROM {} WHERE {rest}",
            self.columns.names.join(", "),
            self.columns.table
        )
    }

    fn number(&self) -> &'static str {
        self.columns.names.first().copied().unwrap_or_default()
    }

    /// Hands every row that can be read to `keep`. Returns how many it kept.
    fn each_row(&self, keep: &mut Keep<'_>) -> Result<usize, OutboxError> {
        let number = self.number();
        let (mut kept, first_gap) =
            self.run(&self.select(&format!("1 ORDER BY {number}")), keep)?;
        let Some(first_gap) = first_gap else {
            return Ok(kept);
        };
        let backwards = self.select(&format!("{number} > {first_gap} ORDER BY {number} DESC"));
        let (kept_behind, last_gap) = self.run(&backwards, keep)?;
        kept += kept_behind;
        let end = match last_gap {
            Some(last_gap) if kept_behind > 0 => last_gap,
            _ => self
                .last_number()
                .unwrap_or(first_gap.saturating_add(PROBES_PAST_END))
                .saturating_add(1),
        };
        let end = end.min(first_gap.saturating_add(PROBES_MAX));
        for between in first_gap.saturating_add(1)..end {
            kept += self
                .run(&self.select(&format!("{number} = {between}")), keep)?
                .0;
        }
        Ok(kept)
    }

    /// Runs a statement as far as it goes. Returns how many rows were kept and,
    /// when it broke off, the number of the last row before (0 for none).
    fn run(&self, sql: &str, keep: &mut Keep<'_>) -> Result<(usize, Option<i64>), OutboxError> {
        let (mut kept, mut last) = (0, 0);
        let Ok(mut statement) = self.from.prepare(sql) else {
            return Ok((kept, Some(last)));
        };
        let Ok(mut rows) = statement.query([]) else {
            return Ok((kept, Some(last)));
        };
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let Ok(found) = self.found(row) else {
                        return Ok((kept, Some(last)));
                    };
                    last = found.number;
                    kept += usize::from(keep(&found)?);
                }
                Ok(None) => return Ok((kept, None)),
                Err(_) => return Ok((kept, Some(last))),
            }
        }
    }

    fn found(&self, row: &rusqlite::Row<'_>) -> rusqlite::Result<Found> {
        let values = (0..self.columns.names.len())
            .map(|column| Ok(owned(row.get_ref(column)?)))
            .collect::<rusqlite::Result<Vec<Value>>>()?;
        Ok(Found {
            number: row.get(0)?,
            values,
        })
    }

    /// The last number ever given out in this table, as SQLite keeps it beside.
    fn last_number(&self) -> Option<i64> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
        self.from
            .query_row(sql, [self.columns.table], |row| row.get(0))
            .optional()
            .ok()
            .flatten()
    }
}

/// Text that is not UTF-8 any more is kept with its bad bytes replaced.
fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

impl Found {
    fn value(&self, columns: &Columns, name: &str) -> Value {
        let column = columns.names.iter().position(|column| *column == name);
        column
            .and_then(|column| self.values.get(column))
            .cloned()
            .unwrap_or(Value::Null)
    }

    fn text(&self, columns: &Columns, name: &str) -> Option<String> {
        match self.value(columns, name) {
            Value::Text(text) => Some(text),
            Value::Null | Value::Integer(_) | Value::Real(_) | Value::Blob(_) => None,
        }
    }

    fn integer(&self, columns: &Columns, name: &str) -> Option<i64> {
        match self.value(columns, name) {
            Value::Integer(value) => Some(value),
            Value::Null | Value::Text(_) | Value::Real(_) | Value::Blob(_) => None,
        }
    }

    fn blob(&self, columns: &Columns, name: &str) -> Vec<u8> {
        match self.value(columns, name) {
            Value::Blob(bytes) => bytes,
            Value::Null | Value::Text(_) | Value::Integer(_) | Value::Real(_) => Vec::new(),
        }
    }
}

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
