//! `POST /me/messages/{id}/attachments`: attaches a small file to a draft.
//! Source: Graph v1.0 reference, "Add attachment" (message).

use std::time::Duration;

use http::{Response, StatusCode};
use message::Attachment;
use reqwest::Request;

use crate::base_url::BaseUrl;
use crate::client::Failure;
use crate::error::{GraphError, Refusal};
use crate::immutable_id;
use crate::outgoing;
use crate::send_mail::{self, NotSent, SendOutcome, Why};

pub(crate) const SCOPES: &[&str] = &["Mail.ReadWrite"];

/// What became of attaching a file, or a part of one. Nothing was submitted by this.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AttachOutcome {
    /// It is attached.
    Attached,
    /// Provably nothing was done, and nothing is wrong with the file.
    NotSent(NotSent),
    /// It may have been attached.
    Unclear {
        /// What happened.
        why: Why,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
        /// Graph's name for the request.
        request_id: Option<String>,
    },
    /// The draft is not there any more.
    Gone,
    /// Refused for good.
    Rejected(GraphError),
}

/// Builds the request. `contents` are the file's bytes.
///
/// # Errors
/// `AttachmentsMissing` when they are not as many as named, `TooLarge` when the request exceeds what Graph takes.
pub fn request(
    base: &BaseUrl,
    draft: &str,
    attachment: &Attachment,
    contents: Vec<u8>,
) -> Result<Request, NotSent> {
    let file = outgoing::file(attachment, contents)?;
    let url = base.join(&immutable_id::path(draft, "/attachments"));
    let mut request = outgoing::post(url, &file)?;
    immutable_id::prefer(request.headers_mut());
    Ok(request)
}

/// Reads the answer: attached is 201. The rest is read as for a message that is sent, since it meets the same refusals.
#[must_use]
pub fn read(answer: &Response<Vec<u8>>) -> AttachOutcome {
    match answer.status() {
        StatusCode::CREATED => AttachOutcome::Attached,
        _ => refused(answer),
    }
}

/// Reads an answer of something that is done to a draft, when it is not the hoped-for one.
pub(crate) fn refused(answer: &Response<Vec<u8>>) -> AttachOutcome {
    let is_named = Refusal::read(answer)
        .code
        .is_none_or(|code| code == "ErrorItemNotFound");
    match answer.status() {
        StatusCode::NOT_FOUND if is_named => AttachOutcome::Gone,
        _ => send_mail::read(answer).into(),
    }
}

/// What a missing answer means.
pub(crate) fn failed(failure: Failure) -> AttachOutcome {
    send_mail::failed(failure).into()
}

/// An answer that says nothing.
pub(crate) fn unexpected(request_id: Option<String>) -> AttachOutcome {
    AttachOutcome::Unclear {
        why: Why::UnexpectedAnswer,
        retry_after: None,
        request_id,
    }
}

impl From<SendOutcome> for AttachOutcome {
    fn from(outcome: SendOutcome) -> Self {
        match outcome {
            SendOutcome::Accepted { request_id } => unexpected(request_id),
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
