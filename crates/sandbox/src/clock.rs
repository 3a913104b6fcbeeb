//! The sandbox's clock: the machine's, moved by as much as a test asks, or stopped.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use httpdate::fmt_http_date;
use jiff::Timestamp;

/// How far the clock may be moved either way: ten years, so that no sum of
/// times leaves the range of a timestamp.
pub const OFFSET_SECONDS_MAX: i64 = 10 * 366 * 24 * 3600;

/// The last time that the clock can be stopped at, the first being 1970: the end
/// of 2099, which leaves room for every sum of times.
pub const STOPPED_MS_MAX: i64 = 4_102_444_799_999;
/// Stands for a clock that runs.
const RUNS: i64 = -1;

/// A clock that can be moved and stopped while the sandbox runs.
#[derive(Debug)]
pub struct Clock {
    offset_seconds: AtomicI64,
    /// Where it stands in the place of the machine's, or `RUNS`.
    stopped_ms: AtomicI64,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            offset_seconds: AtomicI64::new(0),
            stopped_ms: AtomicI64::new(RUNS),
        }
    }
}

impl Clock {
    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        let base = match self.stopped_ms.load(Ordering::Relaxed) {
            RUNS => Self::machine_ms(),
            stopped => stopped,
        };
        base + self.offset_seconds.load(Ordering::Relaxed) * 1000
    }

    // This is the one place where the sandbox, a program of its own, reads the
    // machine's clock; everything else takes it from here.
    #[allow(clippy::disallowed_methods)]
    fn machine_ms() -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0))
    }

    /// Stops it at a time from 0 to `STOPPED_MS_MAX`; moves are counted from there.
    pub fn stop_at_ms(&self, at_ms: i64) {
        let at_ms = at_ms.clamp(0, STOPPED_MS_MAX);
        self.stopped_ms.store(at_ms, Ordering::Relaxed);
        self.set_offset_seconds(0);
    }

    /// Lets it run with the machine's.
    pub fn reset(&self) {
        self.stopped_ms.store(RUNS, Ordering::Relaxed);
        self.set_offset_seconds(0);
    }

    /// Seconds since 1970.
    pub fn now(&self) -> i64 {
        self.now_ms() / 1000
    }

    /// Moves the clock to `seconds` from the machine's; absolute, not added up.
    pub fn set_offset_seconds(&self, seconds: i64) {
        let seconds = seconds.clamp(-OFFSET_SECONDS_MAX, OFFSET_SECONDS_MAX);
        self.offset_seconds.store(seconds, Ordering::Relaxed);
    }

    /// How far it is from the machine's.
    pub fn offset_seconds(&self) -> i64 {
        self.offset_seconds.load(Ordering::Relaxed)
    }

    /// The time in the form that Entra's errors use, `yyyy-MM-dd HH:mm:ssZ`.
    pub fn entra_timestamp(&self) -> String {
        self.format("%Y-%m-%d %H:%M:%SZ")
    }

    /// The time in the form of Graph's `innerError.date`, which has no zone.
    pub fn graph_date(&self) -> String {
        self.format("%Y-%m-%dT%H:%M:%S")
    }

    /// The `Date` header of RFC 9110 §5.6.7. A client reads its clock's error
    /// from it, so it must move with the sandbox's clock.
    pub fn http_date(&self) -> String {
        self.http_date_in(0)
    }

    /// The same, so many milliseconds from now.
    pub fn http_date_in(&self, ms: i64) -> String {
        let at_ms = u64::try_from(self.now_ms() + ms).unwrap_or(0);
        fmt_http_date(UNIX_EPOCH + Duration::from_millis(at_ms))
    }

    fn format(&self, pattern: &str) -> String {
        written(self.now_ms(), |at| at.strftime(pattern).to_string())
    }
}

/// RFC 3339 with milliseconds, in UTC.
pub fn rfc3339(at_ms: i64) -> String {
    written(at_ms, |at| {
        at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    })
}

/// For people: to the second, in UTC.
pub fn readable(at_ms: i64) -> String {
    written(at_ms, |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// Milliseconds since 1970 in any form; empty outside the range of timestamps.
pub fn written(at_ms: i64, write: impl Fn(Timestamp) -> String) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(|_| String::new(), write)
}
