//! One exchange with the authority: bounded in time and length, and every failure told apart.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::error::refusal::{Refusal, is_down, word};
use crate::error::{EntraError, EntraErrorKind, Unreachable, Unreadable};

/// How long an answer may take, body included. Entra answers in under a second; a slow line needs a few.
pub(crate) const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// The longest answer. Metadata has 2 KB, keys 15 KB, tokens of people in many groups 30 KB.
pub(crate) const ANSWER_BYTES_MAX: usize = 512 * 1_024;

/// What is asked of an authority that names no time when it says "too many requests".
const RETRY_AFTER_UNSTATED: Duration = Duration::from_secs(60);

/// The longest wait that is obeyed; a longer one would look like a dead program.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60 * 60);

/// Hears of each exchange when it has ended, on the task that waits for its answer, so it must be quick.
pub type Observer = Arc<dyn Fn(&Exchange<'_>) + Send + Sync>;

/// One request to the authority, and what became of it. No body is told, and no header.
pub struct Exchange<'a> {
    /// Its method.
    pub method: &'a http::Method,
    /// Its address; no code and no token ever stands in one, but a tenant's name may.
    pub uri: &'a http::Uri,
    /// The media type of its body, where it has one.
    pub content_type: Option<&'a str>,
    /// Our name for it, which the authority calls the correlation id.
    pub client_request_id: &'a str,
    /// The authority's name for it, where it told one.
    pub request_id: Option<&'a str>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// From the first byte out to the last byte in.
    pub took: Duration,
}

/// The HTTP client, and who hears of what it sends.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    pub(crate) observer: Option<Observer>,
}

/// An answer: its body and what of its head is of use.
pub(crate) struct Answer {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

/// What of an answer's head is of use.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// The server's clock, to tell whether ours is wrong.
    pub(crate) date: Option<SystemTime>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) correlation_id: Option<String>,
    request_id: Option<String>,
    content_type: Option<String>,
}

/// Sends a request and reads the whole answer, whatever its status.
pub(crate) async fn send(
    http: &Http,
    mut request: http::Request<Vec<u8>>,
    now: SystemTime,
) -> Result<Answer, EntraError> {
    let correlation_id = uuid::Uuid::new_v4().to_string();
    if let Ok(value) = http::HeaderValue::from_str(&correlation_id) {
        request.headers_mut().insert("client-request-id", value);
    }
    let asked = outline(&request);
    let started = Instant::now();
    let mut outcome = exchange(&http.client, request, now).await;
    if let Some(observer) = &http.observer {
        observer(&Exchange {
            method: asked.method(),
            uri: asked.uri(),
            content_type: (asked.headers().get(CONTENT_TYPE)).and_then(|kind| kind.to_str().ok()),
            client_request_id: &correlation_id,
            request_id: match &outcome {
                Ok(answer) => answer.head.request_id.as_deref(),
                Err(_) => None,
            },
            status: match &outcome {
                Ok(answer) => Some(answer.head.status),
                Err(error) => error.status,
            },
            took: started.elapsed(),
        });
    }
    match &mut outcome {
        Ok(answer) => {
            answer.head.correlation_id = answer.head.correlation_id.take().or(Some(correlation_id))
        }
        Err(error) => error.correlation_id = error.correlation_id.take().or(Some(correlation_id)),
    }
    outcome
}

/// A request without its body, which holds codes and tokens.
fn outline(request: &http::Request<Vec<u8>>) -> http::Request<()> {
    let mut outline = http::Request::new(());
    outline.method_mut().clone_from(request.method());
    outline.uri_mut().clone_from(request.uri());
    outline.headers_mut().clone_from(request.headers());
    outline
}

async fn exchange(
    http: &reqwest::Client,
    request: http::Request<Vec<u8>>,
    now: SystemTime,
) -> Result<Answer, EntraError> {
    let mut request = reqwest::Request::try_from(request).map_err(unreachable)?;
    *request.timeout_mut() = Some(EXCHANGE_TIMEOUT);
    let asked = request.url().clone();
    let mut response = http.execute(request).await.map_err(unreachable)?;
    let head = Head::read(&response, now);
    if *response.url() != asked || (300..=399).contains(&head.status) {
        return Err(unreadable(&head, Unreadable::Moved));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(unreadable(&head, Unreadable::TooLong));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { head, body })
}

impl Head {
    fn read(response: &reqwest::Response, now: SystemTime) -> Self {
        let text = |name: &str| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let status = response.status().as_u16();
        let stated = text("retry-after").and_then(|value| read_retry_after(&value, now));
        let unstated = (status == 429).then_some(RETRY_AFTER_UNSTATED);
        Self {
            status,
            date: text("date").and_then(|date| httpdate::parse_http_date(&date).ok()),
            retry_after: stated.or(unstated).map(|wait| wait.min(RETRY_AFTER_MAX)),
            correlation_id: text("client-request-id").and_then(|id| word(&id)),
            request_id: text("x-ms-request-id").and_then(|id| word(&id)),
            content_type: text("content-type").map(|kind| kind.to_ascii_lowercase()),
        }
    }
}

/// Reads `Retry-After`: seconds, also with a fraction, or a date (RFC 9110 §10.2.3).
fn read_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    match value.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => httpdate::parse_http_date(value)
            .ok()
            .map(|then| then.duration_since(now).unwrap_or_default()),
    }
}

impl Answer {
    /// Why this answer is not the one hoped for: the authority's refusal where it is one, else what is wrong with it.
    pub(crate) fn refusal(&self) -> EntraError {
        match serde_json::from_slice::<Refusal>(&self.body) {
            Ok(refusal) if refusal.is_one() => {
                self.head.complete(refusal.read(Some(self.head.status)))
            }
            _ => unreadable(&self.head, self.fault()),
        }
    }

    /// What keeps this answer from being read, supposing that something does.
    pub(crate) fn fault(&self) -> Unreadable {
        let kind = self.head.content_type.as_deref().unwrap_or_default();
        let first = self.body.iter().find(|byte| !byte.is_ascii_whitespace());
        match first {
            None => Unreadable::Empty,
            Some(b'<') => Unreadable::Html,
            Some(_) if kind.starts_with("text/html") => Unreadable::Html,
            Some(_) if serde_json::from_slice::<Value>(&self.body).is_err() => Unreadable::NotJson,
            Some(_) if self.head.status != 200 => Unreadable::Status,
            Some(_) => Unreadable::Incomplete,
        }
    }
}

impl Head {
    /// Adds to an error what the head knows.
    pub(crate) fn complete(&self, mut error: EntraError) -> EntraError {
        error.status = Some(self.status);
        error.retry_after = self.retry_after;
        error.correlation_id = error
            .correlation_id
            .take()
            .or_else(|| self.correlation_id.clone());
        error
    }
}

/// An answer that is not the protocol's. From a server in trouble it says no more than that.
pub(crate) fn unreadable(head: &Head, fault: Unreadable) -> EntraError {
    let error = if is_down(head.status) {
        EntraError::new(EntraErrorKind::ServerDown, "server_down")
    } else {
        EntraError::new(EntraErrorKind::Unreadable(fault), "unreadable_answer")
    };
    head.complete(error)
}

fn unreachable(cause: reqwest::Error) -> EntraError {
    let mut error = EntraError::new(EntraErrorKind::Unreachable(why(&cause)), "unreachable");
    // Without the URL: an authorization code or a token never stands in one, but a tenant's name does.
    error.source = Some(Arc::new(cause.without_url()));
    error
}

/// What an error wraps. An `io::Error` that wraps another passes over it in `source`, and TLS errors are wrapped twice.
fn below<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match wrapped {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// Told by the kinds of the errors beneath, never by their text.
fn why(cause: &reqwest::Error) -> Unreachable {
    if cause.is_timeout() {
        return Unreachable::Timeout;
    }
    let beneath = std::iter::successors(cause.source(), |error| below(*error));
    let kinds: Vec<io::ErrorKind> = beneath
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .collect();
    let has = |kind| kinds.contains(&kind);
    if has(io::ErrorKind::ConnectionRefused) {
        Unreachable::Refused
    } else if has(io::ErrorKind::TimedOut) {
        Unreachable::Timeout
    } else if cause.is_connect() && has(io::ErrorKind::InvalidData) {
        // rustls reports a certificate or a protocol it does not accept as invalid data.
        Unreachable::Tls
    } else if cause.is_connect()
        && !has(io::ErrorKind::ConnectionReset)
        && !has(io::ErrorKind::UnexpectedEof)
    {
        // No address for the name, or no way to the address.
        Unreachable::Offline
    } else {
        Unreachable::Broken
    }
}

#[cfg(test)]
impl Answer {
    /// An answer without a head to speak of.
    pub(crate) fn of(status: u16, body: &[u8]) -> Self {
        let head = Head {
            status,
            date: None,
            retry_after: None,
            correlation_id: None,
            request_id: None,
            content_type: None,
        };
        Self {
            head,
            body: body.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::read_retry_after;

    #[test]
    fn retry_after_is_seconds_fractions_or_a_date() {
        // RFC 9110 §10.2.3's own date, seen a minute before.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(946_684_739);
        for (value, expected) in [
            ("120", Some(Duration::from_secs(120))),
            (" 2.128 ", Some(Duration::from_millis(2_128))),
            (
                "Fri, 31 Dec 1999 23:59:59 GMT",
                Some(Duration::from_secs(60)),
            ),
            ("Fri, 31 Dec 1999 23:00:00 GMT", Some(Duration::ZERO)),
            ("-1", None),
            ("inf", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(read_retry_after(value, now), expected, "{value}");
        }
    }
}
