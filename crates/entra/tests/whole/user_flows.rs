//! A tenant of Azure AD B2C with its user flows, from the metadata to the account. Source: Azure AD B2C, "User flows and custom
//! policies overview", "Overview of tokens".

use std::sync::Arc;

use entra::{Authority, Client, EntraErrorKind, RedirectError, SignInAsk, SignedIn, redirect};
use serde_json::json;

use crate::authority::{Reply, Request, TestAuthority, client_at, today};
use crate::sign_in::{claims, sign_in_by, tokens};
use crate::test_key::OURS;

const TENANT: &str = "contoso.onmicrosoft.com";

#[tokio::test]
async fn who_forgot_the_password_or_edits_a_profile_stays_the_same_account() {
    let b2c = TestAuthority::start(played).await;
    let sign_in = user_flow(&b2c, "b2c_1_sign_in");
    let at_first = sign_in_by(&client(&sign_in)).await.unwrap();
    assert_eq!(at_first.account.username, "ada@contoso.example");
    assert_eq!(at_first.account.name.as_deref(), Some("Ada"));
    let request = b2c.requests_to("/token").remove(0);
    assert_eq!(
        request.path,
        format!("/tfp/{TENANT}/b2c_1_sign_in/oauth2/v2.0/token")
    );
    assert!(!request.form.contains_key("client_info"), "Entra's own");

    for (told, kind, next) in [
        (
            "AADB2C90118: The user has forgotten their password.",
            EntraErrorKind::PasswordForgotten,
            "b2c_1_reset",
        ),
        (
            "AADB2C90091: The user has cancelled entering self-asserted information.",
            EntraErrorKind::Cancelled,
            "b2c_1_edit",
        ),
    ] {
        assert_eq!(refused(&sign_in, told).await, kind);
        let flow = sign_in.with_user_flow(next).unwrap();
        let after = sign_in_by(&client(&flow)).await.unwrap();
        assert_eq!(id(&after), id(&at_first), "{next}");
    }
}

/// A token of another user flow than the one that was asked proves nothing.
#[tokio::test]
async fn a_token_of_another_user_flow_makes_no_account() {
    let b2c = TestAuthority::start(|request| {
        let elsewhere = request.path.replace("b2c_1_sign_in", "b2c_1_edit");
        let is_token = request.path.ends_with("/token");
        played(&Request {
            path: if is_token {
                elsewhere
            } else {
                request.path.clone()
            },
            ..request.clone()
        })
    })
    .await;
    let outcome = sign_in_by(&client(&user_flow(&b2c, "b2c_1_sign_in"))).await;
    let fault = entra::IdTokenFault::UserFlow;
    assert_eq!(outcome.unwrap_err().kind, EntraErrorKind::BadIdToken(fault));
}

fn id(signed_in: &SignedIn) -> String {
    signed_in.account.id().into_owned()
}

fn user_flow(b2c: &TestAuthority, policy: &str) -> Authority {
    Authority::parse(&format!("{}/tfp/{TENANT}/{policy}", b2c.origin)).unwrap()
}

fn client(authority: &Authority) -> Client {
    client_at(authority.clone(), Arc::new(today))
}

/// What the redirect with this refusal is taken for.
async fn refused(authority: &Authority, told: &str) -> EntraErrorKind {
    let begun = client(authority).begin(SignInAsk::default()).await;
    let (page, pending) = begun.unwrap();
    let state = page.query_pairs().find(|(name, _)| name == "state");
    let answer = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("error", "access_denied")
        .append_pair("error_description", told)
        .append_pair("state", &state.unwrap().1)
        .finish();
    match redirect::read(&pending, &format!("io.github.signetmail://auth/?{answer}")) {
        Err(RedirectError::Refused(error)) => error.kind,
        other => panic!("{other:?}"),
    }
}

/// The tenant: its metadata stand under each user flow, and its tokens name the one that signed in, and no `oid`.
fn played(request: &Request) -> Option<Reply> {
    let (origin, path) = (&request.origin, request.path.as_str());
    let issuer = format!("{origin}/tfp/aaaaaaaa-0000-4000-8000-000000000001/v2.0/");
    if let Some(flow) = path.strip_suffix("/v2.0/.well-known/openid-configuration") {
        let at = format!("{origin}{flow}");
        return Some(Reply::json(
            200,
            &json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{at}/oauth2/v2.0/authorize"),
                "token_endpoint": format!("{at}/oauth2/v2.0/token"),
                "jwks_uri": format!("{at}/discovery/v2.0/keys"),
            }),
        ));
    }
    if path.ends_with("/keys") {
        return Some(Reply::json(200, &json!({"keys": [OURS.published(None)]})));
    }
    let flow = path
        .strip_suffix("/oauth2/v2.0/token")?
        .rsplit('/')
        .next()?;
    let nonce = request.form["code"].split_once('.')?.1;
    let mut claims = claims(origin);
    for (name, value) in [
        ("iss", json!(issuer)),
        ("tfp", json!(flow)),
        ("nonce", json!(nonce)),
        ("sub", json!("cbd71e5b-9d1f-4f3c-8d4b-0a6b2b6f5c11")),
        ("emails", json!(["ada@contoso.example"])),
        ("name", json!("Ada")),
    ] {
        claims[name] = value;
    }
    let claims = claims.as_object_mut()?;
    for absent in ["oid", "tid", "preferred_username"] {
        claims.remove(absent);
    }
    Some(tokens(&json!(claims)))
}
