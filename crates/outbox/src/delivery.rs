//! The worker: takes what is due, hands it to the server, writes down what came
//! of it. One process delivers at a time; within it one message per account.
//!
//! Each step is on disk before its request leaves and again when the answer is
//! in. Whatever ends the worker in between leaves a row in `creating`,
//! `attaching` or `sending`. The next worker finds it: what was not submitted is
//! queued again, the rest is looked for, or shown as unconfirmed.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use message::Message;
use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinSet};

use crate::clock::Clock;
use crate::machine::{Attached, Creation, Event, Followed, Look, Submission};
use crate::outbox::{Outbox, Uploading};
use crate::spool::AttachmentCopy;

mod attempt;
mod holder;
mod queue;

use holder::{DISK_AGAIN, Holder};
use queue::Turn;

/// The mailboxes that mail is sent from, as the outbox uses them.
///
/// Each call but [`Mailboxes::attach`], which writes a file range by range, is one exchange or a few that read. None tries
/// again by itself. The outbox calls [`Mailboxes::submit`] and
/// [`Mailboxes::submit_draft`] a second time for the same message only with evidence that the first was no submission,
/// or at a person's word.
pub trait Mailboxes: Send + Sync + 'static {
    /// Whether drafts may be made and mail be looked for in the account's mailbox. Nobody is asked.
    fn is_open(&self, account: String) -> Answer<bool>;

    /// Makes a draft of a message, stamped with its key, unless the mailbox allows none. With `look_first` the mailbox
    /// is looked through for the key before, and what is there is taken.
    fn create(&self, outgoing: Arc<Outgoing>, look_first: bool) -> Answer<Creation>;

    /// Attaches the first file to the draft with this id that is not attached to it yet, telling how far it is.
    fn attach(
        &self,
        outgoing: Arc<Outgoing>,
        draft: String,
        uploading: Uploading,
    ) -> Answer<Attached>;

    /// Sends the draft with this id.
    fn submit_draft(&self, account: String, draft: String) -> Answer<Submission>;

    /// Sends a message in one request, stamped with its key.
    fn submit(&self, outgoing: Arc<Outgoing>) -> Answer<Submission>;

    /// Looks for what bears the key.
    fn look(&self, account: String, key: String) -> Answer<Look>;

    /// Looks what became of the message with this key after it was taken over, and for reports that answer this Message-ID.
    fn follow(&self, account: String, key: String, message_id: Option<String>) -> Answer<Followed>;

    /// Removes the draft with this id, if it still is one. Whether nothing is left to be done.
    fn discard(&self, account: String, draft: String) -> Answer<bool>;
}

/// An answer to come.
pub type Answer<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A message on its way out.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The account it is sent from.
    pub account: String,
    /// Its idempotency key.
    pub key: String,
    /// What was written.
    pub message: Message,
    /// What is attached to it.
    pub contents: Contents,
    /// When the server is to send it, where that is later, in milliseconds since 1970 (UTC). Only as a draft.
    pub defer_to_ms: Option<i64>,
    /// Which attempt this is, counted from 1.
    pub attempt: u32,
}

/// The attachments of a message on its way out, in its order.
#[derive(Clone, Debug)]
pub enum Contents {
    /// Their bytes: all of it goes in one request.
    Direct(Vec<Vec<u8>>),
    /// They follow the message, each from its copy on disk.
    Apart(Vec<AttachmentCopy>),
}

/// How many accounts are served at once: each holds one message in memory.
const ACCOUNTS_AT_ONCE_MAX: usize = 4;

/// How often is looked, with nothing to do, for what another process wrote and
/// for a clock that moved (a timer does not run while a machine sleeps).
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How often the history is looked through for what is kept no longer.
const CLEARED_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a stop waits for answers that are out. What has not answered by
/// then is shown as unconfirmed.
const STOP_WAIT_MAX: Duration = Duration::from_secs(10);

/// Delivers until `stop` turns true (or its sender is gone).
///
/// Then nothing more is begun, answers that are out have ten seconds to come,
/// and what has none is written down as in doubt before this returns.
///
/// Waits while another process delivers, and takes over when that one ends. A
/// message found in `sending` then is looked for, or becomes unconfirmed where
/// that is not allowed: nobody is left to hear its answer. Everything that waits is tried at the start, when its time
/// comes, and at each `wake` (call `notify_one` when the network or the machine
/// comes back, or after a sign-in or a consent).
pub async fn deliver(
    outbox: Outbox,
    mailboxes: Arc<dyn Mailboxes>,
    clock: Clock,
    wake: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) {
    let holder = tokio::select! {
        holder = Holder::take(outbox, clock) => holder,
        () = stopped(&mut stop) => return,
    };
    let mut worker = Worker {
        attempts: JoinSet::new(),
        busy: HashMap::new(),
        holder,
        mailboxes,
        discarded_to: 0,
        cleared_at: None,
    };
    tokio::select! {
        () = worker.begin() => {}
        () = stopped(&mut stop) => return,
    }
    worker.run(&wake, &mut stop).await;
    worker.finish().await;
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that nobody is left who could say stop; that is one.
    let _ = stop.wait_for(|stop| *stop).await;
}

struct Worker {
    attempts: JoinSet<()>,
    busy: HashMap<Id, String>,
    holder: Holder,
    mailboxes: Arc<dyn Mailboxes>,
    /// Leftovers up to this one were tried; those that are still there are tried again when the queue is woken.
    discarded_to: i64,
    /// When the history was last looked through for what is kept no longer.
    cleared_at: Option<SystemTime>,
}

impl Worker {
    /// Settles what an earlier worker left behind. Nothing is sent before this has worked.
    async fn begin(&mut self) {
        let settled = |outbox: &Outbox, now_ms| outbox.settle_interrupted(now_ms);
        self.holder
            .until_done("cannot settle what was left in sending", settled)
            .await;
        self.wake().await;
        let now = self.holder.now();
        self.holder
            .try_once("old copies were not swept", move |outbox, _| {
                outbox.sweep(now)
            })
            .await;
    }

    async fn wake(&mut self) {
        self.discarded_to = 0;
        self.holder
            .try_once("cannot wake what waits", Outbox::wake)
            .await;
        self.clear_sent().await;
        let unclear = self
            .holder
            .try_once("cannot list what is unclear", |outbox, _| outbox.unclear())
            .await;
        let mut to_look_for = Vec::new();
        let mut open: HashMap<String, bool> = HashMap::new();
        for (account, id) in unclear.unwrap_or_default() {
            let is_open = match open.get(&account) {
                Some(known) => *known,
                None => self.mailboxes.is_open(account.clone()).await,
            };
            open.insert(account, is_open);
            to_look_for.extend(is_open.then_some(id));
        }
        self.holder
            .try_once("cannot look for what is unclear", move |outbox, now_ms| {
                outbox.step_each(&to_look_for, &Event::Check, now_ms)
            })
            .await;
    }

    /// Once a day, since a long history is looked through for it.
    async fn clear_sent(&mut self) {
        let now = self.holder.now();
        let cleared = self.cleared_at;
        let age = cleared.and_then(|cleared| now.duration_since(cleared).ok());
        if age.is_some_and(|age| age < CLEARED_EVERY) {
            return;
        }
        self.cleared_at = Some(now);
        self.holder
            .try_once("what was sent is not cleared away", Outbox::clear_sent)
            .await;
    }

    async fn run(&mut self, wake: &Notify, stop: &mut watch::Receiver<bool>) {
        let mut changes = self.holder.outbox().changes();
        let mut woken = pin!(wake.notified());
        loop {
            woken.as_mut().enable();
            changes.mark_unchanged();
            let pause = self.start_turns().await;
            tokio::select! {
                () = stopped(stop) => return,
                Some(ended) = self.attempts.join_next_with_id(), if !self.attempts.is_empty() => {
                    self.busy.remove(&ended.map_or_else(|error| error.id(), |(id, ())| id));
                }
                () = &mut woken => {
                    woken.set(wake.notified());
                    tokio::select! {
                        () = self.wake() => {}
                        () = stopped(stop) => return,
                    }
                }
                _ = changes.changed() => {}
                () = tokio::time::sleep(pause) => {
                    self.holder.try_once("cannot look for changes", |outbox, _| outbox.look_for_changes()).await;
                }
            }
        }
    }

    /// Starts what can be started. Returns how long there is nothing more to start by itself.
    async fn start_turns(&mut self) -> Duration {
        let busy: HashSet<String> = self.busy.values().cloned().collect();
        let places = ACCOUNTS_AT_ONCE_MAX.saturating_sub(busy.len());
        let found = self.holder.try_once(
            "cannot take messages from the outbox",
            move |outbox, now_ms| {
                if busy.is_empty() {
                    // No attempt is under way: what still stands in `sending` was left there.
                    outbox.settle_interrupted(now_ms)?;
                }
                outbox.release_due(now_ms)?;
                let next_due_ms = outbox.next_due_ms(now_ms)?;
                Ok((
                    outbox.take_turns(&busy, places, now_ms)?,
                    until(next_due_ms, now_ms),
                ))
            },
        );
        let Some((turns, pause)) = found.await else {
            return DISK_AGAIN;
        };
        turns.into_iter().for_each(|turn| self.start(turn));
        if self.busy.is_empty() {
            self.start_discarding().await;
        }
        pause.min(LOOK_AGAIN)
    }

    /// Removes a leftover while there is no mail to send. What cannot be removed now stays for a later call to wake.
    async fn start_discarding(&mut self) {
        let discarded_to = self.discarded_to;
        let next = self
            .holder
            .try_once("cannot find leftovers", move |outbox, _| {
                outbox.leftover_after(discarded_to)
            })
            .await;
        let Some(leftover) = next.flatten() else {
            return;
        };
        self.discarded_to = leftover.id;
        let account = leftover.account.clone();
        let discarding = attempt::discard(self.holder.clone(), self.mailboxes.clone(), leftover);
        let started = self.attempts.spawn(discarding);
        self.busy.insert(started.id(), account);
    }

    fn start(&mut self, turn: Turn) {
        let account = turn.outgoing.account.clone();
        let attempt = attempt::attempt(self.holder.clone(), self.mailboxes.clone(), turn);
        let started = self.attempts.spawn(attempt);
        self.busy.insert(started.id(), account);
    }

    /// Gives the answers that are out a moment, then settles what has none.
    async fn finish(mut self) {
        let all = async { while self.attempts.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(STOP_WAIT_MAX, all).await;
        self.attempts.shutdown().await;
        let settled = |outbox: &Outbox, now_ms| outbox.settle_interrupted(now_ms);
        self.holder
            .try_once("what is being sent is settled at the next start", settled)
            .await;
    }
}

fn until(due_ms: Option<i64>, now_ms: i64) -> Duration {
    let Some(due_ms) = due_ms else {
        return LOOK_AGAIN;
    };
    Duration::from_millis(u64::try_from(due_ms.saturating_sub(now_ms)).unwrap_or(0))
}
