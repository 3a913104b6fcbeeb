use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use secrecy::ExposeSecret;
use url::Url;

use super::{Redirect, request};
use crate::authority::Authority;
use crate::client::{ClientConfig, Prompt, SignInAsk};
use crate::error::EntraError;
use crate::metadata::Metadata;
use crate::pending::{PENDING_LIFETIME, PendingSignIn, UnsealError};
use crate::random::{NoRandom, Random, system_random};

/// RFC 7636 appendix B.
#[test]
fn the_challenge_is_the_one_of_the_rfc() {
    let verifier = PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    assert_eq!(
        challenge.as_str(),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

#[test]
fn the_request_says_all_and_no_more() {
    let (url, pending) = begin(SignInAsk {
        scopes: vec!["User.Read".to_owned()],
        ..SignInAsk::default()
    });
    let verifier = PkceCodeVerifier::new(pending.code_verifier.expose_secret().to_owned());
    let expected = [
        ("response_type", "code"),
        ("response_mode", "query"),
        ("client_id", "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001"),
        ("redirect_uri", "io.github.signetmail://auth"),
        ("scope", "openid profile offline_access User.Read"),
        ("state", pending.state.expose_secret()),
        ("nonce", pending.nonce.expose_secret()),
        (
            "code_challenge",
            PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str(),
        ),
        ("code_challenge_method", "S256"),
        (
            "claims",
            r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#,
        ),
        ("client_info", "1"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(parameters(&url), BTreeMap::from(expected));
    assert_eq!(
        url.as_str().split('?').next(),
        Some("https://login.microsoftonline.com/common/oauth2/v2.0/authorize")
    );
    // RFC 7636 §4.1: 43 to 128 letters.
    assert!((43..=128).contains(&pending.code_verifier.expose_secret().len()));
}

#[test]
fn no_two_sign_ins_share_a_secret() {
    let (_, one) = begin(SignInAsk::default());
    let (_, two) = begin(SignInAsk::default());
    for secrets in [
        [&one.state, &two.state],
        [&one.nonce, &two.nonce],
        [&one.code_verifier, &two.code_verifier],
        [&one.state, &one.nonce],
    ] {
        assert_ne!(secrets[0].expose_secret(), secrets[1].expose_secret());
    }
}

#[test]
fn nothing_is_begun_without_random_numbers() {
    let none: Random = Arc::new(|_| Err(NoRandom));
    let error = begin_with(&none, SignInAsk::default()).unwrap_err();
    assert_eq!(error.error, "no_random");
}

#[test]
fn a_hint_never_stands_beside_the_picker() {
    let hint = Some("ada@signet.example".to_owned());
    for (prompt, login_hint, expected) in [
        (None, None, (None, None)),
        (None, hint.clone(), (None, Some("ada@signet.example"))),
        (
            Some(Prompt::SelectAccount),
            hint.clone(),
            (Some("select_account"), None),
        ),
    ] {
        let (url, _) = begin(SignInAsk {
            prompt,
            login_hint,
            ..SignInAsk::default()
        });
        let parameters = parameters(&url);
        let value = |name: &str| parameters.get(name).map(String::as_str);
        assert_eq!(
            (value("prompt"), value("login_hint")),
            expected,
            "{prompt:?}"
        );
    }
}

/// OpenID Connect Core §11, and no parameter that is Entra's own.
#[test]
fn another_provider_is_asked_in_the_words_of_openid_connect_alone() {
    let authority = Authority::openid("https://id.example").unwrap();
    for (prompt, expected) in [
        (None, "consent"),
        (Some(Prompt::SelectAccount), "select_account consent"),
    ] {
        let ask = SignInAsk {
            prompt,
            ..SignInAsk::default()
        };
        let (url, _) = begin_at(authority.clone(), &system_random(), ask).unwrap();
        let parameters = parameters(&url);
        assert_eq!(parameters["prompt"], expected);
        for own in ["claims", "client_info"] {
            assert!(!parameters.contains_key(own), "{own}");
        }
    }
}

#[test]
fn a_claims_challenge_goes_along() {
    let claims = Some(r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#.to_owned());
    let (url, _) = begin(SignInAsk {
        claims,
        ..SignInAsk::default()
    });
    let expected =
        r#"{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}"#;
    assert_eq!(
        parameters(&url).get("claims").map(String::as_str),
        Some(expected)
    );
}

#[test]
fn a_sealed_sign_in_is_good_for_ten_minutes() {
    let (_, pending) = begin(SignInAsk {
        scopes: vec!["Mail.Send".to_owned()],
        ..SignInAsk::default()
    });
    let sealed = pending.seal();
    let after =
        |wait: Duration| PendingSignIn::unseal(&sealed, NOW + wait).map(|pending| pending.seal());
    let again = after(PENDING_LIFETIME - Duration::from_secs(1)).unwrap();
    assert_eq!(again.expose_secret(), sealed.expose_secret());
    assert_eq!(after(PENDING_LIFETIME).unwrap_err(), UnsealError::Expired);
    let before = PendingSignIn::unseal(&sealed, NOW - Duration::from_secs(60));
    assert_eq!(
        before.unwrap_err(),
        UnsealError::Expired,
        "the clock was set back"
    );
    for damage in [
        "",
        "{}",
        "null",
        "{\"state\":1}",
        &sealed.expose_secret()[..40],
    ] {
        assert_eq!(
            PendingSignIn::unseal(&damage.into(), NOW).unwrap_err(),
            UnsealError::Unreadable,
            "{damage}"
        );
    }
    assert!(!format!("{pending:?}").contains(pending.state.expose_secret()));
}

const NOW: SystemTime = SystemTime::UNIX_EPOCH;

fn begin(ask: SignInAsk) -> (Url, PendingSignIn) {
    begin_with(&system_random(), ask).unwrap()
}

fn begin_with(random: &Random, ask: SignInAsk) -> Result<(Url, PendingSignIn), EntraError> {
    let common = Authority::parse("https://login.microsoftonline.com/common").unwrap();
    begin_at(common, random, ask)
}

fn begin_at(
    authority: Authority,
    random: &Random,
    ask: SignInAsk,
) -> Result<(Url, PendingSignIn), EntraError> {
    let url = |path: &str| {
        Url::parse(&format!("https://login.microsoftonline.com/common/{path}")).unwrap()
    };
    let config = ClientConfig {
        client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001".to_owned(),
        authority,
        redirect_uri: "io.github.signetmail://auth".to_owned(),
    };
    let metadata = Metadata {
        issuer: "https://login.microsoftonline.com/{tenantid}/v2.0".to_owned(),
        authorization_endpoint: url("oauth2/v2.0/authorize"),
        token_endpoint: url("oauth2/v2.0/token"),
        jwks_uri: url("discovery/v2.0/keys"),
        device_authorization_endpoint: None,
        end_session_endpoint: None,
        answers_name_issuer: false,
    };
    let redirect = Redirect {
        uri: &config.redirect_uri,
        response_mode: "query",
    };
    request(&config, &metadata, &redirect, ask, NOW, random)
}

fn parameters(url: &Url) -> BTreeMap<String, String> {
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let count = pairs.len();
    let parameters: BTreeMap<String, String> = pairs.into_iter().collect();
    assert_eq!(parameters.len(), count, "no parameter is sent twice");
    parameters
}
