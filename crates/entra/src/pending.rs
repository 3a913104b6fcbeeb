//! A sign-in between the opening of the browser and the redirect.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// How long a redirect is waited for: as long as Entra keeps a code, about ten minutes.
pub(crate) const PENDING_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// What must be remembered until the redirect comes (RFC 6749 §10.12, RFC 7636 §4.1, OpenID Connect Core §3.1.2.1).
#[derive(Clone)]
pub struct PendingSignIn {
    pub(crate) state: SecretString,
    pub(crate) nonce: SecretString,
    pub(crate) code_verifier: SecretString,
    pub(crate) client_id: String,
    pub(crate) authority: String,
    pub(crate) issuer: String,
    /// An answer without `iss` is none (RFC 9207 §2.4).
    pub(crate) must_name_issuer: bool,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) claims: Option<String>,
    pub(crate) begun_at: SystemTime,
}

/// Why a sealed sign-in cannot be taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// It was begun too long ago, or by a clock that has since been set back.
    #[error("the sign-in was begun too long ago")]
    Expired,
    /// The record is not one of ours.
    #[error("the sealed sign-in cannot be read")]
    Unreadable,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    state: String,
    nonce: String,
    code_verifier: String,
    client_id: String,
    authority: String,
    issuer: String,
    #[serde(default)]
    must_name_issuer: bool,
    redirect_uri: String,
    scopes: Vec<String>,
    #[serde(default)]
    claims: Option<String>,
    begun_at: u64,
}

impl PendingSignIn {
    /// The record to keep in the credential store, for a cold start by the redirect.
    pub fn seal(&self) -> SecretString {
        let sealed = Sealed {
            state: self.state.expose_secret().to_owned(),
            nonce: self.nonce.expose_secret().to_owned(),
            code_verifier: self.code_verifier.expose_secret().to_owned(),
            client_id: self.client_id.clone(),
            authority: self.authority.clone(),
            issuer: self.issuer.clone(),
            must_name_issuer: self.must_name_issuer,
            redirect_uri: self.redirect_uri.clone(),
            scopes: self.scopes.clone(),
            claims: self.claims.clone(),
            begun_at: self
                .begun_at
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs(),
        };
        // A struct of strings always becomes JSON; an empty record would be refused by `unseal`.
        SecretString::from(serde_json::to_string(&sealed).unwrap_or_default())
    }

    /// Takes a sealed sign-in up again, for ten minutes after it was begun.
    pub fn unseal(record: &SecretString, now: SystemTime) -> Result<Self, UnsealError> {
        let sealed: Sealed =
            serde_json::from_str(record.expose_secret()).map_err(|_| UnsealError::Unreadable)?;
        let begun_at = UNIX_EPOCH
            .checked_add(Duration::from_secs(sealed.begun_at))
            .ok_or(UnsealError::Unreadable)?;
        let pending = Self {
            state: sealed.state.into(),
            nonce: sealed.nonce.into(),
            code_verifier: sealed.code_verifier.into(),
            client_id: sealed.client_id,
            authority: sealed.authority,
            issuer: sealed.issuer,
            must_name_issuer: sealed.must_name_issuer,
            redirect_uri: sealed.redirect_uri,
            scopes: sealed.scopes,
            claims: sealed.claims,
            begun_at,
        };
        if pending.is_over(now) {
            Err(UnsealError::Expired)
        } else {
            Ok(pending)
        }
    }

    /// Whether the time for the redirect has passed.
    fn is_over(&self, now: SystemTime) -> bool {
        // The record keeps whole seconds, so a start in the same second may seem to lie ahead.
        match now.duration_since(self.begun_at) {
            Ok(waited) => waited >= PENDING_LIFETIME,
            Err(ahead) => ahead.duration() > Duration::from_secs(1),
        }
    }

    /// Whether this is the sign-in's own `state`, compared in constant time.
    pub(crate) fn matches(&self, state: &str) -> bool {
        self.state
            .expose_secret()
            .as_bytes()
            .ct_eq(state.as_bytes())
            .into()
    }
}

impl std::fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingSignIn")
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}
