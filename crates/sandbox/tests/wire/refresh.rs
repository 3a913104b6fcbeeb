//! The refresh grant under its switches and after what ends it. Sources:
//! "Refresh tokens in the Microsoft identity platform"; "Microsoft Entra
//! authentication and authorization error codes"; "Developer's guide to
//! Conditional Access authentication context".

use serde_json::{Value, json};

use crate::browser::{CLIENT_ID, SIGN_IN, Tenant, string};

const ADA: &str = "ada@signet.example";
const STEP_UP: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

#[tokio::test]
async fn strict_rotation_lets_a_token_be_used_once() {
    let tenant = Tenant::start().await;
    switch(&tenant, json!({"refresh_rotation": "strict"})).await;
    let first = refresh_token(&tenant, ADA).await;
    let second = string(&tenant.refresh(&first, SIGN_IN).await.json()["refresh_token"]);
    let again = tenant.refresh(&first, SIGN_IN).await;
    assert_eq!(again.refusal(), ("invalid_grant".to_owned(), 70000));
    assert_eq!(again.json()["suberror"], "bad_token");
    // A refusal does not use a token up.
    assert_eq!(
        tenant.refresh(&second, "Mail.Send").await.refusal().1,
        65001
    );
    assert_eq!(tenant.refresh(&second, SIGN_IN).await.status, 200);
    switch(&tenant, json!({"refresh_rotation": null})).await;
    assert_eq!(tenant.refresh(&first, SIGN_IN).await.status, 200);
}

#[tokio::test]
async fn a_scope_is_needed_only_where_a_switch_says_so() {
    let tenant = Tenant::start().await;
    let token = refresh_token(&tenant, ADA).await;
    assert_eq!(tenant.refresh(&token, "").await.status, 200);
    switch(&tenant, json!({"refresh_needs_scope": true})).await;
    let refused = tenant.refresh(&token, "").await;
    assert_eq!(refused.refusal(), ("invalid_request".to_owned(), 900_144));
    assert!(string(&refused.json()["error_description"]).contains("'scope'"));
    assert_eq!(tenant.refresh(&token, "User.Read").await.status, 200);
}

#[tokio::test]
async fn the_fifteenth_same_refresh_in_five_minutes_is_a_loop() {
    let tenant = Tenant::start().await;
    let token = refresh_token(&tenant, ADA).await;
    for _ in 0..14 {
        assert_eq!(tenant.refresh(&token, "User.Read").await.status, 200);
    }
    assert_eq!(tenant.refresh(&token, "User.Read").await.refusal().1, 50196);
    assert_eq!(tenant.refresh(&token, SIGN_IN).await.status, 200);
    clock(&tenant, 301).await;
    assert_eq!(tenant.refresh(&token, "User.Read").await.status, 200);
    switch(&tenant, json!({"loop_detection": false})).await;
    for _ in 0..20 {
        assert_eq!(tenant.refresh(&token, "User.Read").await.status, 200);
    }
}

/// `foci` is for Microsoft's own family: its refresh tokens serve every client of
/// it; any other client's serve that client alone.
#[tokio::test]
async fn family_tokens_serve_other_clients_and_no_others_do() {
    let tenant = Tenant::start().await;
    let other = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0003";
    let own = tenant.sign_in(ADA, SIGN_IN).await;
    assert!(own.get("foci").is_none());
    let refused = with_client(&tenant, other, &string(&own["refresh_token"])).await;
    assert_eq!(refused.json()["suberror"], "client_mismatch");
    switch(&tenant, json!({"instance_foci": true})).await;
    let family = tenant.sign_in(ADA, SIGN_IN).await;
    assert_eq!(family["foci"], "1");
    let shared = with_client(&tenant, other, &string(&family["refresh_token"])).await;
    assert_eq!((shared.status, &shared.json()["foci"]), (200, &json!("1")));
}

#[tokio::test]
async fn what_ends_a_grant_is_told_by_its_code() {
    let tenant = Tenant::start().await;
    for (reason, code, suberror, access_lives) in [
        ("sessions", 50173, Some("bad_token"), false),
        ("password", 50133, None, false),
        ("credentials", 50132, None, false),
        ("lifetime", 700_081, None, true),
        ("frequency", 70043, Some("token_expired"), true),
    ] {
        let body = tenant.sign_in(ADA, SIGN_IN).await;
        let ask = json!({"user": ADA, "reason": reason});
        assert_eq!(
            tenant.control("POST", "/revoke", Some(ask)).await.status,
            200
        );
        let refused = tenant
            .refresh(&string(&body["refresh_token"]), SIGN_IN)
            .await;
        assert_eq!(refused.refusal(), ("invalid_grant".to_owned(), code));
        assert_eq!(
            refused.json().get("suberror").and_then(Value::as_str),
            suberror
        );
        let me = tenant
            .graph("GET", "/me", &string(&body["access_token"]), None)
            .await;
        assert_eq!(me.status, if access_lives { 200 } else { 401 }, "{reason}");
        // A moment later somebody signs in again, and all is well.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let healed = tenant.sign_in(ADA, SIGN_IN).await;
        let token = string(&healed["refresh_token"]);
        assert_eq!(
            tenant.refresh(&token, SIGN_IN).await.status,
            200,
            "{reason}"
        );
    }
    let ask = json!({"user": ADA, "reason": "boredom"});
    assert!(tenant.control("POST", "/revoke", Some(ask)).await.status >= 400);
}

#[tokio::test]
async fn a_code_of_before_a_revocation_is_dead_too() {
    let tenant = Tenant::start().await;
    let code = tenant.code(ADA, &[]).await;
    tenant
        .control("POST", "/revoke", Some(json!({"user": ADA})))
        .await;
    assert_eq!(tenant.redeem(&code, &[]).await.refusal().1, 50173);
}

/// An authentication context that the sign-in did not satisfy needs the person:
/// the refusal says in `claims` what to ask for, and asking for it heals.
#[tokio::test]
async fn step_up_is_refused_with_the_claims_that_heal_it() {
    let tenant = Tenant::start().await;
    let token = refresh_token(&tenant, ADA).await;
    let refused = with_claims(&tenant, &token, STEP_UP).await;
    assert_eq!(refused.refusal(), ("invalid_grant".to_owned(), 50076));
    let body = refused.json();
    assert_eq!(body["suberror"], "basic_action");
    let claims = string(&body["claims"]);
    assert_eq!(
        serde_json::from_str::<Value>(&claims).unwrap(),
        serde_json::from_str::<Value>(STEP_UP).unwrap()
    );
    let code = tenant
        .code(ADA, &[("claims", &claims), ("prompt", "login")])
        .await;
    let body = tenant.redeem(&code, &[("claims", &claims)]).await.json();
    assert_eq!(access_claims(&body)["acrs"], json!(["c1"]));
    let body = with_claims(&tenant, &string(&body["refresh_token"]), STEP_UP)
        .await
        .json();
    assert_eq!(access_claims(&body)["acrs"], json!(["c1"]));
    let future = r#"{"access_token":{"nbf":{"essential":true,"value":"4102444800"}}}"#;
    assert_eq!(
        with_claims(&tenant, &token, future).await.refusal().1,
        50173
    );
    let past = r#"{"access_token":{"nbf":{"essential":true,"value":"1600000000"}}}"#;
    assert_eq!(with_claims(&tenant, &token, past).await.status, 200);
}

/// The telemetry header carries the age of the refresh token that was redeemed.
#[tokio::test]
async fn the_age_of_the_refresh_token_is_told() {
    let tenant = Tenant::start().await;
    let token = refresh_token(&tenant, ADA).await;
    clock(&tenant, 100).await;
    for (scope, code) in [("User.Read", "0"), ("Mail.Send", "65001")] {
        let answer = tenant.refresh(&token, scope).await;
        let telemetry: Vec<&str> = answer.header("x-ms-clitelem").split(',').collect();
        assert_eq!((telemetry[0], telemetry[1], telemetry[2]), ("1", code, "0"));
        let age: f64 = telemetry[3].parse().unwrap();
        assert!((100_000.0..160_000.0).contains(&age), "{age}");
    }
}

/// Source: "Access tokens in the Microsoft identity platform", token lifetime.
#[tokio::test]
async fn access_tokens_live_an_hour_to_an_hour_and_a_half() {
    let tenant = Tenant::with_seed(7).await;
    let token = refresh_token(&tenant, ADA).await;
    let mut drawn = Vec::new();
    for round in 0..8 {
        // A client that asks the same too often in five minutes is in a loop.
        clock(&tenant, round * 400).await;
        for _ in 0..10 {
            let body = tenant.refresh(&token, "User.Read").await.json();
            drawn.push(body["expires_in"].as_i64().unwrap());
        }
    }
    assert!(drawn.iter().all(|seconds| (3600..5400).contains(seconds)));
    let mean = drawn.iter().sum::<i64>() / 80;
    assert!((4300..4700).contains(&mean), "{mean}");
}

/// Tokens get a lifetime at random, the same ones with the same seed.
#[tokio::test]
async fn lifetimes_repeat_with_the_seed() {
    let mut runs = Vec::new();
    for seed in [3, 3, 4] {
        let tenant = Tenant::with_seed(seed).await;
        let token = refresh_token(&tenant, ADA).await;
        let mut drawn = Vec::new();
        for _ in 0..5 {
            drawn.push(tenant.refresh(&token, "User.Read").await.json()["expires_in"].clone());
        }
        runs.push(drawn);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn refresh_in_comes_with_long_tokens_unless_a_switch_takes_it() {
    let tenant = Tenant::start().await;
    let token = refresh_token(&tenant, ADA).await;
    let long = with_claims(&tenant, &token, crate::browser::CP1)
        .await
        .json();
    let seconds = long["expires_in"].as_i64().unwrap();
    assert_eq!(long["refresh_in"].as_i64().unwrap(), seconds / 2);
    assert_eq!(long["ext_expires_in"], long["expires_in"]);
    switch(&tenant, json!({"refresh_in": false})).await;
    let long = with_claims(&tenant, &token, crate::browser::CP1)
        .await
        .json();
    assert!(long.get("refresh_in").is_none());
}

async fn refresh_token(tenant: &Tenant, user: &str) -> String {
    string(&tenant.sign_in(user, SIGN_IN).await["refresh_token"])
}

async fn with_claims(tenant: &Tenant, token: &str, claims: &str) -> crate::browser::Answer {
    let fields = [
        ("client_id", CLIENT_ID),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("scope", SIGN_IN),
        ("claims", claims),
    ];
    tenant.token("common", &fields).await
}

async fn with_client(tenant: &Tenant, client: &str, token: &str) -> crate::browser::Answer {
    let fields = [
        ("client_id", client),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    tenant.token("common", &fields).await
}

async fn switch(tenant: &Tenant, fields: Value) {
    let answer = tenant.control("POST", "/switches", Some(fields)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn clock(tenant: &Tenant, seconds: i64) {
    let offset = json!({"offset_seconds": seconds});
    tenant.control("POST", "/clock", Some(offset)).await;
}

fn access_claims(body: &Value) -> Value {
    use base64::Engine;
    let token = string(&body["access_token"]);
    let claims = token.split('.').nth(1).expect("a token in three parts");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims);
    serde_json::from_slice(&bytes.unwrap()).unwrap()
}
