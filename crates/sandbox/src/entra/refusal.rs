//! Refusals on their way to a client: the error body, its headers, and the ids
//! by which support finds a request again.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::facts::{Fact, PARAMETER_MISSING, REQUEST_MALFORMED};
use crate::origin::Origin;
use crate::pages;
use crate::world::World;

/// A refusal on its way to a client.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    /// OAuth `error`.
    pub error: String,
    /// AADSTS number.
    pub code: u32,
    /// Entra's `suberror`.
    pub suberror: Option<String>,
    /// What is said after the number.
    pub sentence: String,
    /// HTTP status where it is not the one that follows from `error`.
    pub status: Option<u16>,
    /// JSON for the `claims` parameter of the next interactive request.
    pub claims: Option<String>,
    /// More numbers after the first one; the v1.0 endpoint gives the family of
    /// the fault beside the fault.
    pub more_codes: Vec<u32>,
    /// `Retry-After` in seconds, where the service is overloaded.
    pub retry_after: Option<u32>,
    /// How old the refused refresh token is, for the telemetry header.
    pub refresh_age_ms: Option<i64>,
}

/// Where a person whose password ran out is sent (seen in error bodies of the
/// live service).
const PASSWORD_CHANGE_URL: &str = "https://portal.microsoftonline.com/ChangePassword.aspx";
/// The number that v1.0 puts before the reason of a bad grant.
const V1_GRANT_FAMILY: u32 = 70002;
/// What an overloaded service asks for when nobody says otherwise.
const RETRY_AFTER_SECONDS: u32 = 60;

impl From<&Fact> for Refusal {
    fn from(fact: &Fact) -> Self {
        Self {
            error: fact.error.to_owned(),
            code: fact.code,
            suberror: fact.suberror.map(str::to_owned),
            sentence: fact.sentence.to_owned(),
            status: fact.status,
            claims: fact.claims.map(str::to_owned),
            retry_after: (fact.status == Some(429)).then_some(RETRY_AFTER_SECONDS),
            ..Self::default()
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

    /// The same refusal with the claims that would satisfy it.
    pub fn demanding(mut self, claims: &Value) -> Self {
        self.claims = Some(claims.to_string());
        self
    }

    /// The same refusal as the v1.0 endpoint tells it: a bad grant comes with the
    /// number of its family first (seen in recordings, `[70002, 70008]`).
    pub fn in_v1_words(mut self) -> Self {
        if self.error == "invalid_grant" {
            self.sentence = format!(
                "Error validating credentials. AADSTS{}: {}",
                self.code, self.sentence
            );
            self.more_codes = vec![self.code];
            self.code = V1_GRANT_FAMILY;
        }
        self
    }

    /// `error_description` in the form of error bodies: one line.
    pub fn description(&self, world: &World, ids: &Ids) -> String {
        self.description_parts(world, ids).join(" ")
    }

    /// `error_description` in the form of redirects: CRLF between its parts.
    pub fn description_lines(&self, world: &World, ids: &Ids) -> String {
        self.description_parts(world, ids).join("\r\n")
    }

    fn description_parts(&self, world: &World, ids: &Ids) -> [String; 4] {
        [
            format!("AADSTS{}: {}", self.code, self.sentence),
            format!("Trace ID: {}", ids.trace_id),
            format!("Correlation ID: {}", ids.correlation_id),
            format!("Timestamp: {}", world.clock.entra_timestamp()),
        ]
    }

    /// `error_uri` in Entra's form.
    pub fn uri(&self) -> String {
        format!("https://login.microsoftonline.com/error?code={}", self.code)
    }

    /// The error body of the token and metadata endpoints.
    pub fn body(&self, world: &World, ids: &Ids) -> Value {
        let codes: Vec<u32> = std::iter::once(self.code)
            .chain(self.more_codes.iter().copied())
            .collect();
        let mut body = json!({
            "error": self.error,
            "error_description": self.description(world, ids),
            "error_codes": codes,
            "timestamp": world.clock.entra_timestamp(),
            "trace_id": ids.trace_id,
            "correlation_id": ids.correlation_id,
            "error_uri": self.uri(),
        });
        if let Some(fields) = body.as_object_mut() {
            let url = (self.suberror.as_deref() == Some("user_password_expired"))
                .then_some(PASSWORD_CHANGE_URL);
            for (name, value) in [
                ("suberror", self.suberror.as_deref()),
                ("claims", self.claims.as_deref()),
                ("password_change_url", url),
            ] {
                if let Some(value) = value {
                    fields.insert(name.to_owned(), json!(value));
                }
            }
        }
        body
    }

    /// The whole answer.
    pub fn answer(&self, world: &World, ids: &Ids) -> Response {
        let mut answer = json_answer(self.http_status(), &self.body(world, ids), ids);
        let headers = answer.headers_mut();
        if let Some(value) = telemetry(self.code, self.refresh_age_ms) {
            headers.insert("x-ms-clitelem", value);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }

    /// 401 for trouble with the client's authentication, 429 and 5xx for load,
    /// 400 for the rest.
    pub fn http_status(&self) -> StatusCode {
        match self.status.map(StatusCode::from_u16) {
            Some(Ok(status)) => status,
            _ if self.error == "invalid_client" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// The answer to a form that is longer than is read: a page where a page had sent
/// it, the error body at the endpoints that clients post to.
pub fn form_too_long(world: &World, path: &str, headers: &HeaderMap) -> Response {
    let refusal = Refusal::from(&REQUEST_MALFORMED)
        .saying("Invalid request. The request body is too long to be read.");
    let ids = Ids::new(world, headers, None);
    if ["/token", "/devicecode"]
        .iter()
        .any(|end| path.ends_with(end))
    {
        refusal.answer(world, &ids)
    } else {
        pages::refusal(world, &refusal, &ids)
    }
}

/// `x-ms-clitelem`, what the libraries send back as their last telemetry:
/// version, number of the error, number of the sub-error, age of the refresh
/// token in milliseconds with a fraction, ring.
pub fn telemetry(code: u32, refresh_age_ms: Option<i64>) -> Option<HeaderValue> {
    let age = refresh_age_ms.map_or_else(String::new, |ms| format!("{}.0", ms.max(0)));
    HeaderValue::from_str(&format!("1,{code},0,{age},")).ok()
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
    pub fn new(world: &World, headers: &HeaderMap, parameter: Option<&str>) -> Self {
        let asked = headers
            .get("client-request-id")
            .and_then(|value| value.to_str().ok())
            .or(parameter)
            .and_then(|text| Uuid::try_parse(text).ok());
        Self {
            trace_id: world.dice.uuid().to_string(),
            correlation_id: asked.unwrap_or_else(|| world.dice.uuid()).to_string(),
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

/// Strict-Transport-Security, as the live service sends it. On loopback a browser
/// would keep every other server there to HTTPS for a year, so it is given only
/// under the names that are stood in for.
pub fn only_https(answer: &mut Response, origin: &Origin) {
    if origin.cloud().is_some() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        answer
            .headers_mut()
            .insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}
