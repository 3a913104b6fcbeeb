//! Names of rows.

use std::fmt;
use std::str::FromStr;

use ulid::Ulid;

/// A message in the outbox. Numbers are given out once and never again, so a
/// button in a stale list cannot hit another message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub(crate) i64);

/// A draft: a ULID in lower case, made before the draft is first saved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DraftId(pub(crate) String);

/// The text is not an id of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct IdError;

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ItemId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse().map(ItemId).map_err(|_| IdError)
    }
}

impl DraftId {
    /// A fresh id.
    pub fn generate() -> DraftId {
        DraftId(fresh_key())
    }
}

impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DraftId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let ulid = Ulid::from_string(text).map_err(|_| IdError)?;
        Ok(DraftId(lower_case(ulid)))
    }
}

/// A ULID in lower case. Exchange compares the values of extended properties
/// without regard to case, so keys use one case only.
pub(crate) fn fresh_key() -> String {
    lower_case(Ulid::generate())
}

fn lower_case(ulid: Ulid) -> String {
    ulid.to_string().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_as_written_and_nothing_else_does() {
        let draft = DraftId::generate();
        assert_eq!(draft.to_string().parse(), Ok(draft.clone()));
        assert_eq!(draft.to_string().to_uppercase().parse(), Ok(draft));
        for text in [
            "",
            "..",
            "01arz3ndektsv4rrffq69g5fa",
            "01arz3ndektsv4rrffq69g5fav0",
            "é",
        ] {
            assert_eq!(text.parse::<DraftId>(), Err(IdError), "{text}");
        }
        assert_eq!("42".parse(), Ok(ItemId(42)));
        for text in ["", "4 2", "0x1", "99999999999999999999"] {
            assert_eq!(text.parse::<ItemId>(), Err(IdError), "{text}");
        }
    }
}
