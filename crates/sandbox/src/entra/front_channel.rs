//! Tokens in the authorization response: the implicit and hybrid flows.
//!
//! Source: OpenID Connect Core 1.0 §3.2.2.5, §3.2.2.10 and §3.3.2.11 (`at_hash`,
//! `c_hash`); "OAuth 2.0 implicit grant flow".

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::flow::Flow;
use super::issue::{self, Issue, Version};
use super::outcome::Parameters;
use crate::directory::{Person, by_oid};
use crate::scopes::ScopeSet;
use crate::world::World;

/// The tokens that the answer to `flow` carries: none in the code flow. `None` if
/// they cannot be signed.
pub fn tokens(
    world: &World,
    flow: &Flow,
    person: &Person,
    code: Option<&str>,
) -> Option<Parameters> {
    let ask = &flow.ask;
    if !ask.response_type.id_token {
        return Some(Parameters::new());
    }
    // No refresh token leaves by the front channel (RFC 6749 §4.2.2).
    let offline = ScopeSet::parse("offline_access").ok()?;
    let issue = Issue {
        person: by_oid(person.oid)?,
        seat: flow.seat(person)?,
        app: flow.app()?,
        client_id: &ask.client_id,
        asked: ask.scopes.minus(&offline),
        consented: ask.scopes.minus(&offline),
        long_scopes: ask.long_scopes,
        nonce: ask.nonce.clone(),
        claims: ask.claims.clone(),
        acrs: ask.claims.acrs.clone(),
        signed_in_ms: flow.signed_in_ms,
        strong_at_ms: flow.strong_at_ms,
        client_info: false,
        refreshable: false,
        spa: false,
        resource: None,
        refresh_age_ms: None,
    };
    let answer = issue::answer(world, Version::V2, &ask.issuer, &issue)?;
    let mut parameters = Parameters::new();
    let mut hashes = Map::new();
    if let Some(code) = code {
        hashes.insert("c_hash".to_owned(), Value::String(half_hash(code)));
    }
    if ask.response_type.token {
        let token = answer.get("access_token")?.as_str()?;
        hashes.insert("at_hash".to_owned(), Value::String(half_hash(token)));
        for name in ["access_token", "token_type", "expires_in", "scope"] {
            let value = answer.get(name)?;
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            parameters.push((name, text));
        }
    }
    let id_token = with_claims(world, answer.get("id_token")?.as_str()?, hashes)?;
    parameters.push(("id_token", id_token));
    Some(parameters)
}

/// The left half of the SHA-256, base64url.
fn half_hash(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

/// The same ID token with the hashes of what comes beside it.
fn with_claims(world: &World, id_token: &str, more: Map<String, Value>) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1)?).ok()?;
    let mut claims: Map<String, Value> = serde_json::from_slice(&payload).ok()?;
    claims.extend(more);
    world.signing.sign(&Value::Object(claims))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: OpenID Connect Core 1.0 appendix A.3 and A.4, whose examples give
    /// these hashes for this access token and this code.
    #[test]
    fn hashes_are_those_of_the_standard() {
        for (text, expected) in [
            (
                "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
                "77QmUPtjPfzWtF2AnpK9RQ",
            ),
            (
                "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk",
                "LDktKdoQak3Pk0cnXxCltA",
            ),
        ] {
            assert_eq!(half_hash(text), expected);
        }
    }
}
