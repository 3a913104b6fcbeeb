//! `GET /me/messages`, filtered: looks for what bears the outbox's key.
//! Source: Graph v1.0 reference, "List messages"; "singleValueLegacyExtendedProperty: get", second form.

use std::time::Duration;

use http::{Response, StatusCode};
use reqwest::Request;
use serde_json::Value;

use crate::base_url::BaseUrl;
use crate::class::{Class, Operation};
use crate::client::Failure;
use crate::error::{GraphError, Refusal, Unreachable};
use crate::outgoing::KEY_PROPERTY;
use crate::token::TokenError;
use crate::transport::Limits;
use crate::{extended_property, immutable_id, json};

pub(crate) const SCOPES: &[&str] = &["Mail.ReadWrite"];

/// A few short properties of a few messages.
pub(crate) const LIMITS: Limits = Limits {
    time: Duration::from_secs(60),
    answer_bytes_max: 1024 * 1024,
};

/// Of one key there is one message, or a few drafts where making one was unclear.
const MESSAGES_MAX: &str = "10";

/// PidTagMessageFlags. Source: MS-OXCMSG §2.2.1.6.
const FLAGS_PROPERTY: &str = "Integer 0x0E07";

/// `mfSubmitted`: it is on its way out. Source: as above.
const FLAG_SUBMITTED: u64 = 0x4;

/// The longest Message-ID that is kept: a line of a header. Source: RFC 5322 §2.1.1.
const MESSAGE_ID_BYTES_MAX: usize = 998;

/// Where is looked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In every folder, where a message may have been moved to.
    Everywhere,
    /// Among the drafts alone: one that was thrown away is not to be sent.
    Drafts,
}

/// What bears a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// A message that is no draft: it was submitted.
    Sent {
        /// Its Message-ID.
        internet_message_id: Option<String>,
    },
    /// A draft among the drafts, or, where it is submitted, anywhere.
    Draft {
        /// Its id, and those of others with the same key.
        ids: Vec<String>,
        /// The mailbox says that it is on its way out.
        submitted: bool,
    },
    /// Nothing, or only what was thrown away.
    Nothing,
}

/// Why a look brought nothing to go by.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LookError {
    /// No connection to Graph or to the sign-in server.
    #[error("no connection")]
    Offline,
    /// The person has to sign in again.
    #[error("signing in again is required")]
    SignInRequired,
    /// `Mail.ReadWrite` is not granted, or the mailbox refuses to be looked through.
    #[error("the mailbox may not be looked through")]
    Refused,
    /// No answer, or none that says anything.
    #[error("no answer that can be used")]
    Unclear {
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
}

/// Builds the request.
#[must_use]
pub fn request(base: &BaseUrl, place: Place, key: &str) -> Request {
    let url = base.join(match place {
        Place::Everywhere => "/me/messages",
        Place::Drafts => "/me/mailFolders/drafts/messages",
    });
    extended_property::find(
        url,
        (KEY_PROPERTY, key),
        &[KEY_PROPERTY, FLAGS_PROPERTY],
        "id,isDraft,internetMessageId",
        MESSAGES_MAX,
    )
}

/// Reads the answer. One message that is no draft settles it, whatever else bears the key. A page with a message that does
/// not bear it answers another question.
///
/// # Errors
/// Any other status, and a page that is not whole: "nothing" is said only of a list that was read to its end.
pub fn read(answer: &Response<Vec<u8>>, key: &str) -> Result<Found, GraphError> {
    if answer.status() != StatusCode::OK {
        return Err(GraphError::read(answer));
    }
    let unclear = || GraphError::Unreadable(Box::new(Refusal::read(answer)));
    let page: Value = serde_json::from_slice(answer.body()).map_err(|_| unclear())?;
    let messages = page
        .get("value")
        .and_then(Value::as_array)
        .ok_or_else(unclear)?;
    if !messages.iter().all(|message| bears(message, key)) {
        return Err(unclear());
    }
    let drafts = messages
        .iter()
        .map(|message| message.get("isDraft").and_then(Value::as_bool))
        .collect::<Option<Vec<bool>>>()
        .ok_or_else(unclear)?;
    let sent = messages
        .iter()
        .zip(&drafts)
        .find(|(_, is_draft)| !**is_draft);
    if let Some((message, _)) = sent {
        return Ok(Found::Sent {
            internet_message_id: json::text(message, "internetMessageId").filter(|id| is_kept(id)),
        });
    }
    // A page that is not the last may be followed by one with the message that was sent.
    if page.get("@odata.nextLink").is_some() {
        return Err(unclear());
    }
    if messages.is_empty() {
        return Ok(Found::Nothing);
    }
    let id = |draft| json::text(draft, "id").filter(|id| immutable_id::is_sound(id));
    Ok(Found::Draft {
        ids: (messages.iter().map(id).collect::<Option<_>>()).ok_or_else(unclear)?,
        submitted: messages.iter().any(is_submitted),
    })
}

/// Values of keys are compared without case, as the filter does.
fn bears(message: &Value, key: &str) -> bool {
    extended_property::of(message)
        .filter_map(|property| json::text(property, "value"))
        .any(|value| value.eq_ignore_ascii_case(key))
}

fn is_submitted(message: &Value) -> bool {
    extended_property::of(message)
        .filter_map(|property| json::number(property, "value"))
        .any(|flags| flags & FLAG_SUBMITTED != 0)
}

fn is_kept(message_id: &str) -> bool {
    message_id.len() <= MESSAGE_ID_BYTES_MAX && !message_id.chars().any(char::is_control)
}

/// What a missing answer means.
pub(crate) fn failed(failure: Failure) -> LookError {
    match failure {
        Failure::Token(TokenError::SignInRequired { .. }) => LookError::SignInRequired,
        Failure::Token(TokenError::ConsentRequired { .. }) => LookError::Refused,
        Failure::Token(TokenError::Unreachable(_) | TokenError::Other(_))
        | Failure::Unreachable(Unreachable::NotConnected | Unreachable::Authority) => {
            LookError::Offline
        }
        Failure::Unreachable(Unreachable::TimedOut | Unreachable::Lost) => {
            LookError::Unclear { retry_after: None }
        }
    }
}

impl From<GraphError> for LookError {
    fn from(error: GraphError) -> Self {
        match error.class(Operation::Read) {
            Class::Refresh => Self::SignInRequired,
            Class::Wait | Class::Check | Class::Park => Self::Unclear {
                retry_after: error.retry_after(),
            },
            Class::Consent | Class::Person | Class::Bug | Class::Absent => match error {
                // A success that says nothing understandable.
                GraphError::Unreadable(_) => Self::Unclear { retry_after: None },
                _ => Self::Refused,
            },
        }
    }
}

#[cfg(test)]
mod tests;
