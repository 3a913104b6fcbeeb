//! What is known of an attachment besides its bytes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ContentId;
use crate::address::is_direction_override;

/// The longest file name kept, in bytes: what file systems allow.
const NAME_BYTES_MAX: usize = 255;

/// The longest id, in characters; ids are ULIDs or UUIDs.
const ID_CHARS_MAX: usize = 64;

/// What a file is called when nothing of its name can be kept.
const NAMELESS: &str = "attachment";

/// Content type of what nothing is known about (RFC 2046 §4.5.1).
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Names an attachment's copy in the outbox's spool.
///
/// ASCII letters, digits and `-` only, checked when read back: the id becomes a file name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AttachmentId(String);

/// The text cannot be an attachment's id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an attachment id")]
pub struct AttachmentIdError;

impl AttachmentId {
    /// Checks an id.
    ///
    /// # Errors
    /// When it is empty, longer than 64 characters, or holds anything but ASCII letters, digits and `-`.
    pub fn new(id: &str) -> Result<Self, AttachmentIdError> {
        let sound = !id.is_empty()
            && id.len() <= ID_CHARS_MAX
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        sound.then(|| Self(id.to_owned())).ok_or(AttachmentIdError)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AttachmentId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for AttachmentId {
    type Error = AttachmentIdError;

    fn try_from(id: String) -> Result<Self, AttachmentIdError> {
        Self::new(&id)
    }
}

impl From<AttachmentId> for String {
    fn from(id: AttachmentId) -> Self {
        id.0
    }
}

/// An attachment of a draft or a message. Its copy lies in the outbox's spool under `id`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The copy's name in the spool.
    pub id: AttachmentId,
    /// The file name the recipient sees.
    pub name: String,
    /// Media type, see [`content_type`].
    pub content_type: String,
    /// Length of the file.
    pub bytes: u64,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// How the body shows it, where it is a picture in the text; `None` where it stands beside the text.
    // Left out where there is none: rows of plain files are as they always were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<ContentId>,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Attachment")
            .field("id", &self.id.0)
            .field("bytes", &self.bytes)
            .field("is_picture", &self.content_id.is_some())
            .finish_non_exhaustive()
    }
}

/// A file name that is safe to show and to send: the last part of a path, without control characters and direction
/// overrides (`photo\u{202e}gpj.exe`), at most 255 bytes with its ending kept.
#[must_use]
pub fn attachment_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let tidy: String = last
        .chars()
        .filter(|c| !is_direction_override(*c))
        .map(|c| if c.is_control() { '_' } else { c })
        .collect();
    let tidy = tidy.trim();
    if tidy.is_empty() || tidy.chars().all(|c| c == '.') {
        NAMELESS.to_owned()
    } else {
        shortened(tidy)
    }
}

fn shortened(name: &str) -> String {
    if name.len() <= NAME_BYTES_MAX {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() < 16 && !stem.is_empty() => {
            (stem, format!(".{ending}"))
        }
        _ => (name, String::new()),
    };
    let mut kept = String::new();
    for c in stem.chars() {
        if kept.len() + c.len_utf8() + ending.len() > NAME_BYTES_MAX {
            break;
        }
        kept.push(c);
    }
    kept + &ending
}

/// The media type of a file: by its name's ending, else by its first bytes, else `application/octet-stream`.
#[must_use]
pub fn content_type(name: &str, first_bytes: &[u8]) -> String {
    let guessed = mime_guess::from_path(name)
        .first_raw()
        .or_else(|| infer::get(first_bytes).map(|kind| kind.mime_type()));
    match guessed {
        // Its name before RFC 6350, section 10.1, registered it.
        Some("text/x-vcard") => "text/vcard",
        guessed => guessed.unwrap_or(UNKNOWN_TYPE),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_never_leave_the_spool() {
        for bad in ["", "..", "../x", "a/b", "a\\b", "a.b", "ä", &"a".repeat(65)] {
            assert_eq!(AttachmentId::new(bad), Err(AttachmentIdError), "{bad}");
            assert!(
                serde_json::from_value::<AttachmentId>(serde_json::json!(bad)).is_err(),
                "{bad}"
            );
        }
        assert!(AttachmentId::new("01arz3ndektsv4rrffq69g5fav").is_ok());
    }

    #[test]
    fn names_are_safe_to_show() {
        for (name, expected) in [
            ("Größe – 計画 🎉.pdf", "Größe – 計画 🎉.pdf"),
            ("/home/ada/notes.txt", "notes.txt"),
            ("C:\\ada\\notes.txt", "notes.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("two\r\nlines", "two__lines"),
            ("..", "attachment"),
            ("", "attachment"),
        ] {
            assert_eq!(attachment_name(name), expected);
        }
        let long = attachment_name(&format!("{}.pdf", "é".repeat(200)));
        assert_eq!((long.len(), long.ends_with("é.pdf")), (254, true));
    }

    #[test]
    fn content_types_come_from_the_name_then_from_the_bytes() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(content_type("plan.PDF", png), "application/pdf");
        assert_eq!(content_type("plan", png), "image/png");
        assert_eq!(content_type("plan", b"plain"), "application/octet-stream");
        assert_eq!(content_type("Ada.vcf", b"BEGIN:VCARD"), "text/vcard");
        assert_eq!(content_type("", b""), "application/octet-stream");
    }
}
