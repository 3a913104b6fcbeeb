//! Reading the redirect: a URL that anybody on the machine may have made.
//!
//! Only one that carries the `state` of the sign-in in progress may end it. Everything is looked at before anything is believed.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::error::EntraError;
use crate::error::refusal::Refusal;
use crate::id_token::issuer_fits;
use crate::pending::PendingSignIn;

/// The longest answer that is looked at. A true one has about 2 KB; what a desktop passes on has no bound of its own.
pub(crate) const ANSWER_BYTES_MAX: usize = 32 * 1_024;

/// The most parameters; Entra sends at most nine.
const PARAMETERS_MAX: usize = 32;

/// The parameters of an answer, in RFC 6749 §4.1.2, RFC 9207 and Entra's documents.
const KNOWN: [&str; 11] = [
    "code",
    "state",
    "session_state",
    "client_info",
    "error",
    "error_description",
    "error_subcode",
    "error_uri",
    "suberror",
    "claims",
    "iss",
];

/// The code from a redirect that matched its sign-in (RFC 6749 §4.1.2). Its `Debug` is blank.
#[derive(Debug, Clone)]
pub struct AuthorizationCode(pub(crate) SecretString);

/// Why a redirect brings no code. Only [`RedirectError::Refused`] ends the sign-in in progress; all others are dropped, and the
/// answer is still waited for.
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
    /// Ours, and with neither a code nor an error: no answer at all, so the true one may still come.
    #[error("the redirect brings neither a code nor an error")]
    Incomplete,
}

/// Reads a redirect for the sign-in in progress.
///
/// Entra answers `scheme://auth/?code=…#` to a redirect URI without a path, with an empty fragment so that an older one
/// cannot leak through (Entra, "Breaking changes", February 2020); so the path may be empty or `/`, and the fragment empty.
pub fn read(pending: &PendingSignIn, url: &str) -> Result<AuthorizationCode, RedirectError> {
    if url.len() > ANSWER_BYTES_MAX {
        return Err(RedirectError::NotARedirect);
    }
    let own = Url::parse(&pending.redirect_uri).map_err(|_| RedirectError::NotARedirect)?;
    let url = Url::parse(url).map_err(|_| RedirectError::NotARedirect)?;
    if !is_at(&own, &url) {
        return Err(RedirectError::NotARedirect);
    }
    read_answer(pending, url.query().unwrap_or_default())
}

/// Reads an answer that has come to the right place, as a query or as a posted form (OAuth 2.0 Form Post Response Mode §2):
/// both are `application/x-www-form-urlencoded`.
pub(crate) fn read_answer(
    pending: &PendingSignIn,
    encoded: &str,
) -> Result<AuthorizationCode, RedirectError> {
    let parameters = parameters(encoded)?;
    let one = |name: &'static str| match parameters.get(name).map(Vec::as_slice) {
        None => Ok(None),
        Some([value]) => Ok(Some(value.as_str())),
        Some(_) => Err(RedirectError::Repeated(name)),
    };
    // First of all: whose answer is it? A forged one must not even be able to complain.
    let state = one("state")?.ok_or(RedirectError::StateMismatch)?;
    if !pending.matches(state) {
        return Err(RedirectError::StateMismatch);
    }
    for name in KNOWN {
        one(name)?;
    }
    if parameters.values().any(|values| values.len() > 1) {
        return Err(RedirectError::Repeated("a parameter"));
    }
    // RFC 9207 §2.4: where the answer names its issuer, it must be the one that was asked. Entra names none.
    let fits = match one("iss")? {
        Some(issuer) => issuer_fits(&pending.issuer, issuer),
        None => !pending.must_name_issuer,
    };
    if !fits {
        return Err(RedirectError::NotARedirect);
    }
    if one("error")?.is_some() {
        return Err(RedirectError::Refused(refusal(&parameters)));
    }
    match one("code")? {
        Some(code) if !code.is_empty() => Ok(AuthorizationCode(SecretString::from(code))),
        _ => Err(RedirectError::Incomplete),
    }
}

type Parameters = BTreeMap<String, Vec<String>>;

fn parameters(encoded: &str) -> Result<Parameters, RedirectError> {
    let mut parameters = Parameters::new();
    for (index, (name, value)) in form_urlencoded::parse(encoded.as_bytes()).enumerate() {
        if index == PARAMETERS_MAX {
            return Err(RedirectError::NotARedirect);
        }
        parameters
            .entry(name.into_owned())
            .or_default()
            .push(value.into_owned());
    }
    Ok(parameters)
}

fn is_at(own: &Url, url: &Url) -> bool {
    let path = |url: &Url| {
        if url.path() == "/" {
            String::new()
        } else {
            url.path().to_owned()
        }
    };
    url.scheme() == own.scheme()
        && url.host() == own.host()
        && url.port() == own.port()
        && path(url) == path(own)
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().unwrap_or_default().is_empty()
}

fn refusal(parameters: &Parameters) -> EntraError {
    let value = |name: &str| match parameters.get(name).and_then(|values| values.first()) {
        Some(text) => Value::String(text.clone()),
        None => Value::Null,
    };
    let refusal = Refusal {
        error: value("error"),
        error_description: value("error_description"),
        error_subcode: value("error_subcode"),
        suberror: value("suberror"),
        claims: value("claims"),
        ..Refusal::default()
    };
    refusal.read(None)
}

#[cfg(test)]
mod tests;
