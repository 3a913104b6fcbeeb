//! Clients that ask the same thing again and again (AADSTS50196).
//!
//! Source: "Microsoft Entra authentication and authorization error codes",
//! 50196; the figure is that of the guidance on the client request loop: the
//! same request fifteen times within five minutes.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

use crate::guard::lock;

/// How often the same request is answered within the window.
const REPEATS_MAX: usize = 14;
/// The window.
const WINDOW_MS: i64 = 5 * 60 * 1000;
/// How many different requests are counted; then counting starts afresh.
const REQUESTS_MAX: usize = 4096;

/// When each request came.
#[derive(Default)]
pub struct Repeats {
    seen: Mutex<HashMap<u64, VecDeque<i64>>>,
}

impl Repeats {
    /// Counts a request, told by `parts`; `true` if there were too many of it.
    /// A refused request counts as well: only waiting helps.
    pub fn too_many(&self, parts: &[&str], now_ms: i64) -> bool {
        let mut hasher = DefaultHasher::new();
        parts.hash(&mut hasher);
        let key = hasher.finish();
        let mut seen = lock(&self.seen);
        if seen.len() >= REQUESTS_MAX && !seen.contains_key(&key) {
            seen.clear();
        }
        let times = seen.entry(key).or_default();
        times.retain(|at_ms| (0..WINDOW_MS).contains(&(now_ms - at_ms)));
        let many = times.len() >= REPEATS_MAX;
        if many {
            times.pop_front();
        }
        times.push_back(now_ms);
        many
    }

    /// Forgets all.
    pub fn clear(&self) {
        lock(&self.seen).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: see the module.
    #[test]
    fn the_fifteenth_in_five_minutes_is_too_many() {
        let repeats = Repeats::default();
        let ask = |parts: &[&str], at_ms: i64| repeats.too_many(parts, at_ms);
        assert!((0..14).all(|second| !ask(&["token", "a"], second * 1000)));
        assert!(ask(&["token", "a"], 14_000));
        assert!(!ask(&["token", "b"], 14_000));
        assert!(!ask(&["token", "a"], 14_000 + 5 * 60 * 1000));
    }
}
