//! The v1.0 token endpoint, for old samples. Source: Azure AD v1.0, "Authorize
//! access to web applications using OpenID Connect and Azure Active Directory"
//! and "Authorize access using the OAuth 2.0 code grant flow".

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::browser::{
    Answer, CLIENT_ID, REDIRECT, SIGN_IN, Tenant, VERIFIER, WORK_TENANT, encode, string,
};

const GRAPH: &str = "https://graph.microsoft.com";

#[tokio::test]
async fn numbers_are_strings_and_the_resource_is_named() {
    let tenant = Tenant::start().await;
    let body = redeem(&tenant, "ada@signet.example").await.json();
    for name in ["expires_in", "ext_expires_in", "expires_on", "not_before"] {
        let text = string(&body[name]);
        assert!(text.parse::<i64>().is_ok(), "{name}: {text}");
    }
    let lives = number(&body["expires_on"]) - number(&body["not_before"]);
    assert_eq!(lives, number(&body["expires_in"]));
    assert_eq!(
        (&body["resource"], &body["token_type"]),
        (&json!(GRAPH), &json!("Bearer"))
    );
    let id_token = claims(&body["id_token"]);
    for (name, value) in [
        ("ver", "1.0"),
        ("iss", &format!("https://sts.windows.net/{WORK_TENANT}/")),
        ("unique_name", "ada@signet.example"),
        ("upn", "ada@signet.example"),
        ("aud", CLIENT_ID),
    ] {
        assert_eq!(id_token[name], value, "{name}");
    }
    assert!(id_token.get("preferred_username").is_none());
    let access = claims(&body["access_token"]);
    assert_eq!(
        (&access["aud"], &access["appid"]),
        (&json!(GRAPH), &json!(CLIENT_ID))
    );
}

/// v1.0 ignores `scope` and keeps the resource of the refresh token.
#[tokio::test]
async fn scopes_are_ignored_and_the_resource_is_kept() {
    let tenant = Tenant::start().await;
    let body = redeem(&tenant, "ada@signet.example").await.json();
    let token = string(&body["refresh_token"]);
    for (more, code) in [
        (&[][..], 0),
        (&[("scope", "User.Fly")], 0),
        (&[("resource", "00000003-0000-0000-c000-000000000000")], 0),
        (&[("resource", "https://vault.example")], 500_011),
    ] {
        let mut form = vec![
            ("client_id", CLIENT_ID),
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
        ];
        form.extend(more);
        let answer = post(&tenant, &form).await;
        if code == 0 {
            assert_eq!(answer.status, 200, "{more:?} {}", answer.text());
            assert!(answer.json()["resource"].is_string());
        } else {
            assert_eq!(answer.refusal().1, code);
        }
    }
}

/// A bad grant comes with the number of its family and its own.
#[tokio::test]
async fn a_bad_grant_has_two_numbers() {
    let tenant = Tenant::start().await;
    let form = [
        ("client_id", CLIENT_ID),
        ("grant_type", "refresh_token"),
        ("refresh_token", "nonsense"),
    ];
    let body = post(&tenant, &form).await.json();
    assert_eq!(body["error_codes"], json!([70002, 70000]));
    let description = string(&body["error_description"]);
    assert!(description.starts_with("AADSTS70002: ") && description.contains("AADSTS70000: "));
}

#[tokio::test]
async fn personal_accounts_are_not_for_v1() {
    let tenant = Tenant::start().await;
    let body = tenant.sign_in("noor@outlook.example", SIGN_IN).await;
    let form = [
        ("client_id", CLIENT_ID),
        ("grant_type", "refresh_token"),
        ("refresh_token", &string(&body["refresh_token"])),
    ];
    let refused = post(&tenant, &form).await.json();
    assert_eq!(refused["error_codes"], json!([70002, 50020]));
}

async fn redeem(tenant: &Tenant, user: &str) -> Answer {
    let code = tenant.code(user, &[]).await;
    let form = [
        ("client_id", CLIENT_ID),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("resource", GRAPH),
    ];
    post(tenant, &form).await
}

async fn post(tenant: &Tenant, form: &[(&str, &str)]) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let url = tenant.url("/common/oauth2/token");
    tenant
        .send("POST", &url, &headers, encode(form).into_bytes())
        .await
}

fn number(value: &Value) -> i64 {
    string(value).parse().unwrap()
}

fn claims(token: &Value) -> Value {
    let token = string(token);
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}
