//! `GET /me/messages/{id}/attachments`: what is attached to a draft.
//! Source: Graph v1.0 reference, "List attachments" (message).

use http::{Response, StatusCode};
use reqwest::{Method, Request};
use serde_json::Value;

use crate::add_attachment::{self, AttachOutcome};
use crate::base_url::BaseUrl;
use crate::error::Refusal;
use crate::immutable_id;
use crate::json;
use crate::send_mail;
use crate::transport::Limits;

/// More than a message may have. Source: Exchange Online limits: 250 attachments.
const LISTED_MAX: usize = 999;

/// For each, type, media type, id and name.
pub(crate) const LIMITS: Limits = Limits {
    answer_bytes_max: 2 * 1024 * 1024,
    ..send_mail::LIMITS
};

/// Builds the request.
#[must_use]
pub fn request(base: &BaseUrl, draft: &str) -> Request {
    let mut url = base.join(&immutable_id::path(draft, "/attachments"));
    url.query_pairs_mut()
        .append_pair("$select", "name")
        .append_pair("$top", &LISTED_MAX.to_string());
    let mut request = Request::new(Method::GET, url);
    immutable_id::prefer(request.headers_mut());
    request
}

/// The names of what is attached.
///
/// # Errors
/// Any answer but 200 with the whole list.
pub fn read(answer: &Response<Vec<u8>>) -> Result<Vec<String>, AttachOutcome> {
    if answer.status() != StatusCode::OK {
        return Err(add_attachment::refused(answer));
    }
    names(answer.body()).ok_or_else(|| add_attachment::unexpected(Refusal::read(answer).request_id))
}

fn names(body: &[u8]) -> Option<Vec<String>> {
    let list: Value = serde_json::from_slice(body).ok()?;
    // A list that goes on is not the whole of it.
    if json::text(&list, "@odata.nextLink").is_some() {
        return None;
    }
    let name = |attachment: &Value| Some(attachment.get("name")?.as_str()?.to_owned());
    list.get("value")?.as_array()?.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        let two = r#"{"value":[{"name":"a.pdf"},{"name":"計画 .txt"}]}"#;
        for (status, body, expected) in [
            (200, two, Ok(vec!["a.pdf", "計画 .txt"])),
            (200, r#"{"value":[]}"#, Ok(vec![])),
            (200, r#"{"value":[{}]}"#, Err(false)),
            (
                200,
                r#"{"value":[],"@odata.nextLink":"https://x"}"#,
                Err(false),
            ),
            (200, "<html>", Err(false)),
            (200, "", Err(false)),
            (
                404,
                r#"{"error":{"code":"ErrorItemNotFound","message":""}}"#,
                Err(true),
            ),
            (404, "", Err(true)),
            (
                404,
                r#"{"error":{"code":"MailboxNotEnabledForRESTAPI","message":""}}"#,
                Err(false),
            ),
            (503, "", Err(false)),
        ] {
            let answer = Response::builder()
                .status(status)
                .body(body.into())
                .unwrap();
            let read = read(&answer).map_err(|outcome| outcome == AttachOutcome::Gone);
            let expected = expected.map(|names| names.into_iter().map(str::to_owned).collect());
            assert_eq!(read, expected, "{status} {body}");
        }
    }
}
