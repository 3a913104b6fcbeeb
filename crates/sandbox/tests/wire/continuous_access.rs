//! Sessions that end, seen from Graph, and UserInfo. Sources: "Continuous access
//! evaluation"; "Claims challenges, claims requests and client capabilities";
//! Graph v1.0 reference, "user: revokeSignInSessions"; "UserInfo endpoint".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::{Answer, CP1, SIGN_IN, Tenant, between, string};

const ADA: &str = "ada@signet.example";

/// The whole way: a token that lives a day, the session revoked, the challenge,
/// a silent try that fails, and a sign-in that heals.
#[tokio::test]
async fn a_revoked_session_is_challenged_then_refused_then_healed() {
    let tenant = Tenant::start().await;
    let scope = "openid profile offline_access User.Read User.ReadWrite";
    let changes = [("claims", CP1), ("scope", scope)];
    let code = tenant.code(ADA, &changes).await;
    let body = tenant.redeem(&code, &[]).await.json();
    let token = string(&body["access_token"]);
    let revoked = tenant
        .graph("POST", "/me/revokeSignInSessions", &token, None)
        .await;
    assert_eq!(
        (revoked.status, &revoked.json()["value"]),
        (200, &json!(true))
    );
    let refused = tenant.graph("GET", "/me", &token, None).await;
    assert_eq!(
        (refused.status, &*refused.graph_code()),
        (401, "InvalidAuthenticationToken")
    );
    let message = string(&refused.json()["error"]["message"]);
    for part in [
        "Continuous access evaluation",
        "TokenIssuedBeforeRevocationTimestamp",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let challenge = refused.header("www-authenticate").to_owned();
    for part in [
        "Bearer realm=\"\"",
        "/common/oauth2/authorize\"",
        "client_id=\"00000003-0000-0000-c000-000000000000\"",
        "error=\"insufficient_claims\"",
    ] {
        assert!(challenge.contains(part), "{challenge}");
    }
    let claims = between(&challenge, "claims=\"", "\"").unwrap();
    let claims: Value = serde_json::from_slice(&STANDARD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["access_token"]["nbf"]["essential"], true);
    let silent = tenant
        .refresh(&string(&body["refresh_token"]), SIGN_IN)
        .await;
    assert_eq!(silent.refusal().1, 50173);
    assert_eq!(silent.json()["suberror"], "bad_token");
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let merged = {
        let mut merged: Value = serde_json::from_str(CP1).unwrap();
        merged["access_token"]["nbf"] = claims["access_token"]["nbf"].clone();
        merged.to_string()
    };
    let code = tenant.code(ADA, &[("claims", &merged)]).await;
    let healed = tenant.redeem(&code, &[("claims", &merged)]).await.json();
    let token = string(&healed["access_token"]);
    assert_eq!(tenant.graph("GET", "/me", &token, None).await.status, 200);
}

/// A page of the sign-in that was open meanwhile belongs to the old session.
#[tokio::test]
async fn a_page_opened_before_a_revocation_leads_to_no_code() {
    let tenant = Tenant::start().await;
    let page = tenant.authorize("common", &[]).await;
    let page = tenant.log_in(&page, ADA, "signet").await;
    assert!(page.text().contains("id=\"accept\""));
    tenant
        .control("POST", "/revoke", Some(json!({"user": ADA})))
        .await;
    let answer = tenant.accept(&page).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
}

/// Without the client's declaration there is no challenge, only a refusal.
#[tokio::test]
async fn clients_that_cannot_take_a_challenge_get_none() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SIGN_IN).await;
    tenant
        .control("POST", "/revoke", Some(json!({"user": ADA})))
        .await;
    let refused = tenant.graph("GET", "/me", &token, None).await;
    assert_eq!(refused.status, 401);
    assert!(!refused.header("www-authenticate").contains("claims"));
}

#[tokio::test]
async fn only_one_s_own_sessions_and_only_with_the_permission() {
    let tenant = Tenant::start().await;
    for (user, scope, status) in [
        (ADA, "User.Read", 403),
        (ADA, "User.RevokeSessions.All", 200),
        ("noor@outlook.example", "User.ReadWrite", 403),
    ] {
        let token = tenant.access_token(user, scope).await;
        let answer = tenant
            .graph("POST", "/me/revokeSignInSessions", &token, None)
            .await;
        assert_eq!(answer.status, status, "{user} {scope}");
    }
}

/// The subject is the ID token's, and each scope adds what it stands for.
#[tokio::test]
async fn userinfo_says_what_the_scopes_allow() {
    let tenant = Tenant::start().await;
    let all = "openid profile email User.Read";
    for (user, scope, members, email) in [
        (ADA, "openid User.Read", 6, Some(ADA)),
        ("noor@outlook.example", all, 6, Some("noor@outlook.example")),
    ] {
        let body = tenant.sign_in(user, scope).await;
        let token = string(&body["access_token"]);
        let answer = userinfo(&tenant, "GET", &token).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let claims = answer.json();
        assert_eq!(claims.as_object().unwrap().len(), members, "{claims}");
        assert_eq!(claims["sub"], id_token_subject(&body));
        assert_eq!(claims.get("email").and_then(Value::as_str), email);
        assert_eq!(claims["picture"], tenant.url("/v1.0/me/photo/$value"));
        assert_eq!(userinfo(&tenant, "POST", &token).await.json(), claims);
    }
    assert_eq!(userinfo(&tenant, "GET", "nonsense").await.status, 401);
    let none = tenant
        .access_token("grace@signet.example", "User.Read")
        .await;
    assert_eq!(userinfo(&tenant, "GET", &none).await.status, 403);
}

async fn userinfo(tenant: &Tenant, method: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    tenant
        .send(method, &tenant.url("/oidc/userinfo"), &headers, Vec::new())
        .await
}

fn id_token_subject(body: &Value) -> Value {
    let token = string(&body["id_token"]);
    let claims = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(claims)
        .unwrap();
    serde_json::from_slice::<Value>(&bytes).unwrap()["sub"].clone()
}
