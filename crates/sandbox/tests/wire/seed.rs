//! The seed: what is drawn is drawn again in a second run.

use serde_json::json;

use crate::browser::{Tenant, string};

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
