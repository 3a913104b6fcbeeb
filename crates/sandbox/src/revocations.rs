//! Revoked sessions: everything issued to a person before a moment is dead.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::guard::lock;

/// When each person's sessions were last revoked; bounded by the people there are.
#[derive(Default)]
pub struct Revocations {
    at_ms: Mutex<HashMap<String, i64>>,
}

impl Revocations {
    /// Revokes what was issued to `oid` up to now.
    pub fn revoke(&self, oid: &str, now_ms: i64) {
        lock(&self.at_ms).insert(oid.to_owned(), now_ms);
    }

    /// The moment of the last revocation, if `issued_ms` lies before it.
    pub fn revoked_at_ms(&self, oid: &str, issued_ms: i64) -> Option<i64> {
        lock(&self.at_ms)
            .get(oid)
            .copied()
            .filter(|at_ms| issued_ms <= *at_ms)
    }

    /// Forgets every revocation.
    pub fn clear(&self) {
        lock(&self.at_ms).clear();
    }
}
