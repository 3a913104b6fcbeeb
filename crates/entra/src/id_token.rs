//! Full validation of the ID token (OpenID Connect Core §3.1.3.7; Entra, "ID tokens", "Access tokens": "Validate tokens").
//!
//! The token comes straight from the token endpoint over TLS, where the specification would let the signature go unchecked.
//! It is checked all the same: a token of another tenant, application or sign-in must never become an account here.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde_json::Value;

use crate::error::IdTokenFault;
use crate::keys::SigningKey;
use crate::lenient;

/// How far the two clocks may differ. Desktop clocks drift by minutes, and a few minutes once locked people out of MSAL.
pub(crate) const CLOCK_LEEWAY: Duration = Duration::from_secs(5 * 60);

/// The longest ID token that is looked at; true ones have 1 to 5 KB.
const ID_TOKEN_BYTES_MAX: usize = 64 * 1_024;

/// What Entra writes for the tenant in the issuer of `common` and `organizations`.
const TENANT_PLACE: &str = "{tenantid}";

/// What the token must say.
pub(crate) struct Expected<'a> {
    pub(crate) client_id: &'a str,
    /// `None` for a flow that sends none (device code).
    pub(crate) nonce: Option<&'a str>,
    /// The metadata's issuer, perhaps a template.
    pub(crate) issuer: &'a str,
    /// The authority's tenant as it was asked for.
    pub(crate) tenant: &'a str,
    pub(crate) now: SystemTime,
}

/// What is used of a checked token.
pub(crate) struct IdClaims {
    pub(crate) oid: String,
    pub(crate) tid: String,
    pub(crate) name: Option<String>,
    pub(crate) username: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Claims {
    iss: Value,
    aud: Value,
    exp: Value,
    nbf: Value,
    nonce: Value,
    oid: Value,
    tid: Value,
    ver: Value,
    name: Value,
    preferred_username: Value,
    email: Value,
    upn: Value,
}

/// The id of the key that is said to have signed a token.
pub(crate) fn key_id(token: &str) -> Result<String, IdTokenFault> {
    if token.len() > ID_TOKEN_BYTES_MAX {
        return Err(IdTokenFault::Malformed);
    }
    let (header, _) = token.split_once('.').ok_or(IdTokenFault::Malformed)?;
    let json = BASE64_URL_SAFE_NO_PAD
        .decode(header)
        .map_err(|_| IdTokenFault::Malformed)?;
    let header: Header = serde_json::from_slice(&json).map_err(|_| IdTokenFault::Malformed)?;
    if header.alg != "RS256" {
        return Err(IdTokenFault::Algorithm);
    }
    // RFC 7515 §4.1.11: what a header declares critical and we do not know must be refused.
    if header.crit.is_some() {
        return Err(IdTokenFault::Malformed);
    }
    header.kid.ok_or(IdTokenFault::UnknownKey)
}

/// Checks a token in full.
pub(crate) fn validate(
    token: &str,
    expected: &Expected<'_>,
    keys: &[SigningKey],
) -> Result<IdClaims, IdTokenFault> {
    let kid = key_id(token)?;
    let named: Vec<&SigningKey> = keys.iter().filter(|key| key.kid == kid).collect();
    if named.is_empty() {
        return Err(IdTokenFault::UnknownKey);
    }
    let signed: Vec<(&SigningKey, Claims)> = named
        .iter()
        .filter_map(|key| verify(token, key).map(|claims| (*key, claims)))
        .collect();
    let Some((_, claims)) = signed.first() else {
        return Err(IdTokenFault::Signature);
    };
    let tid = lenient::text(&claims.tid).ok_or(IdTokenFault::Malformed)?;
    let issuer = lenient::text(&claims.iss).ok_or(IdTokenFault::Malformed)?;
    if !signed
        .iter()
        .any(|(key, _)| key_may_sign(key, expected.issuer, &issuer, &tid))
    {
        return Err(IdTokenFault::KeyIssuer);
    }
    check_issuer(expected, &issuer, &tid)?;
    check_claims(expected, claims)?;
    Ok(IdClaims {
        oid: lenient::text(&claims.oid)
            .filter(|oid| is_guid(oid))
            .ok_or(IdTokenFault::Malformed)?,
        tid,
        name: lenient::text(&claims.name),
        username: [&claims.preferred_username, &claims.email, &claims.upn]
            .into_iter()
            .find_map(lenient::text),
    })
}

/// The claims, if the key made the signature. Everything else is checked here in the open, against the clock we were given.
fn verify(token: &str, key: &SigningKey) -> Option<Claims> {
    let mut signature_alone = Validation::new(Algorithm::RS256);
    signature_alone.required_spec_claims.clear();
    signature_alone.validate_exp = false;
    signature_alone.validate_nbf = false;
    signature_alone.validate_aud = false;
    jsonwebtoken::decode(token, &key.key, &signature_alone)
        .ok()
        .map(|data| data.claims)
}

/// Entra's keys name whose tokens they sign, so that the key of personal accounts signs nobody else's.
fn key_may_sign(key: &SigningKey, template: &str, issuer: &str, tid: &str) -> bool {
    match &key.issuer {
        Some(of_key) => of_key.replace(TENANT_PLACE, tid) == issuer,
        // Elsewhere keys name no issuer; an authority of many tenants always does.
        None => !template.contains(TENANT_PLACE),
    }
}

fn check_issuer(expected: &Expected<'_>, issuer: &str, tid: &str) -> Result<(), IdTokenFault> {
    // Only a GUID may be put into the template, or a crafted tenant could complete it to another address.
    let other_tenant = is_guid(expected.tenant) && !expected.tenant.eq_ignore_ascii_case(tid);
    if !is_guid(tid) || other_tenant || expected.issuer.replace(TENANT_PLACE, tid) != issuer {
        return Err(IdTokenFault::Issuer);
    }
    Ok(())
}

fn check_claims(expected: &Expected<'_>, claims: &Claims) -> Result<(), IdTokenFault> {
    let is = |value: &Value, text: &str| value.as_str() == Some(text);
    if !is(&claims.aud, expected.client_id) {
        return Err(IdTokenFault::Audience);
    }
    if expected
        .nonce
        .is_some_and(|nonce| !is(&claims.nonce, nonce))
    {
        return Err(IdTokenFault::Nonce);
    }
    if moment(&claims.exp)? + CLOCK_LEEWAY <= since_epoch(expected.now) {
        return Err(IdTokenFault::Expired);
    }
    if moment(&claims.nbf)? > since_epoch(expected.now) + CLOCK_LEEWAY {
        return Err(IdTokenFault::NotYetValid);
    }
    if !is(&claims.ver, "2.0") {
        return Err(IdTokenFault::Version);
    }
    Ok(())
}

/// A NumericDate (RFC 7519 §2), before the year 10,000 so that adding to it never overflows.
fn moment(value: &Value) -> Result<Duration, IdTokenFault> {
    let seconds = lenient::number(value).filter(|seconds| *seconds < 253_402_300_800);
    seconds
        .map(Duration::from_secs)
        .ok_or(IdTokenFault::Malformed)
}

fn since_epoch(now: SystemTime) -> Duration {
    now.duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Whether a text is a GUID with hyphens and nothing around it.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// Whether an issuer is the metadata's, for some tenant where that is a template.
pub(crate) fn issuer_fits(template: &str, issuer: &str) -> bool {
    match template.split_once(TENANT_PLACE) {
        None => template == issuer,
        Some((before, after)) => {
            let tenant = issuer
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after));
            tenant.is_some_and(is_guid)
        }
    }
}

#[cfg(test)]
mod tests;
