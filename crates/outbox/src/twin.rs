//! A draft's twin: the same draft as it is kept in a mailbox, so that it can be continued elsewhere.

use message::Draft;
use sha2::{Digest as _, Sha256};

use crate::error::OutboxError;
use crate::id::DraftId;
use crate::store::columns::Written;

/// What is known of a twin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// The draft here, which may be gone.
    pub draft: DraftId,
    /// Whose mailbox the twin is in.
    pub account: String,
    /// Its idempotency key, a lower-case ULID: by it the twin is found when the answer to its making was lost.
    pub key: String,
    /// How the two stand to each other.
    pub state: TwinState,
    /// The twin as it was last seen; `None` while it is not known to be there.
    pub there: Option<There>,
    /// The words of what was last written, while no answer has said that they are there.
    pub tried: Option<Digest>,
}

/// A version of a twin in its mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// The message's id.
    pub message: String,
    /// Its ETag.
    pub etag: String,
    /// The id of the folder it lies in.
    pub folder: String,
    /// Of what it said.
    pub seen: Digest,
}

/// How a draft and its twin stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwinState {
    /// What is typed here is written there.
    Kept,
    /// The twin was changed elsewhere: nothing is written before the person has decided.
    Changed,
    /// The twin was sent, moved or removed elsewhere, and nobody has been told. None is made again.
    Gone,
    /// The same, and the person was told.
    Parted,
}

impl TwinState {
    pub(crate) const ALL: [TwinState; 4] = [
        TwinState::Kept,
        TwinState::Changed,
        TwinState::Gone,
        TwinState::Parted,
    ];

    pub(crate) fn code(self) -> &'static str {
        match self {
            TwinState::Kept => "kept",
            TwinState::Changed => "changed",
            TwinState::Gone => "gone",
            TwinState::Parted => "parted",
        }
    }
}

/// What tells one text from another, SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest(pub(crate) Vec<u8>);

impl Digest {
    /// Of a draft with everything in it.
    ///
    /// # Errors
    /// Never in practice: a draft can be written as JSON.
    pub fn of(draft: &Draft) -> Result<Digest, OutboxError> {
        Ok(Digest(Written::of(draft)?.sha256))
    }

    /// Of what a draft says, however it looks.
    pub fn of_words(draft: &Draft) -> Digest {
        Digest(Sha256::digest(draft.words().as_bytes()).to_vec())
    }
}

/// A twin that is not as its draft is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTwin {
    /// The draft.
    pub draft: DraftId,
    /// Whose mailbox the twin is in.
    pub account: String,
    /// When the draft was saved last, in milliseconds since 1970 (UTC); `None` where it is gone, and the twin shall go too.
    pub saved_at_ms: Option<i64>,
}
