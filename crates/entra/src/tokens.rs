//! What a sign-in or a refresh brings.

use std::time::SystemTime;

use secrecy::SecretString;

use crate::account::Account;
use crate::id_token_claims::IdTokenClaims;

/// A finished sign-in: who, and their tokens.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who signed in, from the checked ID token.
    pub account: Account,
    /// Their tokens.
    pub tokens: Tokens,
}

/// The tokens of one answer. Its `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For the resource.
    pub access_token: AccessToken,
    /// When a refresh behind the caller's back is wanted (`refresh_in`).
    pub refresh_at: Option<SystemTime>,
    /// For the next access token; absent without `offline_access`.
    pub refresh_token: Option<SecretString>,
    /// The scopes that were asked for, without the OpenID Connect ones.
    pub asked: Vec<String>,
    /// What the ID token says, which only a sign-in brings.
    pub id_claims: IdTokenClaims,
}

/// An access token and what it is good for.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The token; opaque, never read.
    pub secret: SecretString,
    /// The scopes it has, as the authority spells them.
    pub scopes: Vec<String>,
    /// When it was obtained, by this computer's clock.
    pub obtained_at: SystemTime,
    /// When it ends, by this computer's clock.
    pub expires_at: SystemTime,
}
