//! Records without a store: they last as long as the process, or until a store appears.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use crate::record::{self, Entries};
use crate::{KeychainError, SessionOnlyReason};

pub(crate) struct Session {
    pub(crate) reason: SessionOnlyReason,
    records: HashMap<String, SecretString>,
    /// What was deleted here, and may still stand in a store from an earlier session.
    deleted: HashSet<String>,
    looked: Instant,
}

impl Session {
    pub(crate) fn new(reason: SessionOnlyReason) -> Self {
        Self {
            reason,
            records: HashMap::new(),
            deleted: HashSet::new(),
            looked: Instant::now(),
        }
    }

    /// Whether a store may have appeared by now: on a platform that has none, never.
    pub(crate) fn should_look(&self, pause: Duration) -> bool {
        self.reason != SessionOnlyReason::Unsupported && self.looked.elapsed() >= pause
    }

    pub(crate) fn has_looked(&mut self) {
        self.looked = Instant::now();
    }

    pub(crate) fn read(&self, name: &str) -> Option<SecretString> {
        self.records.get(name).cloned()
    }

    pub(crate) fn write(&mut self, name: &str, record: SecretString) {
        self.deleted.remove(name);
        self.records.insert(name.to_owned(), record);
    }

    /// Deletes a record. Returns what was there, for [`Session::restore`].
    pub(crate) fn delete(&mut self, name: &str) -> Option<SecretString> {
        self.deleted.insert(name.to_owned());
        self.records.remove(name)
    }

    /// Takes a deletion back that a store refused.
    pub(crate) fn restore(&mut self, name: &str, record: Option<SecretString>) {
        self.deleted.remove(name);
        self.records
            .extend(record.map(|record| (name.to_owned(), record)));
    }

    /// Does in a store what was done here. May be done again after a failure.
    pub(crate) fn carry_over(&self, entries: &dyn Entries) -> Result<(), KeychainError> {
        self.deleted
            .iter()
            .try_for_each(|name| record::delete(entries, name))?;
        self.records
            .iter()
            .try_for_each(|(name, record)| record::write(entries, name, record.expose_secret()))
    }
}
