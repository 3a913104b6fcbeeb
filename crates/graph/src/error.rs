//! Graph's errors: what a caller does differently about each, and what may be told of it.

mod body;

use std::time::Duration;

use http::Response;

use crate::challenge::claims;
use crate::class::{Class, Operation, classify};
use crate::retry_after::retry_after;
use crate::token::TokenError;

/// Why an operation failed. The variants are what callers do differently.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum GraphError {
    /// No token without the person signing in again.
    #[error("signing in again is required")]
    SignInRequired {
        /// Claims to pass to that sign-in.
        claims: Option<String>,
    },
    /// The scopes were never granted.
    #[error("consent is required")]
    ConsentRequired {
        /// What to ask for.
        scopes: Vec<String>,
    },
    /// No token for another reason, in words without secrets.
    #[error("no token: {0}")]
    Token(String),
    /// No answer.
    #[error("no answer: {0}")]
    Unreachable(Unreachable),
    /// 401, or 403 with a claims challenge: the token was refused, a fresh one too.
    #[error("the token was refused: {0}")]
    Unauthorized(Box<Refusal>),
    /// 403.
    #[error("not allowed: {0}")]
    Forbidden(Box<Refusal>),
    /// 404.
    #[error("not found: {0}")]
    NotFound(Box<Refusal>),
    /// 429.
    #[error("throttled: {0}")]
    Throttled(Box<Refusal>),
    /// 413.
    #[error("too large: {0}")]
    TooLarge(Box<Refusal>),
    /// 5xx and 408.
    #[error("the server failed: {0}")]
    Server(Box<Refusal>),
    /// Any other error status.
    #[error("rejected: {0}")]
    Rejected(Box<Refusal>),
    /// A success that says nothing understandable: HTML, half a JSON, nothing, too much, or a redirect.
    #[error("the answer cannot be read: {0}")]
    Unreadable(Box<Refusal>),
}

/// Why there was no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreachable {
    /// No connection: name look-up, refused, TLS. Nothing was sent.
    #[error("no connection")]
    NotConnected,
    /// No answer in time.
    #[error("timed out")]
    TimedOut,
    /// The connection ended before the answer.
    #[error("connection lost")]
    Lost,
    /// The sign-in server could not be reached for a token. Nothing was sent to Graph.
    #[error("no connection to the sign-in server")]
    Authority,
}

/// What an answer said, as far as it may be kept and shown: no message text, which may quote what was sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The innermost code that is known, else the outermost there is.
    pub code: Option<String>,
    /// Graph's name for the request, for support.
    pub request_id: Option<String>,
    /// Our name for it.
    pub client_request_id: Option<String>,
    /// How long to wait, as asked.
    pub retry_after: Option<Duration>,
    /// The decoded claims challenge.
    pub claims: Option<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (code, id) = (
            self.code.as_deref().unwrap_or("-"),
            self.request_id.as_deref().unwrap_or("-"),
        );
        write!(out, "status {}, code {code}, request {id}", self.status)
    }
}

impl Refusal {
    /// Reads the headers and, where it is a Graph error, the body of an answer.
    pub(crate) fn read(answer: &Response<Vec<u8>>) -> Self {
        let said = body::read(answer.body());
        let header = |name| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .and_then(body::token)
        };
        Self {
            status: answer.status().as_u16(),
            code: said.code,
            request_id: header("request-id").or(said.request_id),
            client_request_id: header("client-request-id").or(said.client_request_id),
            retry_after: retry_after(answer.headers()),
            claims: claims(answer.headers()),
        }
    }

    fn asks_for_claims(&self) -> bool {
        self.claims.is_some()
            || self
                .code
                .as_deref()
                .is_some_and(|code| code.eq_ignore_ascii_case("insufficient_claims"))
    }
}

impl GraphError {
    /// Reads an answer that is not the hoped-for one.
    pub(crate) fn read(answer: &Response<Vec<u8>>) -> Self {
        let refusal = Box::new(Refusal::read(answer));
        match refusal.status {
            401 => Self::Unauthorized(refusal),
            403 if refusal.asks_for_claims() => Self::Unauthorized(refusal),
            403 => Self::Forbidden(refusal),
            404 => Self::NotFound(refusal),
            413 => Self::TooLarge(refusal),
            429 => Self::Throttled(refusal),
            408 | 500..=599 => Self::Server(refusal),
            400..=499 => Self::Rejected(refusal),
            _ => Self::Unreadable(refusal),
        }
    }

    /// What the answer said, when there was one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::SignInRequired { .. }
            | Self::ConsentRequired { .. }
            | Self::Token(_)
            | Self::Unreachable(_) => None,
            Self::Unauthorized(refusal)
            | Self::Forbidden(refusal)
            | Self::NotFound(refusal)
            | Self::Throttled(refusal)
            | Self::TooLarge(refusal)
            | Self::Server(refusal)
            | Self::Rejected(refusal)
            | Self::Unreadable(refusal) => Some(refusal),
        }
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status)
    }

    /// Graph's code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.refusal()?.code.as_deref()
    }

    /// Graph's name for the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.refusal()?.request_id.as_deref()
    }

    /// How long the server asks to be left alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.refusal()?.retry_after
    }

    /// Claims for the next sign-in.
    #[must_use]
    pub fn claims(&self) -> Option<&str> {
        match self {
            Self::SignInRequired { claims } => claims.as_deref(),
            other => other.refusal()?.claims.as_deref(),
        }
    }

    /// Whether asking the same once more, which does no harm, brings the same answer: neither time nor a sign-in mends it.
    #[must_use]
    pub fn stays(&self) -> bool {
        // What cannot be read may be a portal's page, which goes.
        !matches!(self, Self::Unreadable(_))
            && matches!(
                self.class(Operation::Read),
                Class::Person | Class::Bug | Class::Absent
            )
    }

    /// What to do about it.
    pub(crate) fn class(&self, operation: Operation) -> Class {
        match self {
            Self::SignInRequired { .. } => Class::Refresh,
            Self::ConsentRequired { .. } => Class::Consent,
            Self::Token(_) => Class::Wait,
            Self::Unreachable(Unreachable::NotConnected | Unreachable::Authority) => Class::Wait,
            Self::Unreachable(Unreachable::TimedOut | Unreachable::Lost) => match operation {
                Operation::Send => Class::Check,
                Operation::Read | Operation::Part => Class::Wait,
            },
            Self::Unauthorized(refusal) if refusal.asks_for_claims() => Class::Refresh,
            other => {
                let refusal = other.refusal();
                let status = refusal.map_or(0, |refusal| refusal.status);
                classify(
                    operation,
                    status,
                    refusal.and_then(|refusal| refusal.code.as_deref()),
                )
            }
        }
    }
}

impl From<TokenError> for GraphError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::SignInRequired { claims } => Self::SignInRequired { claims },
            TokenError::ConsentRequired { scopes } => Self::ConsentRequired { scopes },
            TokenError::Unreachable(_) => Self::Unreachable(Unreachable::Authority),
            TokenError::Other(said) => Self::Token(said),
        }
    }
}

#[cfg(test)]
mod tests;
