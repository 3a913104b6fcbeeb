//! The addresses that were written to: whom somebody may mean, and who may not be meant.

use std::collections::HashSet;

use message::{Address, Fit, Likeness, Search};

use super::Outbox;
use crate::error::OutboxError;
use crate::store::known::{self, Known};

/// How many addresses are suggested: as many as one takes in at a glance.
pub const SUGGESTIONS_MAX: usize = 8;

/// An address that was last used so long ago weighs half of one that is used today: a month.
const HALF_WEIGHT_MS: f64 = 30.0 * 24.0 * 60.0 * 60.0 * 1000.0;

/// What the outbox knows of an address before it is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquaintance {
    /// It was written to.
    pub is_known: bool,
    /// It would be written to for the first time. Never so while nobody was written to: then everybody is new, and a
    /// warning would say nothing.
    pub is_first_time: bool,
    /// Another one that was written to, which it could be taken for; the last used of them. `None` for an address that
    /// was written to itself.
    pub looks_like: Option<Address>,
}

impl Outbox {
    /// The addresses that what was typed may be the beginning of, the likeliest first, at most [`SUGGESTIONS_MAX`]. An
    /// address is likelier by how often and how recently it was written to; after those whose name or own part of the
    /// address fits come those of whom only the domain does.
    ///
    /// # Errors
    /// When the database fails.
    pub fn suggestions(&self, typed: &str) -> Result<Vec<Address>, OutboxError> {
        let Some(search) = Search::new(typed) else {
            return Ok(Vec::new());
        };
        let now_ms = self.now_ms();
        let known = self.read(|connection| Ok(known::all(connection)?))?;
        let mut found: Vec<(Fit, f64, Address)> = known
            .into_iter()
            .filter_map(|known| {
                let weight = weight(&known, now_ms);
                Some((search.fit(&known.address)?, weight, known.address))
            })
            .collect();
        // Of equal ones the last used stays first.
        found.sort_by(|(fit, weight, _), (other_fit, other_weight, _)| {
            fit.cmp(other_fit).then(other_weight.total_cmp(weight))
        });
        found.truncate(SUGGESTIONS_MAX);
        Ok(found.into_iter().map(|(_, _, address)| address).collect())
    }

    /// Suggests an address no more, until it is written to again. Fine when it is not known.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_address(&self, address: &Address) -> Result<(), OutboxError> {
        self.write(|transaction| Ok(known::remove(transaction, address)?))
    }

    /// What is known of each of these addresses, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn acquaintance(&self, addresses: &[Address]) -> Result<Vec<Acquaintance>, OutboxError> {
        let known = self.read(|connection| Ok(known::all(connection)?))?;
        let spelled: HashSet<String> = known.iter().map(|known| known.address.folded()).collect();
        let likenesses: Vec<(Likeness, &Address)> = known
            .iter()
            .map(|known| (Likeness::of(&known.address), &known.address))
            .collect();
        let judge = |address: &Address| {
            if spelled.contains(&address.folded()) {
                return Acquaintance {
                    is_known: true,
                    is_first_time: false,
                    looks_like: None,
                };
            }
            let likeness = Likeness::of(address);
            let other = likenesses
                .iter()
                .find(|(other, _)| likeness.could_be_taken_for(other));
            Acquaintance {
                is_known: false,
                is_first_time: !known.is_empty(),
                looks_like: other.map(|(_, address)| (*address).clone()),
            }
        };
        Ok(addresses.iter().map(judge).collect())
    }
}

/// Of two that were used equally often, the one that was used a month later weighs more.
fn weight(known: &Known, now_ms: i64) -> f64 {
    // A clock that was set back makes nothing older than now.
    let age_ms = now_ms.saturating_sub(known.last_at_ms).max(0);
    f64::from(known.times) / (1.0 + age_ms as f64 / HALF_WEIGHT_MS)
}
