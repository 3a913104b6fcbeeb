//! What the outbox shows of its rows.

use std::fmt;

use message::{Draft, Message};

use crate::id::{DraftId, ItemId};
use crate::machine::State;
use crate::outbox::Upload;

/// A message in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number here.
    pub id: ItemId,
    /// Its idempotency key, a lower-case ULID: travels with every attempt.
    pub key: String,
    /// The account it is sent from.
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

/// What a list shows of a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its number here.
    pub id: ItemId,
    /// Its subject, perhaps empty.
    pub subject: String,
    /// Its recipients by name, else by address: To, Cc and Bcc, in this order.
    pub recipients: Vec<String>,
    /// Where it stands.
    pub state: State,
    /// When it was queued, in milliseconds since 1970 (UTC).
    pub created_at_ms: i64,
    /// How many files are attached.
    pub attachments: u32,
    /// How far its files are, while this process attaches them.
    pub upload: Option<Upload>,
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Summary")
            .field("id", &self.id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A page of the history, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Its messages.
    pub page: Vec<Summary>,
    /// The whole, where the first page was asked for.
    pub outline: Option<Outline>,
}

/// How long the history is, and where each of its pages ends, so that any of them can be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// How many messages it has, or how many were found.
    pub total: usize,
    /// The last message of each page behind which there is another one, newest first.
    pub ends: Vec<PageEnd>,
}

/// The last message of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageEnd {
    /// Its number: the next page is of those before it.
    pub id: ItemId,
    /// When it was queued, in milliseconds since 1970 (UTC).
    pub created_at_ms: i64,
}

/// What a list shows of a draft.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftSummary {
    /// Its name.
    pub id: DraftId,
    /// The subject as typed, perhaps empty. One that is longer than can be sent is cut, with a `…` at its end.
    pub subject: String,
    /// What stands in To, Cc and Bcc, in this order.
    pub recipients: Vec<String>,
    /// When it was saved, in milliseconds since 1970 (UTC).
    pub saved_at_ms: i64,
    /// How many files are attached.
    pub attachments: u32,
    /// The row could not be read back in full.
    pub damaged: bool,
}

impl fmt::Debug for DraftSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftSummary")
            .field("id", &self.id)
            .field("damaged", &self.damaged)
            .finish_non_exhaustive()
    }
}

/// A draft as it was last saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedDraft {
    pub(crate) id: DraftId,
    /// What was typed. Of a damaged draft: whatever text its row still holds, as a plain body.
    pub(crate) draft: Draft,
    /// When it was saved, in milliseconds since 1970 (UTC).
    pub(crate) saved_at_ms: i64,
    /// The row could not be read back in full.
    pub(crate) damaged: bool,
}
