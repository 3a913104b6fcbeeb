//! Finding an address by what somebody has begun to type.

use super::{ADDRESS_BYTES_MAX, Address, NAME_CHARS_MAX};
use crate::query::plain;

/// The longest text that is looked for, in bytes: a whole address with its name.
const TYPED_BYTES_MAX: usize = ADDRESS_BYTES_MAX + 4 * NAME_CHARS_MAX;

/// Words, each of which an address must have the beginning of, in any order.
pub struct Search {
    words: Vec<String>,
}

/// Where a search has found its words; the better first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fit {
    /// In the name or the part before the `@`.
    Person,
    /// One of them only in the domain.
    Domain,
}

impl Search {
    /// Looks for `typed`. Case and accents do not matter. `None` where there is nothing to look for, or too much.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        if typed.len() > TYPED_BYTES_MAX {
            return None;
        }
        let words: Vec<String> = plain(typed)
            .split_whitespace()
            .map(|word| word.trim_start_matches(['"', '<', '(']).to_owned())
            .filter(|word| !word.is_empty())
            .collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// Whether each of its words begins a word of the name, of the part before the `@`, or of the domain. What every
    /// domain ends with (`com`) is no word.
    #[must_use]
    pub fn fit(&self, address: &Address) -> Option<Fit> {
        let name = address.name().map(plain).unwrap_or_default();
        let whole = plain(address.address());
        let (local_end, domain_end) = (whole.rfind('@')?, whole.rfind('.')?);
        let mut fit = Fit::Person;
        for word in &self.words {
            let begins = |text: &str, before: usize| begins_word(text, word, before);
            if begins(&name, name.len()) || begins(&whole, local_end) {
                continue;
            }
            if !begins(&whole, domain_end) {
                return None;
            }
            fit = Fit::Domain;
        }
        Some(fit)
    }
}

/// Whether a word that begins before the byte `before` of `text` goes on with `wanted`.
fn begins_word(text: &str, wanted: &str, before: usize) -> bool {
    text.match_indices(wanted).any(|(at, _)| {
        let behind = text.get(..at).and_then(|head| head.chars().next_back());
        at < before && !behind.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginnings() {
        let zoe = "\"Zoë Ångström-Núñez\" <zoe.a+x@mail.signet.example>";
        for (typed, expected) in [
            ("z", Some(Fit::Person)),
            ("ZOE", Some(Fit::Person)),
            ("zoë", Some(Fit::Person)),
            ("angs", Some(Fit::Person)),
            ("nunez z", Some(Fit::Person)),
            ("zoe.a", Some(Fit::Person)),
            ("zoe ångström-n", Some(Fit::Person)),
            ("a+", Some(Fit::Person)),
            ("zoe.a+x@ma", Some(Fit::Person)),
            ("<zoe.a+x@mail.signet.example", Some(Fit::Person)),
            ("\"Zoë Ång", Some(Fit::Person)),
            ("sig", Some(Fit::Domain)),
            ("zoe sig", Some(Fit::Domain)),
            ("mail.s", Some(Fit::Domain)),
            // Not within a word, and not what every domain ends with.
            ("oe", None),
            ("ngs", None),
            ("exa", None),
            ("zoe bob", None),
            ("", None),
            (" \t", None),
            ("<", None),
        ] {
            let address = Address::parse(zoe).unwrap();
            let found = Search::new(typed).and_then(|search| search.fit(&address));
            assert_eq!(found, expected, "{typed:?}");
        }
    }

    #[test]
    fn a_text_longer_than_any_address_is_not_looked_for() {
        assert!(Search::new(&"a".repeat(TYPED_BYTES_MAX)).is_some());
        assert!(Search::new(&"a".repeat(TYPED_BYTES_MAX + 1)).is_none());
    }
}
