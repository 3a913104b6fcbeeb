//! The last sign-ins: to whom tokens were given, and for which app. For the page
//! that people look at; nothing is decided by it.

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::guard::lock;

/// How many are kept.
const SIGN_INS_MAX: usize = 200;
/// How much of a client id is kept: with `--any-app` it is whatever was sent.
const CLIENT_ID_CHARS_MAX: usize = 100;

/// Tokens that were given out.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// When.
    pub at_ms: i64,
    /// To whom.
    pub address: &'static str,
    /// For which app.
    pub client_id: String,
    /// With which scopes.
    pub scopes: String,
}

/// A ring of sign-ins.
#[derive(Default)]
pub struct SignIns {
    last: Mutex<VecDeque<SignIn>>,
}

impl SignIns {
    /// Adds one; the oldest makes room.
    pub fn add(&self, at_ms: i64, address: &'static str, client_id: &str, scopes: String) {
        let sign_in = SignIn {
            at_ms,
            address,
            client_id: client_id.chars().take(CLIENT_ID_CHARS_MAX).collect(),
            scopes,
        };
        let mut last = lock(&self.last);
        if last.len() >= SIGN_INS_MAX {
            last.pop_front();
        }
        last.push_back(sign_in);
    }

    /// All that are kept, newest first.
    pub fn newest(&self) -> Vec<SignIn> {
        lock(&self.last).iter().rev().cloned().collect()
    }

    /// Forgets them.
    pub fn clear(&self) {
        lock(&self.last).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let sign_ins = SignIns::default();
        for at_ms in 0..=i64::try_from(SIGN_INS_MAX).unwrap() {
            sign_ins.add(at_ms, "a", &"x".repeat(1000), String::new());
        }
        let kept = sign_ins.newest();
        assert_eq!((kept.len(), kept[0].at_ms), (SIGN_INS_MAX, 200));
        assert_eq!(kept[SIGN_INS_MAX - 1].at_ms, 1);
        assert_eq!(kept[0].client_id.len(), CLIENT_ID_CHARS_MAX);
    }
}
