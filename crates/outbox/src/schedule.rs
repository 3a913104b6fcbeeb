//! When a message that met no network is tried again.
//!
//! Only what provably never left is scheduled here. The delays are a pure
//! function of how often was tried and of a seed, so a history replays exactly.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// The first delay. A network that blinks is back within seconds.
pub const DELAY_MIN: Duration = Duration::from_secs(5);

/// Where the delays stop growing. A wake-up call usually comes first; without
/// one, nobody should wait much longer than this after the network is back.
pub const DELAY_MAX: Duration = Duration::from_secs(5 * 60);

/// The longest wait that a server may impose with `Retry-After`. A longer one
/// would look like a lost message to the person who waits for it.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(60 * 60);

/// The longest wait that any schedule here gives out: the cap of `Retry-After`
/// is above twice `DELAY_MAX`, which is what jitter can make of a delay.
///
/// A due time further away than this comes from a clock that was set back, and
/// counts as having come.
pub const WAIT_MAX: Duration = RETRY_AFTER_MAX;

/// The delay after `attempts` attempts: 5, 10, 20 … 300 seconds, and up to as
/// much again by jitter, so that several programs do not come back in step.
pub fn delay(attempts: u32, seed: u64) -> Duration {
    ExponentialBuilder::new()
        .with_min_delay(DELAY_MIN)
        .with_max_delay(DELAY_MAX)
        .with_factor(2.0)
        .with_jitter()
        .with_jitter_seed(seed ^ u64::from(attempts))
        .without_max_times()
        .build()
        .nth(DOUBLINGS_MAX.min(attempts.saturating_sub(1)) as usize)
        .unwrap_or(DELAY_MAX)
}

/// After so many doublings the delay stands at `DELAY_MAX`: no need to count on.
const DOUBLINGS_MAX: u32 = 8;

/// The delay that is kept: the longer of the schedule's and the server's.
pub fn delay_with_retry_after(attempts: u32, seed: u64, retry_after: Option<Duration>) -> Duration {
    let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
    delay(attempts, seed).max(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_to_the_cap_and_jitter_at_most_doubles_them() {
        for (attempts, base) in [
            (1, 5),
            (2, 10),
            (3, 20),
            (6, 160),
            (7, 300),
            (8, 300),
            (u32::MAX, 300),
        ] {
            for seed in 0..50 {
                let delay = delay(attempts, seed);
                let base = Duration::from_secs(base);
                assert!(
                    delay >= base && delay <= base * 2,
                    "{attempts} {seed} {delay:?}"
                );
            }
        }
    }

    #[test]
    fn jitter_spreads_and_a_seed_replays() {
        let delays: std::collections::HashSet<_> = (0..50).map(|seed| delay(3, seed)).collect();
        assert!(delays.len() > 40);
        assert_eq!(delay(3, 7), delay(3, 7));
    }

    #[test]
    fn the_longer_of_schedule_and_retry_after_wins_up_to_a_cap() {
        let hour = Duration::from_secs(3600);
        assert_eq!(
            delay_with_retry_after(1, 1, Some(Duration::from_secs(60))),
            Duration::from_secs(60)
        );
        assert_eq!(
            delay_with_retry_after(1, 1, Some(Duration::ZERO)),
            delay(1, 1)
        );
        assert_eq!(
            delay_with_retry_after(1, 1, Some(hour * 24 * 365)),
            RETRY_AFTER_MAX
        );
    }
}
