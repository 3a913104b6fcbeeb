//! `POST /me/messages`: puts a message into the mailbox as a draft.
//! Source: Graph v1.0 reference, "Create message".

use std::time::Duration;

use http::{Response, StatusCode};
use message::Message;
use reqwest::Request;
use serde_json::Value;

use crate::base_url::BaseUrl;
use crate::client::Failure;
use crate::error::{GraphError, Refusal};
use crate::immutable_id;
use crate::json;
use crate::outgoing::{self, Outgoing, Stamp};
use crate::send_mail::{self, NotSent, SendOutcome, Why};
use crate::transport::Limits;

pub(crate) const SCOPES: &[&str] = &["Mail.ReadWrite"];

/// As for a message that is sent at once, but the answer has the message in it again, without its attachments.
pub(crate) const LIMITS: Limits = Limits {
    time: send_mail::LIMITS.time,
    answer_bytes_max: 16 * 1024 * 1024,
};

/// What became of making a draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CreateOutcome {
    /// 201: it lies among the drafts.
    Created {
        /// Its id there, which holds until it is sent at least.
        id: String,
    },
    /// Provably not made, and nothing is wrong with the message.
    NotSent(NotSent),
    /// It may have been made. It was not submitted.
    Unclear {
        /// What happened.
        why: Why,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
        /// Graph's name for the request.
        request_id: Option<String>,
    },
    /// Refused for good.
    Rejected(GraphError),
}

/// Builds the request. `contents` are the attachments' bytes in their order; `None` where they are attached afterwards.
///
/// # Errors
/// `AttachmentsMissing` when bytes and list do not match, `TooLarge` when the request exceeds what Graph takes.
pub fn request(
    base: &BaseUrl,
    message: &Message,
    stamp: Stamp<'_>,
    contents: Option<Vec<Vec<u8>>>,
) -> Result<Request, NotSent> {
    let draft = match contents {
        Some(contents) => Outgoing::new(message, stamp, contents)?,
        None => Outgoing::without_attachments(message, stamp),
    };
    let mut request = outgoing::post(base.join("/me/messages"), &draft)?;
    immutable_id::prefer(request.headers_mut());
    Ok(request)
}

/// Reads the answer. Made is 201 with an id; the rest is read as for a message that is sent at once, since making a draft
/// meets the same refusals, and a second draft is no second mail.
#[must_use]
pub fn read(answer: &Response<Vec<u8>>) -> CreateOutcome {
    if answer.status() == StatusCode::CREATED {
        return id(answer.body()).map_or_else(
            || CreateOutcome::Unclear {
                why: Why::UnexpectedAnswer,
                retry_after: None,
                request_id: Refusal::read(answer).request_id,
            },
            |id| CreateOutcome::Created { id },
        );
    }
    send_mail::read(answer).into()
}

fn id(body: &[u8]) -> Option<String> {
    let draft: Value = serde_json::from_slice(body).ok()?;
    json::text(&draft, "id").filter(|id| immutable_id::is_sound(id))
}

/// What a missing answer means.
pub(crate) fn failed(failure: Failure) -> CreateOutcome {
    send_mail::failed(failure).into()
}

impl From<SendOutcome> for CreateOutcome {
    fn from(outcome: SendOutcome) -> Self {
        match outcome {
            // 202 makes no draft that could be named.
            SendOutcome::Accepted { request_id } => Self::Unclear {
                why: Why::UnexpectedAnswer,
                retry_after: None,
                request_id,
            },
            SendOutcome::NotSent(why) => Self::NotSent(why),
            SendOutcome::Unclear {
                why,
                retry_after,
                request_id,
                ..
            } => Self::Unclear {
                why,
                retry_after,
                request_id,
            },
            SendOutcome::Rejected(error) => Self::Rejected(error),
        }
    }
}

#[cfg(test)]
mod tests;
