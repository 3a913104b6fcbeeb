//! Limits on the mail side, for one app and one mailbox ("Microsoft Graph
//! service-specific throttling limits", Outlook service limits).

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use std::sync::Arc;
use std::time::Duration;

use crate::browser::{Answer, Tenant};
use crate::mail::plain;

const ADA: &str = "ada@signet.example";
const GRACE: &str = "grace@signet.example";

#[tokio::test]
async fn four_requests_may_be_open_on_a_mailbox_and_a_fifth_waits() {
    let tenant = Arc::new(Tenant::start().await);
    let ada = tenant.access_token(ADA, "Mail.Send").await;
    let grace = tenant.access_token(GRACE, "Mail.Send").await;
    let slow = json!({"route": "sendMail", "count": 6, "answer": {"kind": "delay", "ms": 1500}});
    tenant.control("POST", "/faults", Some(slow)).await;
    let mut open = JoinSet::new();
    for token in [&ada, &ada, &ada, &ada, &ada, &grace] {
        let (tenant, token) = (Arc::clone(&tenant), token.clone());
        open.spawn(async move { send(&tenant, &token).await });
    }
    let answers = open.join_all().await;
    let refused: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.status != 202)
        .collect();
    assert_eq!((answers.len(), refused.len()), (6, 1));
    let error = &refused[0].json()["error"];
    assert_eq!(
        (refused[0].status, &error["code"]),
        (429, &json!("ApplicationThrottled"))
    );
    assert_eq!(
        error["message"],
        "Application is over its MailboxConcurrency limit."
    );
    assert_eq!(refused[0].header("retry-after"), "1");
    assert_eq!(send(&tenant, &ada).await.status, 202);
}

#[tokio::test]
async fn requests_in_ten_minutes_are_limited_and_the_clock_sets_free() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send User.Read").await;
    switch(&tenant, json!({"person": ADA, "requests_per_10_min": 3})).await;
    for status in [202, 202, 202, 429, 429] {
        assert_eq!(send(&tenant, &token).await.status, status);
    }
    // The profile is not the mailbox's.
    assert_eq!(tenant.graph("GET", "/me", &token, None).await.status, 200);
    let wait: i64 = send(&tenant, &token)
        .await
        .header("retry-after")
        .parse()
        .unwrap();
    assert!((500..=611).contains(&wait), "{wait}");
    advance(&tenant, 11 * 60).await;
    assert_eq!(send(&tenant, &token).await.status, 202);
}

#[tokio::test]
async fn bytes_in_five_minutes_are_limited() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send").await;
    let bytes = json!({"message": plain()}).to_string().len();
    switch(&tenant, json!({"upload_bytes_per_5_min": 2 * bytes + 1})).await;
    for status in [202, 202, 429] {
        assert_eq!(send(&tenant, &token).await.status, status);
    }
    advance(&tenant, 6 * 60).await;
    assert_eq!(chunked(&tenant, &token).await, 202);
    for status in [202, 429] {
        assert_eq!(send(&tenant, &token).await.status, status);
    }
}

#[tokio::test]
async fn retry_after_is_written_as_the_switch_says() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send").await;
    for (form, ends) in [
        ("seconds", "1"),
        ("decimal", "1.000"),
        ("http_date", " GMT"),
        ("none", ""),
    ] {
        switch(&tenant, json!({"concurrency_max": 0, "retry_after": form})).await;
        let refused = send(&tenant, &token).await;
        assert_eq!(refused.status, 429);
        let value = refused.header("retry-after");
        assert!(
            value.ends_with(ends) && value.is_empty() == ends.is_empty(),
            "{form}: {value}"
        );
    }
}

/// "Combine multiple HTTP requests using JSON batching": requests of a batch are
/// throttled one by one, and each has its own `Retry-After`.
#[tokio::test]
async fn a_batch_is_throttled_item_by_item() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send User.Read").await;
    switch(&tenant, json!({"requests_per_10_min": 1})).await;
    let mail = json!({
        "method": "POST", "url": "/me/sendMail", "body": {"message": plain()},
        "headers": {"Content-Type": "application/json"},
    });
    let item = |id: &str| {
        let mut item = mail.clone();
        item["id"] = json!(id);
        item
    };
    let requests = json!({"requests": [
        item("1"), item("2"), {"id": "3", "method": "GET", "url": "/me"},
    ]});
    let answer = tenant
        .graph("POST", "/$batch", &token, Some(requests))
        .await;
    let responses = &answer.json()["responses"];
    let statuses: Vec<&Value> = (0..3).map(|index| &responses[index]["status"]).collect();
    assert_eq!(statuses, [&json!(202), &json!(429), &json!(200)]);
    assert_eq!(
        responses[1]["body"]["error"]["code"],
        "ApplicationThrottled"
    );
    let wait = responses[1]["headers"]["Retry-After"].as_str().unwrap();
    assert!(wait.parse::<u32>().unwrap() > 500, "{wait}");
}

/// A batch has four requests open by itself; with another one beside it, one of
/// them is one too many.
#[tokio::test]
async fn a_batch_counts_beside_what_is_open_on_the_mailbox() {
    let tenant = Arc::new(Tenant::start().await);
    let token = tenant.access_token(ADA, "Mail.Send").await;
    let slow = json!({"route": "sendMail", "count": 5, "answer": {"kind": "delay", "ms": 1500}});
    tenant.control("POST", "/faults", Some(slow)).await;
    let beside = tokio::spawn({
        let (tenant, token) = (Arc::clone(&tenant), token.clone());
        async move { send(&tenant, &token).await }
    });
    timeout(Duration::from_secs(10), async {
        let faults = async || tenant.control("GET", "/faults", None).await.json();
        while faults().await["faults"][0]["count"] != 4 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the first request is under way");
    let requests: Vec<Value> = (1..=4)
        .map(|id| {
            json!({
                "id": id.to_string(), "method": "POST", "url": "/me/sendMail",
                "headers": {"Content-Type": "application/json"}, "body": {"message": plain()},
            })
        })
        .collect();
    let body = json!({"requests": requests});
    let answer = tenant.graph("POST", "/$batch", &token, Some(body)).await;
    let mut statuses: Vec<u64> = answer.json()["responses"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|response| response["status"].as_u64())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 202, 202, 429]);
    assert_eq!(beside.await.unwrap().status, 202);
}

#[tokio::test]
async fn reset_forgets_usage() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send").await;
    switch(&tenant, json!({"requests_per_10_min": 1})).await;
    for status in [202, 429] {
        assert_eq!(send(&tenant, &token).await.status, status);
    }
    tenant.control("POST", "/reset", None).await;
    switch(&tenant, json!({"requests_per_10_min": 1})).await;
    assert_eq!(send(&tenant, &token).await.status, 202);
}

async fn send(tenant: &Tenant, token: &str) -> Answer {
    let body = json!({"message": plain()});
    tenant
        .graph("POST", "/me/sendMail", token, Some(body))
        .await
}

async fn switch(tenant: &Tenant, body: Value) {
    assert_eq!(
        tenant.control("POST", "/switches", Some(body)).await.status,
        200
    );
}

async fn advance(tenant: &Tenant, seconds: i64) {
    let body = json!({"advance_seconds": seconds});
    assert_eq!(
        tenant.control("POST", "/clock", Some(body)).await.status,
        200
    );
}

/// The same mail with a body that does not say its length (RFC 9112 §7.1).
async fn chunked(tenant: &Tenant, token: &str) -> u16 {
    let body = json!({"message": plain()}).to_string();
    let request = format!(
        "POST /v1.0/me/sendMail HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        tenant.http,
        body.len(),
    );
    let mut stream = TcpStream::connect(tenant.http).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}
