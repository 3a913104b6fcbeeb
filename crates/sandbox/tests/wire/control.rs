//! The control API and the fences around the sandbox.

use std::net::{Ipv4Addr, SocketAddr};

use sandbox::{Settings, StartError, start};
use serde_json::json;

use crate::browser::{SIGN_IN, Tenant, string};

#[tokio::test]
async fn other_hosts_are_not_served() {
    let tenant = Tenant::start().await;
    let control = format!("http://{}/requests", tenant.control);
    for url in [tenant.url("/v1.0/me"), tenant.url("/"), control] {
        let answer = tenant
            .send("GET", &url, &[("host", "rebound.example")], Vec::new())
            .await;
        assert_eq!(answer.status, 421, "{url}");
    }
}

#[tokio::test]
async fn pages_cannot_use_the_control_api() {
    let tenant = Tenant::start().await;
    let url = format!("http://{}/reset", tenant.control);
    for (header, status) in [
        (("origin", "http://evil.example"), 403),
        (("sec-fetch-site", "cross-site"), 403),
        (("sec-fetch-site", "none"), 200),
    ] {
        assert_eq!(
            tenant
                .send("POST", &url, &[header], Vec::new())
                .await
                .status,
            status,
            "{header:?}"
        );
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let url = format!("http://{}/faults", tenant.control);
    assert_eq!(
        tenant
            .send("POST", &url, &form, b"{}".to_vec())
            .await
            .status,
        415
    );
}

#[tokio::test]
async fn requests_are_kept_without_queries_or_tokens() {
    let tenant = Tenant::start().await;
    let body = tenant.sign_in("ada@signet.example", SIGN_IN).await;
    let token = format!("Bearer {}", string(&body["access_token"]));
    let headers = [
        ("authorization", token.as_str()),
        ("x-client-sku", "signet"),
        ("client-request-id", "c-1"),
    ];
    tenant
        .send(
            "GET",
            &tenant.url("/v1.0/me?$select=id"),
            &headers,
            Vec::new(),
        )
        .await;
    let answer = tenant.control("GET", "/requests", None).await;
    let last = answer.json()["requests"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&last["route"], &last["status"], &last["path"]),
        (&json!("me"), &json!(200), &json!("/v1.0/me"))
    );
    assert_eq!(
        last["client"],
        json!({"x-client-sku": "signet", "client-request-id": "c-1"})
    );
    for name in ["access_token", "refresh_token", "id_token"] {
        assert!(!answer.text().contains(&string(&body[name])), "{name}");
    }
}

#[tokio::test]
async fn reset_forgets_what_happened() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token("ada@signet.example", "Mail.Send").await;
    let body = json!({"message": crate::mail::plain()});
    tenant
        .graph("POST", "/me/sendMail", &token, Some(body))
        .await;
    tenant
        .control("POST", "/clock", Some(json!({"offset_seconds": 900})))
        .await;
    assert_eq!(tenant.control("POST", "/reset", None).await.status, 200);
    assert_eq!(
        tenant.control("GET", "/requests", None).await.json()["requests"],
        json!([])
    );
    let mailbox = crate::mail::mailbox(&tenant, "ada@signet.example").await;
    assert_eq!(mailbox, json!({"delivered": [], "sent": []}));
}

#[tokio::test]
async fn the_movable_clock_is_seen_from_outside() {
    let tenant = Tenant::start().await;
    let moved = tenant
        .control(
            "POST",
            "/clock",
            Some(json!({"offset_seconds": 40 * 366 * 24 * 3600i64})),
        )
        .await;
    assert_eq!(moved.status, 400);
    let before = tenant.get("/").await.header("date").to_owned();
    tenant
        .control(
            "POST",
            "/clock",
            Some(json!({"offset_seconds": 400 * 24 * 3600})),
        )
        .await;
    assert_ne!(before, tenant.get("/").await.header("date"));
}

#[tokio::test]
async fn the_clock_can_be_moved_on_from_where_it_stands() {
    let tenant = Tenant::start().await;
    let moved = async |body| tenant.control("POST", "/clock", Some(body)).await;
    let year = |answer: &crate::browser::Answer| {
        let now = string(&answer.json()["now"]);
        now.split('-').next().unwrap().parse::<i32>()
    };
    let start = year(&moved(json!({"offset_seconds": 0})).await).unwrap();
    let two_years = 2 * 366 * 24 * 3600;
    for years in [2, 4] {
        let answer = moved(json!({"advance_seconds": two_years})).await;
        assert_eq!(year(&answer).unwrap(), start + years);
    }
    for wrong in [
        json!({}),
        json!({"advance_seconds": 1, "offset_seconds": 1}),
        json!({"advance_seconds": i64::MAX}),
        json!({"offset_seconds": i64::MIN}),
    ] {
        assert_eq!(moved(wrong.clone()).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn bad_bodies_get_a_sentence() {
    let tenant = Tenant::start().await;
    let fault = |changes: serde_json::Value| {
        let mut fault = json!({"route": "me", "answer": {"kind": "empty"}});
        fault
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        fault.to_string()
    };
    for (path, body) in [
        ("/faults", "{".to_owned()),
        ("/faults", "[]".to_owned()),
        ("/faults", fault(json!({"answer": {"kind": "no such"}}))),
        ("/faults", fault(json!({"persn": "ada@signet.example"}))),
        ("/faults", fault(json!({"person": "nobody@signet.example"}))),
        ("/faults", fault(json!({"probability_permille": 1001}))),
        (
            "/faults",
            fault(json!({"answer": {"kind": "delay", "ms": 10_000_000}})),
        ),
        (
            "/faults",
            fault(json!({"answer": {"kind": "status", "status": 500, "headers": {"a b": ""}}})),
        ),
        (
            "/faults",
            fault(json!({"answer": {"kind": "status", "status": 500, "retry_after": "\n"}})),
        ),
        (
            "/faults",
            fault(json!({"answer": {"kind": "status", "status": 500, "retry_after": {"in": 1}}})),
        ),
        (
            "/faults",
            fault(
                json!({"answer": {"kind": "status", "status": 500, "retry_after": {"http_date_in": i64::MIN}}}),
            ),
        ),
        (
            "/faults",
            fault(json!({"route": "token", "answer": {"kind": "claims_challenge"}})),
        ),
        ("/clock", json!({"offset": 1}).to_string()),
        ("/clock", json!({"stopped_at": "yesterday"}).to_string()),
        ("/clock", json!({"stopped_at": 0}).to_string()),
        (
            "/clock",
            json!({"stopped_at": "1969-12-31T23:59:59Z"}).to_string(),
        ),
        (
            "/clock",
            json!({"stopped_at": "2100-01-01T00:00:00Z"}).to_string(),
        ),
        (
            "/clock",
            json!({"stopped_at": "2026-01-02T03:04:05Z", "offset_seconds": 1}).to_string(),
        ),
        ("/revoke", "{}".to_owned()),
        ("/switches", "7".to_owned()),
    ] {
        let url = format!("http://{}{path}", tenant.control);
        let json = [("content-type", "application/json")];
        let answer = tenant
            .send("POST", &url, &json, body.clone().into_bytes())
            .await;
        assert_eq!(answer.status, 400, "{path} {body}");
        assert!(!string(&answer.json()["error"]).is_empty(), "{path} {body}");
    }
    for name in [
        "Content-Length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "Keep-Alive",
    ] {
        let answer = json!({"kind": "status", "status": 500, "headers": {name: "7"}});
        let fault = json!({"route": "me", "answer": answer});
        let answer = tenant.control("POST", "/faults", Some(fault)).await;
        assert_eq!(answer.status, 400, "{name}");
    }
    let long = format!("{{\"route\": \"{}\"}}", "x".repeat(100_000));
    let url = format!("http://{}/faults", tenant.control);
    let json = [("content-type", "application/json")];
    assert_eq!(
        tenant
            .send("POST", &url, &json, long.into_bytes())
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn only_loopback_can_be_listened_on() {
    for ip in [Ipv4Addr::UNSPECIFIED, Ipv4Addr::new(127, 0, 0, 2)] {
        let settings = Settings {
            http: Some(SocketAddr::from((ip, 0))),
            ..Settings::default()
        };
        assert!(
            matches!(start(&settings).await, Err(StartError::NotLoopback(_))),
            "{ip}"
        );
    }
}
