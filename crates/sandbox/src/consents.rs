//! Who consented to what, per person and app.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::guard::lock;
use crate::scopes::ScopeSet;

/// How many pairs of person and app are remembered. With `--any-app` client ids
/// are whatever anybody sends, so there must be an end.
const PAIRS_MAX: usize = 4096;

/// Consent as it was given.
#[derive(Default)]
pub struct Consents {
    given: Mutex<HashMap<(String, String), ScopeSet>>,
}

impl Consents {
    /// What `oid` let `client_id` do.
    pub fn of(&self, oid: &str, client_id: &str) -> ScopeSet {
        let key = (oid.to_owned(), client_id.to_ascii_lowercase());
        lock(&self.given).get(&key).cloned().unwrap_or_default()
    }

    /// Adds to what was consented. Consent is incremental: nothing is taken back.
    pub fn add(&self, oid: &str, client_id: &str, scopes: &ScopeSet) {
        let key = (oid.to_owned(), client_id.to_ascii_lowercase());
        let mut given = lock(&self.given);
        if given.len() >= PAIRS_MAX && !given.contains_key(&key) {
            given.clear();
        }
        let held = given.entry(key).or_default();
        *held = held.plus(scopes);
    }

    /// Forgets all consent.
    pub fn clear(&self) {
        lock(&self.given).clear();
    }
}
