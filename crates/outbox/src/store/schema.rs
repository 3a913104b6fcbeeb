//! The schema, as the list of steps that lead to it. `user_version` counts the
//! steps taken; a step that was published is never changed, only followed.

use rusqlite::Connection;

use super::{known, summaries, write};

/// Marks the file as ours: the bytes of `Sgnt`, where SQLite's header keeps an
/// application's mark.
pub(crate) const APPLICATION_ID: u32 = 0x5367_6e74;

/// The steps, in order.
const MIGRATIONS: [&str; 6] = [
    // 1: plain send.
    //
    // `state` is an open text on purpose: a value this program does not know is
    // shown as damaged, where a CHECK would turn a later version's rows away.
    // `sha256` is of `message`, so that a flipped bit is seen and never sent.
    // `message` stands last: what comes before it is read without it.
    "CREATE TABLE items (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        draft TEXT UNIQUE,
        account TEXT NOT NULL CHECK (account <> ''),
        state TEXT NOT NULL,
        reason TEXT,
        request_id TEXT,
        next_attempt_at_ms INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0,
        created_at_ms INTEGER NOT NULL,
        updated_at_ms INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        message TEXT NOT NULL
    ) STRICT;
    CREATE INDEX items_by_state ON items (state, account, id);
    CREATE INDEX items_by_account ON items (account, id);
    CREATE INDEX items_waiting ON items (next_attempt_at_ms) WHERE state = 'waiting';
    CREATE INDEX items_open ON items (id) WHERE state NOT IN ('accepted', 'cancelled');
    CREATE INDEX items_closed ON items (id) WHERE state IN ('accepted', 'cancelled');

    CREATE TABLE drafts (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        saved_at_ms INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        draft TEXT NOT NULL
    ) STRICT;

    CREATE TABLE attachment_uses (
        attachment TEXT NOT NULL,
        item INTEGER REFERENCES items (id) ON DELETE CASCADE,
        draft INTEGER REFERENCES drafts (number) ON DELETE CASCADE,
        CHECK ((item IS NULL) <> (draft IS NULL))
    ) STRICT;
    CREATE INDEX attachment_uses_by_attachment ON attachment_uses (attachment);
    CREATE INDEX attachment_uses_by_item ON attachment_uses (item);
    CREATE INDEX attachment_uses_by_draft ON attachment_uses (draft);",
    // 2: what lists show, apart from what was written, which may be megabytes.
    //
    // Tables of their own, behind the others: a first page of a fresh database
    // still tells where the items and drafts of any other begin.
    "CREATE TABLE item_summaries (
        item INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
        subject TEXT NOT NULL,
        recipients TEXT NOT NULL
    ) STRICT;
    CREATE TABLE draft_summaries (
        draft INTEGER PRIMARY KEY REFERENCES drafts (number) ON DELETE CASCADE,
        subject TEXT NOT NULL,
        recipients TEXT NOT NULL
    ) STRICT;",
    // 3: sure delivery. What a message has left in its mailbox, where most have nothing; and drafts there whose
    // messages are gone from here.
    "CREATE TABLE item_traces (
        item INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
        draft TEXT,
        sends INTEGER NOT NULL,
        sent_at_ms INTEGER NOT NULL,
        looks INTEGER NOT NULL,
        unanswered INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE leftovers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        draft TEXT NOT NULL
    ) STRICT;
    DROP INDEX items_open;
    DROP INDEX items_closed;
    CREATE INDEX items_open ON items (id) WHERE state NOT IN ('accepted', 'sent', 'cancelled');
    CREATE INDEX items_closed ON items (id) WHERE state IN ('accepted', 'sent', 'cancelled');",
    // 4: what becomes of a message after it was taken over, and when the server is to send it.
    "ALTER TABLE item_traces ADD COLUMN defer_to_ms INTEGER;
    ALTER TABLE item_traces ADD COLUMN follow_at_ms INTEGER;
    CREATE INDEX item_traces_to_follow ON item_traces (follow_at_ms) WHERE follow_at_ms IS NOT NULL;",
    // 5: drafts that are kept in a mailbox too. By the draft's name and not by its row, which a twin outlives until it is
    // removed from the mailbox.
    "CREATE TABLE twins (
        draft TEXT PRIMARY KEY,
        account TEXT NOT NULL CHECK (account <> ''),
        key TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        message TEXT,
        etag TEXT,
        folder TEXT,
        seen BLOB,
        tried BLOB,
        written BLOB
    ) STRICT;",
    // 6: who was written to, by the address in small letters. Few rows: they need no index but this.
    "CREATE TABLE known_addresses (
        id INTEGER PRIMARY KEY,
        address TEXT NOT NULL UNIQUE,
        spelled TEXT NOT NULL,
        name TEXT,
        times INTEGER NOT NULL,
        last_at_ms INTEGER NOT NULL
    ) STRICT;",
];

/// The newest schema known here.
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

/// The schema of an open database.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Takes the steps that are missing, all or none.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    if version(connection)? >= VERSION {
        return Ok(());
    }
    let transaction = write(connection)?;
    let taken = usize::try_from(version(&transaction)?).unwrap_or(0);
    let knew_addresses = known::is_there(&transaction)?;
    for step in MIGRATIONS.iter().skip(taken) {
        // A database keeps these words in its first page, which is where a damaged one is told what it holds.
        let words: Vec<&str> = step.split_whitespace().collect();
        transaction.execute_batch(&words.join(" "))?;
    }
    summaries::write_missing(&transaction)?;
    if !knew_addresses {
        known::fill(&transaction)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}
