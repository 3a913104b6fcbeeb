//! What went wrong with the authority, sorted by what can be done next.
//!
//! The sentences a person reads are not here: a kind, a code and the ids to quote are enough to choose and fill one.
//! `error_description` is read for its code and its ids and then dropped, since it may name a person's address.

use std::error::Error;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

mod action;
mod codes;
mod person;
pub(crate) mod refusal;

pub use action::Action;
pub use person::PersonNeeded;

/// A refusal by the authority, or the failure to reach or understand it.
///
/// Its fields are those of [`Details`], kept in a box so that a `Result` with it stays small.
#[derive(Clone)]
pub struct EntraError(Box<Details>);

/// What is known of an [`EntraError`].
#[derive(Clone)]
pub struct Details {
    /// What a caller would do differently.
    pub kind: EntraErrorKind,
    /// The protocol's word (`invalid_grant`), or ours where the authority said none.
    pub error: String,
    /// The number behind `AADSTS`, to show and to look up. A known one has refined `kind`; nothing else is decided by it.
    pub code: Option<u32>,
    /// Entra's refinement of `error`, e.g. `bad_token`.
    pub suberror: Option<String>,
    /// A claims challenge as JSON, to be sent along with the next interactive request.
    pub claims: Option<String>,
    /// The id to quote to an administrator or to Microsoft.
    pub correlation_id: Option<String>,
    /// The second id to quote.
    pub trace_id: Option<String>,
    /// The HTTP status, where an answer came.
    pub status: Option<u16>,
    /// How long the authority asked to be left alone.
    pub retry_after: Option<Duration>,
    pub(crate) source: Option<Arc<dyn Error + Send + Sync>>,
}

/// What a caller would do differently about an [`EntraError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntraErrorKind {
    /// The person pressed Cancel on the authority's page: no fault at all.
    Cancelled,
    /// The person has forgotten the password: a user flow of B2C that resets it comes next.
    PasswordForgotten,
    /// The person declined a permission.
    Declined,
    /// Only an administrator may give this consent.
    AdminConsentRequired,
    /// The person has not yet consented to a scope.
    ConsentRequired,
    /// The authority wants the person: password changed, second factor, session revoked.
    InteractionRequired,
    /// The account is disabled or locked out.
    AccountDisabled,
    /// A policy keeps the account out: not assigned to this application, or only from a managed device.
    Blocked,
    /// The redirect URI is not registered with the application.
    RedirectUriMismatch,
    /// The authority does not know the client id, or the cloud is the wrong one.
    UnknownClient,
    /// The tenant does not exist.
    TenantNotFound,
    /// The registration does not allow what was asked; an owner of it has to change that.
    Misconfigured,
    /// The computer's clock is wrong by so many minutes; positive means that it runs ahead.
    ClockWrong {
        /// Whole minutes, rounded towards zero.
        minutes: i64,
    },
    /// No answer came.
    Unreachable(Unreachable),
    /// The authority answered that it cannot answer now (5xx, 429).
    ServerDown,
    /// The same was asked too often in a short time: by our own count, or by the authority's (AADSTS50196). Asking again
    /// after `retry_after` is in order, asking at once is not.
    RequestLoop,
    /// An answer came that is not the protocol's: HTML, half a JSON, nothing, or without an end.
    Unreadable(Unreadable),
    /// The code to type in on another device has ended, or is not known there: a new one is needed.
    DeviceCodeOver,
    /// The ID token does not prove who signed in.
    BadIdToken(IdTokenFault),
    /// Anything else; the code tells more.
    Other,
}

/// Why no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// The name could not be looked up, which on a desktop mostly means: no network.
    Offline,
    /// Something answered that nobody listens there.
    Refused,
    /// No secure connection could be made (certificate, interception).
    Tls,
    /// The answer took too long.
    Timeout,
    /// The connection broke before the answer was whole.
    Broken,
}

/// What is wrong with an answer that is not the protocol's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Nothing at all.
    Empty,
    /// A web page, as captive portals and proxies send.
    Html,
    /// Begun as JSON and not ended, or not JSON.
    NotJson,
    /// JSON without what the protocol requires, or with values it forbids.
    Incomplete,
    /// More bytes than any true answer has.
    TooLong,
    /// A redirect to elsewhere, which is never followed.
    Moved,
    /// An HTTP status without an OAuth error.
    Status,
}

/// Why an ID token was not believed (OpenID Connect Core §3.1.3.7; Entra "ID tokens", "Validate tokens").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdTokenFault {
    /// None came although `openid` was asked for.
    Missing,
    /// Not a JWT, or without a required claim.
    Malformed,
    /// Signed with anything but RS256.
    Algorithm,
    /// Signed with a key the authority does not publish.
    UnknownKey,
    /// The signature does not fit.
    Signature,
    /// The key belongs to another issuer than the token names.
    KeyIssuer,
    /// Another issuer, or another tenant than the one asked.
    Issuer,
    /// Meant for another application.
    Audience,
    /// Not the answer to this sign-in.
    Nonce,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// Not a version 2.0 token.
    Version,
    /// From another user flow of B2C than the one asked.
    UserFlow,
}

impl EntraError {
    /// Whether only the person can mend this, told by `error` and `suberror` alone: codes and texts may change
    /// (Entra, "Error codes", "Handling error codes in your application").
    ///
    /// `client_mismatch` and `protection_policy_required` are faults of the application, which no sign-in mends.
    pub(crate) fn must_sign_in_again(&self) -> bool {
        match self.error.as_str() {
            "interaction_required" | "login_required" | "consent_required" => true,
            "invalid_grant" => !matches!(
                self.suberror.as_deref(),
                Some("client_mismatch" | "protection_policy_required")
            ),
            _ => false,
        }
    }

    /// Whether the authority cannot have seen the request, because no connection was made.
    pub(crate) fn never_arrived(&self) -> bool {
        matches!(
            self.kind,
            EntraErrorKind::Unreachable(
                Unreachable::Offline | Unreachable::Refused | Unreachable::Tls
            )
        )
    }

    /// Whether the same request may succeed later by itself.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            EntraErrorKind::Unreachable(_)
                | EntraErrorKind::ServerDown
                | EntraErrorKind::RequestLoop
                | EntraErrorKind::Unreadable(_)
        )
    }

    pub(crate) fn new(kind: EntraErrorKind, error: &str) -> Self {
        Self(Box::new(Details {
            kind,
            error: error.to_owned(),
            code: None,
            suberror: None,
            claims: None,
            correlation_id: None,
            trace_id: None,
            status: None,
            retry_after: None,
            source: None,
        }))
    }
}

impl Deref for EntraError {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for EntraError {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl fmt::Display for EntraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the authority: {:?} ({}", self.kind, self.error)?;
        if let Some(suberror) = &self.suberror {
            write!(f, ", {suberror}")?;
        }
        if let Some(code) = self.code {
            write!(f, ", AADSTS{code}")?;
        }
        write!(f, ")")
    }
}

/// Says no more than [`fmt::Display`] and the ids: claims and causes stay out of logs.
impl fmt::Debug for EntraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntraError")
            .field("kind", &self.kind)
            .field("error", &self.error)
            .field("suberror", &self.suberror)
            .field("code", &self.code)
            .field("status", &self.status)
            .field("correlation_id", &self.correlation_id)
            .field("trace_id", &self.trace_id)
            .finish_non_exhaustive()
    }
}

impl Error for EntraError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|cause| cause as &(dyn Error + 'static))
    }
}
