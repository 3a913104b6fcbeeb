//! Where access tokens come from. The shell implements it over the sign-in; this crate only asks.

use std::future::Future;
use std::pin::Pin;

use secrecy::SecretString;

/// Hands out access tokens for Graph.
pub trait TokenSource: Send + Sync {
    /// A token good for `scopes`. With `rejected`, the token that Graph has just refused must not come again: a fresh
    /// one is fetched, with the claims Graph asked for.
    ///
    /// Nobody is asked anything here; what needs a person comes back as a [`TokenError`].
    fn access_token<'a>(
        &'a self,
        scopes: &'a [&'a str],
        rejected: Option<Rejected<'a>>,
    ) -> Pin<Box<dyn Future<Output = Result<SecretString, TokenError>> + Send + 'a>>;

    /// Whether all of `scopes` were granted, by what is known here. Nobody is asked.
    fn is_granted<'a>(
        &'a self,
        scopes: &'a [&'a str],
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

    /// Graph has refused the fresh token as well: no third one is tried, and only the person can mend it, by a sign-in with
    /// the claims that Graph asks for.
    fn refused_again<'a>(
        &'a self,
        scopes: &'a [&'a str],
        claims: Option<String>,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}

/// A token Graph refused.
#[derive(Clone, Debug)]
pub struct Rejected<'a> {
    /// The token, so that a newer one in the cache is told from it.
    pub token: &'a SecretString,
    /// The decoded claims challenge, a JSON object, if Graph sent one.
    pub claims: Option<String>,
}

/// Why there is no token.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TokenError {
    /// The person has to sign in again.
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
    /// The authority could not be reached, or answered that it is busy.
    #[error("the sign-in server cannot be reached: {0}")]
    Unreachable(String),
    /// Anything else, in words without secrets.
    #[error("no token: {0}")]
    Other(String),
}
