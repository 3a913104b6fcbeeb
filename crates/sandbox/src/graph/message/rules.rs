//! What queries may ask of messages and attachments.
//!
//! Source: Graph v1.0 reference, "List messages", "Get message", "List
//! attachments"; "Use query parameters to customize responses".

use super::super::query::{ATTACHMENT, MESSAGE, Paging, Rules, Side};
use super::write::SHOWN;

/// Relationships of a message that `$expand` serves.
pub const EXPANDS: [&str; 3] = [
    "attachments",
    "singleValueExtendedProperties",
    "multiValueExtendedProperties",
];

/// What `Mail.ReadBasic` does not show ("Microsoft Graph permissions reference").
pub const BODIES: [&str; 7] = [
    "body",
    "bodyPreview",
    "uniqueBody",
    "attachments",
    "extensions",
    "singleValueExtendedProperties",
    "multiValueExtendedProperties",
];

/// A single message.
pub static RULES_ONE: Rules = Rules {
    of: &MESSAGE,
    side: Side::Mail,
    options: &["select", "expand", "format"],
    expands: &EXPANDS,
    shown: &SHOWN,
    always: &["id"],
    page: 1,
    top: (1, 1),
    paging: Paging::Skip,
};

/// What comes of an attachment without `$select`.
const ATTACHMENT_SHOWN: [&str; 9] = [
    "id",
    "lastModifiedDateTime",
    "name",
    "contentType",
    "size",
    "isInline",
    "contentId",
    "contentLocation",
    "contentBytes",
];

/// A message's attachments, or one of them.
pub static ATTACHMENT_RULES: Rules = Rules {
    of: &ATTACHMENT,
    side: Side::Mail,
    options: &[
        "select", "expand", "filter", "orderby", "top", "skip", "count", "format",
    ],
    expands: &["item"],
    shown: &ATTACHMENT_SHOWN,
    always: &["id"],
    page: 1000,
    top: (1, 1000),
    paging: Paging::Skip,
};
