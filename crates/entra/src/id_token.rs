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
use sha2::{Digest, Sha256};

use crate::authority::Kind;
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
    /// What kind of authority was asked, with the tenant as it was asked for.
    pub(crate) kind: &'a Kind,
    pub(crate) now: SystemTime,
}

/// What is used of a checked token.
pub(crate) struct IdClaims {
    /// The key of the account, where nothing better is told: of letters that any store takes for a name.
    pub(crate) key: String,
    /// The tenant, where the authority has tenants.
    pub(crate) tid: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) login_hint: Option<String>,
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
    azp: Value,
    sub: Value,
    tfp: Value,
    acr: Value,
    oid: Value,
    tid: Value,
    ver: Value,
    name: Value,
    preferred_username: Value,
    email: Value,
    emails: Value,
    upn: Value,
    login_hint: Value,
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
    believed(expected, &signed)
}

/// Whether what a key of the authority has signed says what it must.
fn believed(
    expected: &Expected<'_>,
    signed: &[(&SigningKey, Claims)],
) -> Result<IdClaims, IdTokenFault> {
    let Some((_, claims)) = signed.first() else {
        return Err(IdTokenFault::Signature);
    };
    let issuer = lenient::text(&claims.iss).ok_or(IdTokenFault::Malformed)?;
    let tid = lenient::text(&claims.tid);
    let (key, tid) = match expected.kind {
        Kind::Entra { tenant } => {
            let tid = tid.ok_or(IdTokenFault::Malformed)?;
            let may_sign = |key: &SigningKey| key_may_sign(key, expected.issuer, &issuer, &tid);
            if !signed.iter().any(|(key, _)| may_sign(key)) {
                return Err(IdTokenFault::KeyIssuer);
            }
            check_tenant(expected.issuer, tenant, &issuer, &tid)?;
            check_claims(expected, claims)?;
            let oid = lenient::text(&claims.oid).filter(|oid| is_guid(oid));
            let oid = oid.ok_or(IdTokenFault::Malformed)?;
            (format!("{oid}.{tid}").to_ascii_lowercase(), Some(tid))
        }
        Kind::B2c { tenant, policy } => {
            must_be(issuer == expected.issuer, IdTokenFault::Issuer)?;
            check_claims(expected, claims)?;
            let named = [&claims.tfp, &claims.acr]
                .into_iter()
                .find_map(lenient::text);
            let is_ours = named.is_none_or(|named| named.eq_ignore_ascii_case(policy));
            must_be(is_ours, IdTokenFault::UserFlow)?;
            // Without the user flow: who edits a profile stays the same person.
            (subject_key(&tenant.to_ascii_lowercase(), claims)?, tid)
        }
        Kind::OpenId => {
            must_be(issuer == expected.issuer, IdTokenFault::Issuer)?;
            check_claims(expected, claims)?;
            (subject_key(&issuer, claims)?, None)
        }
    };
    let mails = claims.emails.as_array().and_then(|mails| mails.first());
    let names = [&claims.preferred_username, &claims.email, &claims.upn];
    Ok(IdClaims {
        key,
        tid,
        name: lenient::text(&claims.name),
        username: names.into_iter().chain(mails).find_map(lenient::text),
        login_hint: lenient::text(&claims.login_hint),
    })
}

/// The claims alone, as if the authority had signed them.
#[cfg(fuzzing)]
pub(crate) fn believe(claims: &[u8], expected: &Expected<'_>, key: &SigningKey) -> bool {
    serde_json::from_slice::<Claims>(claims)
        .is_ok_and(|claims| believed(expected, &[(key, claims)]).is_ok())
}

fn must_be(holds: bool, fault: IdTokenFault) -> Result<(), IdTokenFault> {
    if holds { Ok(()) } else { Err(fault) }
}

/// A key for who the issuer calls `sub`, which is unique at that issuer alone (OpenID Connect Core §2, §5.7). Both may hold
/// any letter, so the key is their SHA-256 in hexadecimal.
fn subject_key(issuer: &str, claims: &Claims) -> Result<String, IdTokenFault> {
    let sub = lenient::text(&claims.sub).filter(|sub| !sub.is_empty());
    let sub = sub.ok_or(IdTokenFault::Malformed)?;
    let digest = Sha256::new()
        .chain_update(issuer)
        .chain_update([0])
        .chain_update(sub)
        .finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
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

fn check_tenant(template: &str, tenant: &str, issuer: &str, tid: &str) -> Result<(), IdTokenFault> {
    // Only a GUID may be put into the template, or a crafted tenant could complete it to another address.
    let other_tenant = is_guid(tenant) && !tenant.eq_ignore_ascii_case(tid);
    if !is_guid(tid) || other_tenant || template.replace(TENANT_PLACE, tid) != issuer {
        return Err(IdTokenFault::Issuer);
    }
    Ok(())
}

fn check_claims(expected: &Expected<'_>, claims: &Claims) -> Result<(), IdTokenFault> {
    let is = |value: &Value, text: &str| value.as_str() == Some(text);
    let is_entra = matches!(expected.kind, Kind::Entra { .. });
    // A list of one is the same (OpenID Connect Core §2); no other audience is trusted beside ours.
    let alone = match &claims.aud {
        Value::Array(listed) if !is_entra => match listed.as_slice() {
            [one] => one,
            _ => &Value::Null,
        },
        one => one,
    };
    let is_party = claims.azp.is_null() || is(&claims.azp, expected.client_id);
    if !is(alone, expected.client_id) || !(is_entra || is_party) {
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
    // Entra always sends it; elsewhere it is not required.
    let begins = is_entra || !claims.nbf.is_null();
    if begins && moment(&claims.nbf)? > since_epoch(expected.now) + CLOCK_LEEWAY {
        return Err(IdTokenFault::NotYetValid);
    }
    if is_entra && !is(&claims.ver, "2.0") {
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
