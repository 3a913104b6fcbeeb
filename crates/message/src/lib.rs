//! Mail as a value: addresses, what a person writes (`Draft`), what it becomes once it is valid (`Message`),
//! and `mailto:` links.
//!
//! Nothing here reads a file, a clock or a network. Where attachments lie is the outbox's matter, how a message
//! travels is Graph's; this crate only knows what may be said.
//!
//! `Debug` of everything a person wrote is blank on purpose: a stray `{:?}` in a log must not show a subject,
//! a body or an address.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice
    )
)]

mod address;
mod attachment;
mod draft;
mod html;
pub mod mailto;
mod message;
mod options;
mod picture;
mod query;
mod size;

pub use address::{
    ADDRESS_BYTES_MAX, ADDRESS_LIST_BYTES_MAX, ADDRESS_LIST_MAX, Address, AddressError,
    AddressFault, Fit, Likeness, NAME_CHARS_MAX, Search, parse_addresses,
};
pub use attachment::{Attachment, AttachmentId, AttachmentIdError, attachment_name, content_type};
pub use draft::{Body, Draft, DraftFault, RecipientField};
pub use html::words;
pub use message::{
    BODY_BYTES_MAX, Message, RECIPIENTS_MAX, REPLY_TO_MAX, Recipients, SUBJECT_CHARS_MAX,
};
pub use options::{Importance, Options};
pub use picture::{ContentId, ContentIdError, PICTURE_BYTES_MAX, picture_type};
pub use query::{QUERY_CHARS_MAX, Query};
pub use size::{
    ATTACHMENTS_BYTES_MAX, DIRECT_ATTACHMENTS_BYTES_MAX, DIRECT_REQUEST_BYTES_MAX, base64_bytes,
};
