//! Consent for a whole organisation. Sources: "Admin consent on the Microsoft
//! identity platform"; "Grant tenant-wide admin consent to an application".

use crate::browser::{CLIENT_ID, Tenant, WORK_TENANT, encode};

const LOOPBACK: (&str, &str) = ("redirect_uri", "http://localhost:5001");

#[tokio::test]
async fn an_administrator_consents_for_everybody_in_the_organisation() {
    let tenant = Tenant::start().await;
    for (path, more, scope) in [
        ("/organizations/adminconsent", ("x", "y"), None),
        (
            "/signet.example/v2.0/adminconsent",
            ("scope", "https://graph.microsoft.com/Mail.Send"),
            Some("https://graph.microsoft.com/Mail.Send"),
        ),
    ] {
        let query = encode(&[("client_id", CLIENT_ID), LOOPBACK, ("state", "12 3"), more]);
        let page = tenant.browse("GET", &format!("{path}?{query}"), &[]).await;
        let page = if page.text().contains("id=\"password\"") {
            tenant.log_in(&page, "admin@signet.example", "signet").await
        } else {
            page
        };
        assert!(page.title().starts_with("Permissions requested"), "{path}");
        assert!(page.text().contains("for your organisation"), "{path}");
        let answer = tenant.accept(&page).await.redirect();
        assert_eq!(answer["admin_consent"], "True");
        assert_eq!(
            (&*answer["tenant"], &*answer["state"]),
            (WORK_TENANT, "12 3")
        );
        assert_eq!(answer.get("scope").map(String::as_str), scope);
    }
    for (user, consented) in [
        ("ada@signet.example", true),
        ("admin-needed@signet.example", true),
        ("hedy@northwind.example", false),
    ] {
        let changes = [LOOPBACK, ("prompt", "login"), ("scope", "openid Mail.Send")];
        let page = tenant.authorize("common", &changes).await;
        let page = tenant.log_in(&page, user, "signet").await;
        assert_eq!(page.status == 302, consented, "{user}");
    }
}

#[tokio::test]
async fn nobody_else_can_and_the_administrator_may_cancel() {
    let tenant = Tenant::start().await;
    let query = encode(&[("client_id", CLIENT_ID), LOOPBACK, ("state", "s")]);
    let path = format!("/organizations/adminconsent?{query}");
    let page = tenant.browse("GET", &path, &[]).await;
    let refused = tenant.log_in(&page, "ada@signet.example", "signet").await;
    assert!(refused.text().contains("AADSTS90094"));
    let forced = tenant
        .browse("POST", "/common/consent", &[("flow", &page.flow())])
        .await;
    assert_eq!(forced.status, 400);
    let page = tenant.log_in(&page, "admin@signet.example", "signet").await;
    let cancelled = tenant
        .browse("GET", &page.link("decline"), &[])
        .await
        .redirect();
    assert_eq!(cancelled["error"], "permission_denied");
    assert_eq!(
        cancelled["error_description"],
        "The admin canceled the request."
    );
    assert_eq!(cancelled["state"], "s");
}

/// An administrator's own sign-in offers the same with a box to tick.
#[tokio::test]
async fn an_administrator_may_consent_for_all_while_signing_in() {
    let tenant = Tenant::start().await;
    let page = tenant.authorize("common", &[LOOPBACK]).await;
    let page = tenant.log_in(&page, "admin@signet.example", "signet").await;
    assert!(page.text().contains("id=\"organization\""));
    let form = [("flow", &*page.flow()), ("organization", "true")];
    tenant.browse("POST", "/common/consent", &form).await;
    let page = tenant
        .authorize("common", &[LOOPBACK, ("prompt", "login")])
        .await;
    let page = tenant.log_in(&page, "grace@signet.example", "signet").await;
    assert!(page.redirect().contains_key("code"));
}

/// Source: "OAuth 2.0 authorization code grant" (v1.0): `resource`, and
/// `prompt=admin_consent`.
#[tokio::test]
async fn the_v1_endpoint_takes_a_resource_and_an_administrators_prompt() {
    let tenant = Tenant::start().await;
    let ask = async |more: &[(&str, &str)]| {
        let mut pairs = vec![
            ("client_id", CLIENT_ID),
            LOOPBACK,
            ("response_type", "code"),
        ];
        pairs.extend(more);
        let path = format!("/common/oauth2/authorize?{}", encode(&pairs));
        tenant.browse("GET", &path, &[]).await
    };
    for (resource, code) in [
        ("https://vault.example", "AADSTS500011:"),
        ("https://outlook.office.com/", "AADSTS650057:"),
    ] {
        let refused = ask(&[("resource", resource)]).await.redirect();
        assert!(refused["error_description"].starts_with(code), "{resource}");
    }
    let graph = ("resource", "https://graph.microsoft.com/");
    let page = ask(&[graph, ("scope", "ignored by v1")]).await;
    let personal = tenant.log_in(&page, "noor@outlook.example", "signet").await;
    assert!(personal.text().contains("AADSTS50020"));
    let page = tenant.log_in(&page, "ada@signet.example", "signet").await;
    assert!(tenant.accept(&page).await.redirect().contains_key("code"));
    let page = ask(&[graph, ("prompt", "admin_consent")]).await;
    assert!(page.text().contains("AADSTS90094"));
}
