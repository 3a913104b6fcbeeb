//! Uploads of large attachments that are under way.
//!
//! Bytes are taken strictly in order, so a session is what has arrived so far.
//! Source: "Attach large files to Outlook messages as attachments".

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::caller::Caller;
use crate::dice::Dice;
use crate::directory::Person;
use crate::guard::lock;
use crate::mailboxes::Attachment;

/// How many sessions may be open; the oldest makes room.
const SESSIONS_MAX: usize = 100;
/// How many bytes all open sessions hold together: one of the largest files and
/// a little. The oldest make room.
const BYTES_MAX: usize = 192 * 1024 * 1024;

/// One upload.
#[derive(Debug)]
pub struct Upload {
    /// Whose mailbox it goes to.
    pub person: &'static Person,
    /// The app that opened it: its parts count as that app's.
    pub client_id: String,
    /// The message it will hang on.
    pub serial: u64,
    /// The id under which the client knew the message.
    pub message_id: String,
    /// What will hang there, still without content.
    pub attachment: Attachment,
    /// How many bytes there will be.
    pub size: usize,
    /// When the session ends.
    pub expires_ms: i64,
    /// What has arrived.
    pub received: Vec<u8>,
}

impl Upload {
    /// Reserves for `more` bytes, twice what there is but never more than the
    /// whole file.
    fn grow(&mut self, more: usize) {
        let held = self.received.len();
        if held + more > self.received.capacity() {
            let wanted = (held + more).max(held * 2).min(self.size);
            self.received.reserve_exact(wanted.saturating_sub(held));
        }
    }
}

/// What became of a range.
#[derive(Debug)]
pub enum Put {
    /// There is no such session.
    Gone,
    /// Bytes of it were there before.
    Overlaps,
    /// Bytes before it are missing.
    OutOfOrder,
    /// It does not belong to a file of this size.
    Misfits,
    /// More is to come.
    More {
        /// The next byte.
        next: usize,
        /// All bytes.
        size: usize,
        /// When the session ends.
        expires_ms: i64,
    },
    /// It was the last; the session is over.
    Finished(Finished),
}

/// A whole file.
#[derive(Debug)]
pub struct Finished {
    /// The upload, everything received.
    pub upload: Box<Upload>,
}

/// Open sessions, oldest first.
#[derive(Default)]
pub struct Uploads {
    open: Mutex<VecDeque<(String, Upload)>>,
}

impl Uploads {
    /// Opens a session and gives it its token.
    pub fn open(&self, dice: &Dice, upload: Upload) -> String {
        let token = format!("{}{}", dice.uuid().simple(), dice.uuid().simple());
        let mut open = lock(&self.open);
        if open.len() >= SESSIONS_MAX {
            open.pop_front();
        }
        open.push_back((token.clone(), upload));
        token
    }

    /// Whose session it is, unless it is over.
    pub fn person(&self, token: &str, now_ms: i64) -> Option<&'static Person> {
        let mut open = lock(&self.open);
        open.retain(|(_, upload)| upload.expires_ms > now_ms);
        open.iter()
            .find(|(known, _)| known == token)
            .map(|(_, upload)| upload.person)
    }

    /// Who opened the session, and with which app, unless it is over.
    pub fn caller(&self, token: &str, now_ms: i64) -> Option<Caller> {
        lock(&self.open)
            .iter()
            .find(|(known, upload)| known == token && upload.expires_ms > now_ms)
            .map(|(_, upload)| Caller {
                person: upload.person,
                client_id: upload.client_id.clone(),
            })
    }

    /// Takes the bytes that begin at `first` in a file of `total`.
    pub fn put(&self, token: &str, first: usize, total: usize, bytes: &[u8]) -> Put {
        let mut open = lock(&self.open);
        let Some(index) = open.iter().position(|(known, _)| known == token) else {
            return Put::Gone;
        };
        let Some((_, upload)) = open.get_mut(index) else {
            return Put::Gone;
        };
        let next = upload.received.len();
        if first < next {
            return Put::Overlaps;
        }
        if first > next {
            return Put::OutOfOrder;
        }
        if total != upload.size || next + bytes.len() > upload.size {
            return Put::Misfits;
        }
        upload.grow(bytes.len());
        upload.received.extend_from_slice(bytes);
        let next = upload.received.len();
        let (size, expires_ms) = (upload.size, upload.expires_ms);
        if next < size {
            make_room(&mut open, token);
            return Put::More {
                next,
                size,
                expires_ms,
            };
        }
        open.remove(index).map_or(Put::Gone, |(_, upload)| {
            Put::Finished(Finished {
                upload: Box::new(upload),
            })
        })
    }

    /// Gives a session up.
    pub fn close(&self, token: &str) {
        lock(&self.open).retain(|(known, _)| known != token);
    }

    /// Gives all up.
    pub fn clear(&self) {
        lock(&self.open).clear();
    }
}

/// The oldest sessions go until what is reserved fits, but not the one that grew.
fn make_room(open: &mut VecDeque<(String, Upload)>, token: &str) {
    loop {
        let held: usize = open
            .iter()
            .map(|(_, upload)| upload.received.capacity())
            .sum();
        if held <= BYTES_MAX {
            return;
        }
        let Some(oldest) = open.iter().position(|(known, _)| known != token) else {
            return;
        };
        open.remove(oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::by_address;
    use crate::mailboxes::{AttachmentContent, Kept};

    const MIB: usize = 1024 * 1024;

    fn open(uploads: &Uploads, dice: &Dice, size: usize) -> String {
        let upload = Upload {
            person: by_address("ada@signet.example").unwrap(),
            client_id: String::new(),
            serial: 1,
            message_id: String::new(),
            attachment: Attachment {
                id: String::new(),
                name: "a".to_owned(),
                content_type: String::new(),
                content_id: None,
                content_location: None,
                inline: false,
                modified_ms: 0,
                content: AttachmentContent::File(Kept::new(Vec::new())),
            },
            size,
            expires_ms: i64::MAX,
            received: Vec::new(),
        };
        uploads.open(dice, upload)
    }

    #[test]
    fn a_refused_range_takes_nobody_s_place() {
        let uploads = Uploads::default();
        let part = vec![0; 16 * MIB];
        let size = 150 * MIB;
        let dice = Dice::from_seed(1);
        let old = open(&uploads, &dice, size);
        let other = open(&uploads, &dice, size);
        for first in [0, 16 * MIB, 32 * MIB, 48 * MIB] {
            assert!(matches!(
                uploads.put(&old, first, size, &part),
                Put::More { .. }
            ));
        }
        for first in [0, 16 * MIB, 32 * MIB, 48 * MIB] {
            assert!(matches!(
                uploads.put(&other, first, size, &part),
                Put::More { .. }
            ));
        }
        let huge = vec![0; 100 * MIB];
        for (first, total) in [
            (0, size),
            (149 * MIB, size),
            (64 * MIB, size),
            (64 * MIB, 1),
        ] {
            let put = uploads.put(&other, first, total, &huge);
            assert!(!matches!(put, Put::More { .. } | Put::Finished(_)));
            assert!(uploads.person(&old, 0).is_some());
        }
        for (_, upload) in lock(&uploads.open).iter() {
            assert!(upload.received.capacity() <= size);
        }
    }
}
