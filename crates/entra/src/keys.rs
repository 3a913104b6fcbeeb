//! The authority's signing keys (RFC 7517; Entra, "Signing key rollover").

use std::fmt;

use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;

use crate::error::EntraError;
use crate::exchange::Answer;

/// The most keys that are read. Entra publishes fewer than ten.
const KEYS_MAX: usize = 64;

/// One key for RS256.
#[derive(Clone)]
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    /// Entra's addition: whose tokens the key may sign, with `{tenantid}` for any tenant's.
    pub(crate) issuer: Option<String>,
    pub(crate) key: DecodingKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    kid: String,
    n: String,
    e: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    issuer: Option<String>,
}

/// The request for them.
pub(crate) fn request(jwks_uri: &url::Url) -> Result<http::Request<Vec<u8>>, http::Error> {
    http::Request::get(jwks_uri.as_str())
        .header("accept", "application/json")
        .body(Vec::new())
}

/// Reads the answer. An odd key is passed over, so that it never takes the good ones with it.
pub(crate) fn read(answer: &Answer) -> Result<Vec<SigningKey>, EntraError> {
    if answer.head.status != 200 {
        return Err(answer.refusal());
    }
    let set: KeySet = serde_json::from_slice(&answer.body).map_err(|_| answer.refusal())?;
    Ok(set
        .keys
        .into_iter()
        .take(KEYS_MAX)
        .filter_map(signing_key)
        .collect())
}

fn signing_key(value: Value) -> Option<SigningKey> {
    let key: Key = serde_json::from_value(value).ok()?;
    let signs = key.usage.is_none_or(|usage| usage == "sig");
    let rs256 = key.kty == "RSA" && key.alg.is_none_or(|alg| alg == "RS256");
    if !signs || !rs256 {
        return None;
    }
    let decoding = DecodingKey::from_rsa_components(&key.n, &key.e).ok()?;
    Some(SigningKey {
        kid: key.kid,
        issuer: key.issuer,
        key: decoding,
    })
}
