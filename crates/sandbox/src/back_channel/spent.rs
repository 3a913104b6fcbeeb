//! Refresh tokens that were used, for the strict rotation of RFC 9700 §4.14.2:
//! there a token is good for one use.

use std::collections::{HashSet, VecDeque};
use std::sync::Mutex;

use crate::guard::lock;

/// How many ids are remembered; then the oldest are good again. A test suite
/// refreshes a few hundred times.
const IDS_MAX: usize = 65_536;

/// The ids of used refresh tokens.
#[derive(Default)]
pub struct Spent {
    ids: Mutex<(HashSet<String>, VecDeque<String>)>,
}

impl Spent {
    /// Uses a token up; `false` if it was used before.
    pub fn spend(&self, id: &str) -> bool {
        let mut ids = lock(&self.ids);
        let (known, order) = &mut *ids;
        if !known.insert(id.to_owned()) {
            return false;
        }
        order.push_back(id.to_owned());
        if order.len() > IDS_MAX
            && let Some(oldest) = order.pop_front()
        {
            known.remove(&oldest);
        }
        true
    }

    /// Forgets all.
    pub fn clear(&self) {
        *lock(&self.ids) = (HashSet::new(), VecDeque::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_spent_once_and_memory_ends() {
        let spent = Spent::default();
        assert!(spent.spend("0"));
        assert!(!spent.spend("0"));
        for id in 1..=IDS_MAX {
            assert!(spent.spend(&id.to_string()));
        }
        assert!(spent.spend("0"), "the oldest is forgotten");
        assert!(!spent.spend(&IDS_MAX.to_string()));
    }
}
