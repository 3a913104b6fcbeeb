//! The `claims` request parameter (OpenID Connect Core §5.5; Entra, "Claims challenges").

use serde_json::{Map, Value, json};

use crate::authority::Authority;
use crate::error::refusal::CLAIMS_BYTES_MAX;

/// How deep a challenge may nest; true ones have three levels.
const DEPTH_MAX: usize = 16;

/// The `claims` parameter of a request to this authority: our capability, which only Entra knows, and what a challenge demands.
pub(crate) fn request(authority: &Authority, challenge: Option<&str>) -> Option<String> {
    if authority.is_entra() {
        return Some(with_challenge(challenge));
    }
    challenge
        .filter(|text| text.len() <= CLAIMS_BYTES_MAX)
        .filter(|text| serde_json::from_str::<Map<String, Value>>(text).is_ok())
        .map(str::to_owned)
}

/// Our own claim, that we can handle a claims challenge (`cp1`), together with what a challenge demands.
///
/// A challenge that is not a JSON object, or is longer than any true one, is left out: the authority would refuse the request for it.
fn with_challenge(challenge: Option<&str>) -> String {
    let own = json!({"access_token": {"xms_cc": {"values": ["cp1"]}}});
    let demanded = challenge
        .filter(|text| text.len() <= CLAIMS_BYTES_MAX)
        .and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    let mut claims = Value::Object(demanded.unwrap_or_default());
    merge(&mut claims, own, DEPTH_MAX);
    claims.to_string()
}

/// Lays `added` over `claims`, object by object.
fn merge(claims: &mut Value, added: Value, depth: usize) {
    match (claims, added) {
        (Value::Object(claims), Value::Object(added)) if depth > 0 => {
            for (name, value) in added {
                merge(claims.entry(name).or_insert(Value::Null), value, depth - 1);
            }
        }
        (claims, added) => *claims = added,
    }
}

#[cfg(test)]
mod tests {
    use super::with_challenge;

    #[test]
    fn a_challenge_is_merged_with_our_capability() {
        let own = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
        for (challenge, expected) in [
            (None, own),
            (Some("not json"), own),
            (Some("[1]"), own),
            (
                Some(r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#),
                r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"},"xms_cc":{"values":["cp1"]}}}"#,
            ),
            (Some(r#"{"access_token":null}"#), own),
            (
                Some(r#"{"id_token":{"acr":null}}"#),
                r#"{"access_token":{"xms_cc":{"values":["cp1"]}},"id_token":{"acr":null}}"#,
            ),
        ] {
            assert_eq!(with_challenge(challenge), expected, "{challenge:?}");
        }
    }
}
