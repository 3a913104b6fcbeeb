//! Refusals on their way to a client: the error body, its headers, and the ids
//! by which support finds a request again.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::facts::{Fact, PARAMETER_MISSING};
use crate::world::World;

/// A refusal on its way to a client.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// OAuth `error`.
    pub error: String,
    /// AADSTS number.
    pub code: u32,
    /// Entra's `suberror`.
    pub suberror: Option<String>,
    /// What is said after the number.
    pub sentence: String,
}

impl From<&Fact> for Refusal {
    fn from(fact: &Fact) -> Self {
        Self {
            error: fact.error.to_owned(),
            code: fact.code,
            suberror: fact.suberror.map(str::to_owned),
            sentence: fact.sentence.to_owned(),
        }
    }
}

impl Refusal {
    /// The refusal for a parameter that is missing.
    pub fn missing(parameter: &str) -> Self {
        let mut refusal = Self::from(&PARAMETER_MISSING);
        refusal.sentence =
            format!("The request body must contain the following parameter: '{parameter}'.");
        refusal
    }

    /// The same refusal with a sentence that names what it is about.
    pub fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.sentence = sentence.into();
        self
    }

    /// The same refusal under another OAuth error; a redirect says
    /// `consent_required` where the token endpoint says `invalid_grant`.
    pub fn under(mut self, error: &str) -> Self {
        error.clone_into(&mut self.error);
        self
    }

    /// `error_description` in Entra's form.
    pub fn description(&self, world: &World, ids: &Ids) -> String {
        format!(
            "AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
            self.code,
            self.sentence,
            ids.trace_id,
            ids.correlation_id,
            world.clock.entra_timestamp()
        )
    }

    /// `error_uri` in Entra's form.
    pub fn uri(&self) -> String {
        format!("https://login.microsoftonline.com/error?code={}", self.code)
    }

    /// The error body of the token and metadata endpoints.
    pub fn body(&self, world: &World, ids: &Ids) -> Value {
        let mut body = json!({
            "error": self.error,
            "error_description": self.description(world, ids),
            "error_codes": [self.code],
            "timestamp": world.clock.entra_timestamp(),
            "trace_id": ids.trace_id,
            "correlation_id": ids.correlation_id,
            "error_uri": self.uri(),
        });
        if let (Some(suberror), Some(fields)) = (&self.suberror, body.as_object_mut()) {
            fields.insert("suberror".to_owned(), json!(suberror));
        }
        body
    }

    /// The whole answer: 401 for trouble with the client's authentication, 400
    /// for the rest.
    pub fn answer(&self, world: &World, ids: &Ids) -> Response {
        let status = if self.error == "invalid_client" {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        };
        let mut answer = json_answer(status, &self.body(world, ids), ids);
        let telemetry = format!("1,{},0,,", self.code);
        if let Ok(value) = HeaderValue::from_str(&telemetry) {
            answer.headers_mut().insert("x-ms-clitelem", value);
        }
        answer
    }
}

/// The ids by which a request can be found again.
#[derive(Debug, Clone)]
pub struct Ids {
    /// Made for every answer.
    pub trace_id: String,
    /// The client's `client-request-id`, or one made for it.
    pub correlation_id: String,
}

impl Ids {
    /// Takes the client's id from its header or parameter if it is a GUID.
    pub fn new(headers: &HeaderMap, parameter: Option<&str>) -> Self {
        let asked = headers
            .get("client-request-id")
            .and_then(|value| value.to_str().ok())
            .or(parameter)
            .and_then(|text| Uuid::try_parse(text).ok());
        Self {
            trace_id: Uuid::new_v4().to_string(),
            correlation_id: asked.unwrap_or_else(Uuid::new_v4).to_string(),
        }
    }
}

/// A JSON answer with the headers of the live service.
pub fn json_answer(status: StatusCode, body: &Value, ids: &Ids) -> Response {
    let mut answer = (status, body.to_string()).into_response();
    let headers = answer.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_TYPE.as_str(),
            "application/json; charset=utf-8",
        ),
        (header::CACHE_CONTROL.as_str(), "no-store, no-cache"),
        (header::PRAGMA.as_str(), "no-cache"),
        (header::EXPIRES.as_str(), "-1"),
        (header::X_CONTENT_TYPE_OPTIONS.as_str(), "nosniff"),
        ("x-xss-protection", "0"),
        ("p3p", "CP=\"DSP CUR OTPi IND OTRi ONL FIN\""),
        ("x-ms-ests-server", "2.1.0.0 - SANDBOX"),
        ("x-ms-clitelem", "1,0,0,,"),
        ("x-ms-srs", "1.P"),
        ("x-ms-request-id", &ids.trace_id),
        ("client-request-id", &ids.correlation_id),
    ] {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            headers.insert(name, value);
        }
    }
    answer
}
