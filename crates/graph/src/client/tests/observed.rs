//! What an observer hears.

use std::sync::Mutex;

use super::*;
use crate::upload_url::UploadUrl;

type Heard = Arc<Mutex<Vec<String>>>;

/// Writes each exchange down in one line, without the names of requests and the times.
fn listen(graph: Graph) -> (Graph, Heard) {
    let heard = Heard::default();
    let ears = Arc::clone(&heard);
    let observer: Observer = Arc::new(move |exchange: &Exchange<'_>| {
        let own = exchange.client_request_id.map(str::len);
        ears.lock().unwrap().push(format!(
            "{:?} {} {} {:?} {own:?} {:?} {:?} {:?}",
            exchange.to,
            exchange.method,
            exchange.url,
            exchange.content_type,
            exchange.request_id,
            exchange.status,
            exchange.again,
        ));
    });
    (graph.observed_by(observer), heard)
}

#[tokio::test]
async fn an_observer_hears_of_every_try_and_why_it_was_made() {
    let stub = Stub::start(vec![
        Act::Answer(answer("401 Unauthorized", CHALLENGE, "")),
        Act::Answer(answer("202 Accepted", "request-id: r-2\r\n", "")),
        Act::CloseAfterReading,
    ])
    .await;
    let tokens = Arc::new(Tokens::default());
    let base = format!("http://{}/v1.0", stub.address);
    let (graph, heard) = listen(graph(&base, &tokens));
    let third = graph.at_attempt(3);
    let _ = third.send_message("a").await;
    let _ = third.send_message("a").await;
    let tried = |again: &str, request_id: &str, status: &str| {
        format!("Graph POST {base}/me/messages/a/send None Some(36) {request_id} {status} {again}")
    };
    let third = "Some(EarlierAttempt { attempt: 3 })";
    assert_eq!(
        *heard.lock().unwrap(),
        [
            tried(third, "None", "Ok(401)"),
            tried("Some(TokenRefused)", "Some(\"r-2\")", "Ok(202)"),
            tried(third, "None", "Err(Lost)"),
        ]
    );
}

#[tokio::test]
async fn of_an_upload_only_the_host_is_told() {
    let stub = Stub::start(vec![Act::Answer(answer("200 OK", "", "{}"))]).await;
    let tokens = Arc::new(Tokens::default());
    let base = format!("http://{}/v1.0", stub.address);
    let (graph, heard) = listen(graph(&base, &tokens));
    let place = format!(
        "http://{}/Users('ada@signet.example')/x?authtoken=eyJ0secret",
        stub.address
    );
    let mut session = UploadSession {
        url: UploadUrl::believe(&BaseUrl::parse(&base).unwrap(), &place).unwrap(),
        next: 0,
        bytes: 10,
    };
    let _ = graph.upload(&mut session, vec![0; 4]).await;
    let heard = heard.lock().unwrap().join("\n");
    let start = format!("Upload PUT http://{}/ ", stub.address);
    assert!(heard.starts_with(&start), "{heard}");
    assert!(
        !heard.contains("secret") && !heard.contains("ada"),
        "{heard}"
    );
}
