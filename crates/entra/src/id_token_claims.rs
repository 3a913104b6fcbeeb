//! What an ID token says, for whoever wants to look: every claim as text. Nothing here decides anything.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most claims that are kept: Entra writes about twenty, and an administrator may add some.
const CLAIMS_MAX: usize = 64;

/// The longest text of a claim: that of a person in many groups has thousands of letters, and is cut.
const CLAIM_CHARS_MAX: usize = 1_024;

/// The claims of an ID token that was checked, by name. Its `Debug` is blank: they name a person.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IdTokenClaims(BTreeMap<String, String>);

impl fmt::Debug for IdTokenClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdTokenClaims").finish_non_exhaustive()
    }
}

impl IdTokenClaims {
    /// Name and value of each claim, by name. What is no text stands there as JSON.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The claims of a token whose signature and claims were checked before.
    pub(crate) fn of_checked(token: &SecretString) -> Self {
        let payload = token.expose_secret().split('.').nth(1);
        let json = payload.and_then(|payload| BASE64_URL_SAFE_NO_PAD.decode(payload).ok());
        let claims = json.and_then(|json| serde_json::from_slice::<Map<String, Value>>(&json).ok());
        let claims = claims.unwrap_or_default().into_iter().take(CLAIMS_MAX);
        Self(
            claims
                .map(|(name, value)| (cut(name), shown(value)))
                .collect(),
        )
    }
}

fn shown(value: Value) -> String {
    cut(match value {
        Value::String(text) => text,
        other => other.to_string(),
    })
}

fn cut(text: String) -> String {
    match text.char_indices().nth(CLAIM_CHARS_MAX) {
        None => text,
        Some(_) => text.chars().take(CLAIM_CHARS_MAX).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> IdTokenClaims {
        let token = format!("header.{}.signature", BASE64_URL_SAFE_NO_PAD.encode(json));
        IdTokenClaims::of_checked(&token.into())
    }

    #[test]
    fn every_claim_is_there_as_text() {
        let claims =
            claims(r#"{"name":"Ada","exp":1700000000,"groups":["a","b"],"hasgroups":true}"#);
        let expected = [
            ("exp", "1700000000"),
            ("groups", r#"["a","b"]"#),
            ("hasgroups", "true"),
            ("name", "Ada"),
        ];
        assert_eq!(claims.iter().collect::<Vec<_>>(), expected);
        assert!(!format!("{claims:?}").contains("Ada"));
    }

    #[test]
    fn claims_are_bounded_in_number_and_length() {
        let many: Map<String, Value> = (0..1_000)
            .map(|number| (format!("c{number}"), Value::from("é".repeat(10_000))))
            .collect();
        let claims = claims(&Value::Object(many).to_string());
        assert_eq!(claims.iter().count(), CLAIMS_MAX);
        let longest = claims.iter().map(|(_, value)| value.chars().count()).max();
        assert_eq!(longest, Some(CLAIM_CHARS_MAX + 1));
    }

    #[test]
    fn what_is_no_token_claims_nothing() {
        for token in ["", "a", "a.b.c", "a.W10.c", "..."] {
            assert!(
                IdTokenClaims::of_checked(&token.into()).is_empty(),
                "{token}"
            );
        }
    }
}
