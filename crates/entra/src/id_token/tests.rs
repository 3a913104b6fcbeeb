use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, Header};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Expected, issuer_fits, validate};
use crate::authority::Kind;
use crate::error::IdTokenFault::{self, *};
use crate::exchange::Answer;
use crate::keys::{self, SigningKey};
use crate::test_key::{FORGED, OURS, unsigned};

const CLIENT: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const OTHER_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
const NOW: u64 = 1_700_000_000;

fn check(what: &str, token: &str, expected: Result<(), IdTokenFault>) {
    let keys = published(&[OURS.published(Some(TEMPLATE))]);
    assert_eq!(
        outcome(token, TEMPLATE, "common", &keys),
        expected,
        "{what}"
    );
}

#[test]
fn a_true_token_is_believed() {
    check("as Entra sends it", &OURS.sign(&claims()), Ok(()));
    check(
        "numbers as strings",
        &OURS.sign(&with(&[
            ("exp", json!("1700003300")),
            ("nbf", json!("1699999700")),
        ])),
        Ok(()),
    );
    check(
        "unknown claims",
        &OURS.sign(&with(&[
            ("xms_new", json!({"a": [1]})),
            ("rh", json!("0.A")),
        ])),
        Ok(()),
    );
    check(
        "our clock 4 minutes fast",
        &OURS.sign(&with(&[("exp", json!(NOW - 4 * 60))])),
        Ok(()),
    );
    check(
        "our clock 4 minutes slow",
        &OURS.sign(&with(&[("nbf", json!(NOW + 4 * 60))])),
        Ok(()),
    );
}

#[test]
fn a_claim_that_is_not_ours_is_refused() {
    for (claim, value, expected) in [
        (
            "iss",
            json!(format!(
                "https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"
            )),
            KeyIssuer,
        ),
        ("iss", json!("https://evil.example/v2.0"), KeyIssuer),
        ("iss", Value::Null, Malformed),
        ("tid", json!(OTHER_TENANT), KeyIssuer),
        ("tid", Value::Null, Malformed),
        (
            "aud",
            json!("00000003-0000-0000-c000-000000000000"),
            Audience,
        ),
        ("aud", json!([CLIENT, "another"]), Audience),
        ("aud", Value::Null, Audience),
        ("nonce", json!("n2"), Nonce),
        ("nonce", Value::Null, Nonce),
        ("exp", json!(NOW - 5 * 60), Expired),
        ("exp", json!(0), Expired),
        ("exp", Value::Null, Malformed),
        ("exp", json!(u64::MAX), Malformed),
        ("nbf", json!(NOW + 5 * 60 + 1), NotYetValid),
        ("nbf", Value::Null, Malformed),
        ("ver", json!("1.0"), Version),
        ("ver", Value::Null, Version),
        ("oid", json!("ada"), Malformed),
        ("oid", Value::Null, Malformed),
    ] {
        check(
            &format!("{claim} = {value}"),
            &OURS.sign(&with(&[(claim, value)])),
            Err(expected),
        );
    }
}

#[test]
fn a_signature_that_is_not_the_authoritys_is_refused() {
    let good = OURS.sign(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let other_claims = OURS.sign(&with(&[("name", json!("Mallory"))]));
    let swapped = format!(
        "{}.{}.{}",
        parts[0],
        other_claims.split('.').nth(1).unwrap(),
        parts[2]
    );
    let rs384 = Header {
        kid: Some("key-1".to_owned()),
        ..Header::new(Algorithm::RS384)
    };
    let other_kid = Header {
        kid: Some("key-2".to_owned()),
        ..Header::new(Algorithm::RS256)
    };
    let no_kid = Header::new(Algorithm::RS256);
    let none = json!({"alg": "none", "kid": "key-1"});
    for (what, token, expected) in [
        (
            "another key of the same name",
            FORGED.sign(&claims()),
            Signature,
        ),
        ("claims of another token", swapped, Signature),
        (
            "no signature",
            format!("{}.{}.", parts[0], parts[1]),
            Signature,
        ),
        ("alg none", unsigned(&none, &claims(), ""), Algorithm),
        (
            "alg NoNe",
            unsigned(&json!({"alg": "NoNe", "kid": "key-1"}), &claims(), parts[2]),
            Algorithm,
        ),
        ("HMAC with the public key", OURS.hmac(&claims()), Algorithm),
        ("RS384", OURS.sign_under(&rs384, &claims()), Algorithm),
        (
            "an unpublished key",
            OURS.sign_under(&other_kid, &claims()),
            UnknownKey,
        ),
        (
            "no key named",
            OURS.sign_under(&no_kid, &claims()),
            UnknownKey,
        ),
        (
            "critical header",
            unsigned(
                &json!({"alg": "RS256", "kid": "key-1", "crit": ["b64"]}),
                &claims(),
                parts[2],
            ),
            Malformed,
        ),
        ("two parts", format!("{}.{}", parts[0], parts[1]), Signature),
        ("four parts", format!("{good}.x"), Signature),
        ("nothing", String::new(), Malformed),
        (
            "endless",
            format!("{good}{}", "A".repeat(70_000)),
            Malformed,
        ),
    ] {
        check(what, &token, Err(expected));
    }
}

#[test]
fn a_key_signs_only_for_its_issuer() {
    let personal = format!("https://login.microsoftonline.com/{OTHER_TENANT}/v2.0");
    let token = OURS.sign(&claims());
    for (what, key, expected) in [
        (
            "the key of personal accounts",
            OURS.published(Some(&personal)),
            Err(KeyIssuer),
        ),
        (
            "a key without an issuer at an authority of many tenants",
            OURS.published(None),
            Err(KeyIssuer),
        ),
        (
            "the tenant's own key",
            OURS.published(Some(&issuer(TENANT))),
            Ok(()),
        ),
    ] {
        assert_eq!(
            outcome(&token, TEMPLATE, "common", &published(&[key])),
            expected,
            "{what}"
        );
    }
    let both = published(&[
        OURS.published(Some(&personal)),
        OURS.published(Some(TEMPLATE)),
    ]);
    assert_eq!(
        outcome(&token, TEMPLATE, "common", &both),
        Ok(()),
        "one key published for two issuers"
    );
}

#[test]
fn an_authority_of_one_tenant_takes_no_other() {
    let keys = published(&[OURS.published(Some(TEMPLATE))]);
    let token = OURS.sign(&claims());
    for (template, tenant, expected) in [
        (issuer(TENANT), TENANT, Ok(())),
        (issuer(TENANT), "contoso.example", Ok(())),
        (issuer(OTHER_TENANT), "consumers", Err(Issuer)),
        (TEMPLATE.to_owned(), OTHER_TENANT, Err(Issuer)),
    ] {
        assert_eq!(
            outcome(&token, &template, tenant, &keys),
            expected,
            "{template} {tenant}"
        );
    }
    let crafted = "evil.example/x";
    let token = OURS.sign(&with(&[
        ("tid", json!(crafted)),
        ("iss", json!(issuer(crafted))),
    ]));
    assert_eq!(
        outcome(&token, TEMPLATE, "common", &keys),
        Err(Issuer),
        "a tenant that is no GUID"
    );
}

#[test]
fn odd_keys_do_not_take_the_good_one_with_them() {
    let keys = published(&[
        json!({"kty": "EC", "crv": "P-256", "kid": "key-1"}),
        json!(7),
        json!({"kty": "RSA", "kid": "key-1", "n": "!", "e": "AQAB"}),
        json!({"kty": "RSA", "kid": "key-1", "use": "enc", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "RSA", "kid": "key-1", "alg": "RS512", "n": "AQAB", "e": "AQAB"}),
        OURS.published(Some(TEMPLATE)),
    ]);
    assert_eq!(keys.len(), 1);
    assert_eq!(
        outcome(&OURS.sign(&claims()), TEMPLATE, "common", &keys),
        Ok(())
    );
}

#[test]
fn an_issuer_of_the_response_fits_the_template() {
    for (template, given, expected) in [
        (TEMPLATE, issuer(TENANT), true),
        (TEMPLATE, TEMPLATE.to_owned(), false),
        (TEMPLATE, issuer("x/../y"), false),
        (TEMPLATE, "https://evil.example/v2.0".to_owned(), false),
        (
            "https://one.example",
            "https://one.example".to_owned(),
            true,
        ),
        (
            "https://one.example",
            "https://one.example/".to_owned(),
            false,
        ),
    ] {
        assert_eq!(
            issuer_fits(template, &given),
            expected,
            "{template} {given}"
        );
    }
}

proptest! {
    /// Whatever comes, nothing panics and nothing unsigned is believed.
    #[test]
    fn no_text_is_a_token(token in "[A-Za-z0-9_.=-]{0,200}|\\PC{0,200}|eyJ[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}") {
        prop_assert!(outcome(&token, TEMPLATE, "common", &[]).is_err());
    }

    /// One changed letter anywhere and the token is no longer believed, or is still the same token.
    #[test]
    fn no_changed_token_is_believed(index in 0_usize..600, letter in "[A-Za-z0-9_.-]") {
        let mut letters: Vec<char> = OURS.sign(&claims()).chars().collect();
        let index = index % letters.len();
        let last = index + 1 == letters.len();
        let new = letter.chars().next().unwrap();
        prop_assume!(letters[index] != new && !last);
        letters[index] = new;
        let token: String = letters.into_iter().collect();
        let keys = published(&[OURS.published(Some(TEMPLATE))]);
        prop_assert!(outcome(&token, TEMPLATE, "common", &keys).is_err());
    }
}

fn outcome(
    token: &str,
    issuer: &str,
    tenant: &str,
    keys: &[SigningKey],
) -> Result<(), IdTokenFault> {
    let now: SystemTime = UNIX_EPOCH + Duration::from_secs(NOW);
    validate(
        token,
        &Expected {
            client_id: CLIENT,
            nonce: Some("n1"),
            issuer,
            kind: &Kind::Entra {
                tenant: tenant.to_owned(),
            },
            now,
        },
        keys,
    )
    .map(|_| ())
}

/// What another provider says, and B2C.
mod elsewhere {
    use super::*;
    use crate::id_token::IdClaims;

    const ISSUER: &str = "https://id.example";

    fn read(kind: &Kind, changes: &[(&str, Value)]) -> Result<IdClaims, IdTokenFault> {
        let mut claims = json!({
            "iss": ISSUER, "aud": CLIENT, "sub": "24400320", "exp": NOW + 3_300, "iat": NOW, "nonce": "n1",
        });
        for (name, value) in changes {
            claims[*name] = value.clone();
        }
        let expected = Expected {
            client_id: CLIENT,
            nonce: Some("n1"),
            issuer: ISSUER,
            kind,
            now: UNIX_EPOCH + Duration::from_secs(NOW),
        };
        let keys = published(&[OURS.published(None)]);
        validate(&OURS.sign(&claims), &expected, &keys)
    }

    #[test]
    fn another_provider_names_one_audience_and_one_subject() {
        for (what, change, expected) in [
            ("as it is", ("iat", json!(NOW)), Ok(())),
            ("a list of one", ("aud", json!([CLIENT])), Ok(())),
            (
                "a list of two",
                ("aud", json!([CLIENT, "other"])),
                Err(Audience),
            ),
            ("an empty list", ("aud", json!([])), Err(Audience)),
            ("our party", ("azp", json!(CLIENT)), Ok(())),
            ("another party", ("azp", json!("other")), Err(Audience)),
            (
                "another issuer",
                ("iss", json!("https://id.example/")),
                Err(Issuer),
            ),
            ("no subject", ("sub", Value::Null), Err(Malformed)),
            ("an empty subject", ("sub", json!("")), Err(Malformed)),
            ("another nonce", ("nonce", json!("n2")), Err(Nonce)),
            ("over", ("exp", json!(NOW - 301)), Err(Expired)),
            ("not begun", ("nbf", json!(NOW + 301)), Err(NotYetValid)),
            ("no end", ("exp", Value::Null), Err(Malformed)),
        ] {
            let outcome = read(&Kind::OpenId, &[change]).map(|_| ());
            assert_eq!(outcome, expected, "{what}");
        }
    }

    #[test]
    fn a_subject_is_somebody_at_one_issuer_alone() {
        let key = |changes: &[(&str, Value)]| read(&Kind::OpenId, changes).unwrap().key;
        let one = key(&[]);
        assert_eq!(one.len(), 64);
        assert_eq!(one, key(&[("email", json!("new@id.example"))]));
        assert_ne!(one, key(&[("sub", json!("24400321"))]));
        let b2c = Kind::B2c {
            tenant: "contoso.example".to_owned(),
            policy: "sign_in".to_owned(),
        };
        assert_ne!(one, read(&b2c, &[]).unwrap().key);
    }

    #[test]
    fn a_user_flow_answers_for_itself_and_a_person_is_the_same_in_all() {
        let flow = |policy: &str| Kind::B2c {
            tenant: "Contoso.example".to_owned(),
            policy: policy.to_owned(),
        };
        let (sign_in, edit) = (flow("B2C_1_sign_in"), flow("B2C_1_edit"));
        let named = |name| [("tfp", json!(name)), ("emails", json!(["ada@id.example"]))];
        let signed_in = read(&sign_in, &named("b2c_1_sign_in")).unwrap();
        let edited = read(&edit, &named("b2c_1_edit")).unwrap();
        assert_eq!(signed_in.key, edited.key);
        assert_eq!(signed_in.username.as_deref(), Some("ada@id.example"));
        let other = read(&sign_in, &named("b2c_1_edit")).map(|_| ());
        assert_eq!(other, Err(UserFlow));
        let older = read(&sign_in, &[("acr", json!("b2c_1_edit"))]).map(|_| ());
        assert_eq!(older, Err(UserFlow));
    }
}

fn issuer(tenant: &str) -> String {
    TEMPLATE.replace("{tenantid}", tenant)
}

/// The claims of a work account, with Entra's times: issued five minutes ago by design, good for an hour.
fn claims() -> Value {
    json!({
        "aud": CLIENT, "iss": issuer(TENANT), "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 3300, "aio": "x",
        "name": "Ada Lovelace-Núñez", "nonce": "n1", "oid": "690222be-ff1a-4d56-abd1-7e4f7d38e474",
        "preferred_username": "ada@signet.example", "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
        "tid": TENANT, "ver": "2.0",
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut claims = claims();
    for (name, value) in changes {
        claims[*name] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(*name);
        }
    }
    claims
}

fn published(keys: &[Value]) -> Vec<SigningKey> {
    keys::read(&Answer::of(
        200,
        json!({"keys": keys}).to_string().as_bytes(),
    ))
    .unwrap()
}

#[test]
fn a_client_id_is_a_guid_with_hyphens() {
    let id = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";
    for (text, expected) in [
        (id.to_owned(), true),
        (id.to_uppercase(), true),
        (id.replace('-', ""), false),
        (format!("{{{id}}}"), false),
        (format!(" {id}"), false),
        (id.replace('7', "g"), false),
        (String::new(), false),
    ] {
        assert_eq!(crate::is_client_id(&text), expected, "{text}");
    }
}
