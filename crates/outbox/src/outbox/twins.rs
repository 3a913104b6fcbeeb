//! Drafts that are kept in a mailbox too, and what is known of them there. Who writes there is not decided here.

use std::collections::HashMap;

use message::Draft;
use rusqlite::Connection;

use super::Outbox;
use crate::error::OutboxError;
use crate::id::{DraftId, fresh_key};
use crate::store::{drafts, items, twins};
use crate::twin::{Digest, DueTwin, There, Twin, TwinState};

impl Outbox {
    /// From now on the draft is to be kept in the account's mailbox as well. One that is kept already stays where it is, and
    /// a draft that is gone is kept nowhere.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_twin(&self, draft: &DraftId, account: &str) -> Result<(), OutboxError> {
        if self.read(|connection| Ok(twins::is_there(connection, draft)?))? {
            return Ok(());
        }
        self.write(|transaction| Ok(twins::begin(transaction, draft, account, &fresh_key())?))
    }

    /// What is known of a draft's twin.
    ///
    /// # Errors
    /// When the database fails.
    pub fn twin(&self, draft: &DraftId) -> Result<Option<Twin>, OutboxError> {
        self.read(|connection| Ok(twins::one(connection, draft)?))
    }

    /// The first twins that are not as their drafts are, those first whose drafts are gone.
    ///
    /// # Errors
    /// When the database fails.
    pub fn due_twins(&self) -> Result<Vec<DueTwin>, OutboxError> {
        self.read(|connection| Ok(twins::due(connection)?))
    }

    /// The drafts whose twins were changed elsewhere, or are gone and nobody has been told.
    ///
    /// # Errors
    /// When the database fails.
    pub fn twins_to_tell(&self) -> Result<HashMap<DraftId, TwinState>, OutboxError> {
        self.read(|connection| Ok(twins::told(connection)?.into_iter().collect()))
    }

    /// A draft to be written to its mailbox, unless it cannot be read in full, and the digest by which [`Outbox::twin_kept`] knows it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn draft_to_keep(&self, draft: &DraftId) -> Result<Option<(Draft, Digest)>, OutboxError> {
        self.read(|connection| {
            let saved = drafts::one(connection, draft)?;
            let digest = drafts::digest(connection, draft)?;
            let whole = saved.filter(|saved| !saved.damaged);
            Ok(whole.map(|saved| saved.draft).zip(digest))
        })
    }

    /// The twin is left as it is, until the draft is saved again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn leave_twin(&self, draft: &DraftId) -> Result<(), OutboxError> {
        self.write(|transaction| {
            let digest = drafts::digest(transaction, draft)?;
            Ok(twins::set_written(transaction, draft, digest.as_ref())?)
        })
    }

    /// Something that says this is about to be written there: should no answer come, it is known again.
    ///
    /// # Errors
    /// When the database fails; then it must not be written.
    pub fn twin_tried(&self, draft: &DraftId, words: &Digest) -> Result<(), OutboxError> {
        self.write(|transaction| Ok(twins::set_tried(transaction, draft, words)?))
    }

    /// This version is there, and is ours; with `written` it is the draft that had this digest.
    ///
    /// # Errors
    /// When the database fails.
    pub fn twin_kept(
        &self,
        draft: &DraftId,
        there: &There,
        written: Option<&Digest>,
    ) -> Result<(), OutboxError> {
        self.write(|transaction| {
            twins::set_there(transaction, draft, there)?;
            if let Some(written) = written {
                twins::set_written(transaction, draft, Some(written))?;
            }
            Ok(())
        })
    }

    /// The mailbox does not take the draft that had this digest. The next one is tried.
    ///
    /// # Errors
    /// When the database fails.
    pub fn twin_refused(&self, draft: &DraftId, refused: &Digest) -> Result<(), OutboxError> {
        self.write(|transaction| Ok(twins::set_written(transaction, draft, Some(refused))?))
    }

    /// This version is there, and somebody else wrote it: the person is asked.
    ///
    /// # Errors
    /// When the database fails.
    pub fn twin_changed(&self, draft: &DraftId, there: &There) -> Result<(), OutboxError> {
        self.write(|transaction| {
            twins::set_there(transaction, draft, there)?;
            Ok(twins::set_state(transaction, draft, TwinState::Changed)?)
        })
    }

    /// It is not where it was. It is not made again, and the person is told once.
    ///
    /// # Errors
    /// When the database fails.
    pub fn twin_gone(&self, draft: &DraftId) -> Result<(), OutboxError> {
        self.write(|transaction| Ok(twins::set_state(transaction, draft, TwinState::Gone)?))
    }

    /// The person was told that it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub fn twin_told(&self, draft: &DraftId) -> Result<(), OutboxError> {
        self.write(|transaction| {
            change(transaction, draft, TwinState::Gone, TwinState::Parted).map(drop)
        })
    }

    /// The person's word: what is here is written over the version they were asked about.
    ///
    /// # Errors
    /// When the database fails.
    pub fn keep_mine(&self, draft: &DraftId) -> Result<(), OutboxError> {
        self.write(|transaction| {
            if change(transaction, draft, TwinState::Changed, TwinState::Kept)? {
                twins::set_written(transaction, draft, None)?;
            }
            Ok(())
        })
    }

    /// The person's word: what is there takes the place of the text here. What is attached here stays.
    ///
    /// # Errors
    /// [`OutboxError::DraftQueued`] when it was queued meanwhile, [`OutboxError::NotFound`] when it is gone or nothing was
    /// asked.
    pub fn take_theirs(
        &self,
        draft: &DraftId,
        theirs: &Draft,
        there: &There,
    ) -> Result<(), OutboxError> {
        let now_ms = self.now_ms();
        self.write(|transaction| {
            if !change(transaction, draft, TwinState::Changed, TwinState::Kept)? {
                return Err(OutboxError::NotFound);
            }
            replace_text(transaction, draft, theirs, now_ms)?;
            twins::set_there(transaction, draft, there)?;
            let written = drafts::digest(transaction, draft)?;
            Ok(twins::set_written(transaction, draft, written.as_ref())?)
        })
    }

    /// The person takes that back: the text here is `mine` again, and they are asked again.
    ///
    /// # Errors
    /// As there.
    pub fn undo_theirs(&self, draft: &DraftId, mine: &Draft) -> Result<(), OutboxError> {
        let now_ms = self.now_ms();
        self.write(|transaction| {
            replace_text(transaction, draft, mine, now_ms)?;
            change(transaction, draft, TwinState::Kept, TwinState::Changed).map(drop)
        })
    }

    /// What lies in the mailbox is no matter of ours any more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_twin(&self, draft: &DraftId) -> Result<(), OutboxError> {
        self.write(|transaction| Ok(twins::remove(transaction, draft)?))
    }
}

/// From one state to another. Whether it was in the first.
fn change(
    connection: &Connection,
    draft: &DraftId,
    from: TwinState,
    to: TwinState,
) -> Result<bool, OutboxError> {
    let is_there = twins::one(connection, draft)?.is_some_and(|twin| twin.state == from);
    if is_there {
        twins::set_state(connection, draft, to)?;
    }
    Ok(is_there)
}

fn replace_text(
    connection: &Connection,
    draft: &DraftId,
    text: &Draft,
    now_ms: i64,
) -> Result<(), OutboxError> {
    if items::of_draft(connection, draft)?.is_some() {
        return Err(OutboxError::DraftQueued);
    }
    let attachments = drafts::attachments(connection, draft)?;
    let replaced = Draft {
        attachments: attachments.ok_or(OutboxError::NotFound)?,
        ..text.clone()
    }
    .with_pictures_shown();
    drafts::save(connection, draft, &replaced, now_ms)
}
