//! Graph's `message`: read from what clients write, and written for them.
//!
//! Source: Graph v1.0 reference, "message resource type" and the types it is
//! made of. Unknown properties are refused, as there; those that only the
//! service sets may come and change nothing.

mod attachment;
mod computed;
mod extended;
pub mod json;
mod read;
mod rules;
pub mod safe_html;
pub mod transport_headers;
mod write;

pub use attachment::{
    CONTENT_ID_CHARS_MAX, CONTENT_TYPE_CHARS_MAX, NAME_CHARS_MAX, empty as empty_attachment,
    read as read_attachment,
};
pub use read::{Purpose, apply, read, recipient as read_recipient};
pub use rules::{ATTACHMENT_RULES, BODIES, EXPANDS, RULES_ONE};
pub use write::{SHOWN, View, attachment as write_attachment, etag, time, write, write_shown};
