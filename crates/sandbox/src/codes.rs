//! Authorization codes: about ten minutes, one use, bound to what was asked.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::dice::Dice;
use crate::entra::ClaimsRequest;
use crate::guard::lock;
use crate::scopes::ScopeSet;

/// How long a code can be redeemed (Microsoft identity platform, "OAuth 2.0
/// authorization code flow": about ten minutes).
const CODE_MS: i64 = 10 * 60 * 1000;
/// How many codes are remembered: enough for any test run, and the oldest go
/// first, so that nobody can fill the memory by signing in.
const CODES_MAX: usize = 4096;

/// The lengths of a verifier, and of a challenge (RFC 7636 §4.1 and §4.2).
const PKCE_BYTES: RangeInclusive<usize> = 43..=128;

/// Whether `text` has the length and the characters of a verifier or a challenge
/// (RFC 7636 §4.1 and §4.2: the unreserved ones of RFC 3986).
pub fn is_pkce(text: &str) -> bool {
    PKCE_BYTES.contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// The PKCE challenge of a request (RFC 7636 §4.3).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Challenge {
    /// Whether the method is S256; otherwise it is plain.
    pub s256: bool,
    /// The challenge itself.
    pub value: String,
}

/// What a code stands for.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Object id of the person who signed in.
    pub oid: String,
    /// The client that asked.
    pub client_id: String,
    /// The redirect URI that must be named again.
    pub redirect_uri: String,
    /// The authority's path segment; a code is redeemed where it was issued.
    pub tenant: String,
    /// The Graph host of the cloud that issued it; another cloud knows it not.
    pub graph_host: String,
    /// Scopes that were asked.
    pub scopes: ScopeSet,
    /// Whether they were asked in the long form.
    pub long_scopes: bool,
    /// PKCE challenge, if there was one.
    pub challenge: Option<Challenge>,
    /// Nonce for the ID token, if there was one.
    pub nonce: Option<String>,
    /// What the tokens should say, and what the client can do.
    pub claims: ClaimsRequest,
    /// When the person signed in.
    pub signed_in_ms: i64,
    /// When a second factor was given, if one was.
    pub strong_at_ms: Option<i64>,
    /// The v1.0 resource, if the request went there.
    pub resource: Option<String>,
}

/// Why a code cannot be redeemed.
#[derive(Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Nobody issued it.
    Unknown,
    /// It was redeemed before.
    Redeemed,
    /// It is too old.
    Expired,
}

struct Issued {
    grant: Grant,
    at_ms: i64,
    redeemed: bool,
}

/// The codes that were issued lately.
#[derive(Default)]
pub struct Codes {
    issued: Mutex<HashMap<String, Issued>>,
}

impl Codes {
    /// Issues a code of about the length that Entra's have.
    pub fn issue(&self, dice: &Dice, grant: Grant, now_ms: i64) -> String {
        let mut bytes = Vec::with_capacity(640);
        while bytes.len() < 640 {
            bytes.extend_from_slice(dice.uuid().as_bytes());
        }
        let code = format!("1.AX{}", URL_SAFE_NO_PAD.encode(bytes));
        let mut issued = lock(&self.issued);
        issued.retain(|_, old| now_ms - old.at_ms < 2 * CODE_MS);
        if issued.len() >= CODES_MAX
            && let Some(oldest) = issued
                .iter()
                .min_by_key(|(_, old)| old.at_ms)
                .map(|(code, _)| code.clone())
        {
            issued.remove(&oldest);
        }
        issued.insert(
            code.clone(),
            Issued {
                grant,
                at_ms: now_ms,
                redeemed: false,
            },
        );
        code
    }

    /// Looks a code up without using it, so that a wrong verifier or redirect
    /// URI is told as such.
    pub fn look_up(&self, code: &str, now_ms: i64) -> Result<Grant, CodeError> {
        match lock(&self.issued).get(code) {
            None => Err(CodeError::Unknown),
            Some(issued) if issued.redeemed => Err(CodeError::Redeemed),
            Some(issued) if now_ms - issued.at_ms > CODE_MS => Err(CodeError::Expired),
            Some(issued) => Ok(issued.grant.clone()),
        }
    }

    /// Uses a code up. `false` if somebody else was faster.
    pub fn use_up(&self, code: &str) -> bool {
        lock(&self.issued)
            .get_mut(code)
            .is_some_and(|issued| !std::mem::replace(&mut issued.redeemed, true))
    }

    /// Forgets them all.
    pub fn clear(&self) {
        lock(&self.issued).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 7636 §4.1, §4.2 and appendix B.
    #[test]
    fn verifiers_and_challenges_have_their_length_and_characters() {
        for (text, expected) in [
            ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", true),
            ("a".repeat(128).as_str(), true),
            ("-._~".repeat(11).as_str(), true),
            ("a".repeat(42).as_str(), false),
            ("a".repeat(129).as_str(), false),
            ("a=".repeat(22).as_str(), false),
            ("a+/".repeat(15).as_str(), false),
            ("a b".repeat(15).as_str(), false),
            ("é".repeat(22).as_str(), false),
            ("", false),
        ] {
            assert_eq!(is_pkce(text), expected, "{text}");
        }
    }
}
