//! Several reads in one round trip: `POST /$batch`.
//!
//! Each part comes back as an answer of its own, so what reads a single answer reads a part as well.
//! Not for sending: a batch that fails half way says nothing about what was done.
//! Source: Graph, "Combine multiple HTTP requests using JSON batching".

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode};
use reqwest::Request;
use serde_json::{Value, json};

use crate::base_url::BaseUrl;
use crate::error::{GraphError, Refusal};
use crate::json;

/// One `GET` of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// Names the part in the answer; unique within a batch.
    pub id: &'static str,
    /// Below the root, beginning with `/`, query included.
    pub url: String,
    /// An ETag: answer 304 when nothing has changed.
    pub if_none_match: Option<String>,
}

/// Builds a batch of reads; Graph takes 20 at most.
#[must_use]
pub fn request(base: &BaseUrl, asks: &[Ask]) -> Request {
    let requests: Vec<Value> = asks.iter().map(ask).collect();
    let mut request = Request::new(Method::POST, base.join("/$batch"));
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *request.body_mut() = Some(json!({ "requests": requests }).to_string().into());
    request
}

fn ask(ask: &Ask) -> Value {
    let mut value = json!({ "id": ask.id, "method": "GET", "url": ask.url });
    if let (Some(etag), Some(object)) = (&ask.if_none_match, value.as_object_mut()) {
        object.insert("headers".to_owned(), json!({ "If-None-Match": etag }));
    }
    value
}

/// Takes a batch's answer apart: answers by id, in no particular order.
///
/// # Errors
/// When the batch itself failed, or is no batch.
pub fn read(answer: &Response<Vec<u8>>) -> Result<HashMap<String, Response<Vec<u8>>>, GraphError> {
    if answer.status() != StatusCode::OK {
        return Err(GraphError::read(answer));
    }
    let root: Value = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
    let Some(parts) = root.get("responses").and_then(Value::as_array) else {
        return Err(GraphError::Unreadable(Box::new(Refusal::read(answer))));
    };
    Ok(parts.iter().filter_map(part).collect())
}

fn part(part: &Value) -> Option<(String, Response<Vec<u8>>)> {
    let id = json::text(part, "id")?;
    let status = u16::try_from(json::number(part, "status")?).ok()?;
    let headers = headers(part.get("headers"));
    let mut answer = Response::new(body(part.get("body"), &headers));
    *answer.status_mut() = StatusCode::from_u16(status).ok()?;
    *answer.headers_mut() = headers;
    Some((id, answer))
}

fn headers(headers: Option<&Value>) -> HeaderMap {
    let pairs = headers.and_then(Value::as_object).into_iter().flatten();
    pairs
        .filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(&json::text_of(value)?).ok()?))
        })
        .collect()
}

/// JSON stays JSON; anything else comes as base64 in a string.
fn body(body: Option<&Value>, headers: &HeaderMap) -> Vec<u8> {
    match body {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) if !is_json(headers) => STANDARD
            .decode(text.trim())
            .unwrap_or_else(|_| text.clone().into_bytes()),
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(value) => value.to_string().into_bytes(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    content_type.to_ascii_lowercase().contains("json")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://graph.microsoft.com/v1.0";

    #[test]
    fn a_batch_is_a_list_of_relative_reads() {
        let ask = |id, url: &str, etag: Option<&str>| Ask {
            id,
            url: url.to_owned(),
            if_none_match: etag.map(str::to_owned),
        };
        let asks = [
            ask("1", "/me", None),
            ask("2", "/me/photo/$value", Some("\"x\"")),
        ];
        let request = request(&BaseUrl::parse(BASE).unwrap(), &asks);
        assert_eq!(
            (request.method().as_str(), request.url().as_str()),
            ("POST", &*format!("{BASE}/$batch"))
        );
        let body: Value =
            serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap();
        assert_eq!(
            body,
            json!({"requests": [
                {"id": "1", "method": "GET", "url": "/me"},
                {"id": "2", "method": "GET", "url": "/me/photo/$value", "headers": {"If-None-Match": "\"x\""}},
            ]})
        );
    }

    #[test]
    fn parts_are_answers_of_their_own() {
        let answer = Response::new(
            json!({"responses": [
                {"id": "photo", "status": 200, "headers": {"Content-Type": "image/jpeg", "ETag": "\"a1\""}, "body": "/9j/"},
                {"id": 7, "status": "429", "headers": {"Retry-After": "2.128"}, "body": {"error": {"code": "TooManyRequests"}}},
                {"id": "odd"}, null, 3,
            ], "@odata.nextLink": null})
            .to_string()
            .into_bytes(),
        );
        let parts = read(&answer).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts["photo"].body(), b"\xff\xd8\xff");
        assert_eq!(parts["photo"].headers()["etag"], "\"a1\"");
        let throttled = GraphError::read(&parts["7"]);
        assert_eq!(
            throttled.retry_after(),
            Some(std::time::Duration::from_millis(2128))
        );
        assert_eq!(throttled.code(), Some("TooManyRequests"));
    }

    #[test]
    fn what_is_no_batch_is_unreadable() {
        for body in [
            "",
            "<html>",
            "{\"responses\":",
            "[]",
            "{\"responses\":{}}",
            "null",
        ] {
            let read = read(&Response::new(body.as_bytes().to_vec()));
            assert!(matches!(read, Err(GraphError::Unreadable(_))), "{body}");
        }
    }
}
