//! When a message that met no network is tried again, and when one that may have
//! left is looked for.
//!
//! The delays are a pure
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

/// After a server has failed to take one message, how long the others of the account wait.
pub(crate) const BREATH: Duration = Duration::from_secs(10);

/// After a refusal that has nothing to do with the message: the account's mail is tried again when so much time has passed.
pub(crate) const PARKED: Duration = RETRY_AFTER_MAX;

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

/// Before each look for a message that may have been sent. A mailbox shows most within seconds; what it does not show
/// in a minute it has put off, and asking more often would not help.
const LOOKS: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
];

/// A draft that is still there unsubmitted after this time, and was seen so several times, was not submitted: a mailbox
/// keeps what it has taken over among the drafts until transport has fetched it, which takes seconds.
/// Source: Graph, "Things to know about sending mail": 202 means written to Drafts and queued.
const GRACE: Duration = Duration::from_secs(2 * 60);

/// When nobody can say what became of a message after this time, a person is asked.
const LOOKED_FOR_MAX: Duration = Duration::from_secs(30 * 60);

/// No conclusion is drawn from fewer looks: time may have passed without a network.
const LOOKS_MIN: u32 = 4;

/// After so many looks a person is asked in any case: the clock may have been set back.
pub(crate) const LOOKS_MAX: u32 = 100;

/// After so many looks without an answer, most of a day with the delays between them, a person is asked. The next call to
/// wake looks again.
pub(crate) const UNANSWERED_MAX: u32 = 150;

/// Whether a draft seen unsubmitted in the last of `looks` may be sent again, so long after it may have been sent.
pub(crate) fn is_past_grace(looks: u32, since_ms: i64) -> bool {
    looks >= LOOKS_MIN && has_passed(GRACE, since_ms)
}

/// Whether a message that the last of `looks` did not show as sent is given up, so long after it may have been sent.
pub(crate) fn is_looked_for_enough(looks: u32, since_ms: i64) -> bool {
    looks >= LOOKS_MAX || (looks >= LOOKS_MIN && has_passed(LOOKED_FOR_MAX, since_ms))
}

fn has_passed(time: Duration, since_ms: i64) -> bool {
    u128::try_from(since_ms).is_ok_and(|since_ms| since_ms >= time.as_millis())
}

/// The delay before the next look, after `looks` of them.
pub(crate) fn look(looks: u32) -> Duration {
    let [.., last] = LOOKS;
    LOOKS.get(looks as usize).copied().unwrap_or(last)
}

/// How long after a message was sent its mailbox is asked what became of it. It stands among what was sent within seconds.
/// An address that nobody has comes back within minutes; a server that cannot be reached is given up after a day, by
/// default, or two. Source: "Email non-delivery reports and SMTP errors in Exchange Online" (4.4.7 and the like).
const FOLLOW_UPS: [Duration; 8] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(8 * 60 * 60),
    Duration::from_secs(25 * 60 * 60),
    Duration::from_secs(49 * 60 * 60),
];

/// The next of those times, for a message that was sent so long ago.
pub(crate) fn follow_up(since_ms: i64) -> Option<Duration> {
    FOLLOW_UPS
        .into_iter()
        .find(|time| !has_passed(*time, since_ms))
}

/// Whether nobody asks any more what became of a message that was sent so long ago.
pub(crate) fn is_followed_enough(since_ms: i64) -> bool {
    follow_up(since_ms).is_none()
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
    fn looks_become_rarer() {
        let until = |looks| (0..looks).map(look).sum::<Duration>().as_secs();
        assert_eq!([1, 2, 3, 4, 5].map(until), [2, 7, 22, 82, 142]);
    }

    #[test]
    fn a_message_is_followed_for_two_days() {
        let (minute, hour) = (60_000, 3_600_000);
        for (since_ms, next_s) in [
            (i64::MIN, Some(10)),
            (0, Some(10)),
            (9_999, Some(10)),
            (10_000, Some(60)),
            (4 * minute, Some(300)),
            (7 * hour, Some(8 * 3_600)),
            (49 * hour - 1, Some(49 * 3_600)),
            (49 * hour, None),
            (i64::MAX, None),
        ] {
            let next = next_s.map(Duration::from_secs);
            assert_eq!(follow_up(since_ms), next, "{since_ms}");
            assert_eq!(is_followed_enough(since_ms), next.is_none(), "{since_ms}");
        }
    }

    #[test]
    fn nothing_is_concluded_too_early_or_from_too_little() {
        let (grace_ms, given_up_ms) = (120_000, 1_800_000);
        for (looks, since_ms, past_grace, enough) in [
            (5, grace_ms - 1, false, false),
            (5, grace_ms, true, false),
            (3, grace_ms, false, false),
            (33, given_up_ms - 1, true, false),
            (33, given_up_ms, true, true),
            (3, given_up_ms, false, false),
            (99, -1, false, false),
            (100, -1, false, true),
            (100, i64::MIN, false, true),
            (100, i64::MAX, true, true),
        ] {
            let case = format!("{looks} {since_ms}");
            assert_eq!(is_past_grace(looks, since_ms), past_grace, "{case}");
            assert_eq!(is_looked_for_enough(looks, since_ms), enough, "{case}");
        }
    }

    #[test]
    fn jitter_spreads_and_a_seed_replays() {
        let delays: std::collections::HashSet<_> = (0..50).map(|seed| delay(3, seed)).collect();
        assert!(delays.len() > 40);
        assert_eq!(delay(3, 7), delay(3, 7));
    }
}
