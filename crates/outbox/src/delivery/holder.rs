//! The right to deliver, and the way to the database for those who share it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, now_ms};
use crate::error::OutboxError;
use crate::lock::{FileLock, Kind};
use crate::open::delivering_lock;
use crate::outbox::Outbox;

/// How often is looked whether another process still delivers.
const TAKE_OVER: Duration = Duration::from_secs(1);

/// After the disk failed, before it is asked again.
pub(crate) const DISK_AGAIN: Duration = Duration::from_secs(2);

/// Holds the delivering lock. Work on the database keeps it until the work is
/// done, even when nobody waits for the result any more: the next worker must
/// not begin while a row is still on its way into `sending`.
#[derive(Clone)]
pub(crate) struct Holder {
    outbox: Outbox,
    clock: Clock,
    _lock: Arc<FileLock>,
}

impl Holder {
    /// Waits until no other process delivers.
    pub(crate) async fn take(outbox: Outbox, clock: Clock) -> Holder {
        let path = delivering_lock(&outbox.shared.folder);
        loop {
            match FileLock::try_take(&path, Kind::Exclusive) {
                Ok(Some(lock)) => {
                    return Holder {
                        outbox,
                        clock,
                        _lock: Arc::new(lock),
                    };
                }
                Ok(None) => {}
                Err(error) => tracing::error!(error = %error, "cannot tell who delivers"),
            }
            tokio::time::sleep(TAKE_OVER).await;
            let looked = outbox.clone();
            let _ = tokio::task::spawn_blocking(move || looked.look_for_changes()).await;
        }
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Does a piece of work on the database; what fails is logged.
    pub(crate) async fn try_once<T: Send + 'static>(
        &self,
        failure: &'static str,
        work: impl FnOnce(&Outbox, i64) -> Result<T, OutboxError> + Send + 'static,
    ) -> Option<T> {
        let holder = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&holder.outbox, now_ms(&holder.clock));
            drop(holder);
            result
        });
        match done.await {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(error)) => tracing::error!(error = %error, "{failure}"),
            Err(error) => tracing::error!(error = %error, "{failure}"),
        }
        None
    }

    /// Does a piece of work on the database, again and again until it succeeds.
    /// It ends with the worker: while the disk refuses, nothing else can be done.
    pub(crate) async fn until_done<T: Send + 'static>(
        &self,
        failure: &'static str,
        work: impl Fn(&Outbox, i64) -> Result<T, OutboxError> + Send + Sync + 'static,
    ) -> T {
        let work = Arc::new(work);
        loop {
            let work = work.clone();
            let done = self
                .try_once(failure, move |outbox, now_ms| work(outbox, now_ms))
                .await;
            if let Some(value) = done {
                return value;
            }
            tokio::time::sleep(DISK_AGAIN).await;
        }
    }
}
