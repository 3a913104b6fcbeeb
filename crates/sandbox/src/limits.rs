//! How much of the service an app has used, and what it may still use.
//!
//! What lives here: the counting. Which request counts against what, and how a
//! refusal looks, is Graph's part (`graph::throttle`).

mod window;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::guard::lock;
use crate::operations::Meter;
use window::Window;

/// How many counters are kept: an app on a mailbox each. The one that was idle
/// for longest makes room.
const COUNTERS_MAX: usize = 1000;

/// Whose usage is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// The app.
    pub client_id: String,
    /// The mailbox, person or tenant.
    pub whose: String,
    /// Which limits.
    pub meter: Meter,
}

/// What one account may use.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// Requests at once.
    pub open: Option<u32>,
    /// Requests, and in how many milliseconds.
    pub requests: (u64, i64),
    /// Bytes sent, and in how many milliseconds.
    pub bytes: Option<(u64, i64)>,
}

/// Which limit was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Too many requests at once.
    Concurrency,
    /// Too many requests in a time.
    Requests,
    /// Too many bytes in a time.
    Bytes,
}

/// A request that must wait.
#[derive(Debug, PartialEq, Eq)]
pub struct Throttled {
    /// Which limit.
    pub limit: Limit,
    /// After how long it would fit again, if nothing else were asked.
    pub wait_ms: i64,
}

/// How long a client that has too many requests open is told to wait: one of
/// them is likely to have ended by then.
const CONCURRENCY_WAIT_MS: i64 = 1000;

#[derive(Debug, Default)]
struct Counter {
    open: u32,
    requests: Window,
    bytes: Window,
    last_ms: i64,
}

/// The counters.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    counters: Arc<Mutex<HashMap<Account, Counter>>>,
}

/// Leave for one request; it counts as open until this is dropped.
#[derive(Debug)]
pub struct Pass {
    limits: Limits,
    account: Account,
}

impl Limits {
    /// Counts a request of `bytes` and lets it in if it fits. What is refused
    /// counts all the same ("Microsoft Graph throttling guidance": usage keeps
    /// accruing while an app is throttled).
    pub fn enter(
        &self,
        account: Account,
        quota: Quota,
        bytes: u64,
        now_ms: i64,
    ) -> Result<Pass, Throttled> {
        let mut counters = lock(&self.counters);
        if !counters.contains_key(&account) {
            make_room(&mut counters);
        }
        let counter = counters.entry(account.clone()).or_default();
        counter.last_ms = now_ms;
        counter.count(quota, bytes, now_ms)?;
        counter.open += 1;
        Ok(Pass {
            limits: self.clone(),
            account,
        })
    }

    /// Counts bytes of a body that did not say its length before it was read.
    pub fn add_bytes(&self, account: &Account, bytes: u64, span_ms: i64, now_ms: i64) {
        if let Some(counter) = lock(&self.counters).get_mut(account) {
            counter.bytes.add(bytes, span_ms, now_ms);
        }
    }

    /// Forgets all usage. Requests that are open stay so until they end.
    pub fn clear(&self) {
        lock(&self.counters).retain(|_, counter| {
            counter.requests = Window::default();
            counter.bytes = Window::default();
            counter.open > 0
        });
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if let Some(counter) = lock(&self.limits.counters).get_mut(&self.account) {
            counter.open = counter.open.saturating_sub(1);
        }
    }
}

impl Counter {
    fn count(&mut self, quota: Quota, bytes: u64, now_ms: i64) -> Result<(), Throttled> {
        let (requests_max, requests_ms) = quota.requests;
        self.requests.add(1, requests_ms, now_ms);
        if let Some((_, bytes_ms)) = quota.bytes {
            self.bytes.add(bytes, bytes_ms, now_ms);
        }
        if quota.open.is_some_and(|max| self.open >= max) {
            return Err(Throttled {
                limit: Limit::Concurrency,
                wait_ms: CONCURRENCY_WAIT_MS,
            });
        }
        if self.requests.total() > requests_max {
            return Err(Throttled {
                limit: Limit::Requests,
                wait_ms: self.requests.wait_ms(1, requests_max, requests_ms, now_ms),
            });
        }
        match quota.bytes {
            Some((max, span_ms)) if bytes > 0 && self.bytes.total() > max => Err(Throttled {
                limit: Limit::Bytes,
                wait_ms: self.bytes.wait_ms(bytes, max, span_ms, now_ms),
            }),
            _ => Ok(()),
        }
    }
}

fn make_room(counters: &mut HashMap<Account, Counter>) {
    if counters.len() < COUNTERS_MAX {
        return;
    }
    let idle = counters
        .iter()
        .filter(|(_, counter)| counter.open == 0)
        .min_by_key(|(_, counter)| counter.last_ms)
        .map(|(account, _)| account.clone());
    if let Some(idle) = idle {
        counters.remove(&idle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota {
        open: Some(2),
        requests: (5, 60_000),
        bytes: Some((1000, 60_000)),
    };

    #[test]
    fn as_many_are_open_as_may_be() {
        let limits = Limits::default();
        let first = limits.enter(account("a"), QUOTA, 0, 0).unwrap();
        let _second = limits.enter(account("a"), QUOTA, 0, 0).unwrap();
        let third = limits.enter(account("a"), QUOTA, 0, 0).unwrap_err();
        assert_eq!(third.limit, Limit::Concurrency);
        assert!(limits.enter(account("b"), QUOTA, 0, 0).is_ok());
        drop(first);
        assert!(limits.enter(account("a"), QUOTA, 0, 0).is_ok());
    }

    #[test]
    fn requests_are_counted_over_the_span_also_while_refused() {
        let limits = Limits::default();
        for _ in 0..5 {
            assert!(limits.enter(account("a"), QUOTA, 0, 0).is_ok());
        }
        for at_ms in [0, 30_000] {
            let refused = limits.enter(account("a"), QUOTA, 0, at_ms).unwrap_err();
            assert_eq!(refused.limit, Limit::Requests, "{at_ms}");
            assert!(refused.wait_ms > 0 && refused.wait_ms <= 61_000 - at_ms);
        }
        assert!(limits.enter(account("a"), QUOTA, 0, 61_000).is_ok());
    }

    #[test]
    fn bytes_are_counted_and_hold_up_only_what_brings_more() {
        let limits = Limits::default();
        assert!(limits.enter(account("a"), QUOTA, 900, 0).is_ok());
        let refused = limits.enter(account("a"), QUOTA, 200, 0).unwrap_err();
        assert_eq!(refused.limit, Limit::Bytes);
        assert!(limits.enter(account("a"), QUOTA, 0, 0).is_ok());
        limits.clear();
        assert!(limits.enter(account("a"), QUOTA, 200, 0).is_ok());
    }

    #[test]
    fn a_clock_set_back_starts_the_count_again() {
        let limits = Limits::default();
        for _ in 0..6 {
            drop(limits.enter(account("a"), QUOTA, 0, 1_000_000));
        }
        assert!(limits.enter(account("a"), QUOTA, 0, 0).is_ok());
    }

    #[test]
    fn counters_are_bounded() {
        let limits = Limits::default();
        for number in 0..=COUNTERS_MAX {
            let at_ms = i64::try_from(number).unwrap();
            drop(limits.enter(account(&number.to_string()), QUOTA, 0, at_ms));
        }
        let counters = lock(&limits.counters);
        assert_eq!(counters.len(), COUNTERS_MAX);
        assert!(!counters.contains_key(&account("0")));
    }

    fn account(whose: &str) -> Account {
        Account {
            client_id: "app".to_owned(),
            whose: whose.to_owned(),
            meter: Meter::Outlook,
        }
    }
}
