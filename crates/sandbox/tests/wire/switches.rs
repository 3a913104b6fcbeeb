//! Switches over the control API.

use serde_json::json;

use crate::browser::{Tenant, string};

const ADA: &str = "ada@signet.example";

#[tokio::test]
async fn switches_are_set_for_everybody_or_for_one_person() {
    let tenant = Tenant::start().await;
    let set = async |body| tenant.control("POST", "/switches", Some(body)).await;
    let all = set(json!({"recipients_max": 20})).await.json();
    assert_eq!(all["switches"]["recipients_max"], 20);
    let own = set(json!({"person": "ADA@signet.example", "mailbox": "full"})).await;
    assert_eq!(own.json()["people"], json!({ADA: {"mailbox": "full"}}));
    let of = async |address: &str| {
        let path = format!("/switches?person={address}");
        tenant.control("GET", &path, None).await.json()["switches"].clone()
    };
    let ada = of(ADA).await;
    assert_eq!(
        (&ada["mailbox"], &ada["recipients_max"]),
        (&json!("full"), &json!(20))
    );
    assert_eq!(of("grace@signet.example").await["mailbox"], "normal");
    tenant.control("POST", "/reset", None).await;
    let after = tenant.control("GET", "/switches", None).await.json();
    assert_eq!(
        (&after["people"], &after["switches"]["recipients_max"]),
        (&json!({}), &json!(500))
    );
}

#[tokio::test]
async fn a_wrong_switch_is_refused_with_a_sentence() {
    let tenant = Tenant::start().await;
    for (body, status) in [
        (json!({"colour": "blue"}), 400),
        (json!({"mailbox": "gone"}), 400),
        (json!({"person": 7}), 400),
        (
            json!({"person": "nobody@signet.example", "mailbox": "full"}),
            404,
        ),
    ] {
        let answer = tenant
            .control("POST", "/switches", Some(body.clone()))
            .await;
        assert_eq!(answer.status, status, "{body}");
        assert!(!string(&answer.json()["error"]).is_empty(), "{body}");
    }
    let cleared = tenant.control("DELETE", "/switches", None).await;
    assert_eq!(cleared.json()["people"], json!({}));
}
