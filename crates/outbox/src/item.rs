//! What the outbox shows of its rows.

use message::{Draft, Message};

use crate::id::{DraftId, ItemId};
use crate::machine::State;

/// A message in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number here.
    pub id: ItemId,
    /// Its idempotency key, a lower-case ULID: travels with every attempt.
    pub key: String,
    /// The account it is sent from (home account id).
    pub account: String,
    /// The message. In state [`State::Damaged`] it is what could be read, often empty.
    pub message: Message,
    /// Where it stands.
    pub state: State,
    /// When it was queued, in milliseconds since 1970 (UTC).
    pub created_at_ms: i64,
    /// When its state last changed, in milliseconds since 1970 (UTC).
    pub updated_at_ms: i64,
    /// How often it was handed to the server.
    pub attempts: u32,
}

/// A draft as it was last saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedDraft {
    /// Its name.
    pub id: DraftId,
    /// What was typed. Of a damaged draft: whatever text its row still holds, as a plain body.
    pub draft: Draft,
    /// When it was saved, in milliseconds since 1970 (UTC).
    pub saved_at_ms: i64,
    /// The row could not be read back in full.
    pub damaged: bool,
}
