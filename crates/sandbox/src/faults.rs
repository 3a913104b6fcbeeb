//! Faults on demand: the next answers of a route are replaced, delayed, cut
//! short, or given after the work was done all the same.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::entra::{Ids, Refusal, json_answer};
use crate::graph::{GraphFault, GraphIds, Reply};
use crate::guard::lock;
use crate::world::World;

/// How many faults may wait at once.
const FAULTS_MAX: usize = 200;
/// How often one fault may be used, and how long one may delay: no test waits
/// longer, and a forgotten fault must not last for ever.
const COUNT_MAX: u32 = 100_000;
const DELAY_MS_MAX: u64 = 5 * 60 * 1000;

/// The routes a fault can name.
pub const ROUTES: [&str; 9] = [
    "token",
    "authorize",
    "metadata",
    "keys",
    "me",
    "photo",
    "manager",
    "batch",
    "sendMail",
];

/// A fault that waits for its route.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    /// One of `ROUTES`.
    pub route: String,
    /// How many answers it still replaces.
    #[serde(default = "once")]
    pub count: u32,
    /// What is answered instead.
    pub answer: FaultAnswer,
    /// Whether the real work is done first: the mail is stored, the code is used.
    #[serde(default)]
    pub after_work: bool,
}

/// What a fault answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultAnswer {
    /// An error of the service, in its own shape.
    Status {
        /// HTTP status.
        status: u16,
        /// Graph's `error.code`, or OAuth's `error`.
        #[serde(default)]
        code: Option<String>,
        /// The message.
        #[serde(default)]
        message: Option<String>,
        /// `Retry-After`, a number or any text.
        #[serde(default)]
        retry_after: Option<Value>,
        /// More headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// A page where JSON belongs, as a gateway answers.
    Html {
        /// HTTP status.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// 200, and JSON that stops in the middle.
    HalfJson,
    /// 200, and no body.
    Empty,
    /// No answer: the connection is dropped.
    Close,
    /// The real answer, late.
    Delay {
        /// By how much.
        ms: u64,
    },
    /// An error of Entra ID with a code of choice.
    Entra {
        /// OAuth `error`.
        error: String,
        /// AADSTS number.
        #[serde(default)]
        code: u32,
        /// `suberror`.
        #[serde(default)]
        suberror: Option<String>,
        /// What is said after the number.
        #[serde(default)]
        description: Option<String>,
    },
}

fn once() -> u32 {
    1
}

fn bad_gateway() -> u16 {
    502
}

/// The faults that wait, in the order they were asked for.
#[derive(Default)]
pub struct Faults {
    waiting: Mutex<VecDeque<Fault>>,
}

impl Faults {
    /// Adds a fault. `Err` says why it cannot be had.
    pub fn add(&self, mut fault: Fault) -> Result<(), String> {
        if !ROUTES.contains(&fault.route.as_str()) {
            return Err(format!("route must be one of {}", ROUTES.join(", ")));
        }
        if let FaultAnswer::Status { status, .. } | FaultAnswer::Html { status } = fault.answer
            && !(200..=599).contains(&status)
        {
            return Err("status must lie between 200 and 599".to_owned());
        }
        fault.count = fault.count.min(COUNT_MAX);
        let mut waiting = lock(&self.waiting);
        if waiting.len() >= FAULTS_MAX {
            return Err(format!("at most {FAULTS_MAX} faults can wait"));
        }
        waiting.push_back(fault);
        Ok(())
    }

    /// Takes one use of the first fault that waits for `route`.
    pub fn take(&self, route: &str) -> Option<Fault> {
        let mut waiting = lock(&self.waiting);
        waiting.retain(|fault| fault.count > 0);
        let fault = waiting.iter_mut().find(|fault| fault.route == route)?;
        fault.count -= 1;
        Some(fault.clone())
    }

    /// What still waits.
    pub fn waiting(&self) -> Vec<Fault> {
        lock(&self.waiting)
            .iter()
            .filter(|fault| fault.count > 0)
            .cloned()
            .collect()
    }

    /// Forgets them.
    pub fn clear(&self) {
        lock(&self.waiting).clear();
    }
}

impl Fault {
    /// How long the answer is held back, if that is all the fault does.
    pub fn delay(&self) -> Option<Duration> {
        match self.answer {
            FaultAnswer::Delay { ms } => Some(Duration::from_millis(ms.min(DELAY_MS_MAX))),
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
            }),
            _ => None,
        }
    }

    /// The answer of a sign-in route.
    pub fn entra_response(&self, world: &World, headers: &HeaderMap) -> Response {
        let ids = Ids::new(headers, None);
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
                };
                let mut answer = json_answer(status, &refusal.body(world, &ids), &ids);
                for (name, value) in self.headers() {
                    answer.headers_mut().insert(name, value);
                }
                answer
            }
            FaultAnswer::Entra { .. } => self
                .refusal()
                .map_or_else(Response::default, |refusal| refusal.answer(world, &ids)),
            _ => self.shapeless().into_response(),
        }
    }

    /// The answer of a Graph route.
    pub fn graph_reply(&self, world: &World, ids: &GraphIds) -> Reply {
        match &self.answer {
            FaultAnswer::Status {
                status,
                code,
                message,
                ..
            } => {
                let status = status_code(*status);
                let code = code
                    .clone()
                    .unwrap_or_else(|| graph_code(status).to_owned());
                let message = message
                    .clone()
                    .unwrap_or_else(|| "A fault that was asked for.".to_owned());
                let reply = if status.is_success() {
                    Reply {
                        status,
                        headers: Vec::new(),
                        body: Vec::new(),
                    }
                } else {
                    GraphFault::new(status, code, message).reply(world, ids)
                };
                reply.with_headers(self.headers())
            }
            FaultAnswer::Entra { error, .. } => {
                GraphFault::bad_request(error, "A fault that was asked for.").reply(world, ids)
            }
            _ => self.shapeless(),
        }
    }

    /// The answer inside a batch. A single request cannot drop the connection
    /// there; it answers as a gateway that lost it.
    pub async fn stand_in(
        &self,
        world: &World,
        ids: &GraphIds,
        work: impl FnOnce() -> Reply,
    ) -> Reply {
        if let Some(delay) = self.delay() {
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
        self.graph_reply(world, ids)
    }

    /// Answers that look the same on every route.
    fn shapeless(&self) -> Reply {
        let (status, kind, body) = match &self.answer {
            FaultAnswer::Html { status } => (
                status_code(*status),
                "text/html; charset=utf-8",
                Html("<!doctype html><html><head><title>Service Unavailable</title></head><body><h1>The service is unavailable.</h1></body></html>").0,
            ),
            FaultAnswer::HalfJson => (StatusCode::OK, "application/json; charset=utf-8", "{\"access_token\":\"ey"),
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

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let FaultAnswer::Status {
            retry_after,
            headers,
            ..
        } = &self.answer
        else {
            return Vec::new();
        };
        let retry_after = retry_after.as_ref().map(|value| match value {
            Value::String(text) => ("retry-after".to_owned(), text.clone()),
            other => ("retry-after".to_owned(), other.to_string()),
        });
        headers
            .clone()
            .into_iter()
            .chain(retry_after)
            .filter_map(|(name, value)| {
                Some((
                    HeaderName::from_bytes(name.as_bytes()).ok()?,
                    HeaderValue::from_str(&value).ok()?,
                ))
            })
            .collect()
    }
}

/// What the control API says about waiting faults.
pub fn describe(faults: &[Fault]) -> Value {
    json!({"faults": faults})
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
