//! A sign-in whose answer comes to a port of this computer.

use std::time::Duration;

use entra::{
    AuthorizationCode, EntraError, EntraErrorKind, Loopback, Page, Pages, PendingSignIn, SignInAsk,
};
use reqwest::StatusCode;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use url::Url;

use crate::authority::{Reply, TestAuthority};
use crate::sign_in::{claims, tokens};

/// A sign-in under way, and the browser's side of it.
struct Browser {
    page: Url,
    origin: String,
    http: reqwest::Client,
    answer: JoinHandle<Result<AuthorizationCode, EntraError>>,
    pending: PendingSignIn,
}

impl Browser {
    async fn begin(authority: &TestAuthority) -> Self {
        let loopback = Loopback::bind().await.unwrap();
        let ask = SignInAsk {
            scopes: vec!["User.Read".to_owned()],
            ..SignInAsk::default()
        };
        let client = authority.client();
        let (page, pending) = client.begin_at_loopback(ask, &loopback).await.unwrap();
        let origin = parameter(&page, "redirect_uri");
        let waiting = pending.clone();
        Self {
            page,
            origin,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            answer: tokio::spawn(async move { loopback.answer(&waiting, pages()).await }),
            pending,
        }
    }

    fn state(&self) -> String {
        parameter(&self.page, "state")
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        shown(self.http.get(format!("{}{path}", self.origin))).await
    }

    async fn post(&self, form: &[(&str, &str)]) -> (StatusCode, String) {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = self.http.post(format!("{}/", self.origin)).body(body);
        shown(request.header("content-type", "application/x-www-form-urlencoded")).await
    }

    /// What a raw request is answered with, head and all.
    async fn raw(&self, request: &str) -> String {
        let address = self.origin.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn host(&self) -> &str {
        self.origin.strip_prefix("http://").unwrap()
    }
}

async fn shown(request: reqwest::RequestBuilder) -> (StatusCode, String) {
    let response = request.send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

fn parameter(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap().1.into_owned()
}

fn pages() -> Pages {
    let page = |title: &str| Page {
        language: "en".to_owned(),
        title: title.to_owned(),
        text: String::new(),
    };
    Pages {
        finished: page("FINISHED"),
        refused: page("REFUSED"),
        unexpected: page("UNEXPECTED"),
    }
}

async fn authority() -> TestAuthority {
    TestAuthority::start(|request| {
        request.path.ends_with("/token").then(|| {
            let mut claims = claims(&request.origin);
            claims["nonce"] = json!(request.form["code"].split_once('.').unwrap().1);
            tokens(&claims)
        })
    })
    .await
}

#[tokio::test]
async fn a_posted_answer_signs_in() {
    let authority = authority().await;
    let browser = Browser::begin(&authority).await;
    assert_eq!(parameter(&browser.page, "response_mode"), "form_post");
    assert!(browser.origin.starts_with("http://localhost:"));

    let code = format!("c1.{}", parameter(&browser.page, "nonce"));
    let state = browser.state();
    let form = [("code", code.as_str()), ("state", state.as_str())];
    let (status, page) = browser.post(&form).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("FINISHED"), "{page}");

    let code = browser.answer.await.unwrap().unwrap();
    let redeemed = authority.client().redeem(browser.pending, code).await;
    assert_eq!(redeemed.unwrap().account.username, "ada@signet.example");
    let [request] = authority.requests_to("/token").try_into().unwrap();
    assert_eq!(request.form["redirect_uri"], browser.origin);
    assert!(
        TcpStream::connect(browser.origin.strip_prefix("http://").unwrap())
            .await
            .is_err(),
        "the port is closed"
    );
}

#[tokio::test]
async fn a_query_is_taken_as_well_over_ipv4_and_ipv6() {
    let authority = authority().await;
    for ip in ["127.0.0.1", "[::1]"] {
        let browser = Browser::begin(&authority).await;
        let port = browser.origin.rsplit(':').next().unwrap().to_owned();
        let Ok(mut stream) = TcpStream::connect(format!("{ip}:{port}")).await else {
            assert_ne!(ip, "127.0.0.1", "every computer here has IPv4");
            continue;
        };
        let (host, state) = (browser.host(), browser.state());
        let request = format!("GET /?code=c1&state={state} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).await.unwrap();
        assert!(page.contains("FINISHED"), "{page}");
        assert!(browser.answer.await.unwrap().is_ok(), "{ip}");
    }
}

#[tokio::test]
async fn nothing_else_ends_the_sign_in() {
    let authority = authority().await;
    let browser = Browser::begin(&authority).await;
    let (state, host) = (browser.state(), browser.host().to_owned());
    let answer = format!("/?code=c1&state={state}");
    let elsewhere = format!("/other?code=c1&state={state}");
    for (path, status) in [
        ("/", StatusCode::BAD_REQUEST),
        ("/favicon.ico", StatusCode::NOT_FOUND),
        ("/?code=c1&state=forged", StatusCode::BAD_REQUEST),
        (
            "/?error=access_denied&state=forged",
            StatusCode::BAD_REQUEST,
        ),
        ("/?error=access_denied", StatusCode::BAD_REQUEST),
        (&format!("/?state={state}"), StatusCode::BAD_REQUEST),
        (&format!("{answer}&code=c2"), StatusCode::BAD_REQUEST),
        (&elsewhere, StatusCode::NOT_FOUND),
    ] {
        let (seen, page) = browser.get(path).await;
        assert_eq!(seen, status, "{path}");
        assert!(page.contains("UNEXPECTED"), "{path}: {page}");
    }
    let long = "x".repeat(40_000);
    let form = [("code", long.as_str()), ("state", state.as_str())];
    assert_eq!(browser.post(&form).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    for (request, status) in [
        (
            format!("GET {answer} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
            "421",
        ),
        (format!("GET {answer} HTTP/1.1\r\n\r\n"), "421"),
        (
            format!("GET {answer} HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n"),
            "421",
        ),
        (
            format!(
                "GET {answer} HTTP/1.1\r\nHost: {host}\r\nSec-Purpose: prefetch;prerender\r\n\r\n"
            ),
            "503",
        ),
        (
            format!("GET {answer} HTTP/1.1\r\nHost: {host}\r\nPurpose: prefetch\r\n\r\n"),
            "503",
        ),
        (
            format!("HEAD {answer} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "405",
        ),
        (
            format!("OPTIONS {answer} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "405",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{{}}"
            ),
            "415",
        ),
        ("\u{0}\u{1}\u{2}\r\n\r\n".to_owned(), "400"),
    ] {
        let seen = browser.raw(&request).await;
        assert!(
            seen.starts_with(&format!("HTTP/1.1 {status}")),
            "{request}: {seen}"
        );
    }
    assert!(!browser.answer.is_finished());
    assert_eq!(browser.get(&answer).await.0, StatusCode::OK);
    assert!(browser.answer.await.unwrap().is_ok());
}

#[tokio::test]
async fn connections_opened_ahead_of_need_and_abandoned_do_no_harm() {
    let authority = authority().await;
    let browser = Browser::begin(&authority).await;
    let mut idle = Vec::new();
    for _ in 0..8 {
        idle.push(TcpStream::connect(browser.host()).await.unwrap());
    }
    for _ in 0..40 {
        let mut stream = TcpStream::connect(browser.host()).await.unwrap();
        stream.write_all(b"GET /?code=").await.unwrap();
    }
    let path = format!("/?code=c1&state={}", browser.state());
    let (status, _) = tokio::time::timeout(Duration::from_secs(30), browser.get(&path))
        .await
        .unwrap();
    assert_eq!(status, StatusCode::OK);
    assert!(browser.answer.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_refusal_is_shown_and_ends_the_sign_in() {
    let authority = authority().await;
    let browser = Browser::begin(&authority).await;
    let state = browser.state();
    let form = [
        ("error", "access_denied"),
        ("error_subcode", "cancel"),
        ("state", state.as_str()),
    ];
    let (status, page) = browser.post(&form).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("REFUSED"), "{page}");
    let error = browser.answer.await.unwrap().unwrap_err();
    assert_eq!(error.kind, EntraErrorKind::Cancelled);
}

#[tokio::test]
async fn giving_up_closes_the_port() {
    let authority = TestAuthority::start(|_| None::<Reply>).await;
    let browser = Browser::begin(&authority).await;
    browser.answer.abort();
    while !browser.answer.is_finished() {
        tokio::task::yield_now().await;
    }
    assert!(TcpStream::connect(browser.host()).await.is_err());
}
