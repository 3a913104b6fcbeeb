//! Drafts and what is attached to them.

use std::path::Path;

use message::{Attachment, AttachmentId, Draft};
use rusqlite::Connection;

use super::Outbox;
use crate::error::OutboxError;
use crate::id::DraftId;
use crate::item::DraftSummary;
use crate::store::{self, drafts, items, summaries, uses};

impl Outbox {
    /// Copies a file into the spool: when this returns, the copy is on disk. It
    /// stays until no draft and no message uses it.
    ///
    /// # Errors
    /// When it is no ordinary file, too large or unreadable, or the disk is full.
    pub fn attach(&self, path: &Path) -> Result<Attachment, OutboxError> {
        self.shared.spool.copy_in(path)
    }

    /// The same, and the file is a picture in the text when its bytes are those of one and it is not too large.
    ///
    /// # Errors
    /// As [`Outbox::attach`].
    pub fn attach_picture(&self, path: &Path) -> Result<Attachment, OutboxError> {
        self.shared.spool.copy_picture_in(path)
    }

    /// Keeps a picture in the text that is no file, as one that was pasted. It is named after its type.
    ///
    /// # Errors
    /// [`OutboxError::NoPicture`] when its bytes are those of nothing that can stand in the text, `FileTooLarge` when
    /// there are more than [`message::PICTURE_BYTES_MAX`], or the disk is full.
    pub fn keep_picture(&self, contents: &[u8]) -> Result<Attachment, OutboxError> {
        self.shared.spool.write_picture(contents)
    }

    /// Attaches what the program itself has made, as [`Outbox::attach`] attaches a file. The name is made safe.
    ///
    /// # Errors
    /// When it is too large or the disk is full.
    pub fn attach_made(&self, name: &str, contents: &[u8]) -> Result<Attachment, OutboxError> {
        self.shared.spool.write_in(name, contents)
    }

    /// Removes an attachment's copy unless a draft or a message still uses it.
    ///
    /// # Errors
    /// When the disk or the database fails.
    pub fn detach(&self, id: &AttachmentId) -> Result<(), OutboxError> {
        self.remove_unused(std::slice::from_ref(id))
    }

    /// An attachment's contents, checked against its length and digest.
    ///
    /// # Errors
    /// [`OutboxError::AttachmentDamaged`] when the copy is missing or another.
    pub fn contents(&self, attachment: &Attachment) -> Result<Vec<u8>, OutboxError> {
        self.shared.spool.read(attachment)
    }

    /// Saves what is written over its earlier version: when this returns, it is on disk.
    ///
    /// The stored attachments stay as they are, since a window that saves its
    /// text may not know yet what was attached a moment ago: they are changed by
    /// [`Outbox::set_attachments`]. `draft.attachments` counts only where there
    /// are none to keep: the draft is new, or its row has lost its form.
    ///
    /// # Errors
    /// [`OutboxError::DraftQueued`] when it was queued meanwhile: a late save
    /// does not bring a sent message back as a draft.
    pub fn save_draft(&self, id: &DraftId, draft: &Draft) -> Result<(), OutboxError> {
        self.change_draft(id, |transaction| {
            let stored = drafts::attachments(transaction, id)?;
            Ok(Draft {
                attachments: stored.unwrap_or_else(|| draft.attachments.clone()),
                ..draft.clone()
            })
        })
    }

    /// Writes what is attached to a draft, in this order, and leaves its text as
    /// it is; makes an empty draft where there is none. Copies that nothing uses
    /// any more are removed.
    ///
    /// # Errors
    /// [`OutboxError::DraftQueued`] when it was queued meanwhile.
    pub fn set_attachments(
        &self,
        id: &DraftId,
        attachments: &[Attachment],
    ) -> Result<(), OutboxError> {
        self.change_draft(id, |transaction| {
            let stored = drafts::one(transaction, id)?.map(|saved| saved.draft);
            Ok(Draft {
                attachments: attachments.to_vec(),
                ..stored.unwrap_or_default()
            })
        })
    }

    /// Writes what `change` makes of a draft, in one transaction.
    fn change_draft(
        &self,
        id: &DraftId,
        change: impl FnOnce(&Connection) -> Result<Draft, OutboxError>,
    ) -> Result<(), OutboxError> {
        let now_ms = self.now_ms();
        let left = self.write(|transaction| {
            if items::of_draft(transaction, id)?.is_some() {
                return Err(OutboxError::DraftQueued);
            }
            let mut left = uses::of_draft(transaction, id)?;
            let draft = change(transaction)?;
            drafts::save(transaction, id, &draft, now_ms)?;
            left.retain(|id| draft.attachments.iter().all(|kept| kept.id != *id));
            Ok(left)
        })?;
        self.remove_unused_or_leave(&left);
        Ok(())
    }

    /// What a list shows of all drafts, oldest first; their bodies are not read.
    ///
    /// # Errors
    /// When the database fails; a single damaged row is shown as such instead.
    pub fn draft_summaries(&self) -> Result<Vec<DraftSummary>, OutboxError> {
        self.read(|connection| Ok(summaries::of_drafts(connection)?))
    }

    /// One draft, `None` when there is none of this name. Of a damaged one:
    /// whatever text its row still holds, as a plain body.
    ///
    /// # Errors
    /// When the database fails.
    pub fn draft(&self, id: &DraftId) -> Result<Option<Draft>, OutboxError> {
        self.read(|connection| Ok(drafts::one(connection, id)?.map(|saved| saved.draft)))
    }

    /// Removes a draft and the copies that only it used. Fine when it is gone already.
    ///
    /// # Errors
    /// When the database fails.
    pub fn discard_draft(&self, id: &DraftId) -> Result<(), OutboxError> {
        let before = self.write(|transaction| {
            let before = uses::of_draft(transaction, id)?;
            drafts::remove(transaction, id)?;
            Ok(before)
        })?;
        self.remove_unused_or_leave(&before);
        Ok(())
    }

    /// Removes those copies that nothing uses. Looks and removes within one
    /// turn of writing, so that no other process starts to use one in between.
    fn remove_unused(&self, attachments: &[AttachmentId]) -> Result<(), OutboxError> {
        if attachments.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection();
        let transaction = store::write(&mut connection)?;
        for id in attachments {
            if !uses::is_used(&transaction, id.as_str())? {
                self.shared.spool.remove(id)?;
            }
        }
        Ok(())
    }

    /// What cannot be removed now is swept later; the call that left it behind has done its work.
    pub(crate) fn remove_unused_or_leave(&self, attachments: &[AttachmentId]) {
        if let Err(error) = self.remove_unused(attachments) {
            tracing::warn!(error = %error, "copies of attachments are left for the next sweep");
        }
    }
}
