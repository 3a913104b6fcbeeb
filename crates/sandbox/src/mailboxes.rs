//! The mail that the sandbox took over, and the mailboxes it lies in.
//!
//! One list holds every mail once; a mailbox is what of it concerns an address.
//! Mail for addresses outside the sandbox is kept too, so that a test can look.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde::Serialize;

use crate::guard::lock;

/// How many mails are kept.
const MAILS_MAX: usize = 10_000;
/// How many bytes all kept mails may hold together; the oldest make room. A
/// test suite can leave the sandbox running.
const MAIL_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A name and an address as they were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mailbox {
    /// Display name, if one was given.
    pub name: Option<String>,
    /// Address.
    pub address: String,
}

/// A header a client asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Header {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// A file that came with a mail.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// `Content-ID` of an inline part.
    pub content_id: Option<String>,
    /// Whether it is shown inline.
    pub inline: bool,
    /// The file.
    pub content: Vec<u8>,
}

/// One mail, as it was typed.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Number of the mail, counted from 1 for the life of the sandbox.
    pub id: u64,
    /// Sender.
    pub from: Mailbox,
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc.
    pub bcc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// HTML body, if that is what was sent.
    pub html: Option<String>,
    /// Text body, or the text alternative made of the HTML.
    pub text: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Headers that the client asked for.
    pub headers: Vec<Header>,
    /// Single-value extended properties by id.
    pub properties: BTreeMap<String, String>,
    /// Whether a copy lies in the sender's Sent Items.
    pub in_sent_items: bool,
    /// When it was taken over.
    pub received_ms: i64,
}

impl Mail {
    /// Whether `address` is among the recipients.
    pub fn is_for(&self, address: &str) -> bool {
        [&self.to, &self.cc, &self.bcc]
            .into_iter()
            .flatten()
            .any(|recipient| recipient.address.eq_ignore_ascii_case(address))
    }

    /// Whether `address` sent it.
    pub fn is_from(&self, address: &str) -> bool {
        self.from.address.eq_ignore_ascii_case(address)
    }

    fn bytes(&self) -> usize {
        let recipients = self.to.len() + self.cc.len() + self.bcc.len();
        let files: usize = self.attachments.iter().map(|file| file.content.len()).sum();
        let body = self.html.as_ref().map_or(0, String::len) + self.text.len();
        body + files + self.subject.len() + recipients * 128 + 1024
    }
}

#[derive(Default)]
struct Kept {
    mails: VecDeque<Arc<Mail>>,
    bytes: usize,
    last_id: u64,
}

/// Every mail that is kept.
#[derive(Default)]
pub struct Mailboxes {
    kept: Mutex<Kept>,
}

impl Mailboxes {
    /// Takes a mail over and gives it its number.
    pub fn deliver(&self, mut mail: Mail) -> u64 {
        let mut kept = lock(&self.kept);
        kept.last_id += 1;
        mail.id = kept.last_id;
        kept.bytes += mail.bytes();
        kept.mails.push_back(Arc::new(mail));
        while kept.mails.len() > MAILS_MAX || kept.bytes > MAIL_BYTES_MAX {
            let Some(oldest) = kept.mails.pop_front() else {
                break;
            };
            kept.bytes = kept.bytes.saturating_sub(oldest.bytes());
        }
        kept.last_id
    }

    /// Every kept mail, oldest first.
    pub fn all(&self) -> Vec<Arc<Mail>> {
        lock(&self.kept).mails.iter().cloned().collect()
    }

    /// What was delivered to `address`, oldest first.
    pub fn delivered(&self, address: &str) -> Vec<Arc<Mail>> {
        self.select(|mail| mail.is_for(address))
    }

    /// What lies in the Sent Items of `address`, oldest first.
    pub fn sent(&self, address: &str) -> Vec<Arc<Mail>> {
        self.select(|mail| mail.in_sent_items && mail.is_from(address))
    }

    /// One mail by its number.
    pub fn mail(&self, id: u64) -> Option<Arc<Mail>> {
        self.select(|mail| mail.id == id).into_iter().next()
    }

    /// Empties every mailbox. Numbers go on, so that a page never shows another
    /// mail than the one it was opened for.
    pub fn clear(&self) {
        let mut kept = lock(&self.kept);
        kept.mails.clear();
        kept.bytes = 0;
    }

    fn select(&self, wanted: impl Fn(&Mail) -> bool) -> Vec<Arc<Mail>> {
        lock(&self.kept)
            .mails
            .iter()
            .filter(|mail| wanted(mail))
            .cloned()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_mail_makes_room() {
        let mailboxes = Mailboxes::default();
        for _ in 0..=MAILS_MAX {
            mailboxes.deliver(mail(0));
        }
        let kept = mailboxes.all();
        assert_eq!((kept.len(), kept[0].id), (MAILS_MAX, 2));
    }

    #[test]
    fn large_mail_makes_room_by_its_bytes() {
        const LARGE: usize = 32 * 1024 * 1024;
        let mailboxes = Mailboxes::default();
        for _ in 0..9 {
            mailboxes.deliver(mail(LARGE));
        }
        assert_eq!(mailboxes.all().len(), MAIL_BYTES_MAX / LARGE - 1);
    }

    fn mail(bytes: usize) -> Mail {
        Mail {
            id: 0,
            from: Mailbox {
                name: None,
                address: "ada@signet.example".to_owned(),
            },
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: String::new(),
            html: None,
            text: String::new(),
            attachments: vec![Attachment {
                name: "a".to_owned(),
                content_type: String::new(),
                content_id: None,
                inline: false,
                content: vec![0; bytes],
            }],
            headers: Vec::new(),
            properties: BTreeMap::new(),
            in_sent_items: true,
            received_ms: 0,
        }
    }
}
