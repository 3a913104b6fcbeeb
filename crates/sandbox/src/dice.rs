//! Chance, repeatable: the same seed and the same order of requests draw the
//! same numbers, so that a run that failed can be run again.
//!
//! Ids and decisions are drawn apart, so that one more request id does not turn
//! another conflict up. What is secret comes from the system instead: the keys of
//! certificates, and the key that the front page's forms carry.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::{Builder, Uuid};

/// What ids are drawn under, apart from decisions.
const IDS: u64 = 1;
/// What decisions are drawn under.
const DECISIONS: u64 = 2;

/// Draws numbers from the seed.
pub struct Dice {
    seed: u64,
    ids: AtomicU64,
    decisions: AtomicU64,
}

impl Dice {
    /// Dice that fall as the seed says.
    pub fn from_seed(seed: u64) -> Self {
        Self {
            seed,
            ids: AtomicU64::new(0),
            decisions: AtomicU64::new(0),
        }
    }

    /// The next id, in the form of a random GUID.
    pub fn uuid(&self) -> Uuid {
        let index = self.ids.fetch_add(2, Ordering::Relaxed);
        let high = u128::from(draw(self.seed, IDS, index));
        let low = u128::from(draw(self.seed, IDS, index.wrapping_add(1)));
        Builder::from_random_bytes((high << 64 | low).to_be_bytes()).into_uuid()
    }

    /// A number below `end`, or 0 if `end` is 0.
    pub fn below(&self, end: u64) -> u64 {
        let index = self.decisions.fetch_add(1, Ordering::Relaxed);
        draw(self.seed, DECISIONS, index)
            .checked_rem(end)
            .unwrap_or(0)
    }

    /// Whether something of this likelihood happens now. What never or always
    /// happens draws nothing.
    pub fn happens(&self, permille: u16) -> bool {
        match permille {
            0 => false,
            1000.. => true,
            _ => self.below(1000) < u64::from(permille),
        }
    }

    /// Whether the `index`th chance of the thing numbered `which` is taken; it
    /// depends on nothing else that happens.
    pub fn happens_at(&self, permille: u16, which: u64, index: u64) -> bool {
        let stream = DECISIONS.wrapping_add(1).wrapping_add(which);
        draw(self.seed, stream, index) % 1000 < u64::from(permille)
    }

    /// Starts again.
    pub fn reset(&self) {
        self.ids.store(0, Ordering::Relaxed);
        self.decisions.store(0, Ordering::Relaxed);
    }
}

/// The number at one place: SplitMix64's mixing of seed, stream and index
/// (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
fn draw(seed: u64, stream: u64, index: u64) -> u64 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let start = mix(seed.wrapping_add(mix(stream.wrapping_mul(GOLDEN))));
    mix(start.wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN)))
}

fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_another_does_not() {
        let ids = |seed| {
            let dice = Dice::from_seed(seed);
            [dice.uuid(), dice.uuid(), dice.uuid()]
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
        let dice = Dice::from_seed(7);
        assert_eq!(dice.uuid().get_version_num(), 4);
        dice.happens(500);
        assert_eq!(dice.uuid(), ids(7)[1], "decisions do not shift ids");
        dice.reset();
        assert_eq!(dice.uuid(), ids(7)[0]);
    }

    /// The mean of access tokens' lifetimes hangs on it ("Access tokens in the
    /// Microsoft identity platform", token lifetime: seventy-five minutes).
    #[test]
    fn numbers_below_an_end_are_spread_evenly() {
        let dice = Dice::from_seed(7);
        let drawn: Vec<u64> = (0..1000).map(|_| dice.below(1800)).collect();
        assert!(drawn.iter().all(|number| *number < 1800));
        let mean = drawn.iter().sum::<u64>() / 1000;
        assert!((840..960).contains(&mean), "{mean}");
        assert_eq!(dice.below(0), 0);
    }

    #[test]
    fn chance_is_about_as_large_as_asked() {
        let dice = Dice::from_seed(1);
        for permille in [0, 100, 500, 1000] {
            let hits = (0..10_000).filter(|_| dice.happens(permille)).count();
            let expected = usize::from(permille) * 10;
            assert!(hits.abs_diff(expected) < 200, "{permille}: {hits}");
            let hits = (0..10_000)
                .filter(|index| dice.happens_at(permille, 3, *index))
                .count();
            assert!(hits.abs_diff(expected) < 200, "{permille}: {hits}");
        }
    }
}
