use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::TokenAnswer;

#[test]
fn lives_are_understood_in_any_spelling() {
    for (given, expected) in [
        (json!(3599), 3_599),
        (json!("3599"), 3_599),
        (json!(" 3599 "), 3_599),
        (json!(3599.9), 3_599),
        (json!("3599.9"), 3_599),
        (json!(0), 0),
        (json!(u64::MAX), 48 * 3_600),
        (json!("99999999999999999999"), 600),
        (json!(-1), 600),
        (json!("soon"), 600),
        (json!(null), 600),
        (json!([]), 600),
    ] {
        let tokens = answer(&json!({"access_token": "at", "expires_in": given}))
            .unwrap()
            .tokens(&[], SystemTime::UNIX_EPOCH);
        let life = tokens
            .access_token
            .expires_at
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        assert_eq!(life, Duration::from_secs(expected), "{given}");
    }
}

#[test]
fn an_answer_needs_an_access_token_and_no_other_type_than_bearer() {
    for (given, good) in [
        (json!({"access_token": "at", "token_type": "Bearer"}), true),
        (json!({"access_token": "at", "token_type": "bearer"}), true),
        (json!({"access_token": "at"}), true),
        (
            json!({"access_token": "at", "foci": "1", "xms_new": {"a": 1}, "refresh_token": null, "scope": 7}),
            true,
        ),
        (json!({"access_token": "at", "token_type": "pop"}), false),
        (json!({"access_token": ""}), false),
        (json!({"access_token": "a t"}), false),
        (json!({"access_token": "at\r\nX: y"}), false),
        (json!({"access_token": 7}), false),
        (json!({"access_token": "a".repeat(70_000)}), false),
        (json!({"token_type": "Bearer"}), false),
        (json!([]), false),
    ] {
        assert_eq!(answer(&given).is_ok(), good, "{given:.80}");
    }
}

#[test]
fn what_is_left_out_is_what_was_asked() {
    let asked = ["User.Read".to_owned()];
    let of = |json: &Value| answer(json).unwrap().tokens(&asked, SystemTime::UNIX_EPOCH);
    assert_eq!(
        of(&json!({"access_token": "at"})).access_token.scopes,
        asked
    );
    let more = of(&json!({
        "access_token": "at", "scope": "User.Read  Mail.Send email openid profile", "refresh_in": "43200",
        "refresh_token": "rt",
    }));
    assert_eq!(
        more.access_token.scopes,
        ["User.Read", "Mail.Send", "email", "openid", "profile"]
    );
    assert_eq!(
        more.refresh_at,
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(43_200))
    );
    assert_eq!(more.refresh_token.unwrap().expose_secret(), "rt");
}

#[test]
fn no_secret_is_shown() {
    let answer = answer(&json!({"access_token": "topsecret", "refresh_token": "topsecret", "id_token": "topsecret"})).unwrap();
    assert!(!format!("{answer:?}").contains("topsecret"));
    assert!(!format!("{:?}", answer.tokens(&[], SystemTime::UNIX_EPOCH)).contains("topsecret"));
    assert!(
        !serde_json::to_string(&answer)
            .unwrap()
            .contains("topsecret")
    );
}

proptest! {
    /// Whatever type a field has, nothing panics, and an answer with a token is understood.
    #[test]
    fn odd_fields_do_no_harm(name in "expires_in|refresh_in|refresh_token|scope|id_token|client_info|ext_expires_in|[a-z]{1,9}", value in json_value()) {
        prop_assume!(name != "access_token" && name != "token_type");
        let answer = answer(&json!({"access_token": "at", name: value})).unwrap();
        let tokens = answer.tokens(&[], SystemTime::UNIX_EPOCH);
        prop_assert_eq!(tokens.access_token.secret.expose_secret(), "at");
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<TokenAnswer>(&bytes);
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn answer(json: &Value) -> Result<TokenAnswer, serde_json::Error> {
    serde_json::from_str(&json.to_string())
}
