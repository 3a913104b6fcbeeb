//! Ids of items in a mailbox that hold while an item moves from folder to folder.
//! Source: Graph, "Get immutable identifiers for Outlook resources": asked for with each request.

use http::header::{HeaderMap, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The longest id that is believed, in bytes; those seen have about 150.
const BYTES_MAX: usize = 1024;

/// What needs no encoding in a path. Ids also hold `=`, `/` and `+`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// Asks for such ids in the answer, and says that those in the request are.
pub fn prefer(headers: &mut HeaderMap) {
    headers.insert("prefer", HeaderValue::from_static("IdType=\"ImmutableId\""));
}

/// Whether an id that came from outside, or from a disk, is one that can be kept and asked for. One of dots alone would
/// lead to another path, however it is encoded (RFC 3986 §5.2.4).
pub fn is_sound(id: &str) -> bool {
    id.len() <= BYTES_MAX
        && id.bytes().all(|byte| byte.is_ascii_graphic())
        && id.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// The path of an item, followed by what is done with it.
pub fn path(id: &str, then: &str) -> String {
    format!("/me/messages/{}{then}", utf8_percent_encode(id, ENCODED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_of_a_path() {
        for (id, expected) in [
            ("AAMkAG-_9", "/me/messages/AAMkAG-_9/send"),
            ("AA/B+C==", "/me/messages/AA%2FB%2BC%3D%3D/send"),
            ("a?b#c%2F", "/me/messages/a%3Fb%23c%252F/send"),
        ] {
            assert_eq!(path(id, "/send"), expected);
        }
    }

    #[test]
    fn only_ids_that_can_be_asked_for_are_believed() {
        for (id, sound) in [
            ("AAMkAG==", true),
            ("", false),
            ("..", false),
            ("a b", false),
            ("a\u{0}", false),
            ("ä", false),
            (&"a".repeat(1024), true),
            (&"a".repeat(1025), false),
        ] {
            assert_eq!(is_sound(id), sound, "{id}");
        }
    }
}
