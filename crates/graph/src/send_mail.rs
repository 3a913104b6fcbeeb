//! `POST /me/sendMail`: submits a message in one request.
//! Source: Graph v1.0 reference, "user: sendMail".

use std::time::Duration;

use http::{Response, StatusCode};
use message::Message;
use reqwest::Request;
use serde::Serialize;

use crate::base_url::BaseUrl;
use crate::class::{Class, Operation};
use crate::client::Failure;
use crate::error::{GraphError, Refusal, Unreachable};
use crate::outgoing::{self, Outgoing, Stamp};
use crate::token::TokenError;
use crate::transport::Limits;

pub(crate) const SCOPES: &[&str] = &["Mail.Send"];

/// Graph's gateway gives up after about 100 seconds; giving up before it would make unclear what it is about to say.
/// 4 MB also take a while on a slow line. Error answers are a few hundred bytes.
pub(crate) const LIMITS: Limits = Limits {
    time: Duration::from_secs(180),
    answer_bytes_max: 64 * 1024,
};

/// What became of a submission.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SendOutcome {
    /// 202: taken over for delivery. Not delivered yet, and no message id comes back.
    Accepted {
        /// Graph's name for the request.
        request_id: Option<String>,
    },
    /// Provably not submitted, and nothing is wrong with the message: it may be sent again.
    NotSent(NotSent),
    /// It may have been taken over all the same. To be looked up or shown, never repeated unasked.
    Unclear {
        /// What happened.
        why: Why,
        /// Status of the answer, if there was one.
        status: Option<u16>,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
        /// Graph's name for the request.
        request_id: Option<String>,
    },
    /// Refused for good.
    Rejected(GraphError),
}

/// Why a message was not submitted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotSent {
    /// No connection to Graph or to the sign-in server.
    Offline,
    /// The person has to sign in again.
    SignInRequired {
        /// Claims to pass to that sign-in.
        claims: Option<String>,
    },
    /// `Mail.Send` is not granted, or does not reach this mailbox.
    ConsentRequired,
    /// The mailbox is full.
    MailboxFull,
    /// Sending from the account is paused, for having sent too much or to be confirmed.
    SendingPaused,
    /// Sending from the account is blocked.
    SendingBlocked,
    /// The request would be larger than Graph takes.
    TooLarge,
    /// The attachments' bytes do not match the message's list.
    AttachmentsMissing,
    /// No token for another reason, in words without secrets.
    Token(String),
}

/// Why nobody knows whether a message was taken over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// No answer in time.
    TimedOut,
    /// The connection ended after the request began.
    ConnectionLost,
    /// 429: seen on mail that left.
    Throttled,
    /// 408 or 5xx.
    ServerFailed,
    /// Any other status, 200 above all: only 202 is success.
    UnexpectedAnswer,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::TimedOut,
        Self::ConnectionLost,
        Self::Throttled,
        Self::ServerFailed,
        Self::UnexpectedAnswer,
    ];

    /// The name the interface and the disk use.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TimedOut => "timed-out",
            Self::ConnectionLost => "connection-lost",
            Self::Throttled => "throttled",
            Self::ServerFailed => "server-failed",
            Self::UnexpectedAnswer => "unexpected-answer",
        }
    }
}

/// `saveToSentItems` is left out: it defaults to true.
#[derive(Serialize)]
struct SendMail<'a> {
    message: Outgoing<'a>,
}

/// Builds the request. `key` is the outbox's idempotency key, `contents` the attachments' bytes in their order.
///
/// # Errors
/// `AttachmentsMissing` when bytes and list do not match, `TooLarge` when the request exceeds what Graph takes.
pub fn request(
    base: &BaseUrl,
    message: &Message,
    key: &str,
    contents: Vec<Vec<u8>>,
) -> Result<Request, NotSent> {
    let body = SendMail {
        message: Outgoing::new(message, Stamp::of(key), contents)?,
    };
    outgoing::post(base.join("/me/sendMail"), &body)
}

/// Reads the answer.
///
/// Accepted is 202 and nothing else; a `Retry-After` on it asks for nothing. Any other 2xx, 5xx, and what is not found,
/// in conflict, late or throttled are `Unclear`: the message may have been taken over all the same. Any other 4xx is a
/// definite no, and so is a code that says what is wrong with message or account.
/// Source: Graph v1.0 reference, "user: sendMail"; "Microsoft Graph throttling guidance".
#[must_use]
pub fn read(answer: &Response<Vec<u8>>) -> SendOutcome {
    if answer.status() == StatusCode::ACCEPTED {
        return SendOutcome::Accepted {
            request_id: Refusal::read(answer).request_id,
        };
    }
    let error = GraphError::read(answer);
    match error.class(Operation::Send) {
        Class::Check | Class::Wait | Class::Absent => unclear(&error),
        Class::Consent => SendOutcome::NotSent(NotSent::ConsentRequired),
        Class::Park => SendOutcome::NotSent(parked(&error)),
        Class::Refresh | Class::Person | Class::Bug => SendOutcome::Rejected(error),
    }
}

/// What holds up all mail of an account.
fn parked(error: &GraphError) -> NotSent {
    match error.code() {
        Some("ErrorExceededMessageLimit") => NotSent::SendingPaused,
        Some("ErrorMessageSubmissionBlocked" | "ErrorAccountSuspend") => NotSent::SendingBlocked,
        _ => NotSent::MailboxFull,
    }
}

fn unclear(error: &GraphError) -> SendOutcome {
    let status = error.status();
    let why = match status {
        Some(429) => Why::Throttled,
        Some(408 | 500..=599) => Why::ServerFailed,
        _ => Why::UnexpectedAnswer,
    };
    SendOutcome::Unclear {
        why,
        status,
        retry_after: error.retry_after(),
        request_id: error.request_id().map(str::to_owned),
    }
}

/// What a missing answer means.
pub(crate) fn failed(failure: Failure) -> SendOutcome {
    let lost = |why| SendOutcome::Unclear {
        why,
        status: None,
        retry_after: None,
        request_id: None,
    };
    match failure {
        Failure::Token(TokenError::SignInRequired { claims }) => {
            SendOutcome::NotSent(NotSent::SignInRequired { claims })
        }
        Failure::Token(TokenError::ConsentRequired { .. }) => {
            SendOutcome::NotSent(NotSent::ConsentRequired)
        }
        Failure::Token(TokenError::Unreachable(_)) => SendOutcome::NotSent(NotSent::Offline),
        Failure::Token(TokenError::Other(said)) => SendOutcome::NotSent(NotSent::Token(said)),
        Failure::Unreachable(Unreachable::NotConnected | Unreachable::Authority) => {
            SendOutcome::NotSent(NotSent::Offline)
        }
        Failure::Unreachable(Unreachable::TimedOut) => lost(Why::TimedOut),
        Failure::Unreachable(Unreachable::Lost) => lost(Why::ConnectionLost),
    }
}

#[cfg(test)]
mod tests;
