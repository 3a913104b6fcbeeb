//! `GET /me/messages/{id}`: a draft as it stands in the mailbox.
//! Source: Graph v1.0 reference, "Get message".

use http::{Method, Response, StatusCode};
use reqwest::Request;

use crate::base_url::BaseUrl;
use crate::error::{GraphError, Refusal};
use crate::immutable_id;
use crate::kept_draft::{self, KeptDraft};

pub(crate) const SCOPES: &[&str] = &["Mail.ReadWrite"];

/// Builds the request.
#[must_use]
pub fn request(base: &BaseUrl, id: &str) -> Request {
    let mut url = base.join(&immutable_id::path(id, ""));
    url.query_pairs_mut()
        .append_pair("$select", kept_draft::SELECTED);
    let mut request = Request::new(Method::GET, url);
    immutable_id::prefer(request.headers_mut());
    request
}

/// Reads the answer. `None`: it is not there any more.
///
/// # Errors
/// Any other status, and an answer that is no whole message.
pub fn read(answer: &Response<Vec<u8>>) -> Result<Option<KeptDraft>, GraphError> {
    match answer.status() {
        StatusCode::OK => kept_draft::read(answer.body())
            .map(Some)
            .ok_or_else(|| GraphError::Unreadable(Box::new(Refusal::read(answer)))),
        _ if is_gone(answer) => Ok(None),
        _ => Err(GraphError::read(answer)),
    }
}

/// 404 of the message itself, and not of a mailbox that is none.
pub(crate) fn is_gone(answer: &Response<Vec<u8>>) -> bool {
    let code = Refusal::read(answer).code;
    answer.status() == StatusCode::NOT_FOUND && code.is_none_or(|code| code == "ErrorItemNotFound")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept_draft::tests::stored;

    #[test]
    fn only_what_is_needed_is_asked_for() {
        let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
        let request = request(&base, "AA/k==");
        assert_eq!(request.url().path(), "/v1.0/me/messages/AA%2Fk%3D%3D");
        assert_eq!(request.headers()["prefer"], "IdType=\"ImmutableId\"");
        let query: Vec<_> = request.url().query_pairs().collect();
        assert_eq!(query, [("$select".into(), kept_draft::SELECTED.into())]);
    }

    #[test]
    fn a_message_is_there_or_gone_or_nobody_knows() {
        let stored = stored().to_string();
        for (status, body, expected) in [
            (200, stored.as_str(), Some(true)),
            (200, "{}", None),
            (200, "", None),
            (404, "", Some(false)),
            (
                404,
                r#"{"error":{"code":"ErrorItemNotFound"}}"#,
                Some(false),
            ),
            (
                404,
                r#"{"error":{"code":"MailboxNotEnabledForRESTAPI"}}"#,
                None,
            ),
            (403, "", None),
            (503, "", None),
        ] {
            let answer = Response::builder()
                .status(status)
                .body(body.into())
                .unwrap();
            let found = read(&answer).ok().map(|found| found.is_some());
            assert_eq!(found, expected, "{status} {body}");
        }
    }
}
