//! Reading the redirect: a URL that anybody on the machine may have made.

use secrecy::SecretString;

use crate::error::EntraError;
use crate::pending::PendingSignIn;

/// The code from a redirect that matched its sign-in (RFC 6749 §4.1.2). Its `Debug` is blank.
#[derive(Debug, Clone)]
pub struct AuthorizationCode(pub(crate) SecretString);

/// Why a redirect brings no code. All but [`RedirectError::Refused`] leave the pending sign-in as it was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RedirectError {
    /// Not our redirect URI, or with parts that no answer has.
    #[error("not a redirect of this application")]
    NotARedirect,
    /// Not the sign-in in progress.
    #[error("the redirect does not belong to the sign-in in progress")]
    StateMismatch,
    /// A parameter given twice (RFC 6749 §3.1).
    #[error("the redirect gives {0} twice")]
    Repeated(&'static str),
    /// The authority said no, and why.
    #[error("the authority refused")]
    Refused(#[source] EntraError),
    /// Ours, and with neither a code nor an error.
    #[error("the redirect brings neither a code nor an error")]
    Incomplete,
}

/// Reads a redirect for the sign-in in progress.
pub fn read(pending: &PendingSignIn, url: &str) -> Result<AuthorizationCode, RedirectError> {
    let _ = (pending, url);
    Err(RedirectError::NotARedirect)
}
