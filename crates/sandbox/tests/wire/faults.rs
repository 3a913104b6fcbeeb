//! Faults: each replaces the next answer of its route, and no other.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::{SIGN_IN, Tenant, string};
use crate::mail::{mailbox, plain};

const ADA: &str = "ada@signet.example";

#[tokio::test]
async fn each_kind_of_fault_answers_in_its_way_and_once() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SIGN_IN).await;
    for (answer, status, kind, body) in [
        (
            json!({"kind": "html", "status": 502}),
            502,
            "text/html; charset=utf-8",
            Some("<!doctype html>"),
        ),
        (
            json!({"kind": "half_json"}),
            200,
            "application/json; charset=utf-8",
            Some("{\"access_token\":\"ey"),
        ),
        (json!({"kind": "empty"}), 200, "", None),
    ] {
        tenant
            .control(
                "POST",
                "/faults",
                Some(json!({"route": "me", "answer": answer})),
            )
            .await;
        let faulty = tenant.graph("GET", "/me", &token, None).await;
        assert_eq!(
            (faulty.status, faulty.header("content-type")),
            (status, kind)
        );
        match body {
            Some(start) => assert!(faulty.text().starts_with(start)),
            None => assert!(faulty.bytes.is_empty()),
        }
        assert_eq!(tenant.graph("GET", "/me", &token, None).await.status, 200);
    }
}

#[tokio::test]
async fn a_status_has_the_shape_of_its_service() {
    let tenant = Tenant::start().await;
    let answer =
        json!({"kind": "status", "status": 429, "retry_after": 2.128, "headers": {"x-extra": "1"}});
    for route in ["me", "token"] {
        tenant
            .control(
                "POST",
                "/faults",
                Some(json!({"route": route, "answer": answer})),
            )
            .await;
    }
    let graph = tenant.graph("GET", "/me", "any", None).await;
    assert_eq!(
        (graph.status, &*graph.graph_code()),
        (429, "ApplicationThrottled")
    );
    assert_eq!(
        (graph.header("retry-after"), graph.header("x-extra")),
        ("2.128", "1")
    );
    let entra = tenant.redeem("any", &[]).await;
    assert_eq!(
        (entra.status, &*entra.refusal().0),
        (429, "temporarily_unavailable")
    );
    assert_eq!(entra.header("retry-after"), "2.128");
}

#[tokio::test]
async fn work_can_be_done_before_the_fault_answers() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send").await;
    let body = || Some(json!({"message": plain()}));
    let fault = |after_work: bool| {
        json!({
            "route": "sendMail", "count": 1, "after_work": after_work, "answer": {"kind": "status", "status": 503},
        })
    };
    for (after_work, delivered) in [(false, 0), (true, 1)] {
        tenant
            .control("POST", "/faults", Some(fault(after_work)))
            .await;
        assert_eq!(
            tenant
                .graph("POST", "/me/sendMail", &token, body())
                .await
                .status,
            503
        );
        assert_eq!(
            count(&mailbox(&tenant, "grace@signet.example").await),
            delivered
        );
    }
}

#[tokio::test]
async fn a_dropped_connection_brings_no_answer() {
    let tenant = Tenant::start().await;
    let token = format!("Bearer {}", tenant.access_token(ADA, "Mail.Send").await);
    let fault = json!({"route": "sendMail", "after_work": true, "answer": {"kind": "close"}});
    tenant.control("POST", "/faults", Some(fault)).await;
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let body = json!({"message": plain()}).to_string().into_bytes();
    let url = tenant.url("/v1.0/me/sendMail");
    let error = tenant
        .try_send("POST", &url, &headers, body)
        .await
        .unwrap_err();
    assert!(error.is_request() && !error.is_connect());
    assert_eq!(count(&mailbox(&tenant, "grace@signet.example").await), 1);
}

#[tokio::test]
async fn a_delay_brings_the_real_answer_late() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SIGN_IN).await;
    let fault = json!({"route": "me", "answer": {"kind": "delay", "ms": 300}});
    tenant.control("POST", "/faults", Some(fault)).await;
    let started = Instant::now();
    assert_eq!(tenant.graph("GET", "/me", &token, None).await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn entra_errors_can_be_had_at_the_token_endpoint_and_at_authorize() {
    let tenant = Tenant::start().await;
    let answer = json!({"kind": "entra", "error": "invalid_grant", "code": 50076, "suberror": "basic_action"});
    for route in ["token", "authorize"] {
        tenant
            .control(
                "POST",
                "/faults",
                Some(json!({"route": route, "answer": answer})),
            )
            .await;
    }
    let refused = tenant.redeem("any", &[]).await;
    assert_eq!(refused.refusal(), ("invalid_grant".to_owned(), 50076));
    assert_eq!(refused.json()["suberror"], "basic_action");
    let redirect = tenant.authorize("common", &[]).await.redirect();
    assert_eq!(
        (
            &*redirect["error"],
            &*redirect["suberror"],
            &*redirect["state"]
        ),
        ("invalid_grant", "basic_action", "s 1&=+é")
    );
}

#[tokio::test]
async fn faults_reach_into_a_batch() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SIGN_IN).await;
    let fault =
        json!({"route": "photo", "answer": {"kind": "status", "status": 429, "retry_after": "7"}});
    tenant.control("POST", "/faults", Some(fault)).await;
    let requests = json!({"requests": [
        {"id": "1", "method": "GET", "url": "/me"},
        {"id": "2", "method": "GET", "url": "/me/photo/$value"},
    ]});
    let answer = tenant
        .graph("POST", "/$batch", &token, Some(requests))
        .await
        .json();
    assert_eq!(answer["responses"][0]["status"], 200);
    assert_eq!(answer["responses"][1]["status"], 429);
    assert_eq!(answer["responses"][1]["headers"]["Retry-After"], "7");
}

#[tokio::test]
async fn faults_are_checked_listed_and_forgotten() {
    let tenant = Tenant::start().await;
    for fault in [
        json!({"route": "everything", "answer": {"kind": "empty"}}),
        json!({"route": "me", "answer": {"kind": "status", "status": 99}}),
    ] {
        let answer = tenant.control("POST", "/faults", Some(fault)).await;
        assert_eq!(answer.status, 400);
        assert!(!string(&answer.json()["error"]).is_empty());
    }
    let fault = json!({"route": "me", "count": 3, "answer": {"kind": "empty"}});
    let listed = tenant.control("POST", "/faults", Some(fault)).await.json();
    assert_eq!(listed["faults"][0]["count"], 3);
    assert_eq!(
        tenant.control("DELETE", "/faults", None).await.json()["faults"],
        json!([])
    );
}

fn count(mailbox: &Value) -> usize {
    mailbox["delivered"].as_array().unwrap().len()
}
