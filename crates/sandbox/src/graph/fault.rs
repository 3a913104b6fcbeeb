//! Refusals in Graph's shape.
//!
//! Source: "Microsoft Graph error responses and resource types"; the codes are
//! those that the mail and profile pages of the reference name.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::reply::Reply;
use super::request::GraphIds;
use crate::world::World;

/// A refusal: status, code and message, and headers that belong to it.
#[derive(Debug)]
pub struct GraphFault {
    status: StatusCode,
    code: String,
    message: String,
    inner: Option<&'static str>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl GraphFault {
    /// A refusal with nothing special about it.
    pub fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            inner: None,
            headers: Vec::new(),
        }
    }

    /// 400 with `code`.
    pub fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 401 for a token that cannot be used, with the plain challenge.
    pub fn unauthorized(message: &str, origin: &str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationToken",
            message,
        )
        .challenge(&format!("Bearer realm=\"\", {}", challenge_head(origin)))
    }

    /// 401 with a claims challenge ("Claims challenges", WWW-Authenticate header).
    pub fn claims_challenge(claims: &str, origin: &str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationToken",
            "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp",
        )
        .challenge(&format!(
            "Bearer realm=\"\", {}, error=\"insufficient_claims\", claims=\"{claims}\"",
            challenge_head(origin)
        ))
    }

    /// 403 of the mail side.
    pub fn mail_access_denied() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        )
    }

    /// 403 of neither side ("Microsoft Graph error responses", accessDenied).
    pub fn access_denied() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "accessDenied",
            "The caller does not have permission to perform the action.",
        )
    }

    /// 404 for an account without a mailbox in the cloud.
    pub fn no_mailbox() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    }

    /// 403 of the directory side.
    pub fn directory_denied() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    }

    /// 400 for a path that leads nowhere.
    pub fn no_segment(segment: &str) -> Self {
        Self::bad_request(
            "BadRequest",
            format!("Resource not found for the segment '{segment}'."),
        )
    }

    /// 405.
    pub fn wrong_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        )
    }

    /// 413 above `bytes_max`, which is a number of whole megabytes.
    pub fn too_large(bytes_max: usize) -> Self {
        let megabytes = bytes_max / (1024 * 1024);
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            format!(
                "The request entity is too large. The maximum request length is {megabytes} MB."
            ),
        )
    }

    /// 429 of every service but Outlook ("Microsoft Graph throttling guidance",
    /// sample response).
    pub fn too_many_requests() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequests",
            "Please retry again later.",
        )
        .inner("429")
    }

    /// 403 for a token that conditional access wants more of and whose client
    /// cannot take claims ("Claims challenges, claims requests, and client
    /// capabilities").
    pub fn insufficient_claims() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "insufficient_claims",
            "The claims in the access token are not sufficient; sign in again.",
        )
    }

    /// 406 for a client that takes no JSON.
    pub fn not_acceptable() -> Self {
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "NotAcceptable",
            "A supported MIME type could not be found that matches the acceptable MIME types for the request.",
        )
    }

    /// 503 while too much waits.
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ErrorServerBusy",
            "The server cannot service this request right now. Try again later.",
        )
    }

    /// Says more exactly what is wrong, in a code further in.
    pub fn inner(mut self, code: &'static str) -> Self {
        self.inner = Some(code);
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The answer.
    pub fn reply(self, world: &World, ids: &GraphIds) -> Reply {
        let mut body = json!({"error": {
            "code": self.code,
            "message": self.message,
            "innerError": {
                "date": world.clock.graph_date(),
                "request-id": ids.request_id,
                "client-request-id": ids.client_request_id,
            }
        }});
        if let Some(code) = self.inner
            && let Some(inner) = body.pointer_mut("/error/innerError")
            && let Some(fields) = inner.as_object_mut()
        {
            fields.insert("code".to_owned(), Value::String(code.to_owned()));
        }
        Reply::json(self.status, &body).with_headers(self.headers)
    }

    fn challenge(self, value: &str) -> Self {
        self.header(header::WWW_AUTHENTICATE, value)
    }
}

/// The challenge names the v1.0 authorization endpoint and Graph's own id.
fn challenge_head(origin: &str) -> String {
    format!(
        "authorization_uri=\"{origin}/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\""
    )
}
