//! What stands between a password and a code. Sources: "Microsoft Entra
//! authentication and authorization error codes"; "Developer guidance for
//! Microsoft Entra Conditional Access".

use serde_json::json;

use crate::browser::{Tenant, string};

const LOOPBACK: (&str, &str) = ("redirect_uri", "http://localhost:5001");
const SILENT: (&str, &str) = ("prompt", "none");
const CONTEXT: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

#[tokio::test]
async fn the_barred_are_told_on_a_page_and_silently_at_the_redirect_uri() {
    let tenant = Tenant::start().await;
    for (user, code, title) in [
        ("blocked@signet.example", 53003, "You cannot access this"),
        ("device@signet.example", 53000, "You can&#39;t get there"),
        (
            "register-device@signet.example",
            50097,
            "Set up your device",
        ),
        ("unassigned@signet.example", 50105, "Sorry"),
        ("join-device@signet.example", 50129, "Set up your device"),
        (
            "domain-device@signet.example",
            53001,
            "You can&#39;t get there",
        ),
        (
            "tenant-policy@signet.example",
            530_032,
            "You cannot access this",
        ),
        ("defaults@signet.example", 530_035, "You cannot access this"),
    ] {
        let page = tenant
            .authorize("common", &[LOOPBACK, ("prompt", "login")])
            .await;
        let page = tenant.log_in(&page, user, "signet").await;
        assert_eq!(page.status, 200, "{user}");
        assert!(page.text().contains(&format!("AADSTS{code}: ")), "{user}");
        assert!(page.title().starts_with(title), "{user}: {}", page.title());
        let cancelled = tenant.browse("GET", &page.link("cancel"), &[]).await;
        assert_eq!(cancelled.redirect()["error_subcode"], "cancel");
        let hint = [LOOPBACK, SILENT, ("login_hint", user)];
        let silent = tenant.authorize("common", &hint).await.redirect();
        assert_eq!(silent["error"], "interaction_required", "{user}");
        assert!(silent["error_description"].starts_with(&format!("AADSTS{code}:")));
    }
}

#[tokio::test]
async fn a_second_factor_is_asked_once_a_session() {
    let tenant = Tenant::start().await;
    for (user, code, title) in [
        ("mfa@signet.example", 50076, "Enter code"),
        (
            "mfa-setup@signet.example",
            50079,
            "More information required",
        ),
        (
            "mfa-here@signet.example",
            50072,
            "More information required",
        ),
        ("strong@signet.example", 50074, "Enter code"),
        ("mfa-expires@signet.example", 50076, "Enter code"),
        ("outside@signet.example", 50158, "Verify with your"),
    ] {
        let hint = ("login_hint", user);
        let page = tenant.authorize("common", &[LOOPBACK, hint]).await;
        let page = tenant.log_in(&page, user, "signet").await;
        assert!(page.title().starts_with(title), "{user}");
        let silent = tenant
            .authorize("common", &[LOOPBACK, SILENT, hint])
            .await
            .redirect();
        assert_eq!(silent["error"], "interaction_required");
        assert!(silent["error_description"].starts_with(&format!("AADSTS{code}:")));
        assert!(silent["claims"].contains("access_token"));
        let wrong = tenant.second_factor(&page, "no").await;
        assert!(wrong.text().contains("AADSTS500121"), "{user}");
        let right = tenant
            .second_factor(&page, &page.shown_code().unwrap())
            .await;
        assert!(right.title().starts_with("Permissions requested"), "{user}");
        tenant.accept(&right).await;
        let silent = tenant.authorize("common", &[LOOPBACK, SILENT, hint]).await;
        assert!(silent.redirect().contains_key("code"), "{user}");
    }
}

#[tokio::test]
async fn a_second_factor_that_expired_is_asked_for_again_by_a_refresh_and_by_the_page() {
    let tenant = Tenant::start().await;
    let user = "mfa-expires@signet.example";
    let hint = ("login_hint", user);
    let page = tenant.authorize("common", &[LOOPBACK, hint]).await;
    let page = tenant.log_in(&page, user, "signet").await;
    let page = tenant
        .second_factor(&page, &page.shown_code().unwrap())
        .await;
    let answer = tenant.accept(&page).await.redirect();
    let tokens = tenant.redeem(&answer["code"], &[LOOPBACK]).await.json();
    let refresh_token = string(&tokens["refresh_token"]);
    let refreshed = tenant.refresh(&refresh_token, "User.Read").await;
    assert_eq!(refreshed.status, 200);

    let offset = json!({"offset_seconds": 3600});
    tenant.control("POST", "/clock", Some(offset)).await;
    let refused = tenant.refresh(&refresh_token, "User.Read").await;
    assert_eq!(refused.refusal(), ("invalid_grant".to_owned(), 50078));
    assert_eq!(refused.json()["suberror"], "basic_action");
    let silent = tenant.authorize("common", &[LOOPBACK, SILENT, hint]).await;
    assert!(silent.redirect()["error_description"].starts_with("AADSTS50078:"));
    let page = tenant.authorize("common", &[LOOPBACK, hint]).await;
    assert!(page.title().starts_with("Enter code"), "{}", page.title());
    let done = tenant
        .second_factor(&page, &page.shown_code().unwrap())
        .await;
    let code = &done.redirect()["code"];
    let tokens = tenant.redeem(code, &[LOOPBACK]).await.json();
    let refreshed = tenant
        .refresh(&string(&tokens["refresh_token"]), "User.Read")
        .await;
    assert_eq!(refreshed.status, 200);
}

/// Source: "Microsoft Entra authentication and authorization error codes", AADSTS50136.
#[tokio::test]
async fn a_browser_with_one_personal_account_has_none_for_work() {
    let tenant = Tenant::start().await;
    let silent = async || {
        let silent = tenant.authorize("organizations", &[LOOPBACK, SILENT]);
        silent.await.redirect().remove("error_description")
    };
    tenant.code("noor@outlook.example", &[LOOPBACK]).await;
    let told = silent().await.unwrap();
    assert!(told.starts_with("AADSTS50136:"), "{told}");
    let login = [LOOPBACK, ("prompt", "login")];
    tenant.code("ada@signet.example", &login).await;
    assert_eq!(silent().await, None, "hers is there by now");
}

/// Source: "Developer guide to Conditional Access authentication context".
#[tokio::test]
async fn an_authentication_context_asks_anybody_for_a_second_factor() {
    let tenant = Tenant::start().await;
    tenant.code("ada@signet.example", &[LOOPBACK]).await;
    let claims = ("claims", CONTEXT);
    let silent = tenant
        .authorize("common", &[LOOPBACK, SILENT, claims])
        .await;
    assert!(silent.redirect()["error_description"].starts_with("AADSTS50076:"));
    let page = tenant.authorize("common", &[LOOPBACK, claims]).await;
    let done = tenant
        .second_factor(&page, &page.shown_code().unwrap())
        .await;
    assert!(done.redirect().contains_key("code"));
    let again = tenant
        .authorize("common", &[LOOPBACK, SILENT, claims])
        .await;
    assert!(again.redirect().contains_key("code"));
}

#[tokio::test]
async fn whoever_declines_declines_with_either_button() {
    let tenant = Tenant::start().await;
    let page = tenant.authorize("common", &[LOOPBACK]).await;
    let page = tenant
        .log_in(&page, "declines@signet.example", "signet")
        .await;
    let answer = tenant.accept(&page).await.redirect();
    assert_eq!(answer["error"], "access_denied");
    assert!(answer["error_description"].starts_with("AADSTS65004:"));
}

/// The interrupt of AADSTS50140 is there by a switch, once a session.
#[tokio::test]
async fn a_switch_asks_whether_to_stay_signed_in() {
    let tenant = Tenant::start().await;
    let switch = json!({"keep_signed_in_page": true});
    tenant.control("POST", "/switches", Some(switch)).await;
    let page = tenant.authorize("common", &[LOOPBACK]).await;
    let page = tenant.log_in(&page, "ada@signet.example", "signet").await;
    assert!(page.title().starts_with("Stay signed in?"));
    let form = [("flow", &*page.flow()), ("stay", "yes")];
    let page = tenant.browse("POST", "/common/stay", &form).await;
    assert!(page.header("set-cookie").contains("Max-Age=7776000"));
    tenant.accept(&page).await;
    let clock = json!({"offset_seconds": 3 * 24 * 3600});
    tenant.control("POST", "/clock", Some(clock)).await;
    let silent = tenant.authorize("common", &[LOOPBACK, SILENT]).await;
    assert!(silent.redirect().contains_key("code"));
}

/// Source: "Configure how users consent to applications"; since November 2025 the
/// default of many organisations, a switch here. A smaller scope needs nobody.
#[tokio::test]
async fn a_switch_leaves_consent_to_administrators() {
    let tenant = Tenant::start().await;
    let switch = json!({"admin_consent_required": true});
    tenant.control("POST", "/switches", Some(switch)).await;
    for (user, scope, title) in [
        ("ada@signet.example", "Mail.Send", "Need admin approval"),
        ("ada@signet.example", "People.Read", "Need admin approval"),
        ("ada@signet.example", "Tasks.Read", "Need admin approval"),
        ("ada@signet.example", "User.Read", "Permissions requested"),
        ("admin@signet.example", "Mail.Send", "Permissions requested"),
        ("noor@outlook.example", "Mail.Send", "Permissions requested"),
    ] {
        let scope = format!("openid offline_access {scope}");
        let ask = [LOOPBACK, ("prompt", "login"), ("scope", &scope)];
        let page = tenant.authorize("common", &ask).await;
        let page = tenant.log_in(&page, user, "signet").await;
        assert!(page.title().starts_with(title), "{user} {scope}");
        if scope.ends_with("User.Read") {
            assert!(tenant.accept(&page).await.redirect().contains_key("code"));
        }
    }
}

#[tokio::test]
async fn prompts_choose_the_first_page() {
    let tenant = Tenant::start().await;
    tenant.code("ada@signet.example", &[LOOPBACK]).await;
    for (prompt, title) in [
        ("login", "Enter password"),
        ("select_account", "Pick an account"),
        ("create", "Create account"),
        ("consent", "Permissions requested"),
    ] {
        let page = tenant
            .authorize("common", &[LOOPBACK, ("prompt", prompt)])
            .await;
        assert!(
            page.title().starts_with(title),
            "{prompt}: {}",
            page.title()
        );
        assert_eq!(page.status, 200);
    }
}
