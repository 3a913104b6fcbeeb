//! What is told of each request, for whoever shows what was asked and what came back.
//!
//! Nothing is kept here, and no token, header or body is told.

use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Response};
use reqwest::{Request, Url};

use crate::error::Unreachable;

/// Hears of each exchange when it has ended, on the task that waits for its answer, so it must be quick.
pub type Observer = Arc<dyn Fn(&Exchange<'_>) + Send + Sync>;

/// The longest request id that is passed on; true ones are GUIDs.
const ID_BYTES_MAX: usize = 64;

/// One request, and what became of it.
pub struct Exchange<'a> {
    /// Whom it went to.
    pub to: To,
    /// Its method.
    pub method: &'a Method,
    /// Its URL, which may name a person or a message in its path and query. Of an upload no more than the host, since a token
    /// stands in the rest.
    pub url: Url,
    /// The media type of its body, where it has one.
    pub content_type: Option<&'a str>,
    /// Our name for it, new for every attempt; uploads have none.
    pub client_request_id: Option<&'a str>,
    /// The server's name for it, for support.
    pub request_id: Option<&'a str>,
    /// The HTTP status, or why there is none.
    pub status: Result<u16, Unreachable>,
    /// From the first byte out to the last byte in.
    pub took: Duration,
    /// Why it was asked again, where it was.
    pub again: Option<Again>,
}

/// Whom a request went to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum To {
    /// Graph, with a token.
    Graph,
    /// Where a file is written to, with a token in the URL.
    Upload,
}

/// Why a request was made that had been made before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Again {
    /// Graph refused the token, and this one bears a fresh one.
    TokenRefused,
    /// It belongs to a message that was tried before, by another attempt of the caller's.
    EarlierAttempt {
        /// Which attempt this is, counted from 1.
        attempt: u32,
    },
}

impl<'a> Exchange<'a> {
    /// What is told of a request and its answer.
    pub(crate) fn new(
        to: To,
        request: &'a Request,
        answer: &'a Result<Response<Vec<u8>>, Unreachable>,
        took: Duration,
    ) -> Self {
        let mut url = request.url().clone();
        if to == To::Upload {
            url.set_path("/");
            url.set_query(None);
        }
        let headers = answer.as_ref().ok().map(Response::headers);
        Self {
            to,
            method: request.method(),
            url,
            content_type: header(request.headers(), CONTENT_TYPE.as_str()),
            client_request_id: None,
            request_id: headers.and_then(|headers| id(headers, "request-id")),
            status: match answer {
                Ok(answer) => Ok(answer.status().as_u16()),
                Err(why) => Err(*why),
            },
            took,
            again: None,
        }
    }
}

fn id<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let is_word = |id: &&str| {
        id.len() <= ID_BYTES_MAX
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    header(headers, name).filter(is_word)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
