//! Answers that no authority should give.

use std::sync::Arc;

use entra::EntraErrorKind::{self, *};
use entra::{Authority, Client, ClientConfig, SignInAsk, Unreachable, Unreadable};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::authority::{CLIENT, Reply, TestAuthority, metadata, today};

async fn check(what: &str, reply: fn(&str) -> Reply, expected: EntraErrorKind) {
    let authority = TestAuthority::start(move |request| {
        request
            .path
            .ends_with("configuration")
            .then(|| reply(&request.origin))
    })
    .await;
    let error = authority
        .client()
        .begin(SignInAsk::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind, expected, "{what}");
    assert!(error.correlation_id.is_some(), "{what}: an id to quote");
}

fn text(status: u16, kind: &str, body: &str) -> Reply {
    Reply::Http(
        status,
        format!("Content-Type: {kind}\r\n"),
        body.as_bytes().to_vec(),
    )
}

#[tokio::test]
async fn each_unreadable_answer_has_its_own_name() {
    check(
        "a web page",
        |_| text(200, "text/html", "<html>Sign in to Wi-Fi</html>"),
        Unreadable(Unreadable::Html),
    )
    .await;
    check(
        "a web page called JSON",
        |_| text(200, "application/json", "\n <!doctype html>"),
        Unreadable(Unreadable::Html),
    )
    .await;
    check(
        "half a JSON",
        |_| text(200, "application/json", "{\"issuer\": \"https://"),
        Unreadable(Unreadable::NotJson),
    )
    .await;
    check(
        "nothing",
        |_| text(200, "application/json", ""),
        Unreadable(Unreadable::Empty),
    )
    .await;
    check(
        "JSON that is not metadata",
        |_| text(200, "application/json", "{}"),
        Unreadable(Unreadable::Incomplete),
    )
    .await;
    check(
        "a list",
        |_| text(200, "application/json", "[]"),
        Unreadable(Unreadable::Incomplete),
    )
    .await;
    check(
        "a deep JSON",
        |_| text(200, "application/json", &"[".repeat(100_000)),
        Unreadable(Unreadable::NotJson),
    )
    .await;
    check(
        "no end",
        |_| Reply::Endless,
        Unreadable(Unreadable::TooLong),
    )
    .await;
    check(
        "a redirect",
        |_| {
            Reply::Http(
                302,
                "Location: http://evil.example/\r\n".to_owned(),
                Vec::new(),
            )
        },
        Unreadable(Unreadable::Moved),
    )
    .await;
    check(
        "404 in JSON",
        |_| Reply::json(404, &json!({"message": "no"})),
        Unreadable(Unreadable::Status),
    )
    .await;
}

#[tokio::test]
async fn a_server_in_trouble_is_not_blamed_for_its_words() {
    check(
        "502 from a proxy",
        |_| text(502, "text/html", "<html>Bad gateway</html>"),
        ServerDown,
    )
    .await;
    check(
        "503 without a word",
        |_| text(503, "text/plain", ""),
        ServerDown,
    )
    .await;
    check("429", |_| text(429, "application/json", "{}"), ServerDown).await;
    check(
        "500 with an error",
        |_| Reply::json(500, &json!({"error": "server_error"})),
        ServerDown,
    )
    .await;
}

#[tokio::test]
async fn a_refusal_is_told_from_a_broken_answer() {
    check(
        "unknown tenant",
        |_| {
            Reply::json(
                400,
                &json!({"error": "invalid_tenant", "error_codes": [90_002]}),
            )
        },
        TenantNotFound,
    )
    .await;
    check(
        "a connection that breaks",
        |_| Reply::Close,
        Unreachable(Unreachable::Broken),
    )
    .await;
    check(
        "half of what was announced",
        |_| Reply::Broken,
        Unreachable(Unreachable::Broken),
    )
    .await;
}

#[tokio::test]
async fn metadata_may_not_point_elsewhere() {
    for (field, address) in [
        ("token_endpoint", "https://evil.example/token"),
        ("token_endpoint", "http://127.0.0.1:1/token"),
        (
            "authorization_endpoint",
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        ),
        ("authorization_endpoint", "file:///etc/passwd"),
        ("jwks_uri", "https://evil.example/keys"),
        ("jwks_uri", "keys"),
    ] {
        let authority = TestAuthority::start(move |request| {
            let mut metadata = metadata(&request.origin);
            metadata[field] = json!(address);
            Some(Reply::json(200, &metadata))
        })
        .await;
        let error = authority
            .client()
            .begin(SignInAsk::default())
            .await
            .unwrap_err();
        assert_eq!(
            error.kind,
            Unreadable(Unreadable::Incomplete),
            "{field} {address}"
        );
    }
}

#[tokio::test]
async fn offline_and_refused_are_told_apart() {
    check_unreachable("https://no-such-host.invalid/common", Unreachable::Offline).await;
    check_unreachable("http://127.0.0.1:1/common", Unreachable::Refused).await;
}

/// A plain server behind an https address, as some captive portals are.
#[tokio::test]
async fn what_does_not_speak_tls_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .await
                .unwrap();
        }
    });
    check_unreachable(
        &format!("https://127.0.0.1:{port}/common"),
        Unreachable::Tls,
    )
    .await;
}

async fn check_unreachable(authority: &str, expected: Unreachable) {
    let config = ClientConfig {
        client_id: CLIENT.to_owned(),
        authority: Authority::parse(authority).unwrap(),
        redirect_uri: "io.github.signetmail://auth".to_owned(),
    };
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let error = Client::new(http, config, Arc::new(today), entra::system_random())
        .begin(SignInAsk::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind, Unreachable(expected), "{authority}");
}
