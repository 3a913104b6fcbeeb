//! What a fault answers, in the shape of the service it stands in for.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Fault, FaultAnswer};
use crate::entra::{Ids, Refusal, json_answer};
use crate::graph::{GraphFault, GraphIds, Reply};
use crate::operations::{Meter, Operation};
use crate::world::World;

/// What a gateway shows when there is nothing behind it.
const GATEWAY_PAGE: &str = "<!doctype html><html><head><title>Service Unavailable</title></head>\
    <body><h1>The service is unavailable.</h1></body></html>";

impl Fault {
    /// How long the answer is held back, if that is all the fault does.
    pub fn delay(&self) -> Option<Duration> {
        match self.answer {
            FaultAnswer::Delay { ms } => Some(Duration::from_millis(ms)),
            _ => None,
        }
    }

    /// Whether the connection is dropped instead of an answer.
    pub fn closes(&self) -> bool {
        matches!(self.answer, FaultAnswer::Close)
    }

    /// The refusal that an `entra` fault stands for.
    pub fn refusal(&self) -> Option<Refusal> {
        match &self.answer {
            FaultAnswer::Entra {
                error,
                code,
                suberror,
                description,
            } => Some(Refusal {
                error: error.clone(),
                code: *code,
                suberror: suberror.clone(),
                sentence: description
                    .clone()
                    .unwrap_or_else(|| "A fault that was asked for.".to_owned()),
                ..Refusal::default()
            }),
            FaultAnswer::Aadsts(fault) => fault.refusal(),
            _ => None,
        }
    }

    /// The answer of a sign-in route.
    pub fn entra_response(&self, world: &World, headers: &HeaderMap) -> Response {
        let ids = Ids::new(world, headers, None);
        match &self.answer {
            FaultAnswer::Status {
                status,
                code,
                message,
                ..
            } => {
                let status = status_code(*status);
                let refusal = Refusal {
                    error: code
                        .clone()
                        .unwrap_or_else(|| entra_error(status).to_owned()),
                    code: 90033,
                    suberror: None,
                    sentence: message.clone().unwrap_or_else(|| {
                        "A transient error has occurred. Please try again.".to_owned()
                    }),
                    ..Refusal::default()
                };
                let mut answer = json_answer(status, &refusal.body(world, &ids), &ids);
                for (name, value) in self.headers(world) {
                    answer.headers_mut().insert(name, value);
                }
                answer
            }
            FaultAnswer::Entra { .. } | FaultAnswer::Aadsts(_) => self
                .refusal()
                .map_or_else(Response::default, |refusal| refusal.answer(world, &ids)),
            _ => self.shapeless().into_response(),
        }
    }

    /// The answer of `operation` of Graph, which was reached under `origin`.
    pub fn graph_reply(
        &self,
        world: &World,
        ids: &GraphIds,
        operation: &Operation,
        origin: &str,
    ) -> Reply {
        match &self.answer {
            FaultAnswer::Status {
                status,
                code,
                message,
                ..
            } => {
                let status = status_code(*status);
                let throttles = status == StatusCode::TOO_MANY_REQUESTS && code.is_none();
                let message = message
                    .clone()
                    .unwrap_or_else(|| "A fault that was asked for.".to_owned());
                let reply = if status.is_success() {
                    Reply {
                        status,
                        headers: Vec::new(),
                        body: Vec::new(),
                    }
                } else if throttles && operation.meter != Meter::Outlook {
                    throttled(operation).reply(world, ids)
                } else {
                    let code = code
                        .clone()
                        .unwrap_or_else(|| graph_code(status).to_owned());
                    GraphFault::new(status, code, message).reply(world, ids)
                };
                reply.with_headers(self.headers(world))
            }
            FaultAnswer::Entra { error, .. } => {
                GraphFault::bad_request(error, "A fault that was asked for.").reply(world, ids)
            }
            FaultAnswer::Aadsts(fault) => {
                GraphFault::bad_request("BadRequest", format!("AADSTS{}", fault.code))
                    .reply(world, ids)
            }
            FaultAnswer::ClaimsChallenge { claims } => {
                let claims = claims.clone().unwrap_or_else(|| revoked_now(world));
                GraphFault::claims_challenge(&STANDARD.encode(claims.to_string()), origin)
                    .reply(world, ids)
            }
            FaultAnswer::InsufficientClaims => GraphFault::insufficient_claims().reply(world, ids),
            _ => self.shapeless(),
        }
    }

    /// The answer inside a batch. A single request cannot drop the connection
    /// there; it answers as a gateway that lost it.
    pub async fn stand_in(
        &self,
        world: &World,
        ids: &GraphIds,
        operation: &Operation,
        origin: &str,
        work: impl FnOnce() -> Reply,
    ) -> Reply {
        if let Some(delay) = self.delay() {
            if self.after_work {
                let reply = work();
                tokio::time::sleep(delay).await;
                return reply;
            }
            tokio::time::sleep(delay).await;
            return work();
        }
        if self.after_work {
            work();
        }
        if self.closes() {
            return GraphFault::new(StatusCode::GATEWAY_TIMEOUT, "UnknownError", "")
                .reply(world, ids);
        }
        self.graph_reply(world, ids, operation, origin)
    }

    /// Answers that look the same on every route.
    fn shapeless(&self) -> Reply {
        let (status, kind, body) = match &self.answer {
            FaultAnswer::Html { status } => (
                status_code(*status),
                "text/html; charset=utf-8",
                GATEWAY_PAGE,
            ),
            FaultAnswer::HalfJson => (
                StatusCode::OK,
                "application/json; charset=utf-8",
                "{\"access_token\":\"ey",
            ),
            _ => (StatusCode::OK, "", ""),
        };
        let headers = match kind {
            "" => Vec::new(),
            kind => vec![(header::CONTENT_TYPE, HeaderValue::from_static(kind))],
        };
        Reply {
            status,
            headers,
            body: body.as_bytes().to_vec(),
        }
    }

    fn headers(&self, world: &World) -> Vec<(HeaderName, HeaderValue)> {
        let FaultAnswer::Status {
            retry_after,
            headers,
            ..
        } = &self.answer
        else {
            return Vec::new();
        };
        let retry_after = retry_after
            .as_ref()
            .and_then(|text| Some((header::RETRY_AFTER, text.value(&world.clock)?)));
        headers
            .iter()
            .filter_map(|(name, value)| {
                Some((
                    HeaderName::from_bytes(name.as_bytes()).ok()?,
                    HeaderValue::from_str(value).ok()?,
                ))
            })
            .chain(retry_after)
            .collect()
    }
}

/// The claims that the service asks for when sessions were just revoked.
fn revoked_now(world: &World) -> Value {
    json!({"access_token": {"nbf": {
        "essential": true,
        "value": world.clock.now().to_string(),
    }}})
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn entra_error(status: StatusCode) -> &'static str {
    match status.as_u16() {
        429 | 503 => "temporarily_unavailable",
        500.. => "server_error",
        401 => "invalid_client",
        _ => "invalid_request",
    }
}

/// 429 of an operation that is not Outlook's. The directory says what ran out
/// ("Microsoft Graph service-specific throttling limits", identity and access).
fn throttled(operation: &Operation) -> GraphFault {
    let fault = GraphFault::too_many_requests();
    match operation.meter {
        Meter::None => fault
            .header(
                HeaderName::from_static("x-ms-throttle-scope"),
                "Tenant_Application/ReadWrite",
            )
            .header(
                HeaderName::from_static("x-ms-throttle-information"),
                "ResourceUnitLimitExceeded",
            ),
        Meter::Outlook | Meter::Insights | Meter::Presence => fault,
    }
}

/// Codes as the service gives them with a status ("Microsoft Graph error
/// responses and resource types"; "Microsoft Graph throttling guidance").
fn graph_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "InvalidAuthenticationToken",
        403 => "ErrorAccessDenied",
        404 => "ErrorItemNotFound",
        413 => "RequestEntityTooLarge",
        429 => "ApplicationThrottled",
        503 => "serviceNotAvailable",
        504 => "UnknownError",
        500.. => "generalException",
        _ => "BadRequest",
    }
}
