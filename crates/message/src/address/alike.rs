//! Whether one address could be taken for another: by an eye that reads it, or by a finger that slips.
//!
//! A warning that comes too often is not read. So what tells people apart on purpose is no likeness: numbers, initials,
//! short names, a company's countries.

use unicode_security::skeleton;

use super::Address;

/// The shortest part before an `@` in which one letter more, less or another is taken for a slip, in characters. In a
/// shorter one it is another person's name: `anna` and `hanna`, `michael` and `michaela`.
const LOCAL_CHARS_MIN: usize = 8;

/// The same of a label of a domain: `hp` and `hq`, `ibm` and `ibn` are different companies.
const LABEL_CHARS_MIN: usize = 4;

/// The length of a country's domain.
const COUNTRY_CHARS: usize = 2;

/// What an address looks like, made once and compared with many.
pub struct Likeness {
    local: Part,
    domain: Part,
}

/// A part of an address, in small letters.
struct Part {
    text: String,
    /// What it looks like: the same for all texts that an eye can confuse (Unicode TS 39 §4). Made of small letters, and
    /// in small letters again, because `0` is held for a capital `O`.
    skeleton: String,
}

impl Likeness {
    /// What this address looks like.
    #[must_use]
    pub fn of(address: &Address) -> Self {
        Self {
            local: Part::of(address.local_part()),
            domain: Part::of(address.domain()),
        }
    }

    /// Whether the two are different addresses, and one could be taken for the other.
    ///
    /// So it is where every character looks the same, where the part before the `@` is the same and the domains are one
    /// slip apart, and where the domain is the same and the parts before the `@` are.
    #[must_use]
    pub fn could_be_taken_for(&self, other: &Self) -> bool {
        let same_local = self.local.text == other.local.text;
        let same_domain = self.domain.text == other.domain.text;
        match (same_local, same_domain) {
            (true, true) => false,
            (true, false) => {
                self.domain.looks_as(&other.domain)
                    || is_domain_slip(&self.domain.text, &other.domain.text)
            }
            (false, true) => {
                self.local.looks_as(&other.local)
                    || is_local_slip(&self.local.text, &other.local.text)
            }
            (false, false) => {
                self.local.looks_as(&other.local) && self.domain.looks_as(&other.domain)
            }
        }
    }
}

impl Part {
    fn of(text: &str) -> Self {
        let text = text.to_lowercase();
        let skeleton = skeleton(&text).collect::<String>().to_lowercase();
        Self { text, skeleton }
    }

    fn looks_as(&self, other: &Self) -> bool {
        self.skeleton == other.skeleton
    }
}

/// Whether two different domains are one slip apart, or look the same.
pub fn are_alike(one: &str, other: &str) -> bool {
    Part::of(one).looks_as(&Part::of(other)) || is_domain_slip(one, other)
}

fn is_domain_slip(one: &str, other: &str) -> bool {
    let Some(slip) = Slip::between(one, other) else {
        return false;
    };
    if slip.kind.is_of('.') {
        return true;
    }
    let (label, other_label) = (slip.piece_of(one, is_dot), slip.piece_of(other, is_dot));
    if slip.is_in_last_piece(one, is_dot) {
        // `de` and `dk` are a company's branches; `com` and `con`, `com` and `co` are not.
        let are_countries = [label, other_label].map(count) == [COUNTRY_CHARS; 2];
        return !(are_countries && matches!(slip.kind, Kind::Other(..)));
    }
    // `mx1` and `mx2`, and whatever else is counted.
    !slip.kind.is_of_two_digits() && count(label).min(count(other_label)) >= LABEL_CHARS_MIN
}

fn is_local_slip(one: &str, other: &str) -> bool {
    let Some(slip) = Slip::between(one, other) else {
        return false;
    };
    if count(one).min(count(other)) < LOCAL_CHARS_MIN || slip.kind.has_digit() {
        return false;
    }
    // An initial tells namesakes apart, and a finger seldom slips on the first letter.
    matches!(slip.kind, Kind::Swapped(..)) || !slip.is_at_start_of_piece(one)
}

fn is_dot(c: char) -> bool {
    c == '.'
}

fn count(text: &str) -> usize {
    text.chars().count()
}

/// The one slip that lies between two texts (optimal string alignment, distance one).
struct Slip {
    /// How many characters stand before it.
    at: usize,
    kind: Kind,
}

enum Kind {
    /// A character that one of them lacks.
    Extra(char),
    /// Another character.
    Other(char, char),
    /// Two neighbours that have changed places.
    Swapped(char, char),
}

impl Kind {
    fn is_of(&self, c: char) -> bool {
        match self {
            Kind::Extra(one) => *one == c,
            Kind::Other(one, other) | Kind::Swapped(one, other) => *one == c || *other == c,
        }
    }

    /// Numbers tell apart what is counted: `team2025`, `jsmith2`.
    fn has_digit(&self) -> bool {
        match self {
            Kind::Extra(one) => one.is_numeric(),
            Kind::Other(one, other) | Kind::Swapped(one, other) => {
                one.is_numeric() || other.is_numeric()
            }
        }
    }

    fn is_of_two_digits(&self) -> bool {
        match self {
            Kind::Extra(_) => false,
            Kind::Other(one, other) | Kind::Swapped(one, other) => {
                one.is_numeric() && other.is_numeric()
            }
        }
    }
}

impl Slip {
    fn between<'a>(one: &'a str, other: &'a str) -> Option<Self> {
        let same = |(one, other): &(char, char)| one == other;
        let at = one.chars().zip(other.chars()).take_while(same).count();
        let behind = |text: &'a str| {
            let mut rest = text.chars();
            (rest.by_ref().take(at).count() == at).then_some(rest)
        };
        let (mut one, mut other) = (behind(one)?, behind(other)?);
        let (first, other_first) = (one.next(), other.next());
        let (rest, other_rest) = (one.as_str(), other.as_str());
        let kind = match (first, other_first) {
            (None, None) => return None,
            (Some(extra), None) => rest.is_empty().then_some(Kind::Extra(extra)),
            (None, Some(extra)) => other_rest.is_empty().then_some(Kind::Extra(extra)),
            (Some(a), Some(b)) if rest == other_rest => Some(Kind::Other(a, b)),
            (Some(a), Some(b)) => {
                let has_swapped = rest
                    .strip_prefix(b)
                    .is_some_and(|rest| other_rest.strip_prefix(a) == Some(rest));
                if has_swapped {
                    Some(Kind::Swapped(a, b))
                } else if rest.strip_prefix(b) == Some(other_rest) {
                    Some(Kind::Extra(a))
                } else if other_rest.strip_prefix(a) == Some(rest) {
                    Some(Kind::Extra(b))
                } else {
                    None
                }
            }
        }?;
        Some(Self { at, kind })
    }

    /// The piece of `text` in which it happens, where `parts` says what stands between pieces.
    fn piece_of<'a>(&self, text: &'a str, parts: fn(char) -> bool) -> &'a str {
        let before = text.chars().take(self.at).filter(|c| parts(*c)).count();
        text.split(parts).nth(before).unwrap_or_default()
    }

    fn is_in_last_piece(&self, text: &str, parts: fn(char) -> bool) -> bool {
        !text.chars().skip(self.at).any(parts)
    }

    /// Whether nothing, or no letter or digit, stands before it.
    fn is_at_start_of_piece(&self, text: &str) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| text.chars().nth(at));
        !before.is_some_and(char::is_alphanumeric)
    }
}

#[cfg(test)]
mod tests;
