//! An operation's answer before it meets HTTP or a batch.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::request::GraphIds;

/// How many headers an answer has at most, as a rule, with its `Date`.
const HEADERS_USUAL: usize = 8;

/// Status, headers and body.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers, the media type among them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Body; JSON when the media type says so.
    pub body: Vec<u8>,
}

impl Reply {
    /// JSON in the live service's media type.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static(JSON))],
            body: body.to_string().into_bytes(),
        }
    }

    /// 202 without a body: taken over.
    pub fn accepted() -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// 204 without a body: done.
    pub fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// A status, and nothing more.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Text, as `$count` is answered.
    pub fn text(text: String) -> Self {
        Self {
            status: StatusCode::OK,
            headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))],
            body: text.into_bytes(),
        }
    }

    /// Adds headers.
    pub fn with_headers(
        mut self,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    ) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Adds the ids and diagnostics that every answer of the service carries.
    pub fn with_ids(self, ids: GraphIds) -> Self {
        const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"1","ScaleUnit":"001","RoleInstance":"SB000001"}}"#;
        let headers = [
            (
                "request-id",
                HeaderValue::from_maybe_shared(Bytes::from(ids.request_id)).ok(),
            ),
            (
                "client-request-id",
                HeaderValue::from_maybe_shared(Bytes::from(ids.client_request_id)).ok(),
            ),
            (
                "x-ms-ags-diagnostic",
                Some(HeaderValue::from_static(DIAGNOSTIC)),
            ),
            ("cache-control", Some(HeaderValue::from_static("no-cache"))),
        ];
        let headers = headers
            .into_iter()
            .filter_map(|(name, value)| Some((HeaderName::from_static(name), value?)));
        self.with_headers(headers)
    }

    /// Whether the body is JSON.
    pub fn is_json(&self) -> bool {
        self.headers.iter().any(|(name, value)| {
            *name == header::CONTENT_TYPE
                && value
                    .to_str()
                    .is_ok_and(|kind| kind.starts_with("application/json"))
        })
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut answer = Response::new(Body::from(self.body));
        *answer.status_mut() = self.status;
        answer.headers_mut().reserve(HEADERS_USUAL);
        for (name, value) in self.headers {
            answer.headers_mut().insert(name, value);
        }
        answer
    }
}
