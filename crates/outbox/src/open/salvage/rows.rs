//! The rows of a damaged table, as many as can be had.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use crate::error::OutboxError;

/// How many row numbers in a damaged stretch are tried one by one: more rows
/// than a queue holds, and still seconds.
const PROBES_MAX: i64 = 100_000;

/// How far past the last readable row is looked when the end is not known.
const PROBES_PAST_END: i64 = 1_000;

/// What is read of a table; the first column is the row's number.
pub(super) struct Columns {
    pub(super) table: &'static str,
    pub(super) names: &'static [&'static str],
}

pub(super) const ITEMS: Columns = Columns {
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

pub(super) const DRAFTS: Columns = Columns {
    table: "drafts",
    names: &["number", "id", "saved_at_ms", "sha256", "draft"],
};

pub(super) const KNOWN: Columns = Columns {
    table: "known_addresses",
    names: &["id", "address", "spelled", "name", "times", "last_at_ms"],
};

/// A table of the damaged database.
pub(super) struct Table<'a> {
    from: &'a Connection,
    columns: &'static Columns,
}

/// One row, as found.
pub(super) struct Found {
    pub(super) number: i64,
    values: Vec<Value>,
}

pub(super) type Keep<'a> = dyn FnMut(&Found) -> Result<bool, OutboxError> + 'a;

impl<'a> Table<'a> {
    /// `None` when there is no such table to be read.
    pub(super) fn of(from: &'a Connection, columns: &'static Columns) -> Option<Table<'a>> {
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
    pub(super) fn each_row(&self, keep: &mut Keep<'_>) -> Result<usize, OutboxError> {
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

    pub(super) fn text(&self, columns: &Columns, name: &str) -> Option<String> {
        match self.value(columns, name) {
            Value::Text(text) => Some(text),
            Value::Null | Value::Integer(_) | Value::Real(_) | Value::Blob(_) => None,
        }
    }

    pub(super) fn integer(&self, columns: &Columns, name: &str) -> Option<i64> {
        match self.value(columns, name) {
            Value::Integer(value) => Some(value),
            Value::Null | Value::Text(_) | Value::Real(_) | Value::Blob(_) => None,
        }
    }

    pub(super) fn blob(&self, columns: &Columns, name: &str) -> Vec<u8> {
        match self.value(columns, name) {
            Value::Blob(bytes) => bytes,
            Value::Null | Value::Text(_) | Value::Integer(_) | Value::Real(_) => Vec::new(),
        }
    }
}
