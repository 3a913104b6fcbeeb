//! The worker: takes what is due, hands it to the server, writes down what came
//! of it. One process delivers at a time; within it one message per account.
//!
//! Each step is on disk before its request leaves and again when the answer is
//! in. Whatever ends the worker in between leaves a row in `sending`, which the
//! next worker finds and shows as unconfirmed.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use message::Message;
use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, Id, JoinSet};

use crate::clock::{Clock, now_ms};
use crate::error::OutboxError;
use crate::id::ItemId;
use crate::lock::{FileLock, Kind};
use crate::machine::{Submission, WHY_ATTEMPT_LOST, WHY_TIMED_OUT};
use crate::open::delivering_lock;
use crate::outbox::Outbox;

mod queue;

use queue::Turn;

/// Hands one message to the server, once. The outbox calls it again for the
/// same message only after an answer that proves that nothing left, or at a
/// person's word; an implementation must not try again by itself.
pub trait Submit: Send + Sync + 'static {
    /// Submits `message` for `account`, stamped with `key`; `contents` are the
    /// attachments' bytes, in the message's order.
    fn submit(
        &self,
        account: String,
        key: String,
        message: Message,
        contents: Vec<Vec<u8>>,
    ) -> SubmissionFuture;
}

/// The answer to one attempt, to come.
pub type SubmissionFuture = Pin<Box<dyn Future<Output = Submission> + Send>>;

/// How many accounts are served at once: each holds one message in memory.
const ACCOUNTS_AT_ONCE_MAX: usize = 4;

/// The longest that one attempt may take: 4 MB over the slowest line still in
/// use (64 kbit/s) take nine minutes. Longer, and the answer is not coming.
const ATTEMPT_MAX: Duration = Duration::from_secs(15 * 60);

/// How often is looked, with nothing to do, for what another process wrote and
/// for a clock that moved (a timer does not run while a machine sleeps).
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// After the disk failed, before it is asked again.
const DISK_AGAIN: Duration = Duration::from_secs(2);

/// How long a stop waits for answers that are out. What has not answered by
/// then is shown as unconfirmed.
const STOP_WAIT_MAX: Duration = Duration::from_secs(10);

/// Delivers until `stop` turns true (or its sender is gone).
///
/// Waits while another process delivers, and takes over when that one ends. A
/// message found in `sending` then becomes unconfirmed: nobody is left to hear
/// its answer. Everything that waits is tried at the start, when its time
/// comes, and at each `wake` (call `notify_one` when the network or the machine
/// comes back, or after a sign-in or a consent).
pub async fn deliver(
    outbox: Outbox,
    submit: Arc<dyn Submit>,
    clock: Clock,
    wake: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) {
    let lock = tokio::select! {
        lock = take_delivery(&outbox) => lock,
        () = stopped(&mut stop) => return,
    };
    let mut worker = Worker {
        attempts: JoinSet::new(),
        busy: HashMap::new(),
        outbox,
        submit,
        clock,
        _lock: lock,
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

/// Becomes the one process that delivers.
async fn take_delivery(outbox: &Outbox) -> FileLock {
    let path = delivering_lock(&outbox.shared.folder);
    loop {
        match FileLock::try_take(&path, Kind::Exclusive) {
            Ok(Some(lock)) => return lock,
            Ok(None) => {}
            Err(error) => tracing::error!(error = %error, "cannot tell who delivers"),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        let _ = blocking(outbox, |outbox| outbox.look_for_changes()).await;
    }
}

struct Worker {
    // Attempts end before the lock is let go: fields drop in this order.
    attempts: JoinSet<()>,
    busy: HashMap<Id, String>,
    outbox: Outbox,
    submit: Arc<dyn Submit>,
    clock: Clock,
    _lock: FileLock,
}

impl Worker {
    /// Settles what an earlier worker left behind. Nothing is sent before this has worked.
    async fn begin(&self) {
        until_done(
            "cannot settle what was left in sending",
            &self.outbox,
            self.clock.clone(),
            |outbox, now_ms| outbox.settle_interrupted(now_ms),
        )
        .await;
        self.wake().await;
        let now = (self.clock)();
        if let Err(error) = blocking(&self.outbox, move |outbox| outbox.sweep(now)).await {
            tracing::warn!(error = %error, "old copies were not swept");
        }
    }

    async fn run(&mut self, wake: &Notify, stop: &mut watch::Receiver<bool>) {
        let mut changes = self.outbox.changes();
        let mut woken = pin!(wake.notified());
        loop {
            changes.mark_unchanged();
            let pause = self.start_turns().await;
            tokio::select! {
                () = stopped(stop) => return,
                Some(ended) = self.attempts.join_next_with_id(), if !self.attempts.is_empty() => {
                    self.busy.remove(&ended.map_or_else(|error| error.id(), |(id, ())| id));
                }
                () = &mut woken => {
                    woken.set(wake.notified());
                    self.wake().await;
                }
                _ = changes.changed() => {}
                () = tokio::time::sleep(pause) => {
                    let _ = blocking(&self.outbox, |outbox| outbox.look_for_changes()).await;
                }
            }
        }
    }

    /// Starts what can be started. Returns how long there is nothing more to start by itself.
    async fn start_turns(&mut self) -> Duration {
        let busy: HashSet<String> = self.busy.values().cloned().collect();
        let places = ACCOUNTS_AT_ONCE_MAX.saturating_sub(busy.len());
        let now_ms = now_ms(&self.clock);
        let turns = blocking(&self.outbox, move |outbox| {
            outbox.release_due(now_ms)?;
            let turns = outbox.take_turns(&busy, places, now_ms)?;
            Ok((turns, outbox.next_due_ms()?))
        })
        .await;
        match turns {
            Ok((turns, next_due_ms)) => {
                turns.into_iter().for_each(|turn| self.start(turn));
                until(next_due_ms, now_ms).min(LOOK_AGAIN)
            }
            Err(error) => {
                tracing::error!(error = %error, "cannot take messages from the outbox");
                DISK_AGAIN
            }
        }
    }

    fn start(&mut self, turn: Turn) {
        let account = turn.item.account.clone();
        let attempt = attempt(
            self.outbox.clone(),
            self.submit.clone(),
            self.clock.clone(),
            turn,
        );
        let started = self.attempts.spawn(attempt);
        self.busy.insert(started.id(), account);
    }

    async fn wake(&self) {
        let now_ms = now_ms(&self.clock);
        if let Err(error) = blocking(&self.outbox, move |outbox| outbox.wake(now_ms)).await {
            tracing::error!(error = %error, "cannot wake what waits");
        }
    }

    /// Gives the answers that are out a moment, then settles what has none.
    async fn finish(mut self) {
        let all = async { while self.attempts.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(STOP_WAIT_MAX, all).await;
        self.attempts.shutdown().await;
        let now_ms = now_ms(&self.clock);
        if let Err(error) = blocking(&self.outbox, move |outbox| {
            outbox.settle_interrupted(now_ms)
        })
        .await
        {
            tracing::error!(error = %error, "what is being sent is settled at the next start");
        }
    }
}

/// One attempt, from the request to the written-down answer.
async fn attempt(outbox: Outbox, submit: Arc<dyn Submit>, clock: Clock, turn: Turn) {
    let (id, attempts) = (turn.item.id, turn.item.attempts);
    let submission = submission(submit, turn).await;
    tracing::info!(item = %id, attempts, outcome = outcome(&submission), "attempt ended");
    record(&outbox, &clock, id, submission).await;
}

/// Runs the attempt apart, so that a panic in it, too, is an answer.
async fn submission(submit: Arc<dyn Submit>, turn: Turn) -> Submission {
    let Turn { item, contents } = turn;
    let task = tokio::spawn(async move {
        tokio::time::timeout(
            ATTEMPT_MAX,
            submit.submit(item.account, item.key, item.message, contents),
        )
        .await
    });
    let _abort = AbortOnDrop(task.abort_handle());
    let why = match task.await {
        Ok(Ok(submission)) => return submission,
        Ok(Err(_)) => WHY_TIMED_OUT,
        Err(_) => WHY_ATTEMPT_LOST,
    };
    Submission::Unconfirmed {
        why: why.to_owned(),
        request_id: None,
    }
}

/// Writes the answer down, and keeps trying while the disk refuses: an answer
/// that is known must not turn into one that is not. Ends with the worker.
async fn record(outbox: &Outbox, clock: &Clock, id: ItemId, submission: Submission) {
    until_done(
        "cannot write an answer down",
        outbox,
        clock.clone(),
        move |outbox, now_ms| match outbox.record(id, &submission, now_ms) {
            Err(error @ (OutboxError::NotFound | OutboxError::Refused(_))) => {
                tracing::error!(item = %id, error = %error, "an answer that nobody waits for");
                Ok(())
            }
            result => result,
        },
    )
    .await;
}

/// Does a piece of work on the database until it succeeds.
async fn until_done(
    failure: &'static str,
    outbox: &Outbox,
    clock: Clock,
    work: impl Fn(&Outbox, i64) -> Result<(), OutboxError> + Send + Sync + 'static,
) {
    let work = Arc::new(work);
    loop {
        let (work, now_ms) = (work.clone(), now_ms(&clock));
        match blocking(outbox, move |outbox| work(outbox, now_ms)).await {
            Ok(()) => return,
            Err(error) => tracing::error!(error = %error, "{failure}"),
        }
        tokio::time::sleep(DISK_AGAIN).await;
    }
}

async fn blocking<T: Send + 'static>(
    outbox: &Outbox,
    work: impl FnOnce(&Outbox) -> Result<T, OutboxError> + Send + 'static,
) -> Result<T, OutboxError> {
    let outbox = outbox.clone();
    match tokio::task::spawn_blocking(move || work(&outbox)).await {
        Ok(result) => result,
        Err(error) => Err(OutboxError::Disk(std::io::Error::other(error))),
    }
}

fn until(due_ms: Option<i64>, now_ms: i64) -> Duration {
    let Some(due_ms) = due_ms else {
        return LOOK_AGAIN;
    };
    Duration::from_millis(u64::try_from(due_ms.saturating_sub(now_ms)).unwrap_or(0))
}

fn outcome(submission: &Submission) -> &'static str {
    match submission {
        Submission::Accepted { .. } => "accepted",
        Submission::Waiting(..) => "waiting",
        Submission::Unconfirmed { .. } => "unconfirmed",
        Submission::Failed { .. } => "failed",
    }
}

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
