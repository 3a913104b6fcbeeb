//! The table of messages.

use message::{AttachmentId, Message};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{Read, StateColumns, Written, counted, formless, progress, state, written};
use super::{bytes, integer, leftovers, summaries, text, uses};
use crate::error::OutboxError;
use crate::id::{DraftId, ItemId};
use crate::item::Item;
use crate::machine::{
    self, Effect, Event, Moment, Progress, State, Step, Trace, WHY_CANNOT_LOOK, WHY_NOT_FOUND,
};

/// How many finished messages (accepted, sent, cancelled) are listed, newest first.
/// What still needs somebody is always listed in full.
pub(crate) const FINISHED_LISTED_MAX: i64 = 200;

const COLUMNS: &str = "id, key, account, state, reason, request_id, next_attempt_at_ms, attempts, \
                       created_at_ms, updated_at_ms, sha256, message";

/// A message to be written.
pub(crate) struct NewItem<'a> {
    pub(crate) key: &'a str,
    pub(crate) draft: Option<&'a DraftId>,
    pub(crate) account: &'a str,
    pub(crate) message: &'a Message,
    pub(crate) state: State,
    /// When the server is to send it, where that is later.
    pub(crate) defer_to_ms: Option<i64>,
    pub(crate) now_ms: i64,
}

/// Writes a message, with what it uses.
pub(crate) fn insert(connection: &Connection, new: &NewItem<'_>) -> Result<ItemId, OutboxError> {
    let written = Written::of(new.message)?;
    let columns = StateColumns::of(&new.state);
    connection
        .prepare_cached(
            "INSERT INTO items (key, draft, account, state, next_attempt_at_ms, created_at_ms, updated_at_ms, sha256, message) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8)",
        )?
        .execute(params![
            new.key,
            new.draft.map(|draft| &draft.0),
            new.account,
            columns.state,
            columns.next_attempt_at_ms,
            new.now_ms,
            written.sha256,
            written.json
        ])?;
    let id = ItemId(connection.last_insert_rowid());
    uses::set_for_item(connection, id, &new.message.attachments)?;
    summaries::set_for_item(connection, id, new.message)?;
    if new.defer_to_ms.is_some() {
        let trace = Trace {
            defer_to_ms: new.defer_to_ms,
            ..Trace::default()
        };
        set_trace(connection, id, &trace)?;
    }
    Ok(id)
}

/// The message that a draft became, if it did.
pub(crate) fn of_draft(
    connection: &Connection,
    draft: &DraftId,
) -> rusqlite::Result<Option<ItemId>> {
    connection
        .prepare_cached("SELECT id FROM items WHERE draft = ?1")?
        .query_row([&draft.0], |row| row.get(0).map(ItemId))
        .optional()
}

/// Everything that still needs somebody, oldest first, after the newest finished messages.
pub(crate) fn list(connection: &Connection) -> rusqlite::Result<Vec<Item>> {
    let mut items = collect(connection, &sql::finished(), [FINISHED_LISTED_MAX])?;
    items.reverse();
    items.extend(collect(connection, &sql::open(), [])?);
    items.sort_by_key(|item| item.id);
    Ok(items)
}

fn collect(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<Vec<Item>> {
    connection
        .prepare_cached(sql)?
        .query_map(params, item)?
        .collect()
}

pub(crate) fn count(connection: &Connection) -> rusqlite::Result<usize> {
    let count: i64 = connection.query_row("SELECT count(*) FROM items", [], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

pub(crate) fn one(connection: &Connection, id: ItemId) -> Result<Item, OutboxError> {
    connection
        .prepare_cached(&sql::one())?
        .query_row([id.0], item)
        .optional()?
        .ok_or(OutboxError::NotFound)
}

/// The statements whose plans matter when the table is long. Where the planner
/// would rather read all rows in a state, the index is named.
pub(crate) mod sql {
    use super::COLUMNS;

    pub(crate) fn open() -> String {
        format!(
            "SELECT {COLUMNS} FROM items INDEXED BY items_open WHERE state NOT IN ('accepted', 'sent', 'cancelled') ORDER BY id"
        )
    }

    pub(crate) fn finished() -> String {
        format!(
            "SELECT {COLUMNS} FROM items INDEXED BY items_closed WHERE state IN ('accepted', 'sent', 'cancelled') ORDER BY id DESC LIMIT ?1"
        )
    }

    pub(crate) fn one() -> String {
        format!("SELECT {COLUMNS} FROM items WHERE id = ?1")
    }

    pub(crate) const PROGRESS: &str = "SELECT state, reason, request_id, next_attempt_at_ms, attempts, \
        item_traces.draft AS mailbox_draft, sends, sent_at_ms, looks, unanswered, defer_to_ms, follow_at_ms \
        FROM items LEFT JOIN item_traces ON item = id WHERE id = ?1";

    /// The first message of the next account that has one in a state.
    pub(crate) const NEXT_ACCOUNT: &str = "SELECT account, id FROM items WHERE state = ?1 AND account > ?2 ORDER BY account, id LIMIT 1";

    pub(crate) const IN_STATE: &str = "SELECT id FROM items WHERE state = ?1 ORDER BY account, id";

    pub(crate) const ANY_LEAVING: &str =
        "SELECT 1 FROM items WHERE state IN ('queued', 'creating', 'attaching', 'sending') LIMIT 1";

    /// What a server has asked to wait for longer is not leaving now.
    pub(crate) const ANY_SOON: &str = "SELECT 1 FROM items INDEXED BY items_by_state WHERE state IN ('held', 'checking') AND next_attempt_at_ms <= ?1 LIMIT 1";

    /// What may have been sent, and is looked for now.
    pub(crate) const TO_LOOK_FOR: &str = "SELECT account, id FROM items INDEXED BY items_by_state WHERE state = 'checking' AND (next_attempt_at_ms <= ?1 OR next_attempt_at_ms > ?2) ORDER BY account, id";

    /// What is to be looked for already waits for its account to be free, and not for its time.
    pub(crate) const NEXT_LOOK: &str = "SELECT min(next_attempt_at_ms) FROM items INDEXED BY items_by_state WHERE state = 'checking' AND next_attempt_at_ms > ?1";

    /// What is unclear and was not looked for in vain.
    pub(crate) const UNCLEAR: &str = "SELECT account, id FROM items INDEXED BY items_by_state WHERE state = 'unconfirmed' AND reason IS NOT ?1 AND reason IS NOT ?2 ORDER BY account, id";

    /// What was sent before a time, and still holds what was written. The length of a text is told without reading it; the
    /// states are spelled as in `items_closed`, or SQLite would not take that index.
    pub(crate) const SENT_BEFORE: &str = "SELECT id FROM items INDEXED BY items_closed WHERE state IN ('accepted', 'sent', 'cancelled') AND state <> 'cancelled' AND updated_at_ms < ?1 AND octet_length(message) > ?2 LIMIT ?3";

    pub(crate) const OF_ACCOUNT_IN_STATE: &str =
        "SELECT id FROM items WHERE state = ?1 AND account = ?2 ORDER BY id";

    pub(crate) const OF_ACCOUNT: &str = "SELECT id FROM items WHERE account = ?1 ORDER BY id";

    pub(crate) const ALL: &str = "SELECT id FROM items ORDER BY id";

    pub(crate) const DUE: &str = "SELECT id FROM items INDEXED BY items_waiting WHERE state = 'waiting' AND next_attempt_at_ms <= ?1";

    /// Planned under a clock that was ahead.
    pub(crate) const TOO_FAR: &str = "SELECT id FROM items INDEXED BY items_waiting WHERE state = 'waiting' AND next_attempt_at_ms > ?1";

    /// Held, and due by either measure. Few are held at a time.
    pub(crate) const HELD_DUE: &str = "SELECT id FROM items INDEXED BY items_by_state WHERE state = 'held' AND (next_attempt_at_ms IS NULL OR next_attempt_at_ms <= ?1 OR next_attempt_at_ms > ?2)";

    /// Put off by a person, here or at the server, and due. Few are at a time.
    pub(crate) const SCHEDULED_DUE: &str = "SELECT id FROM items INDEXED BY items_by_state WHERE state IN ('scheduled', 'deferred') AND next_attempt_at_ms <= ?1";

    pub(crate) const NEXT_SCHEDULED: &str = "SELECT min(next_attempt_at_ms) FROM items INDEXED BY items_by_state WHERE state IN ('scheduled', 'deferred') AND next_attempt_at_ms > ?1";

    /// What was taken over, and is to be asked for.
    pub(crate) const TO_FOLLOW: &str = "SELECT account, id FROM item_traces INDEXED BY item_traces_to_follow JOIN items ON id = item WHERE follow_at_ms <= ?1 AND state IN ('accepted', 'sent') ORDER BY follow_at_ms LIMIT 100";

    pub(crate) const NEXT_FOLLOW_UP: &str = "SELECT min(follow_at_ms) FROM item_traces INDEXED BY item_traces_to_follow WHERE follow_at_ms > ?1";

    pub(crate) const NEXT_HELD_DUE: &str = "SELECT min(next_attempt_at_ms) FROM items INDEXED BY items_by_state WHERE state = 'held' AND next_attempt_at_ms > ?1";

    pub(crate) const NEXT_DUE: &str = "SELECT min(next_attempt_at_ms) FROM items INDEXED BY items_waiting WHERE state = 'waiting' AND next_attempt_at_ms > ?1";
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let state = state(row)?;
    let (key, account) = (text(row, "key")?, text(row, "account")?);
    let named = key.is_some() && account.is_some();
    let (message, sound) = match written(row, "message")? {
        Read::Sound(message) => (message, true),
        Read::Altered(message) => (message, false),
        Read::Lost(text) => (formless(text), false),
    };
    let state = if named && sound {
        state
    } else {
        damaged(state)
    };
    Ok(Item {
        id: ItemId(integer(row, "id")?.unwrap_or_default()),
        key: key.unwrap_or_default(),
        account: account.unwrap_or_default(),
        message,
        state,
        created_at_ms: integer(row, "created_at_ms")?.unwrap_or_default(),
        updated_at_ms: integer(row, "updated_at_ms")?.unwrap_or_default(),
        attempts: counted(row, "attempts")?,
    })
}

fn damaged(state: State) -> State {
    match state {
        State::Damaged { .. } => state,
        other => State::Damaged {
            last: other.code().to_owned(),
        },
    }
}

/// One step of the machine, committed with the rest of the caller's transaction. The rest of the effect is left to the caller.
pub(crate) fn step(
    connection: &Connection,
    id: ItemId,
    event: &Event,
    now_ms: i64,
) -> Result<Step, OutboxError> {
    let before = progress_of(connection, id)?;
    let moment = Moment {
        now_ms,
        seed: id.0.unsigned_abs(),
    };
    let step = machine::step(&before, event, moment)?;
    match step.effect {
        Effect::BecomeDraft | Effect::Remove => {
            if let Some(draft) = before.leftover() {
                leftovers::add(connection, id, draft)?;
            }
            remove(connection, id)?;
        }
        Effect::None
        | Effect::Create { .. }
        | Effect::Attach(_)
        | Effect::Submit
        | Effect::SubmitDraft(_)
        | Effect::Look
        | Effect::Follow { .. }
        | Effect::HoldOthers(_) => {
            if let Some(draft) = before.replaced_by(&step.progress) {
                leftovers::add(connection, id, draft)?;
            }
            set_progress(connection, id, &step.progress, now_ms)?;
            if step.progress.trace != before.trace {
                set_trace(connection, id, &step.progress.trace)?;
            }
        }
    }
    Ok(step)
}

fn progress_of(connection: &Connection, id: ItemId) -> Result<Progress, OutboxError> {
    connection
        .prepare_cached(sql::PROGRESS)?
        .query_row([id.0], progress)
        .optional()?
        .ok_or(OutboxError::NotFound)
}

fn set_progress(
    connection: &Connection,
    id: ItemId,
    progress: &Progress,
    now_ms: i64,
) -> rusqlite::Result<()> {
    let columns = StateColumns::of(&progress.state);
    connection
        .prepare_cached(
            "UPDATE items SET state = ?2, reason = ?3, request_id = ?4, next_attempt_at_ms = ?5, \
             attempts = ?6, updated_at_ms = ?7 WHERE id = ?1",
        )?
        .execute(params![
            id.0,
            columns.state,
            columns.reason,
            columns.request_id,
            columns.next_attempt_at_ms,
            progress.attempts,
            now_ms
        ])
        .map(drop)
}

fn set_trace(connection: &Connection, id: ItemId, trace: &Trace) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO item_traces (item, draft, sends, sent_at_ms, looks, unanswered, defer_to_ms, follow_at_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id.0,
            trace.draft,
            trace.sends,
            trace.sent_at_ms,
            trace.looks,
            trace.unanswered,
            trace.defer_to_ms,
            trace.follow_at_ms
        ])
        .map(drop)
}

fn remove(connection: &Connection, id: ItemId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM items WHERE id = ?1")?
        .execute([id.0])
        .map(drop)
}

/// Clears what was written and attached out of messages that were sent before a time, `count_max` of them at most; what
/// lists show of them stays. Gives the copies that they have used.
pub(crate) fn clear_sent(
    connection: &Connection,
    before_ms: i64,
    count_max: u32,
) -> Result<Vec<AttachmentId>, OutboxError> {
    let cleared = Written::of(&formless(String::new()))?;
    let length = i64::try_from(cleared.json.len()).unwrap_or(i64::MAX);
    let mut used = Vec::new();
    for id in ids(
        connection,
        sql::SENT_BEFORE,
        params![before_ms, length, count_max],
    )? {
        used.extend(uses::of_item(connection, id)?);
        uses::forget_item(connection, id)?;
        connection
            .prepare_cached("UPDATE items SET message = ?2, sha256 = ?3 WHERE id = ?1")?
            .execute(params![id.0, cleared.json, cleared.sha256])?;
    }
    Ok(used)
}

/// The oldest queued message of each account. An account that is no text any
/// more is listed like the others, so that its messages are not passed over.
pub(crate) fn heads(connection: &Connection) -> rusqlite::Result<Vec<(String, ItemId)>> {
    let mut statement = connection.prepare_cached(sql::NEXT_ACCOUNT)?;
    let mut heads = Vec::new();
    let mut after = Vec::new();
    loop {
        let next = statement
            .query_row(params!["queued", AnyText(&after)], |row| {
                Ok((bytes(row, "account")?, ItemId(row.get("id")?)))
            })
            .optional()?;
        let Some((account, id)) = next else {
            return Ok(heads);
        };
        heads.push((String::from_utf8_lossy(&account).into_owned(), id));
        after = account;
    }
}

/// What is to be looked for now, with its account.
pub(crate) fn to_look_for(
    connection: &Connection,
    now_ms: i64,
) -> rusqlite::Result<Vec<(String, ItemId)>> {
    let horizon_ms = machine::due_horizon_ms(now_ms);
    with_accounts(connection, sql::TO_LOOK_FOR, [now_ms, horizon_ms])
}

/// What was taken over, and of which the mailbox is asked now, with its account.
pub(crate) fn to_follow(
    connection: &Connection,
    now_ms: i64,
) -> rusqlite::Result<Vec<(String, ItemId)>> {
    with_accounts(connection, sql::TO_FOLLOW, [now_ms])
}

/// What is unclear and was not looked for in vain, with its account.
pub(crate) fn unclear(connection: &Connection) -> rusqlite::Result<Vec<(String, ItemId)>> {
    with_accounts(connection, sql::UNCLEAR, [WHY_NOT_FOUND, WHY_CANNOT_LOOK])
}

fn with_accounts(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<Vec<(String, ItemId)>> {
    connection
        .prepare_cached(sql)?
        .query_map(params, |row| {
            let account = bytes(row, "account")?;
            Ok((
                String::from_utf8_lossy(&account).into_owned(),
                ItemId(row.get("id")?),
            ))
        })?
        .collect()
}

/// A text value that need not be UTF-8.
struct AnyText<'a>(&'a [u8]);

impl ToSql for AnyText<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.0)))
    }
}

pub(crate) fn in_state(connection: &Connection, state: &str) -> rusqlite::Result<Vec<ItemId>> {
    ids(connection, sql::IN_STATE, [state])
}

/// Whether anything is on its way, or held or looked for until `soon_ms` at the latest.
pub(crate) fn is_any_leaving(connection: &Connection, soon_ms: i64) -> rusqlite::Result<bool> {
    let leaving = connection.prepare_cached(sql::ANY_LEAVING)?.exists([])?;
    Ok(leaving
        || connection
            .prepare_cached(sql::ANY_SOON)?
            .exists([soon_ms])?)
}

pub(crate) fn of_account_in_state(
    connection: &Connection,
    account: &str,
    state: &str,
) -> rusqlite::Result<Vec<ItemId>> {
    ids(connection, sql::OF_ACCOUNT_IN_STATE, [state, account])
}

pub(crate) fn of_account(connection: &Connection, account: &str) -> rusqlite::Result<Vec<ItemId>> {
    ids(connection, sql::OF_ACCOUNT, [account])
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<ItemId>> {
    ids(connection, sql::ALL, [])
}

/// What is held or waits, and whose time has come.
pub(crate) fn due(connection: &Connection, now_ms: i64) -> rusqlite::Result<Vec<ItemId>> {
    let horizon_ms = machine::due_horizon_ms(now_ms);
    let mut due = ids(connection, sql::HELD_DUE, [now_ms, horizon_ms])?;
    due.extend(ids(connection, sql::SCHEDULED_DUE, [now_ms])?);
    due.extend(ids(connection, sql::DUE, [now_ms])?);
    due.extend(ids(connection, sql::TOO_FAR, [horizon_ms])?);
    Ok(due)
}

/// The next time that something becomes due by itself. What is due already and still stands there waits for something else.
pub(crate) fn next_due_ms(connection: &Connection, now_ms: i64) -> rusqlite::Result<Option<i64>> {
    let next = |sql: &str| -> rusqlite::Result<Option<i64>> {
        connection
            .prepare_cached(sql)?
            .query_row([now_ms], |row| row.get(0))
    };
    let due = [
        sql::NEXT_HELD_DUE,
        sql::NEXT_SCHEDULED,
        sql::NEXT_DUE,
        sql::NEXT_LOOK,
        sql::NEXT_FOLLOW_UP,
    ]
    .map(next);
    let due = due.into_iter().collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(due.into_iter().flatten().min())
}

fn ids(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<Vec<ItemId>> {
    connection
        .prepare_cached(sql)?
        .query_map(params, |row| row.get(0).map(ItemId))?
        .collect()
}

#[cfg(test)]
mod tests;
