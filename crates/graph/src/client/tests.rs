mod observed;

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use message::{Attachment, AttachmentId, Body, Draft};

use super::*;
use crate::stub::{Act, Stub, answer};

/// Hands out `token-1`, then `token-2` and so on for rejected ones, and keeps what it was asked.
#[derive(Default)]
struct Tokens {
    asked: Mutex<Vec<(String, Option<String>)>>,
    refused_again: Mutex<Vec<(String, Option<String>)>>,
    then: Option<TokenError>,
    at_once: Option<TokenError>,
    granted: Vec<&'static str>,
}

impl TokenSource for Tokens {
    fn access_token<'a>(
        &'a self,
        scopes: &'a [&'a str],
        rejected: Option<Rejected<'a>>,
    ) -> Pin<Box<dyn Future<Output = Result<SecretString, TokenError>> + Send + 'a>> {
        Box::pin(async move {
            let mut asked = self.asked.lock().unwrap();
            if let Some(rejected) = &rejected {
                assert_eq!(
                    rejected.token.expose_secret(),
                    format!("token-{}", asked.len())
                );
            }
            let error = if rejected.is_some() {
                &self.then
            } else {
                &self.at_once
            };
            asked.push((
                scopes.join(" "),
                rejected.and_then(|rejected| rejected.claims),
            ));
            error
                .clone()
                .map_or_else(|| Ok(format!("token-{}", asked.len()).into()), Err)
        })
    }

    fn is_granted<'a>(
        &'a self,
        scopes: &'a [&'a str],
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(async move { scopes.iter().all(|scope| self.granted.contains(scope)) })
    }

    fn refused_again<'a>(
        &'a self,
        scopes: &'a [&'a str],
        claims: Option<String>,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            let told = (scopes.join(" "), claims);
            self.refused_again.lock().unwrap().push(told);
        })
    }
}

fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
}

fn graph(base: &str, tokens: &Arc<Tokens>) -> Graph {
    Graph::new(
        http().build().unwrap(),
        BaseUrl::parse(base).unwrap(),
        tokens.clone(),
    )
}

fn message() -> Message {
    Message::try_from(Draft {
        to: vec!["ada@signet.example".to_owned()],
        subject: "Größe".to_owned(),
        body: Body::Html("<p>計画</p>".to_owned()),
        attachments: vec![Attachment {
            id: AttachmentId::new("a").unwrap(),
            name: "a.bin".to_owned(),
            content_type: "application/octet-stream".to_owned(),
            bytes: 1_000_000,
            sha256: String::new(),
            content_id: None,
        }],
        ..Draft::default()
    })
    .unwrap()
}

async fn send(graph: &Graph) -> SendOutcome {
    graph
        .send_mail(&message(), "key", vec![vec![0; 1_000_000]])
        .await
}

async fn send_to(acts: Vec<Act>) -> (SendOutcome, Stub, Arc<Tokens>) {
    let (stub, tokens) = (Stub::start(acts).await, Arc::new(Tokens::default()));
    let outcome = send(&graph(&format!("http://{}/v1.0", stub.address), &tokens)).await;
    (outcome, stub, tokens)
}

fn says(status: &str, body: &str) -> Vec<Act> {
    vec![Act::Answer(answer(status, "request-id: r-1\r\n", body))]
}

fn why(outcome: &SendOutcome) -> (Why, Option<u16>) {
    match outcome {
        SendOutcome::Unclear { why, status, .. } => (*why, *status),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn accepted_is_202_whatever_else_it_says() {
    let accepted = SendOutcome::Accepted {
        request_id: Some("r-1".to_owned()),
    };
    let (outcome, stub, tokens) = send_to(says("202 Accepted", "")).await;
    assert_eq!(outcome, accepted);
    let received = &stub.received()[0];
    assert!(
        received.head.starts_with("POST /v1.0/me/sendMail HTTP/1.1"),
        "{}",
        received.head
    );
    assert_eq!(
        received.header("authorization").as_deref(),
        Some("Bearer token-1")
    );
    assert_eq!(
        received.header("content-length"),
        Some(received.body.len().to_string())
    );
    assert!(
        received
            .header("client-request-id")
            .is_some_and(|id| Uuid::parse_str(&id).is_ok())
    );
    assert_eq!(
        received.header("return-client-request-id").as_deref(),
        Some("true")
    );
    assert_eq!(
        tokens.asked.lock().unwrap().clone(),
        [("Mail.Send".to_owned(), None)]
    );

    let throttled = answer("202 Accepted", "request-id: r-1\r\nretry-after: 5\r\n", "");
    let html = answer("202 Accepted", "request-id: r-1\r\n", "<html>");
    let head =
        "HTTP/1.1 202 Accepted\r\nrequest-id: r-1\r\ncontent-length: 9999\r\n\r\n".to_owned();
    for act in [
        Act::Answer(throttled),
        Act::Answer(html),
        Act::Answer(head.clone()),
        Act::Endless(head.clone()),
        Act::Stall(head),
    ] {
        let (outcome, stub, _) = send_to(vec![act]).await;
        assert_eq!((outcome, stub.received().len()), (accepted.clone(), 1));
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let tokens = Arc::new(Tokens::default());
    let refused = send(&graph(&format!("http://{free}/v1.0"), &tokens)).await;
    assert_eq!(refused, SendOutcome::NotSent(NotSent::Offline));

    // TLS fails: what answers there does not speak it.
    let stub = Stub::start(says("202 Accepted", "")).await;
    let no_tls = send(&graph(&format!("https://{}/v1.0", stub.address), &tokens)).await;
    assert_eq!(no_tls, SendOutcome::NotSent(NotSent::Offline));

    struct NoNames;
    impl reqwest::dns::Resolve for NoNames {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            Box::pin(async { Err("no such name".into()) })
        }
    }
    let http = http().dns_resolver(Arc::new(NoNames)).build().unwrap();
    let nowhere = Graph::new(
        http,
        BaseUrl::parse("https://graph.signet.example/v1.0").unwrap(),
        tokens,
    );
    assert_eq!(send(&nowhere).await, SendOutcome::NotSent(NotSent::Offline));
}

#[tokio::test]
async fn a_lost_answer_is_unclear_and_never_repeated() {
    for act in [
        Act::CloseAfterReading,
        Act::Answer("HTTP/1.1 20".to_owned()),
        Act::Answer("nonsense\r\n\r\n".to_owned()),
    ] {
        let (outcome, stub, _) =
            send_to(vec![act, Act::Answer(answer("202 Accepted", "", ""))]).await;
        assert_eq!(
            (why(&outcome), stub.received().len()),
            ((Why::ConnectionLost, None), 1)
        );
    }
    let (outcome, ..) = send_to(vec![Act::Close]).await;
    assert_eq!(why(&outcome), (Why::ConnectionLost, None));
}

#[tokio::test]
async fn unclear_answers_are_never_repeated() {
    let html = "<html>Our services aren't available right now</html>";
    for (status, body, expected) in [
        ("200 OK", "", Why::UnexpectedAnswer),
        ("200 OK", html, Why::UnexpectedAnswer),
        ("307 Temporary Redirect", "", Why::UnexpectedAnswer),
        (
            "429 Too Many Requests",
            r#"{"error":{"code":"ApplicationThrottled"}}"#,
            Why::Throttled,
        ),
        ("503 Service Unavailable", html, Why::ServerFailed),
        (
            "504 Gateway Timeout",
            r#"{"error":{"code":"Unkn"#,
            Why::ServerFailed,
        ),
        ("500 Internal Server Error", "", Why::ServerFailed),
    ] {
        let (outcome, stub, tokens) = send_to(says(status, body)).await;
        assert_eq!(
            (why(&outcome).0, stub.received().len()),
            (expected, 1),
            "{status}"
        );
        assert_eq!(tokens.asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn endless_and_stalled_errors_are_read_by_their_status() {
    let head = |status: &str| format!("HTTP/1.1 {status}\r\n\r\n");
    let (outcome, ..) = send_to(vec![Act::Endless(head("503 Service Unavailable"))]).await;
    assert_eq!(why(&outcome), (Why::ServerFailed, Some(503)));
    let (outcome, ..) = send_to(vec![Act::Endless(head("400 Bad Request"))]).await;
    assert!(
        matches!(outcome, SendOutcome::Rejected(GraphError::Rejected(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_refusal_is_final() {
    let denied = r#"{"error":{"code":"ErrorSendAsDenied","innerError":{"request-id":"r-2"}}}"#;
    let (outcome, stub, _) = send_to(says("403 Forbidden", denied)).await;
    let SendOutcome::Rejected(error) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (error.code(), error.request_id(), stub.received().len()),
        (Some("ErrorSendAsDenied"), Some("r-1"), 1)
    );

    let (outcome, ..) = send_to(says(
        "403 Forbidden",
        r#"{"error":{"code":"ErrorAccessDenied"}}"#,
    ))
    .await;
    assert_eq!(outcome, SendOutcome::NotSent(NotSent::ConsentRequired));
    let (outcome, ..) = send_to(says("413 Request Entity Too Large", "<html>")).await;
    assert!(
        matches!(outcome, SendOutcome::Rejected(GraphError::TooLarge(_))),
        "{outcome:?}"
    );
}

const CHALLENGE: &str =
    "www-authenticate: Bearer error=\"insufficient_claims\", claims=\"e30=\"\r\n";

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let unauthorized = Act::Answer(answer("401 Unauthorized", CHALLENGE, ""));
    let (outcome, stub, tokens) = send_to(vec![
        unauthorized.clone(),
        Act::Answer(answer("202 Accepted", "", "")),
    ])
    .await;
    assert_eq!(outcome, SendOutcome::Accepted { request_id: None });
    let received = stub.received();
    assert_eq!(
        (
            received.len(),
            received[1].header("authorization").as_deref()
        ),
        (2, Some("Bearer token-2"))
    );
    assert_eq!(received[0].body, received[1].body);
    assert_ne!(
        received[0].header("client-request-id"),
        received[1].header("client-request-id")
    );
    assert_eq!(tokens.asked.lock().unwrap()[1].1.as_deref(), Some("{}"));
    assert!(tokens.refused_again.lock().unwrap().is_empty());

    // One silent try, and the person is told of with what Graph still wants.
    let (outcome, stub, tokens) = send_to(vec![unauthorized]).await;
    assert_eq!(
        *tokens.refused_again.lock().unwrap(),
        [("Mail.Send".to_owned(), Some("{}".to_owned()))]
    );
    assert_eq!(
        outcome,
        SendOutcome::NotSent(NotSent::SignInRequired {
            claims: Some("{}".to_owned())
        })
    );
    assert_eq!(stub.received().len(), 2);

    let plain = Act::Answer(answer("401 Unauthorized", "", "<html>"));
    let (outcome, stub, _) = send_to(vec![plain, Act::CloseAfterReading]).await;
    assert_eq!(
        (why(&outcome), stub.received().len()),
        ((Why::ConnectionLost, None), 2)
    );
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    for (error, expected) in [
        (
            TokenError::SignInRequired { claims: None },
            NotSent::SignInRequired { claims: None },
        ),
        (
            TokenError::ConsentRequired { scopes: vec![] },
            NotSent::ConsentRequired,
        ),
        (
            TokenError::Unreachable("timed out".to_owned()),
            NotSent::Offline,
        ),
        (
            TokenError::Other("locked".to_owned()),
            NotSent::Token("locked".to_owned()),
        ),
    ] {
        let stub = Stub::start(vec![Act::Answer(answer("401 Unauthorized", "", ""))]).await;
        for (tokens, sent) in [
            (
                Tokens {
                    at_once: Some(error.clone()),
                    ..Tokens::default()
                },
                0,
            ),
            (
                Tokens {
                    then: Some(error.clone()),
                    ..Tokens::default()
                },
                1,
            ),
        ] {
            let before = stub.received().len();
            let outcome = send(&graph(
                &format!("http://{}/v1.0", stub.address),
                &Arc::new(tokens),
            ))
            .await;
            assert_eq!(outcome, SendOutcome::NotSent(expected.clone()));
            assert_eq!(stub.received().len() - before, sent);
        }
    }
    // A token that cannot stand in a header goes nowhere.
    struct Odd;
    impl TokenSource for Odd {
        fn access_token<'a>(
            &'a self,
            _: &'a [&'a str],
            _: Option<Rejected<'a>>,
        ) -> Pin<Box<dyn Future<Output = Result<SecretString, TokenError>> + Send + 'a>> {
            Box::pin(async { Ok("secret\r\nx: y".into()) })
        }

        fn is_granted<'a>(
            &'a self,
            scopes: &'a [&'a str],
        ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
            Box::pin(async move { scopes.is_empty() })
        }

        fn refused_again<'a>(
            &'a self,
            _: &'a [&'a str],
            _: Option<String>,
        ) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
            Box::pin(async {})
        }
    }
    let odd = Graph::new(
        http().build().unwrap(),
        BaseUrl::parse("http://127.0.0.1:1").unwrap(),
        Arc::new(Odd),
    );
    let outcome = send(&odd).await;
    assert!(
        matches!(&outcome, SendOutcome::NotSent(NotSent::Token(said)) if !said.contains("secret")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn an_answer_from_elsewhere_is_not_graphs() {
    let elsewhere = Stub::start(says("202 Accepted", "")).await;
    let location = format!("location: http://{}/\r\n", elsewhere.address);
    let stub = Stub::start(vec![Act::Answer(answer("302 Found", &location, ""))]).await;
    let base = BaseUrl::parse(&format!("http://{}/v1.0", stub.address)).unwrap();
    let follows = reqwest::Client::builder().no_proxy().build().unwrap();
    let outcome = send(&Graph::new(
        follows,
        base.clone(),
        Arc::new(Tokens::default()),
    ))
    .await;
    assert_eq!(why(&outcome).0, Why::UnexpectedAnswer);
    let outcome = send(&Graph::new(
        http().build().unwrap(),
        base,
        Arc::new(Tokens::default()),
    ))
    .await;
    assert_eq!(
        (why(&outcome), elsewhere.received().len()),
        ((Why::UnexpectedAnswer, Some(302)), 1)
    );
}

async fn profile_of(acts: Vec<Act>) -> (Result<Profile, GraphError>, Stub) {
    let stub = Stub::start(acts).await;
    let profile = graph(
        &format!("http://{}/v1.0", stub.address),
        &Arc::new(Tokens::default()),
    )
    .profile(None)
    .await;
    (profile, stub)
}

#[tokio::test]
async fn the_card_over_the_wire() {
    let ada = r#"{"responses":[{"id":"me","status":200,"body":{"id":"1","displayName":"Ada"}}]}"#;
    let (profile, stub) = profile_of(says("200 OK", ada)).await;
    assert_eq!(profile.unwrap().me.display_name, "Ada");
    assert!(
        stub.received()[0]
            .head
            .starts_with("POST /v1.0/$batch HTTP/1.1")
    );

    // The batch is let in and the person's part is not: a fresh token as well.
    let refused = r#"{"responses":[{"id":"me","status":401,"body":{"error":{"code":"InvalidAuthenticationToken"}}}]}"#;
    let acts = vec![
        Act::Answer(answer("200 OK", "", refused)),
        Act::Answer(answer("200 OK", "", ada)),
    ];
    let (profile, stub) = profile_of(acts).await;
    assert_eq!(
        (profile.unwrap().me.id.as_str(), stub.received().len()),
        ("1", 2)
    );
}

#[tokio::test]
async fn a_card_that_cannot_be_had_is_an_error() {
    let endless = Act::Endless("HTTP/1.1 200 OK\r\n\r\n{".to_owned());
    for acts in [
        says("200 OK", "<html>"),
        says("200 OK", "{\"responses\":[{"),
        says("200 OK", ""),
        vec![endless],
    ] {
        let (profile, _) = profile_of(acts).await;
        assert!(
            matches!(profile, Err(GraphError::Unreadable(_))),
            "{profile:?}"
        );
    }
    let (profile, _) = profile_of(vec![Act::CloseAfterReading]).await;
    assert_eq!(profile, Err(GraphError::Unreachable(Unreachable::Lost)));
    let (profile, stub) = profile_of(says("401 Unauthorized", "")).await;
    assert!(
        matches!(profile, Err(GraphError::Unauthorized(_))),
        "{profile:?}"
    );
    assert_eq!(stub.received().len(), 2);
    let (profile, _) = profile_of(says("503 Service Unavailable", "")).await;
    assert!(matches!(profile, Err(GraphError::Server(_))), "{profile:?}");
}

// Time limits are minutes; the same exchange with short ones shows what they do.
#[tokio::test]
async fn time_limits_end_every_wait() {
    let limits = Limits {
        time: Duration::from_millis(300),
        answer_bytes_max: 1_000,
    };
    for (act, expected) in [
        (Act::Stall(String::new()), Err(Unreachable::TimedOut)),
        (
            Act::Stall("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_owned()),
            Ok(200),
        ),
    ] {
        let stub = Stub::start(vec![act]).await;
        let base = BaseUrl::parse(&format!("http://{}", stub.address)).unwrap();
        let request = Request::new(http::Method::POST, base.join("/me/sendMail"));
        let answer = transport::exchange(&http().build().unwrap(), request, limits).await;
        assert_eq!(
            answer.as_ref().map(|answer| answer.status().as_u16()),
            expected.as_ref().copied()
        );
        assert!(answer.is_err() || answer.unwrap().body().is_empty());
    }
}

#[tokio::test]
async fn a_draft_is_made_sent_and_looked_for() {
    let made = answer("201 Created", "", "{\"id\": \"AA/k==\"}");
    let accepted = answer("202 Accepted", "request-id: r2\r\n", "");
    let drafts = answer(
        "200 OK",
        "",
        "{\"value\": [{\"id\": \"AA/k==\", \"isDraft\": true, \"singleValueExtendedProperties\": [{\"value\": \"key\"}]}]}",
    );
    let stub = Stub::start([made, accepted, drafts].map(Act::Answer).to_vec()).await;
    let tokens = Arc::new(Tokens::default());
    let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);

    let created = graph
        .create_message(&message(), Stamp::of("key"), Some(vec![vec![0; 1_000_000]]))
        .await;
    let id = "AA/k==".to_owned();
    assert_eq!(created, CreateOutcome::Created { id });
    let request_id = Some("r2".to_owned());
    assert_eq!(
        graph.send_message("AA/k==").await,
        SendOutcome::Accepted { request_id }
    );
    let id = "AA/k==".to_owned();
    let submitted = false;
    assert_eq!(
        graph.find_by_key("key").await,
        Ok(Found::Draft {
            ids: vec![id],
            submitted,
        })
    );

    let received = stub.received();
    let line = |number: usize| received[number].head.lines().next().unwrap().to_owned();
    assert_eq!(line(0), "POST /v1.0/me/messages HTTP/1.1");
    assert_eq!(line(1), "POST /v1.0/me/messages/AA%2Fk%3D%3D/send HTTP/1.1");
    assert_eq!(received[1].header("content-length").as_deref(), Some("0"));
    assert!(line(2).starts_with("GET /v1.0/me/messages?"));
    assert!(line(3).starts_with("GET /v1.0/me/mailFolders/drafts/messages?"));
    let asked = tokens.asked.lock().unwrap();
    let scopes: Vec<&str> = asked.iter().map(|(scopes, _)| scopes.as_str()).collect();
    assert_eq!(
        scopes,
        [
            "Mail.ReadWrite",
            "Mail.Send",
            "Mail.ReadWrite",
            "Mail.ReadWrite"
        ]
    );
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_each_of_them() {
    let refused = answer(
        "401 Unauthorized",
        "",
        "{\"error\": {\"code\": \"InvalidAuthenticationToken\"}}",
    );
    let stub = Stub::start(vec![Act::Answer(refused)]).await;
    let tokens = Arc::new(Tokens::default());
    let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);
    let signed_out = || NotSent::SignInRequired { claims: None };
    assert_eq!(
        graph
            .create_message(&message(), Stamp::of("key"), Some(vec![vec![0; 1_000_000]]))
            .await,
        CreateOutcome::NotSent(signed_out())
    );
    assert_eq!(
        graph.send_message("a").await,
        SendOutcome::NotSent(signed_out())
    );
    assert_eq!(
        graph.find_by_key("key").await,
        Err(LookError::SignInRequired)
    );
    assert_eq!(stub.received().len(), 6);
    assert_eq!(tokens.refused_again.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_fresh_token_is_enough_for_each_of_them() {
    let refused = || answer("401 Unauthorized", "", "<html>");
    let made = answer("201 Created", "", "{\"id\": \"a\"}");
    let accepted = answer("202 Accepted", "", "");
    let none = answer("200 OK", "", "{\"value\": []}");
    let no_draft = answer("200 OK", "", "{\"isDraft\": false}");
    let acts = [made, accepted, none, no_draft].map(|well| [refused(), well]);
    let stub = Stub::start(acts.concat().into_iter().map(Act::Answer).collect()).await;
    let tokens = Arc::new(Tokens::default());
    let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);

    let contents = vec![vec![0; 1_000_000]];
    let created = graph
        .create_message(&message(), Stamp::of("key"), Some(contents))
        .await;
    let id = "a".to_owned();
    assert_eq!(created, CreateOutcome::Created { id });
    let request_id = None;
    assert_eq!(
        graph.send_message("a").await,
        SendOutcome::Accepted { request_id }
    );
    assert_eq!(graph.find_by_key("key").await, Ok(Found::Nothing));
    assert_eq!(graph.delete_draft("a").await, Ok(()));

    let received = stub.received();
    assert_eq!(received.len(), 8);
    for (number, request) in received.iter().enumerate() {
        let expected = format!("Bearer token-{}", number + 1);
        assert_eq!(request.header("authorization"), Some(expected));
    }
    for twice in received.chunks(2) {
        let line = |number: usize| twice[number].head.lines().next().unwrap();
        assert_eq!((line(0), &twice[0].body), (line(1), &twice[1].body));
    }
    assert!(tokens.refused_again.lock().unwrap().is_empty());
}

#[tokio::test]
async fn no_outcome_tells_the_token() {
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "503 Service Unavailable",
    ] {
        let body = r#"{"error": {"code": "Bearer token-1", "message": "Bearer token-1"}}"#;
        let stub = Stub::start(says(status, body)).await;
        let tokens = Arc::new(Tokens::default());
        let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);
        let contents = vec![vec![0; 1_000_000]];
        let told = format!(
            "{:?} {:?} {:?} {:?}",
            graph
                .create_message(&message(), Stamp::of("key"), Some(contents))
                .await,
            graph.send_message("a").await,
            graph.find_by_key("key").await,
            graph.delete_draft("a").await,
        );
        assert!(
            !told.contains("Bearer") && !told.contains("token-"),
            "{told}"
        );
    }
}

// The answer has the whole message in it again.
#[tokio::test]
async fn a_draft_with_a_long_body_is_told_from_an_answer_without_end() {
    let long = serde_json::json!({"body": {"content": "x".repeat(8 * 1024 * 1024)}, "id": "a"});
    let id = "a".to_owned();
    let endless = "HTTP/1.1 201 Created\r\nrequest-id: r-1\r\n\r\n{\"id\": \"a\"".to_owned();
    for (act, expected) in [
        (
            Act::Answer(answer("201 Created", "", &long.to_string())),
            CreateOutcome::Created { id },
        ),
        (
            Act::Endless(endless),
            CreateOutcome::Unclear {
                why: Why::UnexpectedAnswer,
                retry_after: None,
                request_id: Some("r-1".to_owned()),
            },
        ),
    ] {
        let stub = Stub::start(vec![act]).await;
        let tokens = Arc::new(Tokens::default());
        let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);
        let contents = vec![vec![0; 1_000_000]];
        let created = graph
            .create_message(&message(), Stamp::of("key"), Some(contents))
            .await;
        assert_eq!((created, stub.received().len()), (expected, 1));
    }
}

// A draft that leaves the drafts between two looks may have been sent.
#[tokio::test]
async fn nothing_is_said_only_of_what_is_nowhere_or_thrown_away() {
    let draft = r#"{"value": [{"id": "a", "isDraft": true, "singleValueExtendedProperties": [{"value": "key"}]}]}"#;
    let leaving = r#"{"value": [{"id": "a", "isDraft": true,
        "singleValueExtendedProperties": [{"id": "Integer 0xe07", "value": "4"}, {"value": "key"}]}]}"#;
    let sent = r#"{"value": [{"id": "s", "isDraft": false, "singleValueExtendedProperties": [{"value": "key"}]}]}"#;
    let none = r#"{"value": []}"#;
    let found_draft = |submitted| {
        let id = "a".to_owned();
        Ok(Found::Draft {
            ids: vec![id],
            submitted,
        })
    };
    let internet_message_id = None;
    let found_sent = Ok(Found::Sent {
        internet_message_id,
    });
    for (pages, expected) in [
        (vec![none], Ok(Found::Nothing)),
        (vec![sent], found_sent.clone()),
        (vec![leaving], found_draft(true)),
        (vec![draft, draft], found_draft(false)),
        (vec![draft, leaving], found_draft(true)),
        (vec![draft, none, draft], Ok(Found::Nothing)),
        (vec![draft, none, sent], found_sent),
        (vec![draft, none, leaving], found_draft(true)),
        (
            vec![draft, none, none],
            Err(LookError::Unclear { retry_after: None }),
        ),
    ] {
        let acts = pages.iter().map(|page| answer("200 OK", "", page));
        let stub = Stub::start(acts.map(Act::Answer).collect()).await;
        let tokens = Arc::new(Tokens::default());
        let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);
        let found = graph.find_by_key("key").await;
        let requests = stub.received().len();
        assert_eq!((found, requests), (expected, pages.len()), "{pages:?}");
    }
}

#[tokio::test]
async fn drafts_are_made_only_where_all_of_it_is_granted() {
    for (granted, expected) in [
        (vec![], false),
        (vec!["Mail.Send"], false),
        (vec!["Mail.ReadWrite"], false),
        (vec!["Mail.ReadWrite", "Mail.Send"], true),
    ] {
        let tokens = Arc::new(Tokens {
            granted,
            ..Tokens::default()
        });
        let graph = graph("http://127.0.0.1:1/v1.0", &tokens);
        assert_eq!(graph.is_sure().await, expected);
    }
}

#[tokio::test]
async fn tips_are_asked_for_with_what_is_granted_and_no_more() {
    let page = r#"{"value": [{"emailAddress": {"address": "a@b.example"}}]}"#;
    for (granted, asked) in [
        (vec!["User.Read", "Mail.Send"], None),
        (vec!["Mail.ReadWrite", "Mail.Send"], Some("Mail.ReadWrite")),
        (vec!["Mail.ReadWrite", "Mail.Read"], Some("Mail.Read")),
    ] {
        let stub = Stub::start(says("200 OK", page)).await;
        let tokens = Arc::new(Tokens {
            granted,
            ..Tokens::default()
        });
        let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);
        let tips = graph.mail_tips(&["a@b.example".to_owned()]).await.unwrap();
        let scopes: Vec<String> = (tokens.asked.lock().unwrap().iter())
            .map(|(scopes, _)| scopes.clone())
            .collect();
        assert_eq!(scopes, asked.into_iter().collect::<Vec<_>>());
        assert_eq!(tips.len(), scopes.len());
    }
}

#[tokio::test]
async fn tips_of_many_come_by_several_requests_and_of_too_many_not_at_all() {
    let stub = Stub::start(says("200 OK", r#"{"value": []}"#)).await;
    let tokens = Arc::new(Tokens {
        granted: vec!["Mail.Read"],
        ..Tokens::default()
    });
    let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);
    for (count, requests) in [(0, 0), (101, 2), (10_000, 2 + 5)] {
        let addresses: Vec<String> = (0..count).map(|at| format!("a{at}@b.example")).collect();
        assert_eq!(graph.mail_tips(&addresses).await.unwrap(), []);
        assert_eq!(stub.received().len(), requests, "{count}");
    }
    // What the last of several says counts.
    let acts = [
        answer("200 OK", "", r#"{"value": []}"#),
        answer("503 Busy", "", ""),
    ];
    let stub = Stub::start(acts.map(Act::Answer).to_vec()).await;
    let graph = self::graph(&format!("http://{}/v1.0", stub.address), &tokens);
    let addresses = vec!["a@b.example".to_owned(); 150];
    assert_eq!(
        graph.mail_tips(&addresses).await.unwrap_err().status(),
        Some(503)
    );
}

#[tokio::test]
async fn only_a_draft_is_deleted() {
    for (is_draft, requests) in [(true, 2), (false, 1)] {
        let asked = answer("200 OK", "", &format!("{{\"isDraft\": {is_draft}}}"));
        let gone = answer("204 No Content", "", "");
        let stub = Stub::start([asked, gone].map(Act::Answer).to_vec()).await;
        let tokens = Arc::new(Tokens::default());
        let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);
        assert_eq!(graph.delete_draft("AA/k==").await, Ok(()));
        let received = stub.received();
        assert_eq!(received.len(), requests);
        let line = received[requests - 1].head.lines().next().unwrap();
        let method = if is_draft { "DELETE" } else { "GET" };
        assert!(
            line.starts_with(&format!("{method} /v1.0/me/messages/AA%2Fk%3D%3D")),
            "{line}"
        );
    }
}

#[tokio::test]
async fn an_id_that_leads_elsewhere_leads_nowhere() {
    let stub = Stub::start(vec![Act::CloseAfterReading]).await;
    let tokens = Arc::new(Tokens::default());
    let graph = graph(&format!("http://{}/v1.0", stub.address), &tokens);
    let sent = graph.send_message("..").await;
    assert_eq!(why(&sent), (Why::UnexpectedAnswer, None));
    assert!(graph.delete_draft("../sendMail").await.is_err());
    assert_eq!(graph.delete_draft(".").await, Ok(()));
    let received = stub.received();
    assert_eq!(received.len(), 1);
    assert!(
        received[0]
            .head
            .starts_with("GET /v1.0/me/messages/%2E%2E%2FsendMail")
    );
}
