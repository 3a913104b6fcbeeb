//! The seed: what is drawn is drawn again in a second run.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::browser::{CLIENT_ID, SIGN_IN, Tenant, string};

const ADA: &str = "ada@signet.example";

/// Ids of refused requests, which need no sign-in before them.
async fn ids(tenant: &Tenant) -> [String; 4] {
    let graph = tenant.graph("GET", "/me", "any", None).await;
    let entra = tenant.redeem("any", &[]).await.json();
    let keys = tenant.get("/common/discovery/v2.0/keys").await;
    [
        graph.header("request-id").to_owned(),
        string(&graph.json()["error"]["innerError"]["request-id"]),
        string(&entra["trace_id"]),
        keys.header("x-ms-request-id").to_owned(),
    ]
}

#[tokio::test]
async fn ids_of_requests_repeat_with_the_seed_and_after_a_reset() {
    let tenant = Tenant::with_seed(7).await;
    let first = ids(&tenant).await;
    assert_eq!(first[0], first[1]);
    assert_ne!(ids(&tenant).await, first);
    tenant.control("POST", "/reset", Some(json!({}))).await;
    assert_eq!(ids(&tenant).await, first);
    assert_eq!(ids(&Tenant::with_seed(7).await).await, first);
    assert_ne!(ids(&Tenant::with_seed(8).await).await, first);
}

/// What a device and a sign-in are told, but for what is sealed.
async fn told(tenant: &Tenant) -> Vec<String> {
    let form = [("client_id", CLIENT_ID), ("scope", SIGN_IN)];
    let device = tenant
        .browse("POST", "/common/oauth2/v2.0/devicecode", &form)
        .await
        .json();
    let code = tenant.code(ADA, &[]).await;
    let tokens = tenant.redeem(&code, &[]).await.json();
    let mut told = vec![code];
    for name in ["device_code", "user_code"] {
        told.push(string(&device[name]));
    }
    for name in ["access_token", "id_token"] {
        for (index, claim) in [(0, "nonce"), (1, "aio"), (1, "rh"), (1, "uti")] {
            told.push(part(&string(&tokens[name]), index)[claim].to_string());
        }
    }
    told
}

/// A part of a JWT, read without its signature.
fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn codes_and_ids_in_tokens_repeat_with_the_seed() {
    let first = told(&Tenant::with_seed(7).await).await;
    assert_eq!(told(&Tenant::with_seed(7).await).await, first);
    let other = told(&Tenant::with_seed(8).await).await;
    assert!(first.iter().zip(&other).all(|(a, b)| a != b || a == "null"));
    assert!(first.iter().filter(|told| *told == "null").count() < 2);
}

/// A refresh token of an earlier run is good in the next one with the same seed,
/// and using it up leaves the next one's own alone.
#[tokio::test]
async fn refresh_tokens_of_two_runs_are_not_taken_for_each_other() {
    let refresh_token =
        async |tenant: &Tenant| string(&tenant.sign_in(ADA, SIGN_IN).await["refresh_token"]);
    let earlier = refresh_token(&Tenant::with_seed(7).await).await;
    let tenant = Tenant::with_seed(7).await;
    let strict = json!({"refresh_rotation": "strict"});
    tenant.control("POST", "/switches", Some(strict)).await;
    let own = refresh_token(&tenant).await;
    for (token, expected) in [(&earlier, 200), (&own, 200), (&own, 400)] {
        assert_eq!(tenant.refresh(token, SIGN_IN).await.status, expected);
    }
}
