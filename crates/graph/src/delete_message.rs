//! `DELETE /me/messages/{id}`: removes a draft, after a look whether it still is one.
//! Source: Graph v1.0 reference, "Delete message" and "Get message".

use http::header::IF_MATCH;
use http::{Method, Response, StatusCode};
use reqwest::Request;
use serde_json::Value;

use crate::base_url::BaseUrl;
use crate::error::{GraphError, Refusal};
use crate::get_message::is_gone;
use crate::{immutable_id, kept_draft};

pub(crate) const SCOPES: &[&str] = &["Mail.ReadWrite"];

/// Asks whether it is a draft: the person may have sent it elsewhere, and its id may be that of the copy in Sent Items.
#[must_use]
pub fn ask(base: &BaseUrl, id: &str) -> Request {
    let mut url = base.join(&immutable_id::path(id, ""));
    url.query_pairs_mut().append_pair("$select", "isDraft");
    request(Method::GET, url)
}

/// Builds the request that removes it. It goes to Deleted Items.
#[must_use]
pub fn remove(base: &BaseUrl, id: &str) -> Request {
    request(Method::DELETE, base.join(&immutable_id::path(id, "")))
}

/// Builds the request that removes one version of it and no other. `None` where the ETag is none.
#[must_use]
pub fn remove_version(base: &BaseUrl, id: &str, etag: &str) -> Option<Request> {
    let mut request = remove(base, id);
    request
        .headers_mut()
        .insert(IF_MATCH, kept_draft::header(etag)?);
    Some(request)
}

fn request(method: Method, url: reqwest::Url) -> Request {
    let mut request = Request::new(method, url);
    immutable_id::prefer(request.headers_mut());
    request
}

/// Whether there is a draft to remove.
///
/// # Errors
/// Any status but 200, one that says that it is gone, and an answer that does not say.
pub fn is_draft(answer: &Response<Vec<u8>>) -> Result<bool, GraphError> {
    match answer.status() {
        StatusCode::OK => serde_json::from_slice::<Value>(answer.body())
            .ok()
            .and_then(|message| message.get("isDraft")?.as_bool())
            .ok_or_else(|| GraphError::Unreadable(Box::new(Refusal::read(answer)))),
        _ if is_gone(answer) => Ok(false),
        _ => Err(GraphError::read(answer)),
    }
}

/// Whether it is gone.
///
/// # Errors
/// Any status but 204, and one that says that it is gone.
pub fn read(answer: &Response<Vec<u8>>) -> Result<(), GraphError> {
    match answer.status() {
        StatusCode::NO_CONTENT => Ok(()),
        _ if is_gone(answer) => Ok(()),
        _ => Err(GraphError::read(answer)),
    }
}

/// Whether the version is gone; `false` where another is there.
///
/// # Errors
/// Any status but 204 and 412, and one that says that it is gone.
pub fn read_version(answer: &Response<Vec<u8>>) -> Result<bool, GraphError> {
    match answer.status() {
        StatusCode::PRECONDITION_FAILED => Ok(false),
        _ => read(answer).map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_version_is_removed_and_another_is_left() {
        let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
        let request = remove_version(&base, "AAk", "W/\"CQAA\"").unwrap();
        assert_eq!(request.method(), Method::DELETE);
        assert_eq!(request.headers()["if-match"], "W/\"CQAA\"");
        assert!(remove_version(&base, "AAk", "a\nb").is_none());
        for (status, expected) in [
            (204, Some(true)),
            (404, Some(true)),
            (412, Some(false)),
            (503, None),
        ] {
            let answer = Response::builder().status(status).body(Vec::new()).unwrap();
            assert_eq!(read_version(&answer).ok(), expected, "{status}");
        }
    }

    #[test]
    fn only_what_is_said_to_be_a_draft_is_one() {
        for (status, body, expected) in [
            (200, r#"{"isDraft": true}"#, Some(true)),
            (200, r#"{"isDraft": false}"#, Some(false)),
            (200, r#"{"isDraft": "true"}"#, None),
            (200, "{}", None),
            (200, "", None),
            (404, "", Some(false)),
            (503, "", None),
        ] {
            let answer = Response::builder()
                .status(status)
                .body(body.into())
                .unwrap();
            assert_eq!(is_draft(&answer).ok(), expected, "{status} {body}");
        }
    }

    #[test]
    fn what_is_not_there_is_gone() {
        for (status, gone) in [
            (204, true),
            (404, true),
            (200, false),
            (403, false),
            (500, false),
        ] {
            let answer = Response::builder().status(status).body(Vec::new()).unwrap();
            assert_eq!(read(&answer).is_ok(), gone, "{status}");
        }
    }
}
