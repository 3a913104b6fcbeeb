//! What the worker asks of the database.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};
use std::time::SystemTime;

use rusqlite::Connection;

use crate::delivery::{Contents, Outgoing};
use crate::error::OutboxError;
use crate::id::ItemId;
use crate::item::Item;
use crate::machine::{Effect, Event, State};
use crate::open;
use crate::outbox::Outbox;
use crate::store::leftovers::{self, Leftover};
use crate::store::{items, uses};

/// A message whose turn it is: its row says so on disk, and what is to be done may begin.
pub(crate) struct Turn {
    pub(crate) id: ItemId,
    pub(crate) effect: Effect,
    pub(crate) outgoing: Arc<Outgoing>,
}

/// How long what was sent is kept here, in milliseconds: thirty days. It lies in Sent Items.
const KEPT_SENT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// How many messages are cleared in one transaction: others must not wait long. The rest follows a day later.
const CLEARED_AT_ONCE_MAX: u32 = 500;

/// What became of the first message of an account.
enum Taken {
    Turn(Box<Turn>),
    /// It cannot be sent; the next one may be.
    Passed,
}

impl Outbox {
    /// What was being made or submitted has nobody left to hear the answer. Only
    /// for the holder of the delivering lock, with no attempt under way.
    pub(crate) fn settle_interrupted(&self, now_ms: i64) -> Result<(), OutboxError> {
        self.step_all("creating", &Event::Interrupted, now_ms)?;
        self.step_all("attaching", &Event::Interrupted, now_ms)?;
        self.step_all("sending", &Event::Interrupted, now_ms)
    }

    /// What waits is queued again, since it was not submitted; what may have been is looked for now.
    pub(crate) fn wake(&self, now_ms: i64) -> Result<(), OutboxError> {
        self.step_all("waiting", &Event::Woken, now_ms)?;
        self.step_all("checking", &Event::Woken, now_ms)
    }

    /// What is unclear and was not looked for in vain, by account.
    pub(crate) fn unclear(&self) -> Result<Vec<(String, ItemId)>, OutboxError> {
        self.read(|connection| Ok(items::unclear(connection)?))
    }

    fn step_all(&self, state: &str, event: &Event, now_ms: i64) -> Result<(), OutboxError> {
        let ids = self.read(|connection| Ok(items::in_state(connection, state)?))?;
        self.step_each(&ids, event, now_ms)
    }

    /// What waited for its time is queued when it has come.
    pub(crate) fn release_due(&self, now_ms: i64) -> Result<(), OutboxError> {
        let ids = self.read(|connection| Ok(items::due(connection, now_ms)?))?;
        self.step_each(&ids, &Event::TimeCame, now_ms)
    }

    /// Applies an event to rows that were found in its state a moment ago. What
    /// a person or another process has moved on since then is left alone.
    pub(crate) fn step_each(
        &self,
        ids: &[ItemId],
        event: &Event,
        now_ms: i64,
    ) -> Result<(), OutboxError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.write(|transaction| step_those_it_fits(transaction, ids, event, now_ms))
    }

    /// Takes the oldest message to be sent or looked for of up to `places`
    /// accounts that are not `busy`: when this returns, their rows say so on
    /// disk. An error means that none was taken: turns that were taken must start.
    pub(crate) fn take_turns(
        &self,
        busy: &HashSet<String>,
        places: usize,
        now_ms: i64,
    ) -> Result<Vec<Turn>, OutboxError> {
        let mut turns: Vec<Turn> = Vec::new();
        let (mut served, mut passed) = (busy.clone(), HashSet::new());
        while turns.len() < places {
            let (account, id) = match self.next_head(&served, now_ms) {
                Ok(Some(head)) => head,
                Ok(None) => break,
                Err(error) if turns.is_empty() => return Err(error),
                Err(_) => break,
            };
            match self.take_turn(id, now_ms) {
                Ok(Taken::Turn(turn)) => {
                    served.insert(account);
                    turns.push(*turn);
                }
                // One that cannot be passed, whatever its row says, keeps its account from being looked at and nothing more.
                Ok(Taken::Passed) => {
                    if !passed.insert(id) {
                        served.insert(account);
                    }
                }
                // This account comes again at the next look, be it that a
                // person was quicker or that a file cannot be read.
                Err(error) => {
                    tracing::warn!(item = %id, error = %error, "a message was not taken from the outbox");
                    served.insert(account);
                }
            }
        }
        Ok(turns)
    }

    /// The account whose first message has waited longest.
    fn next_head(
        &self,
        served: &HashSet<String>,
        now_ms: i64,
    ) -> Result<Option<(String, ItemId)>, OutboxError> {
        // New mail goes before looks for old: those may take long, and be many. What became of sent mail comes last.
        self.read(|connection| {
            for found in [
                items::heads(connection)?,
                items::to_look_for(connection, now_ms)?,
                items::to_follow(connection, now_ms)?,
            ] {
                let free = |(account, _): &(String, ItemId)| !served.contains(account);
                let head = found.into_iter().filter(free).min_by_key(|(_, id)| *id);
                if head.is_some() {
                    return Ok(head);
                }
            }
            Ok(None)
        })
    }

    fn take_turn(&self, id: ItemId, now_ms: i64) -> Result<Taken, OutboxError> {
        let item = self.read(|connection| items::one(connection, id))?;
        if let State::Damaged { .. } = item.state {
            return self.pass(id, &Event::Unreadable, now_ms);
        }
        let contents = match self.contents_of(&item) {
            Ok(contents) => contents,
            Err(OutboxError::AttachmentDamaged) => {
                return self.pass(id, &Event::AttachmentsUnreadable, now_ms);
            }
            Err(error) => return Err(error),
        };
        // Nothing is submitted yet: if this step were lost, it would be taken again.
        let step = self.write(|transaction| items::step(transaction, id, &Event::Turn, now_ms))?;
        let outgoing = Outgoing {
            account: item.account,
            key: item.key,
            message: item.message,
            contents,
            defer_to_ms: step.progress.trace.defer_to_ms,
            attempt: step.progress.attempts.max(1),
        };
        Ok(Taken::Turn(Box::new(Turn {
            id,
            effect: step.effect,
            outgoing: Arc::new(outgoing),
        })))
    }

    fn contents_of(&self, item: &Item) -> Result<Contents, OutboxError> {
        let (spool, attachments) = (&self.shared.spool, &item.message.attachments);
        Ok(match (&item.state, item.message.fits_one_request()) {
            // What is looked for is in the mailbox.
            (State::Checking { .. } | State::Accepted { .. } | State::Sent { .. }, _) => {
                Contents::Direct(Vec::new())
            }
            (_, true) => Contents::Direct(
                attachments
                    .iter()
                    .map(|attachment| spool.read(attachment))
                    .collect::<Result<_, _>>()?,
            ),
            (_, false) => Contents::Apart(
                attachments
                    .iter()
                    .map(|attachment| spool.copy_of(attachment))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    fn pass(&self, id: ItemId, event: &Event, now_ms: i64) -> Result<Taken, OutboxError> {
        self.write_through(|transaction| items::step(transaction, id, event, now_ms))?;
        Ok(Taken::Passed)
    }

    /// Writes down what came of a request, and gives what is to be done next.
    /// Before anything is submitted its row is in the database file, so that no
    /// damaged log can put it back into the queue.
    ///
    /// When it speaks of a wall, what else is to go for the account waits as
    /// well, instead of meeting the same wall in turn; also when the message
    /// itself was taken back meanwhile.
    pub(crate) fn record(
        &self,
        (id, account): (ItemId, &str),
        event: &Event,
        now_ms: i64,
    ) -> Result<Effect, OutboxError> {
        let effect = self.write(|transaction| {
            let effect = match items::step(transaction, id, event, now_ms) {
                Ok(step) => step.effect,
                Err(error @ (OutboxError::NotFound | OutboxError::Refused(_))) => {
                    tracing::warn!(item = %id, error = %error, "an answer that nobody waits for");
                    event.hold(now_ms).map_or(Effect::None, Effect::HoldOthers)
                }
                Err(error) => return Err(error),
            };
            let Effect::HoldOthers(hold) = effect else {
                return Ok(effect);
            };
            for state in ["held", "queued", "waiting", "checking"] {
                let mut others = items::of_account_in_state(transaction, account, state)?;
                others.retain(|other| *other != id);
                step_those_it_fits(transaction, &others, &Event::Walled(hold), now_ms)?;
            }
            Ok(Effect::None)
        })?;
        if let Effect::Submit | Effect::SubmitDraft(_) = effect {
            self.settle();
        }
        Ok(effect)
    }

    /// The next draft in a mailbox that no message here needs, after another.
    pub(crate) fn leftover_after(&self, id: i64) -> Result<Option<Leftover>, OutboxError> {
        self.read(|connection| Ok(leftovers::after(connection, id)?))
    }

    /// A leftover is gone, or is none any more.
    pub(crate) fn leftover_gone(&self, id: i64) -> Result<(), OutboxError> {
        self.write(|transaction| Ok(leftovers::remove(transaction, id)?))
    }

    pub(crate) fn next_due_ms(&self, now_ms: i64) -> Result<Option<i64>, OutboxError> {
        self.read(|connection| Ok(items::next_due_ms(connection, now_ms)?))
    }

    /// Passes on that another process has written.
    pub(crate) fn look_for_changes(&self) -> Result<(), OutboxError> {
        let found = self.read(|connection| Ok(open::data_version(connection)?))?;
        let mut known = self
            .shared
            .data_version
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *known, found) != found {
            self.tell_of_change();
        }
        Ok(())
    }

    /// What was sent long ago keeps its line in the history and nothing else.
    pub(crate) fn clear_sent(&self, now_ms: i64) -> Result<(), OutboxError> {
        let before_ms = now_ms.saturating_sub(KEPT_SENT_MS);
        let copies = self
            .write(|transaction| items::clear_sent(transaction, before_ms, CLEARED_AT_ONCE_MAX))?;
        self.remove_unused_or_leave(&copies);
        Ok(())
    }

    /// Removes old copies that nothing uses: what a crash left between a copy and its draft.
    pub(crate) fn sweep(&self, now: SystemTime) -> Result<(), OutboxError> {
        let files = self.shared.spool.old_files(now)?;
        if files.is_empty() {
            return Ok(());
        }
        self.write(|transaction| {
            for file in files {
                let name = file
                    .file_name()
                    .and_then(|name| name.to_str())
                    .unwrap_or_default();
                if !uses::is_used(transaction, name)? {
                    std::fs::remove_file(&file)?;
                }
            }
            Ok(())
        })
    }
}

fn step_those_it_fits(
    connection: &Connection,
    ids: &[ItemId],
    event: &Event,
    now_ms: i64,
) -> Result<(), OutboxError> {
    for id in ids {
        match items::step(connection, *id, event, now_ms) {
            Ok(_) | Err(OutboxError::Refused(_) | OutboxError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
