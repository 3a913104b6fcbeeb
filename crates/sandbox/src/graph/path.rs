//! A path's segments: decoded, and told apart as the service tells them apart.
//!
//! Source: "Use the Microsoft Graph API", case: names of resources and
//! operations have none, ids have; OData 4.01 URL conventions §4.3 for keys in
//! parentheses and §5.1.1 for doubled quotes in them.

use std::borrow::Cow;

/// Names that stand in paths. An id is never one of them.
const NAMES: &[&str] = &[
    "$batch",
    "$count",
    "$value",
    "attachments",
    "automaticRepliesSetting",
    "childFolders",
    "communications",
    "copy",
    "createForward",
    "createReply",
    "createReplyAll",
    "createUploadSession",
    "dateFormat",
    "delta",
    "directReports",
    "forward",
    "getMailTips",
    "getPresencesByUserId",
    "language",
    "mailFolders",
    "mailboxSettings",
    "manager",
    "masterCategories",
    "me",
    "messages",
    "move",
    "outlook",
    "people",
    "permanentDelete",
    "photo",
    "photos",
    "presence",
    "presences",
    "reply",
    "replyAll",
    "revokeSignInSessions",
    "send",
    "sendMail",
    "timeFormat",
    "timeZone",
    "userPurpose",
    "users",
    "workingHours",
];

/// How many segments most paths have at most.
const SEGMENTS_USUAL: usize = 6;

/// One segment: a name of the table, or what a client wrote.
pub type Segment = Cow<'static, str>;

/// What an operation's full name begins with; clients may write it.
const NAMESPACE: &str = "microsoft.graph.";

/// The segments of `path`: `users('a%40b')/photo` is `users`, `a@b`, `photo`.
pub fn segments(path: &str) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(SEGMENTS_USUAL);
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let segment = decode(segment);
        match keyed(&segment) {
            Some((name, key)) => {
                segments.push(spelled(name));
                segments.push(Cow::Owned(key));
            }
            None => segments.push(spelled(&segment)),
        }
    }
    segments
}

fn spelled(segment: &str) -> Segment {
    let bare = segment.strip_suffix("()").unwrap_or(segment);
    let bare = match bare.get(..NAMESPACE.len()) {
        Some(head) if head.eq_ignore_ascii_case(NAMESPACE) => {
            bare.get(NAMESPACE.len()..).unwrap_or_default()
        }
        _ => bare,
    };
    NAMES
        .iter()
        .find(|name| name.eq_ignore_ascii_case(bare))
        .map_or_else(
            || Cow::Owned(segment.to_owned()),
            |name| Cow::Borrowed(*name),
        )
}

/// `users('x')`; quotes inside the key are doubled.
fn keyed(segment: &str) -> Option<(&str, String)> {
    let (name, rest) = segment.split_once("('")?;
    let key = rest.strip_suffix("')")?;
    let known = NAMES.iter().any(|known| known.eq_ignore_ascii_case(name));
    known.then(|| (name, key.replace("''", "'")))
}

/// Percent-decoded; what is no UTF-8 stays as it came, and is found nowhere.
pub fn decode(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') {
        return Cow::Borrowed(segment);
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        let pair = rest.clone().next().zip(rest.clone().nth(1));
        let decoded = pair
            .filter(|_| byte == b'%')
            .and_then(|(high, low)| Some((hex(high)? << 4) | hex(low)?));
        match decoded {
            Some(decoded) => {
                bytes.push(decoded);
                rest.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(segment), Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sources: "Get user", user principal names that begin with `$` or hold
    /// `#`; "Use the Microsoft Graph API", case.
    #[test]
    fn segments_are_decoded_and_spelled_right() {
        for (path, expected) in [
            ("/me", vec!["me"]),
            ("/ME/Photo/%24value", vec!["me", "photo", "$value"]),
            (
                "/users/a%40b.example/photo",
                vec!["users", "a@b.example", "photo"],
            ),
            ("/users('$x@y')", vec!["users", "$x@y"]),
            (
                "/users('o''neil@y')/manager",
                vec!["users", "o'neil@y", "manager"],
            ),
            (
                "/users/mo_studio.example%23EXT%23@signet.example",
                vec!["users", "mo_studio.example#EXT#@signet.example"],
            ),
            ("/me/microsoft.graph.sendMail", vec!["me", "sendMail"]),
            (
                "/me/mailfolders/delta()",
                vec!["me", "mailFolders", "delta"],
            ),
            (
                "/me/messages/AAMk%2Fx%3D",
                vec!["me", "messages", "AAMk/x="],
            ),
            ("/me/messages/AAMk%zz%", vec!["me", "messages", "AAMk%zz%"]),
            ("/me/messages/%ff", vec!["me", "messages", "%ff"]),
        ] {
            assert_eq!(segments(path), expected, "{path}");
        }
    }
}
