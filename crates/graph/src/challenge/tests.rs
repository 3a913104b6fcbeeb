use base64::engine::general_purpose::{STANDARD as PADDED, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

/// Has every character that tells the alphabets apart once it is encoded: `+` and `/` against `-` and `_`.
const CLAIMS: &str =
    r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"},"x":"~~>~?? ü"}}"#;

fn check(headers: &[&str], expected: Option<&str>) {
    let mut map = HeaderMap::new();
    for header in headers {
        map.append(WWW_AUTHENTICATE, header.parse().unwrap());
    }
    assert_eq!(claims(&map).as_deref(), expected, "{headers:?}");
}

// Source: Microsoft identity platform, "Claims challenges", header form and example.
#[test]
fn the_documented_challenge() {
    let encoded =
        "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNjA0MTA2NjUxIn19fQ==";
    let header = format!(
        r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="{encoded}""#
    );
    check(
        &[&header],
        Some(r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#),
    );
}

#[test]
fn every_way_of_writing_it() {
    let padded = PADDED.encode(CLAIMS);
    assert!(
        padded.contains(['+', '/']) && padded.ends_with('='),
        "{padded}"
    );
    let (bare, url_safe) = (
        padded.trim_end_matches('=').to_owned(),
        URL_SAFE_NO_PAD.encode(CLAIMS),
    );
    let percent = padded.replace('=', "%3D");
    for encoded in [&padded, &bare, &url_safe, &percent] {
        check(&[&format!("Bearer claims=\"{encoded}\"")], Some(CLAIMS));
        check(
            &[&format!(
                "Bearer error=insufficient_claims, claims={encoded}"
            )],
            Some(CLAIMS),
        );
        check(
            &[&format!("BEARER Error=\"x\" , CLAIMS = \"{encoded}\"")],
            Some(CLAIMS),
        );
    }
    let escaped = CLAIMS.replace('"', "\\\"").replace('ü', "u");
    check(
        &[&format!("Bearer claims=\"{escaped}\"")],
        Some(&CLAIMS.replace('ü', "u")),
    );
}

#[test]
fn several_challenges_and_quoted_commas() {
    let ours = format!("claims=\"{}\"", PADDED.encode(CLAIMS));
    check(
        &[&format!(
            "Negotiate abc==, Basic realm=\"a, claims=\\\"no\\\"\", Bearer realm=\"x,y=z\", {ours}"
        )],
        Some(CLAIMS),
    );
    check(
        &[
            "PoP nonce=\"1,2\"",
            "Bearer claims=\"not base64!\"",
            &format!("Bearer {ours}"),
        ],
        Some(CLAIMS),
    );
}

#[test]
fn none_is_ordinary() {
    for header in [
        "Bearer",
        "",
        "Bearer error=\"invalid_token\"",
        "Bearer claims=",
        "Bearer claims=\"",
        "Bearer claims=\"bm8gSlNPTg==\"",
        "Bearer claims=\"WzFd\"",
        "===,,,=\"",
    ] {
        check(&[header], None);
    }
    check(&[], None);
    check(
        &[&format!(
            "Bearer x=\"{}\", claims=\"{}\"",
            "a".repeat(CHALLENGE_BYTES_MAX),
            PADDED.encode(CLAIMS)
        )],
        None,
    );
}

proptest! {
    #[test]
    fn any_header_is_read(header in "[ -~]{0,80}|(Bearer |claims|=|\"|,|\\\\|e30=| ){0,20}") {
        let mut headers = HeaderMap::new();
        headers.append(WWW_AUTHENTICATE, header.parse().unwrap());
        if let Some(claims) = claims(&headers) {
            prop_assert!(is_object(&claims));
        }
    }
}
