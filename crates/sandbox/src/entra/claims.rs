//! The `claims` parameter: what a request wants the tokens to say, and what a
//! client says it can do.
//!
//! Sources: OpenID Connect Core §5.5; Microsoft identity platform, "Claims
//! challenges, claims requests and client capabilities"; "Developer's guide to
//! Conditional Access authentication context".

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How many names are read from one request; the libraries ask for three.
const NAMES_MAX: usize = 32;

/// A `claims` parameter, read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// Whether the client can take a claims challenge (`xms_cc`, `cp1`).
    pub cp1: bool,
    /// Authentication contexts that the access token must carry.
    pub acrs: Vec<String>,
    /// The moment, in seconds, that the access token must not be older than.
    pub nbf: Option<i64>,
    /// Claims that the ID token should carry.
    pub id_token: Vec<String>,
    /// Claims that the access token should carry.
    pub access_token: Vec<String>,
}

impl ClaimsRequest {
    /// Reads the parameter. An absent one asks for nothing; what is not a JSON
    /// object is `Err`, which is for the caller to refuse.
    pub fn read(parameter: Option<&str>) -> Result<Self, serde_json::Error> {
        let Some(text) = parameter.filter(|text| !text.trim().is_empty()) else {
            return Ok(Self::default());
        };
        let whole: Map<String, Value> = serde_json::from_str(text)?;
        let access = whole.get("access_token");
        Ok(Self {
            cp1: values(access, "xms_cc")
                .iter()
                .any(|name| name.eq_ignore_ascii_case("cp1")),
            acrs: values(access, "acrs"),
            nbf: values(access, "nbf").first().and_then(|at| at.parse().ok()),
            id_token: names(whole.get("id_token")),
            access_token: names(access),
        })
    }

    /// What either asks for.
    pub fn plus(&self, other: &Self) -> Self {
        let both = |one: &[String], two: &[String]| {
            let mut all = one.to_vec();
            all.extend(two.iter().filter(|name| !one.contains(name)).cloned());
            all
        };
        Self {
            cp1: self.cp1 || other.cp1,
            acrs: both(&self.acrs, &other.acrs),
            nbf: self.nbf.max(other.nbf),
            id_token: both(&self.id_token, &other.id_token),
            access_token: both(&self.access_token, &other.access_token),
        }
    }

    /// The challenge that asks for one authentication context.
    pub fn demanding_acrs(context: &str) -> Value {
        json!({"access_token": {"acrs": {"essential": true, "value": context}}})
    }
}

/// `value` and `values` of one member; a number is written as one.
fn values(token: Option<&Value>, name: &str) -> Vec<String> {
    let Some(member) = token.and_then(|token| token.get(name)) else {
        return Vec::new();
    };
    let many = member.get("values").and_then(Value::as_array);
    many.into_iter()
        .flatten()
        .chain(member.get("value"))
        .take(NAMES_MAX)
        .filter_map(|value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect()
}

fn names(token: Option<&Value>) -> Vec<String> {
    token
        .and_then(Value::as_object)
        .map(|members| members.keys().take(NAMES_MAX).cloned().collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: "Claims challenges, claims requests and client capabilities".
    #[test]
    fn claims_are_read_as_the_libraries_and_challenges_write_them() {
        let check = |text: &str, expected: ClaimsRequest| {
            assert_eq!(ClaimsRequest::read(Some(text)).unwrap(), expected, "{text}");
        };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        check("", ClaimsRequest::default());
        check(
            r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#,
            ClaimsRequest {
                cp1: true,
                access_token: names(&["xms_cc"]),
                ..ClaimsRequest::default()
            },
        );
        check(
            r#"{"access_token":{"acrs":{"essential":true,"value":"c1"},"nbf":{"essential":true,"value":"1700000000"}}}"#,
            ClaimsRequest {
                acrs: names(&["c1"]),
                nbf: Some(1_700_000_000),
                access_token: names(&["acrs", "nbf"]),
                ..ClaimsRequest::default()
            },
        );
        check(
            r#"{"id_token":{"login_hint":{"essential":false},"sid":null},"userinfo":{}}"#,
            ClaimsRequest {
                id_token: names(&["login_hint", "sid"]),
                ..ClaimsRequest::default()
            },
        );
        for text in ["[]", "{", "cp1", "eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="] {
            assert!(ClaimsRequest::read(Some(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn what_a_challenge_asks_is_merged_with_what_the_client_can_do() {
        let cp1 = ClaimsRequest::read(Some(r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#));
        let challenge = ClaimsRequest::read(Some(&ClaimsRequest::demanding_acrs("c1").to_string()));
        let both = cp1.unwrap().plus(&challenge.unwrap());
        assert!(both.cp1);
        assert_eq!(both.acrs, ["c1"]);
    }
}
