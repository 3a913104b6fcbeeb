//! Everything erased, because the person says so.

use message::AttachmentId;
use rusqlite::Transaction;

use super::Outbox;
use crate::error::OutboxError;
use crate::id::ItemId;
use crate::machine::Event;
use crate::open;
use crate::store::{drafts, items, leftovers, summaries, uses};

impl Outbox {
    /// Erases every message and draft of every account, the history, the
    /// copies of attachments, and what was ever set aside as damaged. A message that
    /// is being sent at this moment stays: nobody could say what became of it.
    ///
    /// # Errors
    /// When the database fails, then nothing has changed; or when something that was set aside cannot be removed.
    pub fn erase(&self) -> Result<(), OutboxError> {
        let before = self.write_through(|transaction| {
            let mut before = self.forget(transaction, &items::all(transaction)?)?;
            for draft in summaries::of_drafts(transaction)? {
                before.extend(uses::of_draft(transaction, &draft.id)?);
                drafts::remove(transaction, &draft.id)?;
            }
            leftovers::remove_all(transaction)?;
            Ok(before)
        })?;
        self.remove_unused_or_leave(&before);
        Ok(open::remove_set_aside(&self.shared.folder)?)
    }

    /// Takes messages out of the queue, and gives the copies that they used. What is being sent stays.
    pub(super) fn forget(
        &self,
        transaction: &Transaction<'_>,
        ids: &[ItemId],
    ) -> Result<Vec<AttachmentId>, OutboxError> {
        let now_ms = self.now_ms();
        let mut before = Vec::new();
        for id in ids {
            let used = uses::of_item(transaction, *id)?;
            match items::step(transaction, *id, &Event::Forgotten, now_ms) {
                Ok(_) => {
                    self.end_upload(*id);
                    before.extend(used);
                }
                Err(OutboxError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(before)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io};

    use message::{Draft, Message};
    use tempfile::TempDir;

    use super::*;
    use crate::DraftId;

    #[test]
    fn nothing_is_left_of_anybody() -> Result<(), io::Error> {
        let folder = TempDir::new()?;
        let outbox = Outbox::open(folder.path()).unwrap().outbox;
        let file = folder.path().join("note.txt");
        fs::write(&file, "analytical")?;
        let attachment = outbox.attach(&file).unwrap();
        fs::remove_file(&file)?;
        let draft = Draft {
            to: vec!["zoe@signet.example".to_owned()],
            subject: "analytical".to_owned(),
            attachments: vec![attachment],
            ..Draft::default()
        };
        outbox.save_draft(&DraftId::generate(), &draft).unwrap();
        let message = Message::try_from(draft).unwrap();
        for account in ["ada", "grace"] {
            outbox.enqueue(account, None, &message).unwrap();
        }
        let aside = folder.path().join("outbox-damaged-1");
        fs::create_dir(&aside)?;
        fs::write(aside.join("outbox.db"), "analytical")?;

        outbox.erase().unwrap();

        assert!(outbox.items().unwrap().is_empty());
        assert!(outbox.draft_summaries().unwrap().is_empty());
        assert!(!aside.exists());
        assert_eq!(fs::read_dir(folder.path().join("spool"))?.count(), 0);
        Ok(())
    }
}
