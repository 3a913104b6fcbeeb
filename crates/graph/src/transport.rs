//! One request on the wire: bounded in time and size, and honest about what is known when it fails.

use std::time::Duration;

use http::Response;

use crate::error::Unreachable;

/// How long an answer may take and how long it may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first byte out to the last byte in.
    pub time: Duration,
    /// A longer body is not read, as if it were empty.
    pub answer_bytes_max: usize,
}

/// Sends one request and reads its answer.
///
/// When the head of an answer is there, it is an answer: a body that breaks off, drags on or is too long comes back
/// empty, because the status alone already decides what may be done next.
pub async fn exchange(
    http: &reqwest::Client,
    mut request: reqwest::Request,
    limits: Limits,
) -> Result<Response<Vec<u8>>, Unreachable> {
    *request.timeout_mut() = Some(limits.time);
    let asked = request.url().clone();
    let mut received = http
        .execute(request)
        .await
        .map_err(|error| unreachable(&error))?;
    let mut answer = Response::new(Vec::new());
    *answer.status_mut() = received.status();
    *answer.headers_mut() = received.headers().clone();
    // A client that follows redirects would show another address here. What stands there is not Graph's answer.
    if *received.url() != asked {
        *answer.status_mut() = http::StatusCode::FOUND;
        return Ok(answer);
    }
    // 202 is taken over for delivery whatever follows, so nothing is waited for.
    if received.status() != http::StatusCode::ACCEPTED {
        *answer.body_mut() = body(&mut received, limits.answer_bytes_max)
            .await
            .unwrap_or_default();
    }
    Ok(answer)
}

async fn body(received: &mut reqwest::Response, bytes_max: usize) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = received.chunk().await.ok()? {
        if body.len() + chunk.len() > bytes_max {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// Only the connection phase proves that no byte left: name look-up, TCP, proxy and TLS come before the request.
/// A time limit that strikes is not such a proof, even if it struck while connecting.
fn unreachable(error: &reqwest::Error) -> Unreachable {
    if error.is_connect() || error.is_builder() {
        Unreachable::NotConnected
    } else if error.is_timeout() {
        Unreachable::TimedOut
    } else {
        Unreachable::Lost
    }
}
