//! When a message that met no network is tried again.
//!
//! Only what provably never left is scheduled here. The delays are a pure
//! function of how often was tried and of a seed, so a history replays exactly.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// The first delay. A network that blinks is back within seconds.
const DELAY_MIN: Duration = Duration::from_secs(5);

/// Where the delays stop growing. A wake-up call usually comes first; without
/// one, nobody should wait much longer than this after the network is back.
const DELAY_MAX: Duration = Duration::from_secs(5 * 60);

/// The longest wait that a server may impose with `Retry-After`. A longer one
/// would look like a lost message to the person who waits for it.
pub(crate) const RETRY_AFTER_MAX: Duration = Duration::from_secs(60 * 60);

/// The longest wait that any schedule here gives out: the cap of `Retry-After`
/// is above twice `DELAY_MAX`, which is what jitter can make of a delay.
///
/// A due time further away than this comes from a clock that was set back, and
/// counts as having come.
pub(crate) const WAIT_MAX: Duration = RETRY_AFTER_MAX;

/// The delay after `attempts` attempts: 5, 10, 20 … 300 seconds, and up to as
/// much again by jitter, so that several programs do not come back in step.
pub(crate) fn delay(attempts: u32, seed: u64) -> Duration {
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
}
