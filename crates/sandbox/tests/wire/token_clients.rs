//! Who may use the token endpoint, and in which form. Sources: "Public and
//! confidential client apps"; "Error codes"; "Redirect URI (reply URL) best
//! practices and limitations".

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::browser::{CLIENT_ID, SIGN_IN, Tenant, string};
use crate::token::fields;

/// Sources: "Error codes" for single-page apps (9002326, 9002327) and clients
/// that keep a secret (7000218); "Redirect URI (reply URL) best practices and
/// limitations"; "Refresh tokens", lifetime of a single-page app's.
#[tokio::test]
async fn single_page_apps_redeem_from_a_page_and_stay_signed_in_for_a_day() {
    let tenant = Tenant::start().await;
    let app = ("client_id", SPA_CLIENT);
    let redirect = ("redirect_uri", "http://localhost:5500/spa");
    let code = tenant.code("ada@signet.example", &[app, redirect]).await;
    let mut form = fields(&code);
    form.retain(|(name, _)| !["client_id", "redirect_uri"].contains(name));
    form.extend([app, redirect]);
    let refused = tenant.token("common", &form).await;
    assert_eq!(refused.refusal().1, 9_002_327);
    let answer = post(&tenant, &form, &[("origin", "http://localhost:5500")]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let body = answer.json();
    let left = body["refresh_token_expires_in"].as_i64().unwrap();
    assert!((86_390..=86_399).contains(&left), "{left}");
    tenant
        .control("POST", "/clock", Some(json!({"offset_seconds": 43_200})))
        .await;
    let first = string(&body["refresh_token"]);
    let refresh = |token: String| {
        vec![
            ("client_id".to_owned(), SPA_CLIENT.to_owned()),
            ("grant_type".to_owned(), "refresh_token".to_owned()),
            ("refresh_token".to_owned(), token),
            ("scope".to_owned(), "User.Read".to_owned()),
        ]
    };
    let form = refresh(first);
    let body = post(
        &tenant,
        &borrowed(&form),
        &[("origin", "http://localhost:5500")],
    )
    .await
    .json();
    let left = body["refresh_token_expires_in"].as_i64().unwrap();
    assert!((43_180..43_200).contains(&left), "{left}");
    let form = refresh(string(&body["refresh_token"]));
    assert_eq!(
        tenant.token("common", &borrowed(&form)).await.refusal().1,
        9_002_327
    );
    tenant
        .control("POST", "/clock", Some(json!({"offset_seconds": 86_401})))
        .await;
    let late = post(
        &tenant,
        &borrowed(&form),
        &[("origin", "http://localhost:5500")],
    )
    .await;
    assert_eq!(late.refusal().1, 700_084);
    let native = string(&tenant.sign_in("ada@signet.example", SIGN_IN).await["refresh_token"]);
    let form = [
        ("client_id", CLIENT_ID),
        ("grant_type", "refresh_token"),
        ("refresh_token", &native),
    ];
    let answer = post(&tenant, &form, &[("origin", "http://evil.example")]).await;
    assert_eq!(answer.refusal().1, 9_002_326);
}

/// Source: recordings of the live service. Nothing is said of a work account's.
#[tokio::test]
async fn a_native_app_is_told_a_day_for_a_personal_account_s_refresh_token() {
    let tenant = Tenant::start().await;
    for (user, expected) in [
        ("noor@outlook.example", Some(86_399)),
        ("ada@signet.example", None),
    ] {
        let body = tenant.sign_in(user, SIGN_IN).await;
        assert_eq!(
            body["refresh_token_expires_in"].as_i64(),
            expected,
            "{user}"
        );
        let refresh = string(&body["refresh_token"]);
        let body = tenant.refresh(&refresh, SIGN_IN).await.json();
        assert_eq!(
            body["refresh_token_expires_in"].as_i64(),
            expected,
            "{user}"
        );
    }
}

/// Sources: "Error codes"; "OAuth 2.0 Resource Owner Password Credentials" and
/// "OAuth 2.0 client credentials flow" for what the grants need.
#[tokio::test]
async fn grants_that_need_a_secret_or_a_password_are_refused_for_the_right_reason() {
    let tenant = Tenant::start().await;
    let person = |name: &str| format!("{name}@signet.example");
    for (client, grant, authority, user, password, error, code) in [
        (
            CLIENT_ID,
            "client_credentials",
            "common",
            "",
            "",
            "invalid_client",
            7_000_218,
        ),
        (
            SERVER_CLIENT,
            "authorization_code",
            "common",
            "",
            "",
            "invalid_client",
            7_000_218,
        ),
        (
            SERVER_CLIENT,
            "device_code",
            "common",
            "",
            "",
            "invalid_client",
            7_000_218,
        ),
        (
            SERVER_CLIENT,
            "password",
            "organizations",
            "ada",
            "signet",
            "invalid_client",
            7_000_218,
        ),
        (
            CLIENT_ID,
            "password",
            "common",
            "ada",
            "signet",
            "invalid_request",
            9_001_023,
        ),
        (
            CLIENT_ID,
            "password",
            "organizations",
            "ada",
            "",
            "invalid_request",
            900_144,
        ),
        (
            CLIENT_ID,
            "password",
            "organizations",
            "nobody",
            "signet",
            "invalid_grant",
            50034,
        ),
        (
            CLIENT_ID,
            "password",
            "organizations",
            "ada",
            "wrong",
            "invalid_grant",
            50126,
        ),
        (
            CLIENT_ID,
            "password",
            "organizations",
            "locked",
            "signet",
            "invalid_grant",
            50053,
        ),
        (
            CLIENT_ID,
            "password",
            "organizations",
            "expired",
            "signet",
            "invalid_grant",
            50055,
        ),
        (
            CLIENT_ID,
            "password",
            "organizations",
            "disabled",
            "signet",
            "invalid_grant",
            50057,
        ),
        (
            CLIENT_ID,
            "password",
            "organizations",
            "mfa",
            "signet",
            "invalid_grant",
            50076,
        ),
        (
            CLIENT_ID,
            "password",
            "organizations",
            "mfa-setup",
            "signet",
            "invalid_grant",
            50079,
        ),
        (
            CLIENT_ID,
            "password",
            "organizations",
            "ada",
            "signet",
            "invalid_grant",
            50076,
        ),
    ] {
        let user = person(user);
        let form = [
            ("client_id", client),
            ("grant_type", grant),
            ("username", &user),
            ("password", password),
            ("scope", "User.Read"),
        ];
        let answer = tenant.token(authority, &form).await;
        assert_eq!(answer.refusal(), (error.to_owned(), code), "{grant} {user}");
        assert_eq!(
            answer.status,
            if error == "invalid_client" { 401 } else { 400 }
        );
        let device = answer.json()["suberror"] == "basic_action";
        assert_eq!(device, [50076, 50079].contains(&code), "{user}");
    }
    let form = [
        ("client_id", SERVER_CLIENT),
        ("grant_type", "client_credentials"),
        ("client_secret", "guess"),
    ];
    assert_eq!(tenant.token("common", &form).await.refusal().1, 7_000_215);
    let elsewhere = [
        ("client_id", "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0002"),
        ("grant_type", "refresh_token"),
    ];
    assert_eq!(tenant.token("common", &elsewhere).await.refusal().1, 50194);
    assert_eq!(
        tenant
            .token("nowhere.example", &elsewhere)
            .await
            .refusal()
            .1,
        90002
    );
}

/// Sources: "Error codes", 7000215 and 7000218; "OAuth 2.0 authorization code
/// flow", request an access token with a client_secret.
#[tokio::test]
async fn a_confidential_app_redeems_and_refreshes_with_its_secret_alone() {
    let tenant = Tenant::start().await;
    let app = ("client_id", SERVER_CLIENT);
    let redirect = ("redirect_uri", "http://localhost:5500/server");
    let right = ("client_secret", "published-client-secret");
    let code = tenant.code("ada@signet.example", &[app, redirect]).await;
    let mut form = fields(&code);
    form.retain(|(name, _)| !["client_id", "redirect_uri"].contains(name));
    form.extend([app, redirect]);
    let redeemed = check_secrets(&tenant, &form, right).await;
    let refresh = string(&redeemed["refresh_token"]);
    let form = [
        app,
        ("grant_type", "refresh_token"),
        ("refresh_token", &refresh),
    ];
    check_secrets(&tenant, &form, right).await;
    let public = [
        ("client_id", CLIENT_ID),
        ("grant_type", "refresh_token"),
        right,
    ];
    assert_eq!(tenant.token("common", &public).await.refusal().1, 700_025);
}

/// Without its secret, with others, and at last with the right one.
async fn check_secrets(
    tenant: &Tenant,
    form: &[(&str, &str)],
    right: (&str, &str),
) -> serde_json::Value {
    for (secret, code) in [
        (None, 7_000_218),
        (Some(("client_secret", "guess")), 7_000_215),
        (Some(("client_secret", "")), 7_000_215),
        (Some(("client_assertion", right.1)), 7_000_215),
    ] {
        let form: Vec<_> = form.iter().copied().chain(secret).collect();
        let refused = tenant.token("common", &form).await;
        let expected = ("invalid_client".to_owned(), code);
        assert_eq!(
            (refused.status, refused.refusal()),
            (401, expected),
            "{secret:?}"
        );
    }
    let form: Vec<_> = form.iter().copied().chain([right]).collect();
    let answer = tenant.token("common", &form).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The live service misses the first field of a body that is no form, and
/// refuses a field that comes twice (RFC 6749 §3.2).
#[tokio::test]
async fn bodies_that_are_no_form_and_fields_that_come_twice() {
    let tenant = Tenant::start().await;
    let url = tenant.url("/common/oauth2/v2.0/token");
    let json = br#"{"grant_type":"refresh_token"}"#.to_vec();
    for kind in ["application/json", "text/plain", ""] {
        let headers = [("content-type", kind)];
        let answer = tenant.send("POST", &url, &headers, json.clone()).await;
        assert_eq!(answer.refusal().1, 900_144, "{kind}");
        let description = string(&answer.json()["error_description"]);
        assert!(description.contains("'grant_type'"), "{description}");
    }
    let twice = [("grant_type", "a"), ("grant_type", "b")];
    assert_eq!(tenant.token("common", &twice).await.refusal().1, 9_000_411);
    let charset = [(
        "content-type",
        "application/x-www-form-urlencoded; charset=utf-8",
    )];
    let answer = tenant
        .send("POST", &url, &charset, b"grant_type=x".to_vec())
        .await;
    assert!(string(&answer.json()["error_description"]).contains("'client_id'"));
}

/// A form that is longer than is read is refused as any other malformed one, whether
/// its length was said or not: with the error body, or on a page.
#[tokio::test]
async fn a_form_that_is_too_long_is_malformed() {
    let tenant = Tenant::start().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for length in [128 * 1024 + 1, 4 * 1024 * 1024] {
        let body = format!("grant_type={}", "a".repeat(length)).into_bytes();
        for path in [
            "/common/oauth2/v2.0/token",
            "/common/oauth2/token",
            "/common/oauth2/v2.0/devicecode",
        ] {
            let url = tenant.url(path);
            let answer = tenant.send("POST", &url, &form, body.clone()).await;
            assert_eq!(answer.status, 400, "{path} {length}");
            let expected = ("invalid_request".to_owned(), 9_002_313);
            assert_eq!(answer.refusal(), expected, "{path} {length}");
            assert!(
                answer
                    .header("content-type")
                    .starts_with("application/json")
            );
        }
        let url = tenant.url("/common/login");
        let page = tenant.send("POST", &url, &form, body).await;
        assert_eq!(page.status, 400, "{length}");
        assert!(page.text().contains("AADSTS9002313:"), "{length}");
    }
    let whole = format!("grant_type={}", "a".repeat(128 * 1024 - 11)).into_bytes();
    let url = tenant.url("/common/oauth2/v2.0/token");
    let answer = tenant.send("POST", &url, &form, whole).await;
    assert_eq!(answer.refusal().1, 900_144);
    let address = tenant.http.to_string();
    let body = "a".repeat(256 * 1024);
    let chunked = format!(
        "POST /common/oauth2/v2.0/token HTTP/1.1\r\nHost: {address}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{body}\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(chunked.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 400");
}

/// MSAL Python names itself in headers, MSAL Node in the body, with the
/// correlation id in the query: both are in the journal, and both ids come back.
#[tokio::test]
async fn clients_are_recorded_however_they_name_themselves() {
    let tenant = Tenant::start().await;
    let id = "0b0b0b0b-1111-4222-8333-444444444444";
    let url = tenant.url(&format!("/common/oauth2/v2.0/token?client-request-id={id}"));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = b"grant_type=refresh_token&x-client-SKU=msal.js.node&x-client-VER=7.2.1&refresh_token=secret";
    let answer = tenant.send("POST", &url, &form, body.to_vec()).await;
    assert_eq!(answer.header("client-request-id"), id);
    assert_eq!(answer.json()["correlation_id"], id);
    let requests = tenant.control("GET", "/requests", None).await;
    assert!(!requests.text().contains("secret"));
    let last = requests.json()["requests"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(last["route"], "token");
    assert_eq!(
        (
            &last["client"]["x-client-SKU"],
            &last["client"]["grant_type"]
        ),
        (&json!("msal.js.node"), &json!("refresh_token"))
    );
}

const SPA_CLIENT: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0005";
const SERVER_CLIENT: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0004";

async fn post(
    tenant: &Tenant,
    form: &[(&str, &str)],
    more: &[(&str, &str)],
) -> crate::browser::Answer {
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    headers.extend(more);
    let url = tenant.url("/common/oauth2/v2.0/token");
    let body = crate::browser::encode(form).into_bytes();
    tenant.send("POST", &url, &headers, body).await
}

fn borrowed(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
