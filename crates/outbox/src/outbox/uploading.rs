//! How far the files of a message are on their way into its draft. It is known while this process attaches them, and
//! nowhere written down: what is attached, the mailbox tells.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, MutexGuard, PoisonError};

use super::Outbox;
use crate::id::ItemId;

/// How far the files of a message are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload {
    /// How many bytes are in the mailbox.
    pub bytes: u64,
    /// How many there are.
    pub of: u64,
}

/// Tells how far the files of one message are. When the last clone is dropped, nothing of them is under way any more.
#[derive(Clone)]
pub struct Uploading(Arc<Teller>);

struct Teller {
    outbox: Outbox,
    id: ItemId,
}

impl Uploading {
    /// Notes how many bytes are in the mailbox, and announces it. Whether to go on: not when the message was taken back.
    #[must_use]
    pub fn goes_on_after(&self, bytes: u64) -> bool {
        let Teller { outbox, id } = &*self.0;
        match outbox.uploads().get_mut(id) {
            Some(upload) => upload.bytes = bytes.min(upload.of),
            None => return false,
        }
        outbox.tell_of_change();
        true
    }
}

impl fmt::Debug for Uploading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Uploading").field(&self.0.id).finish()
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.outbox.end_upload(self.id);
    }
}

impl Outbox {
    /// From here on it is known how far the files of a message are, `of` bytes in all.
    pub(crate) fn uploading(&self, id: ItemId, of: u64) -> Uploading {
        self.uploads().insert(id, Upload { bytes: 0, of });
        let outbox = self.clone();
        Uploading(Arc::new(Teller { outbox, id }))
    }

    pub(super) fn upload(&self, id: ItemId) -> Option<Upload> {
        self.uploads().get(&id).copied()
    }

    /// Whoever attaches its files is told so at the next word.
    pub(super) fn end_upload(&self, id: ItemId) {
        self.uploads().remove(&id);
    }

    fn uploads(&self) -> MutexGuard<'_, HashMap<ItemId, Upload>> {
        let uploads = &self.shared.uploads;
        uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
