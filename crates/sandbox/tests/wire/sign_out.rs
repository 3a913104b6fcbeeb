//! Sign-out. Sources: "OpenID Connect on the Microsoft identity platform", send
//! a sign-out request; OpenID Connect RP-Initiated Logout 1.0.

use crate::browser::{Tenant, encode};

const LOOPBACK: (&str, &str) = ("redirect_uri", "http://localhost:5001");
const SILENT: (&str, &str) = ("prompt", "none");

#[tokio::test]
async fn the_browser_is_sent_on_to_registered_addresses_only() {
    let tenant = Tenant::start().await;
    for (uri, expected) in [
        (
            "http://localhost:5001",
            Some("http://localhost:5001/?state=a+b"),
        ),
        (
            "io.github.signetmail://auth",
            Some("io.github.signetmail://auth?state=a+b"),
        ),
        ("https://evil.example/", None),
        ("http://localhost:5001/other", None),
        ("javascript:alert", None),
        ("http://localhost:5001#part", None),
    ] {
        let query = encode(&[("post_logout_redirect_uri", uri), ("state", "a b")]);
        let path = format!("/common/oauth2/v2.0/logout?{query}");
        let answer = tenant.browse("GET", &path, &[]).await;
        let location = answer.headers.get("location");
        assert_eq!(location.map(|at| at.to_str().unwrap()), expected, "{uri}");
        assert_eq!(answer.status, if expected.is_some() { 302 } else { 200 });
    }
}

/// `id_token_hint` and `ui_locales` choose nothing here: who is signed out and
/// where the browser goes next is the same with them.
#[tokio::test]
async fn a_token_as_a_hint_and_languages_change_nothing() {
    let tenant = Tenant::start().await;
    let ada = "ada@signet.example";
    tenant.code(ada, &[LOOPBACK]).await;
    let query = encode(&[
        ("id_token_hint", "eyJ.of.somebody"),
        ("ui_locales", "fr-FR de"),
        ("post_logout_redirect_uri", "http://localhost:5001"),
    ]);
    let path = format!("/common/oauth2/v2.0/logout?{query}");
    let answer = tenant.browse("GET", &path, &[]).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, "http://localhost:5001/")
    );
    let silent = [LOOPBACK, SILENT, ("login_hint", ada)];
    let answer = tenant.authorize("common", &silent).await.redirect();
    assert_eq!(answer["error"], "login_required");
}

#[tokio::test]
async fn a_hint_signs_one_out_and_without_one_the_person_is_asked() {
    let tenant = Tenant::start().await;
    let silent = async |user: &str| {
        let changes = [LOOPBACK, SILENT, ("login_hint", user)];
        tenant
            .authorize("common", &changes)
            .await
            .redirect()
            .contains_key("code")
    };
    let (ada, noor) = ("ada@signet.example", "noor@outlook.example");
    for user in [ada, noor] {
        tenant.code(user, &[LOOPBACK, ("prompt", "login")]).await;
    }
    let page = tenant
        .browse("GET", "/common/oauth2/v2.0/logout?state=x", &[])
        .await;
    assert!(page.text().contains("sign out of"));
    assert!(silent(ada).await && silent(noor).await);
    let link = page.link(&format!("sign-out-{ada}"));
    let done = tenant.browse("GET", &link, &[]).await;
    assert!(done.title().starts_with("Signed out"));
    assert!(!silent(ada).await && silent(noor).await);
    tenant.browse("GET", "/common/oauth2/logout", &[]).await;
    assert!(!silent(noor).await);
}
