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
        make_room(&mut open, token, bytes.len());
        let index = open
            .iter()
            .position(|(known, _)| known == token)
            .unwrap_or(index);
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
        upload.received.extend_from_slice(bytes);
        let next = upload.received.len();
        if next < upload.size {
            return Put::More {
                next,
                size: upload.size,
                expires_ms: upload.expires_ms,
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

/// The oldest sessions go until `more` bytes fit, but not the one they are for.
fn make_room(open: &mut VecDeque<(String, Upload)>, token: &str, more: usize) {
    loop {
        let held: usize = open.iter().map(|(_, upload)| upload.received.len()).sum();
        if held + more <= BYTES_MAX {
            return;
        }
        let Some(oldest) = open.iter().position(|(known, _)| known != token) else {
            return;
        };
        open.remove(oldest);
    }
}
