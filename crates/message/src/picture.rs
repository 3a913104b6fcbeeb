//! Pictures that stand in the text: which files can, and the name by which the body shows them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Attachment, AttachmentId};

/// The largest picture that can stand in the text, in bytes: what a camera makes. It is held in memory while it is shown;
/// a larger one is attached as a file.
pub const PICTURE_BYTES_MAX: u64 = 10 * 1000 * 1000;

/// The longest content id, in characters: an attachment's id, the `@` and what follows it.
const CONTENT_ID_CHARS_MAX: usize = 80;

/// What stands behind the `@`. It is no host, and tells the recipient nothing about this computer.
const CONTENT_ID_RIGHT: &str = "signet";

/// How mail readers show a picture without asking. SVG is none: it is a page of its own, with scripts and addresses.
const TYPES: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];

/// Names a picture in its message, as `<id>@signet`: the header has it between angle brackets, the body after `cid:`.
///
/// ASCII letters, digits, `-`, `.` and one `@` between them, so that it stands in a URL as it is.
/// Source: RFC 2045 §7 (`msg-id` of RFC 5322 §3.6.4); RFC 2392 §2.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentId(String);

/// The text cannot be a content id of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a content id")]
pub struct ContentIdError;

impl ContentId {
    /// The content id of an attachment.
    #[must_use]
    pub fn of(attachment: &AttachmentId) -> Self {
        Self(format!("{attachment}@{CONTENT_ID_RIGHT}"))
    }

    /// Checks a content id, without angle brackets.
    ///
    /// # Errors
    /// When it is longer than 80 characters or has another form.
    pub fn new(id: &str) -> Result<Self, ContentIdError> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let is_side = |side: &str| side.split('.').all(is_word);
        let sound = id.len() <= CONTENT_ID_CHARS_MAX
            && id
                .split_once('@')
                .is_some_and(|(left, right)| is_side(left) && is_side(right));
        sound.then(|| Self(id.to_owned())).ok_or(ContentIdError)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for ContentId {
    type Error = ContentIdError;

    fn try_from(id: String) -> Result<Self, ContentIdError> {
        Self::new(&id)
    }
}

impl From<ContentId> for String {
    fn from(id: ContentId) -> Self {
        id.0
    }
}

impl Attachment {
    /// The same as a picture in the text, where its bytes are those of one and it is not too large; as it was otherwise.
    #[must_use]
    pub fn into_picture(self, first_bytes: &[u8]) -> Self {
        match picture_type(first_bytes) {
            Some(content_type) if self.bytes <= PICTURE_BYTES_MAX => Self {
                content_type: content_type.to_owned(),
                content_id: Some(ContentId::of(&self.id)),
                ..self
            },
            _ => self,
        }
    }
}

/// The media type of a picture that can stand in the text, by its first bytes: a name may say anything.
#[must_use]
pub fn picture_type(first_bytes: &[u8]) -> Option<&'static str> {
    let found = infer::get(first_bytes)?.mime_type();
    TYPES.iter().copied().find(|known| *known == found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ids_stand_in_a_url_and_in_a_header_as_they_are() {
        let attachment = AttachmentId::new("01arz3ndektsv4rrffq69g5fav").unwrap();
        let ours = ContentId::of(&attachment);
        assert_eq!(ours.as_str(), "01arz3ndektsv4rrffq69g5fav@signet");
        assert_eq!(ContentId::new(ours.as_str()), Ok(ours));
        for bad in [
            "",
            "a",
            "@signet",
            "a@",
            "a@b@c",
            "<a@b>",
            "a b@c",
            "a\r\nX: y@c",
            "a..b@c",
            "a\"@c",
            "ä@c",
            "a%40b@c",
            &format!("{}@signet", "a".repeat(74)),
        ] {
            assert_eq!(ContentId::new(bad), Err(ContentIdError), "{bad}");
            assert!(serde_json::from_value::<ContentId>(serde_json::json!(bad)).is_err());
        }
    }

    #[test]
    fn the_longest_attachment_id_makes_a_content_id() {
        let longest = AttachmentId::new(&"a".repeat(64)).unwrap();
        let ours = ContentId::of(&longest);
        assert_eq!(ContentId::new(ours.as_str()), Ok(ours));
    }

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", Some("image/jpeg")),
            (b"GIF89a\x01\0\x01\0", Some("image/gif")),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", None),
            (b"BM\x46\0\0\0", None),
            (b"%PDF-1.7", None),
            (b"", None),
        ] {
            assert_eq!(picture_type(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn only_a_picture_that_is_not_too_large_stands_in_the_text() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let file = |bytes| Attachment {
            id: AttachmentId::new("a1").unwrap(),
            name: "photo.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes,
            sha256: String::new(),
            content_id: None,
        };
        let picture = file(PICTURE_BYTES_MAX).into_picture(png);
        assert_eq!(picture.content_type, "image/png");
        assert_eq!(picture.content_id.unwrap().as_str(), "a1@signet");
        for (bytes, first_bytes) in [(PICTURE_BYTES_MAX + 1, &png[..]), (5, b"%PDF-")] {
            assert_eq!(file(bytes).into_picture(first_bytes), file(bytes));
        }
    }
}
