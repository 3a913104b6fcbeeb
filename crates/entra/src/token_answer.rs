//! The token answer (RFC 6749 §5.1; Entra, "Successful response").

use std::fmt;
use std::time::{Duration, SystemTime};

use oauth2::basic::BasicTokenType;
use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::id_token_claims::IdTokenClaims;
use crate::lenient;
use crate::tokens::{AccessToken, Tokens};

/// The life of a token that does not state one. The RFC lets a server leave it out; short, so that a wrong guess costs little.
const LIFETIME_UNSTATED: Duration = Duration::from_secs(10 * 60);

/// The longest life that is believed. With continuous access evaluation Entra gives up to 28 hours.
const LIFETIME_MAX: Duration = Duration::from_secs(48 * 60 * 60);

/// The longest token that is kept; the record of an account has to stay within what a credential store takes.
const TOKEN_BYTES_MAX: usize = 64 * 1_024;

/// The answer to a token request. Its `Debug` is blank.
#[derive(Clone, Deserialize)]
#[serde(try_from = "Fields")]
pub(crate) struct TokenAnswer {
    access_token: oauth2::AccessToken,
    refresh_token: Option<oauth2::RefreshToken>,
    expires_in: Option<Duration>,
    refresh_in: Option<Duration>,
    scopes: Option<Vec<oauth2::Scope>>,
    pub(crate) id_token: Option<SecretString>,
    pub(crate) client_info: Option<String>,
}

/// The fields as they came, of any type: numbers may be strings, and an odd field that is not needed does no harm.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    access_token: Value,
    token_type: Value,
    expires_in: Value,
    refresh_in: Value,
    refresh_token: Value,
    scope: Value,
    id_token: Value,
    client_info: Value,
}

/// What makes a token answer useless.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("no access token")]
    NoAccessToken,
    #[error("a token of another type than Bearer")]
    TokenType,
}

impl TryFrom<Fields> for TokenAnswer {
    type Error = Fault;

    fn try_from(fields: Fields) -> Result<Self, Fault> {
        let token_type = lenient::text(&fields.token_type);
        if token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(Fault::TokenType);
        }
        let access_token = token(&fields.access_token).ok_or(Fault::NoAccessToken)?;
        let seconds = |value: &Value| {
            lenient::number(value).map(|count| Duration::from_secs(count).min(LIFETIME_MAX))
        };
        let words = |text: String| {
            text.split_whitespace()
                .map(|word| oauth2::Scope::new(word.to_owned()))
                .collect()
        };
        Ok(Self {
            access_token: oauth2::AccessToken::new(access_token),
            refresh_token: token(&fields.refresh_token).map(oauth2::RefreshToken::new),
            expires_in: seconds(&fields.expires_in),
            refresh_in: seconds(&fields.refresh_in),
            scopes: lenient::text(&fields.scope).map(words),
            id_token: token(&fields.id_token).map(SecretString::from),
            client_info: lenient::text(&fields.client_info),
        })
    }
}

/// A token: visible ASCII, since it travels in a header (RFC 6750 §2.1).
fn token(value: &Value) -> Option<String> {
    lenient::text(value).filter(|text| {
        !text.is_empty()
            && text.len() <= TOKEN_BYTES_MAX
            && text.bytes().all(|byte| byte.is_ascii_graphic())
    })
}

impl TokenAnswer {
    /// The tokens, with times by our clock: the server's differs, and only the lives are told.
    pub(crate) fn tokens(&self, asked: &[String], now: SystemTime) -> Tokens {
        let later = |life: Duration| now.checked_add(life).unwrap_or(now);
        let scopes = match &self.scopes {
            Some(scopes) => scopes.iter().map(|scope| scope.to_string()).collect(),
            // RFC 6749 §5.1: left out where it is what was asked.
            None => asked.to_vec(),
        };
        Tokens {
            access_token: AccessToken {
                secret: SecretString::from(self.access_token.secret().as_str()),
                scopes,
                obtained_at: now,
                expires_at: later(self.expires_in.unwrap_or(LIFETIME_UNSTATED)),
            },
            refresh_at: self.refresh_in.map(later),
            refresh_token: self
                .refresh_token
                .as_ref()
                .map(|token| SecretString::from(token.secret().as_str())),
            asked: asked.to_vec(),
            id_claims: IdTokenClaims::default(),
        }
    }
}

impl oauth2::TokenResponse for TokenAnswer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    fn refresh_token(&self) -> Option<&oauth2::RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<oauth2::Scope>> {
        self.scopes.as_ref()
    }
}

impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAnswer").finish_non_exhaustive()
    }
}

/// Asked for by `oauth2`'s trait; a token answer is never written anywhere.
impl Serialize for TokenAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

#[cfg(test)]
mod tests;
