//! The wall clock, as an argument.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time. Due times are wall-clock times on disk, so that a machine
/// that slept through one finds it past when it wakes.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// The machine's own clock, for a program that wires the parts together.
#[allow(clippy::disallowed_methods)]
pub fn system_clock() -> Clock {
    Arc::new(SystemTime::now)
}

/// Milliseconds since 1970 (UTC); before it, negative.
pub(crate) fn now_ms(clock: &Clock) -> i64 {
    let now = clock();
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}
