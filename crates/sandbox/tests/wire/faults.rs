//! Faults: each replaces the next answer of its route, and no other.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::{SIGN_IN, Tenant, between, string};
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
    let answer = json!({
        "kind": "status", "status": 429, "retry_after": 2.128,
        "headers": {"x-ms-throttle-scope": "Tenant_Application/ReadWrite"},
    });
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
        (429, "TooManyRequests")
    );
    assert_eq!(graph.json()["error"]["innerError"]["code"], "429");
    assert_eq!(
        graph.header("x-ms-throttle-information"),
        "ResourceUnitLimitExceeded"
    );
    assert_eq!(
        (
            graph.header("retry-after"),
            graph.header("x-ms-throttle-scope")
        ),
        ("2.128", "Tenant_Application/ReadWrite")
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
    let fault = |after_work: bool, status: u16| {
        json!({
            "route": "sendMail", "count": 1, "after_work": after_work, "answer": {"kind": "status", "status": status},
        })
    };
    for (after_work, status, delivered) in [
        (false, 503, 0),
        (true, 503, 1),
        (false, 504, 1),
        (true, 504, 2),
    ] {
        tenant
            .control("POST", "/faults", Some(fault(after_work, status)))
            .await;
        assert_eq!(
            tenant
                .graph("POST", "/me/sendMail", &token, body())
                .await
                .status,
            status
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
async fn a_delay_comes_before_the_work_or_after_it() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send").await;
    for (after_work, meanwhile) in [(false, 0), (true, 2)] {
        let answer = json!({"kind": "delay", "ms": 1500});
        let fault = json!({"route": "sendMail", "after_work": after_work, "answer": answer});
        tenant.control("POST", "/faults", Some(fault)).await;
        let body = json!({"message": plain()});
        let sending = tenant.graph("POST", "/me/sendMail", &token, Some(body));
        let looking = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            count(&mailbox(&tenant, "grace@signet.example").await)
        };
        let (sent, seen) = tokio::join!(sending, looking);
        assert_eq!((sent.status, seen), (202, meanwhile), "{after_work}");
    }
}

/// "Microsoft Graph error responses": the codes of the mail and directory pages
/// that no operation here leads to are had by name. The last is empty, as a
/// sample of "Combine multiple HTTP requests using JSON batching" has it.
#[tokio::test]
async fn every_code_of_the_error_pages_can_be_had() {
    let tenant = Tenant::start().await;
    for (status, code) in [
        (401, "InvalidAudienceForResource"),
        (403, "insufficient_claims"),
        (404, "MailboxNotSupportedForRESTAPI"),
        (404, "ErrorNonExistentMailbox"),
        (400, "ErrorMissingEmailAddress"),
        (403, "quotaLimitReached"),
        (429, "TooManyRequests"),
        (429, "activityLimitReached"),
        (503, "ErrorServerBusy"),
        (503, "serviceNotAvailable"),
        (503, "ServiceUnavailable"),
        (504, "UnknownError"),
        (504, "GatewayTimeout"),
        (500, "ErrorInternalServerTransientError"),
        (503, "ErrorMailboxStoreUnavailable"),
        (500, "generalException"),
        (500, "ErrorInternalServerError"),
        (403, "extensionError"),
        (409, "nameAlreadyExists"),
        (400, ""),
    ] {
        let answer = json!({"kind": "status", "status": status, "code": code});
        let fault = json!({"route": "messages.list", "answer": answer});
        let added = tenant.control("POST", "/faults", Some(fault)).await;
        assert_eq!(added.status, 200, "{}", added.text());
        let refused = tenant.graph("GET", "/me/messages", "any", None).await;
        assert_eq!((refused.status, &*refused.graph_code()), (status, code));
        assert!(refused.json()["error"]["innerError"]["date"].is_string());
    }
}

#[tokio::test]
async fn entra_errors_can_be_had_at_the_token_endpoint_and_at_authorize() {
    let tenant = Tenant::start().await;
    let answer = json!({"kind": "entra", "error": "invalid_grant", "code": 50076, "suberror": "basic_action"});
    for (route, count) in [("token", 1), ("authorize", 2)] {
        let fault = json!({"route": route, "count": count, "answer": answer});
        tenant.control("POST", "/faults", Some(fault)).await;
    }
    let refused = tenant.redeem("any", &[]).await;
    assert_eq!(refused.refusal(), ("invalid_grant".to_owned(), 50076));
    assert_eq!(refused.json()["suberror"], "basic_action");
    let path = "/common/oauth2/v2.0/authorize";
    for answer in [
        tenant.authorize("common", &[]).await,
        tenant.authorize_by_form(path, &[]).await,
    ] {
        let redirect = answer.redirect();
        assert_eq!(
            (
                &*redirect["error"],
                &*redirect["suberror"],
                &*redirect["state"]
            ),
            ("invalid_grant", "basic_action", "s 1&=+é")
        );
    }
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

/// "Combine multiple HTTP requests using JSON batching": answers come in any order,
/// and one that depends on another comes behind it.
#[tokio::test]
async fn a_late_request_of_a_batch_keeps_only_its_dependants_waiting() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SIGN_IN).await;
    let late = json!({"route": "photo", "answer": {"kind": "delay", "ms": 300}});
    tenant.control("POST", "/faults", Some(late)).await;
    let requests = json!({"requests": [
        {"id": "late", "method": "GET", "url": "/me/photo/$value"},
        {"id": "behind", "method": "GET", "url": "/me", "dependsOn": ["late"]},
        {"id": "beside", "method": "GET", "url": "/me"},
    ]});
    let answer = tenant.graph("POST", "/$batch", &token, Some(requests));
    let answer = answer.await.json();
    let responses = answer["responses"].as_array().unwrap();
    let ids: Vec<_> = responses.iter().map(|one| string(&one["id"])).collect();
    assert_eq!(ids, ["beside", "late", "behind"]);
    assert!(responses.iter().all(|one| one["status"] == 200));
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

#[tokio::test]
async fn a_fault_can_be_for_one_person_alone() {
    let tenant = Tenant::start().await;
    let ada = tenant.sign_in(ADA, SIGN_IN).await;
    let grace = tenant.sign_in("grace@signet.example", SIGN_IN).await;
    for (route, answer) in [
        ("me", json!({"kind": "status", "status": 500})),
        ("token", json!({"kind": "status", "status": 500})),
        ("authorize", json!({"kind": "html"})),
    ] {
        let fault = json!({"route": route, "person": ADA, "count": 1, "answer": answer});
        tenant.control("POST", "/faults", Some(fault)).await;
    }
    for (body, status) in [(&grace, 200), (&ada, 500), (&ada, 200)] {
        let token = string(&body["access_token"]);
        assert_eq!(
            tenant.graph("GET", "/me", &token, None).await.status,
            status
        );
        let refresh_token = string(&body["refresh_token"]);
        let refreshed = tenant.refresh(&refresh_token, SIGN_IN).await;
        assert_eq!(refreshed.status, status, "{}", refreshed.text());
    }
    let other = Tenant::at(tenant.http, tenant.control);
    for (hint, status) in [("grace@signet.example", 200), (ADA, 502), (ADA, 200)] {
        let page = other.authorize("common", &[("login_hint", hint)]).await;
        assert_eq!(page.status, status, "{hint}");
    }
}

#[tokio::test]
async fn requests_can_pass_first_and_any_operation_can_be_meant() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SIGN_IN).await;
    let fault = json!({"route": "graph", "skip": 1, "answer": {"kind": "status", "status": 503}});
    tenant.control("POST", "/faults", Some(fault)).await;
    for (path, status) in [("/me", 200), ("/me/manager", 503), ("/me", 200)] {
        assert_eq!(
            tenant.graph("GET", path, &token, None).await.status,
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn chance_is_the_same_with_the_same_seed() {
    let mut seen = Vec::new();
    for seed in [5, 5, 6] {
        let tenant = Tenant::with_seed(seed).await;
        let fault = json!({
            "route": "me", "count": 100, "probability_permille": 500, "answer": {"kind": "status", "status": 503},
        });
        tenant.control("POST", "/faults", Some(fault)).await;
        let mut statuses = Vec::new();
        for _ in 0..30 {
            statuses.push(tenant.graph("GET", "/me", "any", None).await.status);
        }
        assert!(statuses.contains(&503) && statuses.contains(&401));
        seen.push(statuses);
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0], seen[2]);
}

#[tokio::test]
async fn an_accepted_mail_can_be_answered_in_every_misleading_way() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, "Mail.Send").await;
    // Status, whether the mail is taken over, what `Retry-After` says.
    for (status, after_work, retry_after, expected) in [
        (500, true, json!(null), ""),
        (504, true, json!(null), ""),
        (429, true, json!("2.128"), "2.128"),
        (202, true, json!(30), "30"),
        (200, false, json!(null), ""),
    ] {
        let before = count(&mailbox(&tenant, "grace@signet.example").await);
        let answer = json!({"kind": "status", "status": status, "retry_after": retry_after});
        let fault = json!({"route": "sendMail", "after_work": after_work, "answer": answer});
        tenant.control("POST", "/faults", Some(fault)).await;
        let body = json!({"message": plain()});
        let answer = tenant
            .graph("POST", "/me/sendMail", &token, Some(body))
            .await;
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (status, expected)
        );
        let delivered = count(&mailbox(&tenant, "grace@signet.example").await) - before;
        assert_eq!(delivered, usize::from(after_work), "{status}");
    }
}

#[tokio::test]
async fn retry_after_can_be_a_date() {
    let tenant = Tenant::start().await;
    let answer = json!({"kind": "status", "status": 503, "retry_after": {"http_date_in": 90}});
    let fault = json!({"route": "me", "answer": answer});
    tenant.control("POST", "/faults", Some(fault)).await;
    let answer = tenant.graph("GET", "/me", "any", None).await;
    let date = answer.header("retry-after");
    assert!(
        date.ends_with(" GMT") && date != answer.header("date"),
        "{date}"
    );
}

/// "Claims challenges, claims requests, and client capabilities": the challenge
/// names `insufficient_claims` and carries the claims in base64.
#[tokio::test]
async fn a_claims_challenge_can_be_had_at_any_time() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SIGN_IN).await;
    let claims = json!({"access_token": {"acrs": {"essential": true, "value": "c1"}}});
    let answer = json!({"kind": "claims_challenge", "claims": claims});
    let fault = json!({"route": "me", "answer": answer});
    tenant.control("POST", "/faults", Some(fault)).await;
    let refused = tenant.graph("GET", "/me", &token, None).await;
    assert_eq!(refused.status, 401);
    let challenge = refused.header("www-authenticate").to_owned();
    assert!(
        challenge.contains("error=\"insufficient_claims\""),
        "{challenge}"
    );
    let encoded = between(&challenge, "claims=\"", "\"").unwrap();
    let decoded: Value = serde_json::from_slice(&STANDARD.decode(encoded).unwrap()).unwrap();
    assert_eq!(decoded, claims);
}

/// "Claims challenges, claims requests, and client capabilities": a client that
/// did not say `cp1` is refused without claims.
#[tokio::test]
async fn a_claims_need_without_cp1_is_a_403() {
    let tenant = Tenant::start().await;
    let token = tenant.access_token(ADA, SIGN_IN).await;
    let fault = |route: &str| json!({"route": route, "answer": {"kind": "insufficient_claims"}});
    let at_entra = tenant
        .control("POST", "/faults", Some(fault("token")))
        .await;
    assert_eq!(at_entra.status, 400);
    tenant.control("POST", "/faults", Some(fault("me"))).await;
    let refused = tenant.graph("GET", "/me", &token, None).await;
    assert_eq!(
        (refused.status, &*refused.graph_code()),
        (403, "insufficient_claims")
    );
    assert_eq!(refused.header("www-authenticate"), "");
    let need = json!({"route": "token", "answer": {"kind": "entra", "error": "interaction_required", "code": 50076}});
    tenant.control("POST", "/faults", Some(need)).await;
    let refused = tenant.redeem("any", &[]).await;
    assert_eq!(&*refused.refusal().0, "interaction_required");
}

#[tokio::test]
async fn every_operation_has_a_name_that_a_fault_can_use() {
    let tenant = Tenant::start().await;
    let listed = tenant.control("GET", "/routes", None).await.json();
    let names = listed["routes"].as_array().unwrap().clone();
    assert!(names.len() > 40);
    for name in names {
        let fault = json!({"route": name, "answer": {"kind": "empty"}});
        assert_eq!(
            tenant.control("POST", "/faults", Some(fault)).await.status,
            200,
            "{name}"
        );
    }
}

fn count(mailbox: &Value) -> usize {
    mailbox["delivered"].as_array().unwrap().len()
}
