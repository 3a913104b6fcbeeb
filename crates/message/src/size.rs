//! How much a message can carry, and how much one request.

use crate::{Address, Message};

/// The largest request Graph takes, in bytes.
/// Source: Graph, "Attach large files to Outlook messages": requests up to 4 MB.
pub const DIRECT_REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What attachments of a direct send may weigh together, in bytes, whatever else the message holds.
/// Base64 makes four bytes of three, so 3 MiB of files would fill the request to its last byte.
pub const DIRECT_ATTACHMENTS_BYTES_MAX: u64 = 2_900_000;

/// What attachments may weigh together, in bytes, when they follow one by one: no mailbox takes larger messages, and no
/// upload a larger file. Most mailboxes take less, which only the server knows.
/// Sources: Exchange Online limits, message size; Graph, "Attach large files to Outlook messages".
pub const ATTACHMENTS_BYTES_MAX: u64 = 150 * 1024 * 1024;

/// Room for what stands around the values in a request: keys, the outbox's stamp, separators.
const ENVELOPE_BYTES: u64 = 4 * 1024;

/// What JSON adds around one address or one attachment.
const ENTRY_BYTES: u64 = 256;

/// The length of `bytes` in base64 with padding (RFC 4648 §4).
#[must_use]
pub fn base64_bytes(bytes: u64) -> u64 {
    bytes.div_ceil(3).saturating_mul(4)
}

impl Message {
    /// What its attachments weigh together, in bytes.
    #[must_use]
    pub fn attachment_bytes(&self) -> u64 {
        let each = self.attachments.iter().map(|attachment| attachment.bytes);
        each.fold(0, u64::saturating_add)
    }

    /// About how many bytes a mailbox counts of it: its files in base64, and what is written.
    #[must_use]
    pub fn sent_bytes(&self) -> u64 {
        let body = self.html.as_deref().unwrap_or(&self.text).len() as u64;
        let files = self.attachments.iter().map(|file| base64_bytes(file.bytes));
        files.fold(body, u64::saturating_add)
    }

    /// Whether it goes in one request with all that is attached.
    #[must_use]
    pub fn fits_one_request(&self) -> bool {
        self.attachment_bytes() <= attachment_bytes_left(self)
    }
}

/// How many bytes of attachments fit into one request beside the rest of a message.
fn attachment_bytes_left(message: &Message) -> u64 {
    let body = message.html.as_deref().unwrap_or(&message.text);
    let names: u64 = message
        .attachments
        .iter()
        .map(|a| ENTRY_BYTES + json_bytes(&a.name))
        .sum();
    let used = ENVELOPE_BYTES
        + json_bytes(body)
        + json_bytes(&message.subject)
        + address_bytes(message.recipients.iter().chain(&message.reply_to))
        + names
        // The padding of each attachment's base64.
        + 4 * message.attachments.len() as u64;
    let left = (DIRECT_REQUEST_BYTES_MAX as u64).saturating_sub(used) / 4 * 3;
    left.min(DIRECT_ATTACHMENTS_BYTES_MAX)
}

fn address_bytes<'a>(addresses: impl Iterator<Item = &'a Address>) -> u64 {
    addresses
        .map(|a| ENTRY_BYTES + json_bytes(a.address()) + json_bytes(a.name().unwrap_or_default()))
        .sum()
}

/// The length of a text inside a JSON string (RFC 8259 §7).
fn json_bytes(text: &str) -> u64 {
    text.bytes()
        .map(|b| match b {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
            0..=0x1f => 6,
            _ => 1,
        })
        .sum()
}
