//! What a message is sent with, beside what it says and to whom.

use serde::{Deserialize, Serialize};

/// How much a message matters, as its recipients' mailboxes show it.
/// Sources: Graph v1.0 reference, the message resource type; RFC 2156 §5.3.4.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Importance {
    /// It can wait.
    Low,
    /// Nothing is said of it.
    #[default]
    Normal,
    /// It is marked as important.
    High,
}

/// What is asked for with a message. By default nothing is.
///
/// Whatever is as by default is left out on disk: rows that were written without options are read, and are written the
/// same.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// How much it matters.
    #[serde(skip_serializing_if = "is_default")]
    pub importance: Importance,
    /// Whoever reads it is asked to say so; they need not (RFC 8098 §2.1).
    #[serde(skip_serializing_if = "is_default")]
    pub read_receipt: bool,
    /// The recipients' servers are asked to say when it has arrived; not each does (RFC 3461 §4.1).
    #[serde(skip_serializing_if = "is_default")]
    pub delivery_receipt: bool,
}

impl Options {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The same in words that never change, which tell drafts apart, each after a space; nothing where nothing is asked for.
    pub(crate) fn words(self) -> String {
        let importance = match self.importance {
            Importance::Low => " low",
            Importance::Normal => "",
            Importance::High => " high",
        };
        let read = if self.read_receipt { " read" } else { "" };
        let delivery = if self.delivery_receipt {
            " delivery"
        } else {
            ""
        };
        [importance, read, delivery].concat()
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
