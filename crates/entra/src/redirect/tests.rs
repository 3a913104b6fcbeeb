use std::time::SystemTime;

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::{RedirectError, read};
use crate::error::EntraErrorKind;
use crate::pending::PendingSignIn;

const STATE: &str = "q9Yv3Jm7T2kLx0aWb5Rc8ZdE1nHfGsUiOpKjVtXyMzQ";

/// What a redirect is expected to be, in short.
#[derive(Debug, PartialEq)]
enum Is {
    Code(&'static str),
    NotOurs,
    Mismatch,
    Twice(&'static str),
    Refused(EntraErrorKind),
    Incomplete,
}

#[test]
fn the_query_decides() {
    let s = STATE;
    for (query, expected) in [
        (format!("code=c1&state={s}"), Is::Code("c1")),
        (
            format!("code=0.AX0A-b_c.d&state={s}&session_state=4b1d&client_info=eyJ1&clientdata=x"),
            Is::Code("0.AX0A-b_c.d"),
        ),
        (format!("state={s}&code=c1"), Is::Code("c1")),
        ("code=c1&state=other".to_owned(), Is::Mismatch),
        ("code=c1".to_owned(), Is::Mismatch),
        ("code=c1&state=".to_owned(), Is::Mismatch),
        (format!("code=c1&state={s}x"), Is::Mismatch),
        (format!("code=c1&state={}", s.to_lowercase()), Is::Mismatch),
        (String::new(), Is::Mismatch),
        ("error=access_denied&state=other".to_owned(), Is::Mismatch),
        ("code=c1&code=c2&state=other".to_owned(), Is::Mismatch),
        (format!("code=c1&code=c2&state={s}"), Is::Twice("code")),
        (format!("code=c1&code=c1&state={s}"), Is::Twice("code")),
        (format!("code=c1&state={s}&state={s}"), Is::Twice("state")),
        (format!("code=c1&state=other&state={s}"), Is::Twice("state")),
        (
            format!("code=c1&state={s}&error=e&error=f"),
            Is::Twice("error"),
        ),
        (
            format!("code=c1&state={s}&x=1&x=2"),
            Is::Twice("a parameter"),
        ),
        (format!("state={s}"), Is::Incomplete),
        (format!("code=&state={s}"), Is::Incomplete),
        (
            format!("error=access_denied&error_subcode=cancel&state={s}"),
            Is::Refused(EntraErrorKind::Cancelled),
        ),
        (
            format!("error=access_denied&error_description=AADSTS65004%3a+User+declined&state={s}"),
            Is::Refused(EntraErrorKind::Declined),
        ),
        (
            format!("error=access_denied&error_description=AADSTS90094%3a+x&state={s}"),
            Is::Refused(EntraErrorKind::AdminConsentRequired),
        ),
        (
            format!("error=interaction_required&state={s}&code=c1"),
            Is::Refused(EntraErrorKind::InteractionRequired),
        ),
        (
            format!("error=server_error&state={s}"),
            Is::Refused(EntraErrorKind::ServerDown),
        ),
        (
            format!("error=%3Cscript%3E&state={s}"),
            Is::Refused(EntraErrorKind::Other),
        ),
        (
            format!(
                "code=c1&state={s}&iss=https%3A%2F%2Flogin.microsoftonline.com%2F72f988bf-86f1-41af-91ab-2d7cd011db47%2Fv2.0"
            ),
            Is::Code("c1"),
        ),
        (
            format!("code=c1&state={s}&iss=https%3A%2F%2Fevil.example"),
            Is::NotOurs,
        ),
        (
            format!(
                "code=c1&state={s}&{}",
                (0..40)
                    .map(|n| format!("p{n}=1"))
                    .collect::<Vec<_>>()
                    .join("&")
            ),
            Is::NotOurs,
        ),
        (
            format!("code={}&state={s}", "c".repeat(40_000)),
            Is::NotOurs,
        ),
    ] {
        check(OWN, &format!("{OWN}/?{query}#"), expected);
    }
}

/// RFC 9207 §2.4.
#[test]
fn an_authority_that_always_names_itself_must_be_named() {
    let mut asked = pending(OWN);
    asked.must_name_issuer = true;
    asked.issuer = "https://id.example".to_owned();
    for (issuer, believed) in [
        ("", false),
        ("&iss=https%3A%2F%2Fid.example", true),
        ("&iss=https%3A%2F%2Fevil.example", false),
        ("&iss=", false),
    ] {
        for answer in ["code=c1", "error=access_denied"] {
            let read = read(&asked, &format!("{OWN}/?{answer}&state={STATE}{issuer}"));
            let is_dropped = matches!(read, Err(RedirectError::NotARedirect));
            assert_eq!(!is_dropped, believed, "{answer}{issuer}");
        }
    }
}

const OWN: &str = "io.github.signetmail://auth";

#[test]
fn the_place_must_be_ours() {
    let q = format!("?code=c1&state={STATE}");
    let loopback = "http://localhost:49152/signed-in";
    for (own, place, expected) in [
        (
            OWN,
            format!("io.github.signetmail://auth/{q}#"),
            Is::Code("c1"),
        ),
        (
            OWN,
            format!("io.github.signetmail://auth/{q}"),
            Is::Code("c1"),
        ),
        (
            OWN,
            format!("io.github.signetmail://auth{q}#"),
            Is::Code("c1"),
        ),
        (
            OWN,
            format!("IO.GitHub.SignetMail://auth/{q}#"),
            Is::Code("c1"),
        ),
        (
            OWN,
            format!("io.github.signetmail://auth/{q}#x"),
            Is::NotOurs,
        ),
        (
            OWN,
            format!("io.github.signetmail://auth/other{q}#"),
            Is::NotOurs,
        ),
        (
            OWN,
            format!("io.github.signetmail://auth//{q}#"),
            Is::NotOurs,
        ),
        (
            OWN,
            format!("io.github.signetmail://auth.evil/{q}#"),
            Is::NotOurs,
        ),
        (
            OWN,
            format!("io.github.signetmail://user@auth/{q}#"),
            Is::NotOurs,
        ),
        (
            OWN,
            format!("io.github.signetmail://user:pw@auth/{q}#"),
            Is::NotOurs,
        ),
        (
            OWN,
            format!("io.github.signetmail://auth:1/{q}#"),
            Is::NotOurs,
        ),
        (OWN, format!("io.github.signetmail:auth/{q}#"), Is::NotOurs),
        (
            OWN,
            format!("io.github.signetmai1://auth/{q}#"),
            Is::NotOurs,
        ),
        (OWN, format!("https://auth/{q}#"), Is::NotOurs),
        (OWN, "mailto:ada@signet.example".to_owned(), Is::NotOurs),
        (OWN, "not a url".to_owned(), Is::NotOurs),
        (
            loopback,
            format!("http://localhost:49152/signed-in{q}"),
            Is::Code("c1"),
        ),
        (
            loopback,
            format!("http://localhost:49153/signed-in{q}"),
            Is::NotOurs,
        ),
        (
            loopback,
            format!("http://127.0.0.1:49152/signed-in{q}"),
            Is::NotOurs,
        ),
        (loopback, format!("http://localhost:49152/{q}"), Is::NotOurs),
    ] {
        check(own, &place, expected);
    }
}

#[test]
fn a_refusal_keeps_its_ids_and_drops_its_text() {
    let description = "AADSTS65004%3a+User+ada%40signet.example+declined.%0d%0aTrace+ID%3a+b72a7e9e-4d3b-4c4b-8a3e-111111111111%0d%0aCorrelation+ID%3a+c0ffee00-0000-4000-8000-222222222222%0d%0aTimestamp%3a+2026-01-01+00%3a00%3a00Z";
    let url = format!("{OWN}/?error=access_denied&error_description={description}&state={STATE}#");
    let Err(RedirectError::Refused(error)) = read(&pending(OWN), &url) else {
        panic!("not refused")
    };
    assert_eq!(error.code, Some(65_004));
    assert_eq!(
        error.trace_id.as_deref(),
        Some("b72a7e9e-4d3b-4c4b-8a3e-111111111111")
    );
    assert_eq!(
        error.correlation_id.as_deref(),
        Some("c0ffee00-0000-4000-8000-222222222222")
    );
    assert!(!format!("{error} {error:?}").contains("signet.example"));
}

proptest! {
    /// Anybody can make a link: none panics, and none without the state brings a code or a refusal.
    #[test]
    fn no_foreign_link_ends_a_sign_in(
        link in "\\PC{0,120}|io\\.github\\.signetmail://auth/?\\?[a-z_]{0,6}=?\\PC{0,60}(&(code|state|error|iss)=[a-zA-Z0-9%]{0,40}){0,6}#?"
    ) {
        let is_foreign = matches!(
            read(&pending(OWN), &link),
            Err(RedirectError::NotARedirect | RedirectError::StateMismatch | RedirectError::Repeated(_))
        );
        prop_assert!(is_foreign);
    }

    /// With the state, the order and the company of the parameters do not matter.
    #[test]
    fn the_code_is_found_wherever_it_stands(code in "[A-Za-z0-9._-]{1,64}", extra in "z[a-z]{1,6}", value in "[a-z0-9]{0,9}", turn in 0_usize..3) {
        let mut parameters = [format!("code={code}"), format!("state={STATE}"), format!("{extra}={value}")];
        parameters.rotate_left(turn);
        let read = read(&pending(OWN), &format!("{OWN}/?{}#", parameters.join("&"))).unwrap();
        prop_assert_eq!(read.0.expose_secret(), code.as_str());
    }
}

fn check(own: &str, url: &str, expected: Is) {
    let shown: String = url.chars().take(160).collect();
    let is = match read(&pending(own), url) {
        Ok(code) => {
            let Is::Code(expected) = expected else {
                panic!("{shown} brought a code")
            };
            assert_eq!(code.0.expose_secret(), expected, "{shown}");
            return;
        }
        Err(RedirectError::NotARedirect) => Is::NotOurs,
        Err(RedirectError::StateMismatch) => Is::Mismatch,
        Err(RedirectError::Repeated(name)) => Is::Twice(name),
        Err(RedirectError::Refused(error)) => Is::Refused(error.kind),
        Err(RedirectError::Incomplete) => Is::Incomplete,
    };
    assert_eq!(is, expected, "{shown}");
}

fn pending(redirect_uri: &str) -> PendingSignIn {
    PendingSignIn {
        state: STATE.into(),
        nonce: "n".into(),
        code_verifier: "v".into(),
        client_id: "c".to_owned(),
        authority: "https://login.microsoftonline.com/common".to_owned(),
        issuer: "https://login.microsoftonline.com/{tenantid}/v2.0".to_owned(),
        must_name_issuer: false,
        redirect_uri: redirect_uri.to_owned(),
        scopes: Vec::new(),
        claims: None,
        begun_at: SystemTime::UNIX_EPOCH,
    }
}
