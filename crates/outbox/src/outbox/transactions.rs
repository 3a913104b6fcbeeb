//! The one way to the database: read, or commit and say so.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction};

use super::Outbox;
use crate::error::{DatabaseError, OutboxError};
use crate::open;
use crate::spool::private_file;
use crate::store;

impl Outbox {
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, OutboxError>,
    ) -> Result<T, OutboxError> {
        let result = work(&self.connection());
        self.noting_damage(result)
    }

    /// One transaction, all of it or nothing.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, OutboxError>,
    ) -> Result<T, OutboxError> {
        let result = commit(&mut self.connection(), work);
        self.after_write(result)
    }

    /// One transaction that takes messages out of the queue: brought into the
    /// database file as well, so that a damaged log cannot put them back.
    pub(crate) fn write_through<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, OutboxError>,
    ) -> Result<T, OutboxError> {
        let mut connection = self.connection();
        let result = commit(&mut connection, work);
        if result.is_ok() {
            settle(&connection);
        }
        drop(connection);
        self.after_write(result)
    }

    /// Brings what is committed into the database file.
    pub(crate) fn settle(&self) {
        settle(&self.connection());
    }

    fn after_write<T>(&self, result: Result<T, OutboxError>) -> Result<T, OutboxError> {
        if result.is_ok() {
            self.tell_of_change();
        }
        self.noting_damage(result)
    }

    pub(crate) fn tell_of_change(&self) {
        let changes = &self.shared.changes;
        changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Damage found on the way is mended at the next opening, which then looks at every page.
    fn noting_damage<T>(&self, result: Result<T, OutboxError>) -> Result<T, OutboxError> {
        if let Err(OutboxError::Damaged(error)) = &result {
            tracing::error!(error = %error, "the outbox is damaged");
            self.mark_as_suspect();
        }
        result
    }

    pub(crate) fn mark_as_suspect(&self) {
        let _ = private_file(&open::suspect_mark(&self.shared.folder));
    }

    /// A panic elsewhere leaves no half-made transaction behind (it is rolled back), so the connection is still good.
    pub(crate) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.shared
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn commit<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, OutboxError>,
) -> Result<T, OutboxError> {
    let transaction = store::write(connection)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

/// How often the way into the database file is tried again while a reader in
/// another process is in it. Reads last milliseconds; the log holds the commit
/// in any case.
const SETTLE_TRIES_MAX: u32 = 50;

/// Between two tries.
const SETTLE_AGAIN: Duration = Duration::from_millis(10);

fn settle(connection: &Connection) {
    for _ in 0..SETTLE_TRIES_MAX {
        match store::checkpoint(connection) {
            Ok(true) => return,
            Ok(false) => std::thread::sleep(SETTLE_AGAIN),
            Err(error) => {
                tracing::warn!(error = %DatabaseError::from(&error), "commit stays in the log");
                return;
            }
        }
    }
    tracing::warn!("commit stays in the log");
}
