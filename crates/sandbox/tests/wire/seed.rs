//! The seed: what is drawn is drawn again in a second run.

use serde_json::json;

use crate::browser::{Tenant, string};

/// Ids of a refused request, which needs no sign-in before it.
async fn ids(tenant: &Tenant) -> [String; 3] {
    let graph = tenant.graph("GET", "/me", "any", None).await;
    [
        graph.header("request-id").to_owned(),
        graph.header("client-request-id").to_owned(),
        string(&graph.json()["error"]["innerError"]["request-id"]),
    ]
}

#[tokio::test]
async fn ids_of_requests_repeat_with_the_seed_and_after_a_reset() {
    let tenant = Tenant::with_seed(7).await;
    let first = ids(&tenant).await;
    assert!(first.iter().all(|id| *id == first[0]));
    assert_ne!(ids(&tenant).await, first);
    tenant.control("POST", "/reset", Some(json!({}))).await;
    assert_eq!(ids(&tenant).await, first);
    assert_eq!(ids(&Tenant::with_seed(7).await).await, first);
    assert_ne!(ids(&Tenant::with_seed(8).await).await, first);
}
