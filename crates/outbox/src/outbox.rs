//! What a window or a program may ask of the outbox. Every call blocks for as
//! long as the disk needs: call it where blocking is allowed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use message::Message;
use rusqlite::Connection;
use tokio::sync::watch;

use crate::clock::{Clock, now_ms, system_clock};
use crate::error::{OpenError, OutboxError};
use crate::id::{DraftId, ItemId, fresh_key};
use crate::item::{Item, Summary};
use crate::lock::FileLock;
use crate::machine::{Event, State};
use crate::open::{self, Opened};
use crate::spool::Spool;
use crate::store::columns::draft_of;
use crate::store::items::NewItem;
use crate::store::{
    self, drafts as draft_rows, items, known as known_rows, leftovers, summaries,
    twins as twin_rows, uses,
};

mod drafts;
mod erasing;
mod history;
mod known;
mod transactions;
mod twins;
mod uploading;

pub use history::HISTORY_PAGE_MAX;
pub use known::{Acquaintance, SUGGESTIONS_MAX};
pub use uploading::{Upload, Uploading};

/// The longest that a person's message is held. It stays below the wait that counts as planned under a clock that has been set back.
pub const HOLD_MAX: Duration = Duration::from_secs(60);

/// How far ahead a message can be scheduled: a year and a day. What is meant for later is a calendar's.
pub const SCHEDULE_MAX: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The outbox of one folder. Clones share it; several processes may have the
/// same folder open.
#[derive(Clone)]
pub struct Outbox {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    // Closed before the lock below is let go: fields drop in this order.
    pub(crate) connection: Mutex<Connection>,
    pub(crate) _in_use: FileLock,
    pub(crate) folder: PathBuf,
    pub(crate) spool: Spool,
    pub(crate) clock: Clock,
    /// Every page was looked at when it was opened, or another process looks.
    pub(crate) is_looked_through: bool,
    pub(crate) changes: watch::Sender<u64>,
    /// How far the files are that this process is attaching.
    pub(crate) uploads: Mutex<HashMap<ItemId, Upload>>,
    /// SQLite's count of other connections' commits when it was last looked at.
    pub(crate) data_version: Mutex<i64>,
}

impl Outbox {
    /// Opens the outbox in `folder`, making both where they are missing.
    ///
    /// A damaged database is set aside, whatever it is (a cut file, a folder in
    /// its place, an unreadable log), what can be read is saved into a fresh
    /// one, and the report says so. Messages saved that way are unconfirmed.
    /// After a clean end not every page is looked at here: that is left to
    /// [`look_through`](crate::look_through).
    ///
    /// # Errors
    /// When there is no writing in the folder, or another process is in the
    /// way. Nothing on disk has changed then.
    pub fn open(folder: &Path) -> Result<Opened, OpenError> {
        open::open(folder, system_clock())
    }

    /// Queues a message and removes the draft it was made from, in one
    /// transaction: when this returns, message and attachments are on disk.
    ///
    /// The same draft queued twice is one message: the second call returns the
    /// first one's id.
    ///
    /// # Errors
    /// When an attachment's copy is missing, or the disk or the database fails;
    /// nothing is queued then, and the draft is still there.
    pub fn enqueue(
        &self,
        account: &str,
        draft: Option<&DraftId>,
        message: &Message,
    ) -> Result<ItemId, OutboxError> {
        self.add(account, draft, message, State::Queued, None)
    }

    /// The same, and nothing of it leaves for `hold`: until then [`Outbox::take_back`] makes it a draft again, and
    /// [`Outbox::release`] does not wait. At most [`HOLD_MAX`], unless the server wants the account's mail later.
    ///
    /// # Errors
    /// As there.
    pub fn enqueue_held(
        &self,
        account: &str,
        draft: Option<&DraftId>,
        message: &Message,
        hold: Duration,
    ) -> Result<ItemId, OutboxError> {
        let until_ms = self.now_ms().saturating_add(millis(hold.min(HOLD_MAX)));
        self.add(account, draft, message, State::Held { until_ms }, None)
    }

    /// The same, and it is queued at a time, in milliseconds since 1970 (UTC), or as soon as something delivers after it.
    /// At once where the time has passed; at most [`SCHEDULE_MAX`] from now.
    ///
    /// # Errors
    /// As there.
    pub fn enqueue_at(
        &self,
        account: &str,
        draft: Option<&DraftId>,
        message: &Message,
        at_ms: i64,
    ) -> Result<ItemId, OutboxError> {
        let latest_ms = self.now_ms().saturating_add(millis(SCHEDULE_MAX));
        let at_ms = at_ms.min(latest_ms);
        self.add(account, draft, message, State::Scheduled { at_ms }, None)
    }

    /// The same, and it is handed to the server as soon as possible, which sends it at a time, in milliseconds since 1970
    /// (UTC), whether this computer runs then or not. Where the account allows no drafts it waits for that. At most
    /// [`SCHEDULE_MAX`] from now.
    ///
    /// # Errors
    /// As there.
    pub fn enqueue_deferred(
        &self,
        account: &str,
        draft: Option<&DraftId>,
        message: &Message,
        at_ms: i64,
    ) -> Result<ItemId, OutboxError> {
        let latest_ms = self.now_ms().saturating_add(millis(SCHEDULE_MAX));
        let at_ms = Some(at_ms.min(latest_ms));
        self.add(account, draft, message, State::Queued, at_ms)
    }

    fn add(
        &self,
        account: &str,
        draft: Option<&DraftId>,
        message: &Message,
        state: State,
        defer_to_ms: Option<i64>,
    ) -> Result<ItemId, OutboxError> {
        let (key, now_ms) = (fresh_key(), self.now_ms());
        let (id, before) = self.write(|transaction| {
            if let Some(id) = draft.map_or(Ok(None), |draft| items::of_draft(transaction, draft))? {
                return Ok((id, Vec::new()));
            }
            for attachment in &message.attachments {
                self.shared.spool.check_present(attachment)?;
            }
            let id = items::insert(
                transaction,
                &NewItem {
                    key: &key,
                    draft,
                    account,
                    message,
                    state,
                    defer_to_ms,
                    now_ms,
                },
            )?;
            known_rows::note(transaction, message, now_ms)?;
            let before = match draft {
                Some(draft) => {
                    let before = uses::of_draft(transaction, draft)?;
                    draft_rows::remove(transaction, draft)?;
                    before
                }
                None => Vec::new(),
            };
            Ok((id, before))
        })?;
        self.remove_unused_or_leave(&before);
        Ok(id)
    }

    /// What a list shows: every message that still needs somebody, and the
    /// newest of the finished ones (accepted, sent, cancelled), in the order they were
    /// queued. Does not read what was written in them, so that a list can be
    /// drawn at every change; damage in there shows when it is read.
    ///
    /// # Errors
    /// When the database fails; a single damaged row is shown as such instead.
    pub fn summaries(&self) -> Result<Vec<Summary>, OutboxError> {
        let mut summaries = self.read(summaries::of_items)?;
        for summary in &mut summaries {
            summary.upload = self.upload(summary.id);
        }
        Ok(summaries)
    }

    /// The messages of [`Outbox::summaries`] in full.
    ///
    /// # Errors
    /// As there.
    pub fn items(&self) -> Result<Vec<Item>, OutboxError> {
        self.read(|connection| Ok(items::list(connection)?))
    }

    /// One message in full.
    ///
    /// # Errors
    /// [`OutboxError::NotFound`] when there is none of this number, or the database fails.
    pub fn item(&self, id: ItemId) -> Result<Item, OutboxError> {
        self.read(|connection| items::one(connection, id))
    }

    /// Whether something is leaving right now or about to: held, queued, being made or attached to, being sent or looked for.
    /// What is scheduled is not.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_busy(&self) -> Result<bool, OutboxError> {
        let soon_ms = self.now_ms().saturating_add(millis(HOLD_MAX));
        self.read(|connection| Ok(items::is_any_leaving(connection, soon_ms)?))
    }

    /// Takes a message back before it is sent. It stays in the list, cancelled.
    ///
    /// # Errors
    /// [`OutboxError::Refused`] once it is being sent, or was.
    pub fn cancel(&self, id: ItemId) -> Result<(), OutboxError> {
        self.step_by_person(id, &Event::Cancel)
    }

    /// Queues a message (again), at a person's word.
    ///
    /// # Errors
    /// [`OutboxError::Refused`] while it is being sent, or when it was accepted or may have been.
    pub fn retry(&self, id: ItemId) -> Result<(), OutboxError> {
        self.step_by_person(id, &Event::Retry)
    }

    /// Queues everything that is held or waits, at a person's word. What is scheduled keeps its time.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub fn send_all(&self) -> Result<(), OutboxError> {
        let now_ms = self.now_ms();
        self.write(|transaction| {
            for state in ["held", "waiting"] {
                for id in items::in_state(transaction, state)? {
                    items::step(transaction, id, &Event::Retry, now_ms)?;
                }
            }
            Ok(())
        })
    }

    /// Queues an unconfirmed message again: the person's decision to risk a second copy.
    ///
    /// # Errors
    /// [`OutboxError::Refused`] when it is not unconfirmed.
    pub fn send_again(&self, id: ItemId) -> Result<(), OutboxError> {
        self.step_by_person(id, &Event::Again)
    }

    /// Removes a message and the copies that only it used.
    ///
    /// # Errors
    /// [`OutboxError::Refused`] while it is being sent.
    pub fn discard(&self, id: ItemId) -> Result<(), OutboxError> {
        self.step_by_person(id, &Event::Discard)
    }

    /// Makes a message a draft again, in one transaction, and returns its name.
    ///
    /// # Errors
    /// [`OutboxError::Refused`] while it is being sent, or when it was accepted.
    pub fn edit(&self, id: ItemId) -> Result<DraftId, OutboxError> {
        self.make_draft(id, &Event::Edit)
    }

    /// The same for whoever has just sent it: never what may have left.
    ///
    /// # Errors
    /// [`OutboxError::Refused`] once it is being sent, or was, or may have been.
    pub fn take_back(&self, id: ItemId) -> Result<DraftId, OutboxError> {
        self.make_draft(id, &Event::TakeBack)
    }

    /// Looks once more for a message of which nobody knows whether it was sent.
    ///
    /// # Errors
    /// [`OutboxError::Refused`] when it is not unconfirmed.
    pub fn check(&self, id: ItemId) -> Result<(), OutboxError> {
        self.step_by_person(id, &Event::Check)
    }

    /// Lets a held message go at once.
    ///
    /// # Errors
    /// [`OutboxError::Refused`] when it is not held.
    pub fn release(&self, id: ItemId) -> Result<(), OutboxError> {
        self.step_by_person(id, &Event::Release)
    }

    fn make_draft(&self, id: ItemId, event: &Event) -> Result<DraftId, OutboxError> {
        let (draft_id, now_ms) = (DraftId::generate(), self.now_ms());
        self.write_through(|transaction| {
            let item = items::one(transaction, id)?;
            known_rows::follow(transaction, &item, event, now_ms)?;
            let draft = draft_of(item.message);
            items::step(transaction, id, event, now_ms)?;
            draft_rows::save(transaction, &draft_id, &draft, now_ms)
        })?;
        self.end_upload(id);
        Ok(draft_id)
    }

    /// What becomes of an account's mail when it signs out: with `keep` what
    /// waits stays and waits for the next sign-in; without, all of it goes,
    /// save for a message that is being sent at this moment.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub fn account_signed_out(&self, account: &str, keep: bool) -> Result<(), OutboxError> {
        if keep {
            self.park(account)
        } else {
            self.remove_account(account)
        }
    }

    /// Counts up with every change, so that a list can be drawn again.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    /// Folds the log into the database, so that the next opening sees a clean end. Whatever is written afterwards makes it
    /// an unclean one again, unless the last clone is dropped. For the end of a program that drops nothing.
    ///
    /// # Errors
    /// When the database fails, or another process is in it for longer than a call waits; what is committed stays in the
    /// log then, and the next opening looks at everything.
    pub fn end(&self) -> Result<(), OutboxError> {
        self.read(|connection| Ok(store::fold_in(connection)?))
    }

    fn park(&self, account: &str) -> Result<(), OutboxError> {
        let now_ms = self.now_ms();
        self.write(|transaction| {
            for state in ["held", "queued", "waiting", "checking"] {
                for id in items::of_account_in_state(transaction, account, state)? {
                    items::step(transaction, id, &Event::Parked, now_ms)?;
                }
            }
            for id in items::of_account_in_state(transaction, account, "attaching")? {
                self.end_upload(id);
            }
            Ok(())
        })
    }

    fn remove_account(&self, account: &str) -> Result<(), OutboxError> {
        let before = self.write_through(|transaction| {
            let before = self.forget(transaction, &items::of_account(transaction, account)?)?;
            leftovers::remove_of_account(transaction, account)?;
            twin_rows::remove_of_account(transaction, account)?;
            Ok(before)
        })?;
        self.remove_unused_or_leave(&before);
        Ok(())
    }

    fn step_by_person(&self, id: ItemId, event: &Event) -> Result<(), OutboxError> {
        let now_ms = self.now_ms();
        let before = self.write_through(|transaction| {
            let before = uses::of_item(transaction, id)?;
            known_rows::follow(transaction, &items::one(transaction, id)?, event, now_ms)?;
            items::step(transaction, id, event, now_ms)?;
            Ok(before)
        })?;
        self.end_upload(id);
        self.remove_unused_or_leave(&before);
        Ok(())
    }

    pub(crate) fn now_ms(&self) -> i64 {
        now_ms(&self.shared.clock)
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
