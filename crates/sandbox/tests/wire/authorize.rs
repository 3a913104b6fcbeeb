//! The authorization endpoint and its pages. Sources: "OAuth 2.0 authorization
//! code flow"; RFC 6749 §4.1.2.1; recordings of the live service for cancel,
//! the trailing `#` and the confirmation page.

use std::net::{Ipv4Addr, SocketAddr};

use sandbox::{Settings, start};

use crate::browser::{CLIENT_ID, REDIRECT, SIGN_IN, Tenant, encode};

const HOUSE: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0002";
const WORK_ONLY: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0003";
const FEDERAL: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0006";
const PERSONAL_ONLY: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0007";

#[tokio::test]
async fn what_cannot_be_trusted_is_told_on_a_page_and_never_redirected() {
    let tenant = Tenant::start().await;
    for (authority, changes, code) in [
        (
            "common",
            &[("redirect_uri", "io.github.evil://auth")][..],
            50011,
        ),
        (
            "common",
            &[("redirect_uri", "io.github.signetmail://auth/")],
            50011,
        ),
        (
            "common",
            &[("redirect_uri", "http://127.0.0.1:5000")],
            50011,
        ),
        (
            "common",
            &[("redirect_uri", "http://localhost:5000/other")],
            50011,
        ),
        ("common", &[("redirect_uri", "")], 900_144),
        (
            "common",
            &[("client_id", "00000000-aaaa-4bbb-8ccc-dddddddddddd")],
            700_016,
        ),
        ("common", &[("client_id", "")], 900_144),
        ("nowhere.example", &[], 90002),
        ("common", &[("client_id", HOUSE)], 50194),
        ("northwind.example", &[("client_id", HOUSE)], 700_016),
        ("consumers", &[("client_id", WORK_ONLY)], 9_002_332),
        ("common", &[("client_id", PERSONAL_ONLY)], 9_002_331),
        ("common", &[("client_id", FEDERAL)], 900_439),
    ] {
        let answer = tenant.authorize(authority, changes).await;
        assert_eq!(answer.status, 400, "{changes:?}");
        assert!(answer.headers.get("location").is_none(), "{changes:?}");
        assert!(
            answer.text().contains(&format!("AADSTS{code}:")),
            "{changes:?}"
        );
    }
}

/// Sources: RFC 8252 §7.1 for schemes of an app's own; RFC 6749 §3.1.2 for fragments.
#[tokio::test]
async fn an_unregistered_app_is_sent_to_schemes_of_its_own_only() {
    let settings = Settings {
        http: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        any_app: true,
        ..Settings::default()
    };
    let running = start(&settings).await.unwrap();
    let http = running.http.unwrap();
    let tenant = Tenant::at(http, http);
    for (uri, status) in [
        ("msal0a0a0a0a://auth", 200),
        ("javascript:alert", 400),
        ("vbscript:msgbox", 400),
        ("file:///etc/passwd", 400),
        ("ftp://contoso.example/", 400),
        ("view-source:http://localhost", 400),
        ("blob:http://localhost/1", 400),
        ("about:blank", 400),
        ("data:text/html", 400),
        ("msal0a0a0a0a://auth#part", 400),
    ] {
        let changes = [
            ("client_id", "0a0a0a0a-0000-4000-8000-000000000001"),
            ("redirect_uri", uri),
        ];
        let page = tenant.authorize("common", &changes).await;
        assert_eq!(page.status, status, "{uri}");
        let refused = page.text().contains("AADSTS50011:");
        assert_eq!(refused, status == 400, "{uri}");
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_refused_on_a_page() {
    let tenant = Tenant::start().await;
    let twice = encode(&[
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("state", "a"),
        ("state", "b"),
    ]);
    let answer = tenant
        .get(&format!("/common/oauth2/v2.0/authorize?{twice}"))
        .await;
    assert!(answer.text().contains("AADSTS9000411"));
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn the_rest_is_told_at_the_redirect_uri_with_the_state_as_it_was() {
    let tenant = Tenant::start().await;
    for (changes, error, code) in [
        (
            &[("scope", "openid User.Fly")][..],
            "invalid_scope",
            "AADSTS70011:",
        ),
        (
            &[("scope", "https://vault.example/.default")],
            "invalid_resource",
            "AADSTS500011:",
        ),
        (&[("scope", "")], "invalid_request", "AADSTS900144:"),
        (&[("response_type", "")], "invalid_request", "AADSTS900144:"),
        (
            &[("response_type", "token")],
            "unsupported_response_type",
            "AADSTS70005:",
        ),
        (
            &[("response_mode", "form_post")],
            "invalid_request",
            "AADSTS70007:",
        ),
        (
            &[("prompt", "sometimes")],
            "invalid_request",
            "AADSTS90023:",
        ),
        (
            &[("code_challenge", "short")],
            "invalid_request",
            "AADSTS501491:",
        ),
        (&[("prompt", "none")], "login_required", "AADSTS50058:"),
    ] {
        let answer = tenant.authorize("common", changes).await;
        assert_eq!(answer.status, 302, "{changes:?}");
        let redirect = answer.redirect();
        assert_eq!(redirect["error"], error, "{changes:?}");
        assert!(
            redirect["error_description"].starts_with(code),
            "{changes:?}"
        );
        assert_eq!(redirect["state"], "s 1&=+é");
        assert!(
            answer
                .address()
                .starts_with("io.github.signetmail://auth/?")
        );
        assert!(answer.address().ends_with('#'));
    }
}

#[tokio::test]
async fn sign_in_asks_for_consent_then_confirmation_then_redirects() {
    let tenant = Tenant::start().await;
    let page = tenant.authorize("common", &[("client_info", "1")]).await;
    assert!(page.title().starts_with("Sign in"));
    let page = tenant.log_in(&page, "ada@signet.example", "signet").await;
    assert!(page.title().starts_with("Permissions requested"));
    assert_eq!(
        scopes(&page.text()),
        ["openid", "profile", "offline_access", "User.Read"]
    );
    let page = tenant.accept(&page).await;
    assert!(page.title().starts_with("Are you trying to sign in?"));
    assert!(
        page.address()
            .starts_with("io.github.signetmail://auth/?code=")
    );
    let redirect = page.redirect();
    assert_eq!(redirect["state"], "s 1&=+é");
    assert!(redirect.contains_key("session_state") && redirect.contains_key("client_info"));
    assert!(!redirect.contains_key("iss") && !redirect.contains_key("scope"));
}

/// OpenID Connect Core 1.0 §3.1.2.1: the parameters may come as a form.
#[tokio::test]
async fn the_request_may_be_posted_as_a_form() {
    for (path, consent) in [
        ("/common/oauth2/v2.0/authorize", true),
        (
            "/common/oauth2/v2.0/authorize?client_id=x&prompt=none",
            true,
        ),
        ("/organizations/oauth2/authorize", false),
    ] {
        let tenant = Tenant::start().await;
        let resource = [("resource", "https://graph.microsoft.com")];
        let changes: &[(&str, &str)] = if consent { &[] } else { &resource };
        let page = tenant.authorize_by_form(path, changes).await;
        assert!(page.title().starts_with("Sign in"), "{path}");
        let page = tenant.log_in(&page, "ada@signet.example", "signet").await;
        let page = tenant.accept(&page).await;
        let redirect = page.redirect();
        assert!(redirect.contains_key("code"), "{path}");
        assert_eq!(redirect["state"], "s 1&=+é", "{path}");
    }
    let tenant = Tenant::start().await;
    let path = "/common/oauth2/v2.0/authorize";
    let long = "x".repeat(10_000);
    for (changes, code) in [
        (&[("redirect_uri", "https://evil.example/")][..], 50011),
        (&[("client_id", "")], 900_144),
        (&[("unknown", &*long)], 90015),
    ] {
        let page = tenant.authorize_by_form(path, changes).await;
        assert_eq!(page.status, 400);
        assert!(page.text().contains(&format!("AADSTS{code}:")), "{code}");
    }
    let plain = [("content-type", "text/plain")];
    let body = b"client_id=x".to_vec();
    let refused = tenant.send("POST", &tenant.url(path), &plain, body).await;
    assert_eq!(refused.status, 415);
}

#[tokio::test]
async fn consent_is_asked_for_what_is_new_only() {
    let tenant = Tenant::start().await;
    tenant.code("ada@signet.example", &[]).await;
    let hint = ("login_hint", "ada@signet.example");
    let again = tenant.authorize("common", &[hint]).await;
    assert!(again.title().starts_with("Are you trying"));
    let step_up = tenant
        .authorize(
            "common",
            &[hint, ("scope", "openid offline_access Mail.Send")],
        )
        .await;
    assert_eq!(scopes(&step_up.text()), ["Mail.Send"]);
    let all = tenant
        .authorize("common", &[hint, ("prompt", "consent")])
        .await;
    assert_eq!(scopes(&all.text()).len(), 4);
    let silent = tenant
        .authorize(
            "common",
            &[
                hint,
                ("prompt", "none"),
                ("scope", "Mail.Send"),
                ("redirect_uri", "http://localhost:5001"),
            ],
        )
        .await;
    assert_eq!(silent.redirect()["error"], "consent_required");
}

#[tokio::test]
async fn a_session_signs_in_without_a_password_unless_asked_not_to() {
    let tenant = Tenant::start().await;
    tenant
        .code(
            "ada@signet.example",
            &[("redirect_uri", "http://localhost:5001")],
        )
        .await;
    for (prompt, expected) in [
        ("none", 302),
        ("consent", 200),
        ("login", 200),
        ("select_account", 200),
    ] {
        let changes = [
            ("prompt", prompt),
            ("redirect_uri", "http://localhost:5001"),
        ];
        let answer = tenant.authorize("common", &changes).await;
        assert_eq!(answer.status, expected, "{prompt}");
    }
    tenant
        .browse("GET", "/common/oauth2/v2.0/logout", &[])
        .await;
    let page = tenant.authorize("common", &[]).await;
    assert!(page.title().starts_with("Sign in"));
}

#[tokio::test]
async fn a_person_can_cancel_decline_or_need_an_administrator() {
    let tenant = Tenant::start().await;
    let page = tenant.authorize("common", &[]).await;
    let cancelled = tenant
        .browse("GET", &page.link("cancel"), &[])
        .await
        .redirect();
    assert_eq!(
        (&*cancelled["error"], &*cancelled["error_subcode"]),
        ("access_denied", "cancel")
    );
    assert!(!cancelled.contains_key("error_description"));
    for (user, scope, code) in [
        ("ada@signet.example", SIGN_IN, "AADSTS65004:"),
        ("ada@signet.example", "openid User.Read.All", "AADSTS90094:"),
        ("admin-needed@signet.example", SIGN_IN, "AADSTS90094:"),
    ] {
        let page = tenant
            .authorize("common", &[("scope", scope), ("prompt", "login")])
            .await;
        let page = tenant.log_in(&page, user, "signet").await;
        let declined = tenant
            .browse("GET", &page.link("decline"), &[])
            .await
            .redirect();
        assert_eq!(declined["error"], "access_denied");
        assert!(
            declined["error_description"].starts_with(code),
            "{user} {scope}"
        );
    }
}

#[tokio::test]
async fn wrong_sign_ins_stay_on_the_page() {
    let tenant = Tenant::start().await;
    for (authority, user, password, code) in [
        ("common", "ada@signet.example", "wrong", "AADSTS50126"),
        ("common", "nobody@signet.example", "signet", "AADSTS50034"),
        ("common", "disabled@signet.example", "signet", "AADSTS50057"),
        ("common", "locked@signet.example", "signet", "AADSTS50053"),
        ("common", "expired@signet.example", "signet", "AADSTS50055"),
        (
            "northwind.example",
            "ada@signet.example",
            "signet",
            "AADSTS50020",
        ),
        ("consumers", "ada@signet.example", "signet", "AADSTS50020"),
        (
            "organizations",
            "noor@outlook.example",
            "signet",
            "AADSTS50020",
        ),
        (
            "signet.example",
            "noor@outlook.example",
            "signet",
            "AADSTS50020",
        ),
    ] {
        let page = tenant.authorize(authority, &[]).await;
        let page = tenant.log_in(&page, user, password).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains(code), "{authority} {user}");
    }
}

/// Sources: OAuth 2.0 Multiple Response Type Encoding Practices §2.1; OAuth 2.0
/// Form Post Response Mode.
#[tokio::test]
async fn loopback_clients_get_query_fragment_and_form_post() {
    let tenant = Tenant::start().await;
    tenant
        .code(
            "ada@signet.example",
            &[("redirect_uri", "http://localhost:5001")],
        )
        .await;
    let redirect = ("redirect_uri", "http://localhost:5001");
    let query = tenant.authorize("common", &[redirect]).await.address();
    assert!(query.starts_with("http://localhost:5001/?code=") && query.ends_with('#'));
    let fragment = tenant
        .authorize("common", &[redirect, ("response_mode", "fragment")])
        .await
        .address();
    assert!(fragment.starts_with("http://localhost:5001/#code="));
    let form = tenant
        .authorize("common", &[redirect, ("response_mode", "form_post")])
        .await;
    assert!(form.text().contains("action=\"http://localhost:5001\""));
    assert!(form.text().contains("name=\"code\"") && form.text().contains("name=\"state\""));
    assert!(
        form.header("content-security-policy")
            .contains("form-action 'self' http://localhost:5001;")
    );
}

fn scopes(page: &str) -> Vec<String> {
    let list = crate::browser::between(page, "id=\"scopes\">", "</ul>").expect("a consent page");
    list.split("<code>")
        .skip(1)
        .map(|item| item.split("</code>").next().unwrap().to_owned())
        .collect()
}
