//! `PUT` of a range to an upload session. It goes without a token: the URL holds one, and another is refused.
//! Source: Graph, "Attach large files to Outlook messages as attachments".

use std::time::Duration;

use http::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use reqwest::{Method, Request};
use serde_json::Value;

use crate::add_attachment::{self, AttachOutcome};
use crate::create_upload_session::UploadSession;
use crate::error::{Refusal, Unreachable};
use crate::json;
use crate::send_mail::{self, NotSent, Why};
use crate::transport::Limits;

/// What goes in one request at most, in bytes: up to 4 MB are advised, and twelve times 320 KiB suit every host of
/// uploads. Same page.
pub const RANGE_BYTES_MAX: usize = 3_932_160;

/// A range takes its time on a slow line.
pub(crate) const LIMITS: Limits = Limits {
    time: Duration::from_secs(300),
    ..send_mail::LIMITS
};

/// What became of writing a range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Written {
    /// It is there; the session has moved on to the next byte that is wanted.
    More,
    /// It was the last one: the file is attached.
    Attached,
    /// The server has these bytes already, from a request whose answer was lost.
    Known,
    /// The session does not fit any more or has ended: another one is needed, from the first byte on.
    Ended,
    /// Anything else.
    Not(AttachOutcome),
}

/// Builds the request that writes `range` where the session stands. `None` when nothing fits there.
#[must_use]
pub fn request(session: &UploadSession, range: Vec<u8>) -> Option<Request> {
    let length = u64::try_from(range.len())
        .ok()
        .filter(|length| *length > 0)?;
    let last = session.next.checked_add(length)?.checked_sub(1)?;
    let all = session.bytes;
    let place = HeaderValue::from_str(&format!("bytes {}-{last}/{all}", session.next)).ok()?;
    if last >= all {
        return None;
    }
    let mut request = Request::new(Method::PUT, session.url.url()?);
    let headers = request.headers_mut();
    headers.insert(CONTENT_RANGE, place);
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    *request.body_mut() = Some(range.into());
    Some(request)
}

/// Reads the answer to a range that ends before byte `end`, and moves the session on.
#[must_use]
pub fn read(session: &mut UploadSession, end: u64, answer: &Response<Vec<u8>>) -> Written {
    let is_last = end >= session.bytes;
    match answer.status() {
        StatusCode::CREATED if is_last => Written::Attached,
        StatusCode::OK if is_last => match next_expected(answer.body()) {
            None => Written::Attached,
            Some(_) => Written::Ended,
        },
        StatusCode::OK | StatusCode::ACCEPTED | StatusCode::CREATED => {
            match next_expected(answer.body()).unwrap_or(end) {
                next if next == end => {
                    session.next = end;
                    Written::More
                }
                _ => Written::Ended,
            }
        }
        StatusCode::RANGE_NOT_SATISFIABLE
            if Refusal::read(answer).code.as_deref() == Some("fragmentOverlap") =>
        {
            Written::Known
        }
        // The URL is all that there is of a right to write: a fresh token would not help, another session may.
        StatusCode::RANGE_NOT_SATISFIABLE
        | StatusCode::NOT_FOUND
        | StatusCode::GONE
        | StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN => Written::Ended,
        _ => Written::Not(add_attachment::refused(answer)),
    }
}

/// What a missing answer means.
pub(crate) fn failed(why: Unreachable) -> AttachOutcome {
    let unclear = |why| AttachOutcome::Unclear {
        why,
        retry_after: None,
        request_id: None,
    };
    match why {
        Unreachable::NotConnected | Unreachable::Authority => {
            AttachOutcome::NotSent(NotSent::Offline)
        }
        Unreachable::TimedOut => unclear(Why::TimedOut),
        Unreachable::Lost => unclear(Why::ConnectionLost),
    }
}

/// The first byte of the first range that is still wanted: written `"2097152"`, `"2097152-"` or `"2097152-9"`, under a
/// name with a small or a capital letter.
fn next_expected(body: &[u8]) -> Option<u64> {
    let said: Value = serde_json::from_slice(body).ok()?;
    let (_, ranges) = said
        .as_object()?
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("nextExpectedRanges"))?;
    let first = json::text_of(ranges.as_array()?.first()?)?;
    first.split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests;
