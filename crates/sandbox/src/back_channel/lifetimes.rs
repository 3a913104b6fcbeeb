//! Lifetimes at random, so that many clients do not all refresh at once; the
//! same seed draws the same ones.
//!
//! Source: "Access tokens in the Microsoft identity platform", token lifetime.

use std::sync::atomic::{AtomicU64, Ordering};

/// The increment of SplitMix64 (Steele, Lea, Flood: "Fast Splittable
/// Pseudorandom Number Generators", 2014), whose output is good enough here and
/// needs no lock.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A sequence of lifetimes.
pub struct Lifetimes {
    seed: u64,
    state: AtomicU64,
}

impl Lifetimes {
    /// The sequence of `seed`.
    pub fn from_seed(seed: u64) -> Self {
        Self {
            seed,
            state: AtomicU64::new(seed),
        }
    }

    /// Seconds from `least` on, below `least + spread`.
    pub fn draw(&self, least: i64, spread: i64) -> i64 {
        let state = self.state.fetch_add(STEP, Ordering::Relaxed);
        let drawn = mix(state.wrapping_add(STEP)) >> 1;
        least + i64::try_from(drawn).unwrap_or(0) % spread.max(1)
    }

    /// Begins again.
    pub fn restart(&self) {
        self.state.store(self.seed, Ordering::Relaxed);
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: "Access tokens", sixty to ninety minutes, seventy-five on average.
    #[test]
    fn lifetimes_lie_between_their_bounds_and_repeat_with_the_seed() {
        let draw = |seed: u64| -> Vec<i64> {
            let lifetimes = Lifetimes::from_seed(seed);
            (0..1000).map(|_| lifetimes.draw(3600, 1800)).collect()
        };
        let drawn = draw(7);
        assert!(drawn.iter().all(|seconds| (3600..5400).contains(seconds)));
        let mean = drawn.iter().sum::<i64>() / 1000;
        assert!((4350..4650).contains(&mean), "{mean}");
        assert_eq!(drawn, draw(7));
        assert_ne!(drawn, draw(8));
    }
}
