//! Microsoft Graph v1.0: the profile card and sending mail, one file per operation.
//!
//! Each operation is a pure pair: `request` builds what is asked, `read` understands the answer. Both are tested with
//! values. [`Graph`] puts a token on the one (save a range of an upload, whose URL holds one), hands the other what came
//! back, and does nothing else: no retry but the one that a rejected token allows, no redirect, no waiting. When to ask
//! again is the caller's decision, because only the caller knows whether asking twice does harm.
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

mod add_attachment;
mod base_url;
mod batch;
#[cfg(fuzzing)]
pub mod challenge;
#[cfg(not(fuzzing))]
mod challenge;
mod class;
mod client;
mod create_message;
mod create_upload_session;
mod delete_message;
mod error;
mod exchange;
mod extended_property;
mod find_by_key;
mod find_report;
mod get_mail_tips;
mod get_message;
mod immutable_id;
mod json;
mod kept_draft;
mod list_attachments;
mod manager;
mod me;
mod outgoing;
mod photo;
mod profile;
mod retry_after;
mod send_mail;
mod send_message;
#[cfg(test)]
mod stub;
mod token;
mod transport;
mod update_message;
mod upload;
mod upload_url;

pub use add_attachment::AttachOutcome;
pub use base_url::{BaseUrl, BaseUrlError};
pub use client::Graph;
pub use create_message::CreateOutcome;
pub use create_upload_session::{UPLOAD_BYTES_MIN, UploadSession};
pub use error::{GraphError, Refusal, Unreachable};
pub use exchange::{Again, Exchange, Observer, To};
pub use find_by_key::{Found, LookError};
pub use get_mail_tips::{AutomaticReply, MailTips};
pub use kept_draft::KeptDraft;
pub use manager::Person;
pub use me::Me;
pub use outgoing::Stamp;
pub use photo::Photo;
pub use profile::{Part, Profile};
pub use send_mail::{NotSent, SendOutcome, Why};
pub use token::{Rejected, TokenError, TokenSource};
pub use update_message::KeepOutcome;
pub use upload::{RANGE_BYTES_MAX, Written};
