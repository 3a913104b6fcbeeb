//! `PATCH /me/messages/{id}`: writes a draft's text over what the mailbox has of it, and `POST /me/messages` for one that
//! is not there yet.
//! Source: Graph v1.0 reference, "Update message", "Create message"; RFC 9110 §13.1.1 for `If-Match`.

use http::header::{CONTENT_TYPE, HeaderValue, IF_MATCH};
use http::{Method, Response, StatusCode};
use message::{DIRECT_REQUEST_BYTES_MAX, Draft};
use reqwest::{Request, Url};
use serde_json::{Map, Value, json};

use crate::base_url::BaseUrl;
use crate::error::{GraphError, Refusal};
use crate::get_message::is_gone;
use crate::immutable_id;
use crate::kept_draft::{self, KeptDraft};
use crate::outgoing::KEY_PROPERTY;

pub(crate) const SCOPES: &[&str] = &["Mail.ReadWrite"];

/// What became of writing a draft's text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeepOutcome {
    /// It stands there now, so.
    Kept(Box<KeptDraft>),
    /// 412: another version than the one that was named is there. Nothing was written.
    Changed,
    /// 404: it is not there any more.
    Gone,
    /// It is more than one request takes. Nothing was asked.
    TooLarge,
    /// No answer, or another one. It may have been written.
    Failed(GraphError),
}

/// Builds the request that makes it, stamped with a key by which it is found again. It bears no header that a recipient
/// would see: it may be sent from elsewhere. `None` where it is too large.
#[must_use]
pub fn create(base: &BaseUrl, draft: &Draft, key: &str) -> Option<Request> {
    let mut fields = kept_draft::written(draft);
    let property = json!([{"id": KEY_PROPERTY, "value": key}]);
    fields.insert("singleValueExtendedProperties".to_owned(), property);
    request(Method::POST, base.join("/me/messages"), fields)
}

/// Builds the request that writes over the version with this ETag. `None` where it is too large, or the ETag is none.
#[must_use]
pub fn update(base: &BaseUrl, id: &str, etag: &str, draft: &Draft) -> Option<Request> {
    let url = base.join(&immutable_id::path(id, ""));
    let mut request = request(Method::PATCH, url, kept_draft::written(draft))?;
    request
        .headers_mut()
        .insert(IF_MATCH, kept_draft::header(etag)?);
    Some(request)
}

fn request(method: Method, url: Url, fields: Map<String, Value>) -> Option<Request> {
    let body = Value::Object(fields).to_string();
    if body.len() > DIRECT_REQUEST_BYTES_MAX {
        return None;
    }
    let mut request = Request::new(method, url);
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(CONTENT_TYPE, json);
    immutable_id::prefer(request.headers_mut());
    *request.body_mut() = Some(body.into());
    Some(request)
}

/// Reads the answer to either.
#[must_use]
pub fn read(answer: &Response<Vec<u8>>) -> KeepOutcome {
    match answer.status() {
        StatusCode::OK | StatusCode::CREATED => kept_draft::read(answer.body()).map_or_else(
            || KeepOutcome::Failed(GraphError::Unreadable(Box::new(Refusal::read(answer)))),
            |kept| KeepOutcome::Kept(Box::new(kept)),
        ),
        StatusCode::PRECONDITION_FAILED => KeepOutcome::Changed,
        _ if is_gone(answer) => KeepOutcome::Gone,
        _ => KeepOutcome::Failed(GraphError::read(answer)),
    }
}

#[cfg(test)]
mod tests {
    use message::Body;

    use super::*;
    use crate::kept_draft::tests::stored;

    fn base() -> BaseUrl {
        BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap()
    }

    fn draft() -> Draft {
        Draft {
            subject: "Größe".to_owned(),
            body: Body::Text("שלום".to_owned()),
            ..Draft::default()
        }
    }

    fn body(request: &Request) -> Value {
        serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap()
    }

    #[test]
    fn a_draft_is_made_with_its_key_and_no_header() {
        let made = create(&base(), &draft(), "01arz3ndektsv4rrffq69g5fav").unwrap();
        assert_eq!(
            (made.method(), made.url().path()),
            (&Method::POST, "/v1.0/me/messages")
        );
        assert_eq!(
            body(&made)["singleValueExtendedProperties"],
            json!([{
                "id": "String {c1f1a6a0-5b9e-4f0e-9c57-51673e700001} Name SignetOutboxKey",
                "value": "01arz3ndektsv4rrffq69g5fav",
            }])
        );
        assert_eq!(body(&made).get("internetMessageHeaders"), None);
    }

    #[test]
    fn a_draft_is_written_over_one_version_only() {
        let update = update(&base(), "AA/k==", "W/\"CQAA\"", &draft()).unwrap();
        assert_eq!(
            (update.method(), update.url().path()),
            (&Method::PATCH, "/v1.0/me/messages/AA%2Fk%3D%3D")
        );
        assert_eq!(update.headers()["if-match"], "W/\"CQAA\"");
        assert_eq!(update.headers()["prefer"], "IdType=\"ImmutableId\"");
        assert_eq!(
            body(&update),
            json!({
                "subject": "Größe",
                "body": {"contentType": "text", "content": "שלום"},
                "toRecipients": [], "ccRecipients": [], "bccRecipients": [],
                "replyTo": [],
                "importance": "normal",
                "isReadReceiptRequested": false,
                "isDeliveryReceiptRequested": false,
            })
        );
    }

    #[test]
    fn nothing_is_asked_without_a_version_or_with_too_much() {
        assert!(update(&base(), "AAk", "a\nb", &draft()).is_none());
        let large = Draft {
            body: Body::Text("x".repeat(DIRECT_REQUEST_BYTES_MAX)),
            ..Draft::default()
        };
        assert!(update(&base(), "AAk", "W/\"CQAA\"", &large).is_none());
        assert!(create(&base(), &large, "key").is_none());
    }

    #[test]
    fn changed_elsewhere_is_told_from_gone_and_from_failed() {
        let stored = stored().to_string();
        for (status, body, expected) in [
            (200, stored.as_str(), "kept"),
            (201, stored.as_str(), "kept"),
            (200, "{}", "failed"),
            (
                412,
                r#"{"error":{"code":"ErrorIrresolvableConflict"}}"#,
                "changed",
            ),
            (412, "", "changed"),
            (404, r#"{"error":{"code":"ErrorItemNotFound"}}"#, "gone"),
            (
                404,
                r#"{"error":{"code":"MailboxNotEnabledForRESTAPI"}}"#,
                "failed",
            ),
            (429, "", "failed"),
            (503, "", "failed"),
        ] {
            let answer = Response::builder()
                .status(status)
                .body(body.into())
                .unwrap();
            let found = match read(&answer) {
                KeepOutcome::Kept(kept) => {
                    assert_eq!(kept.etag, "W/\"CQAAABYAAAC\"");
                    "kept"
                }
                KeepOutcome::Changed => "changed",
                KeepOutcome::Gone => "gone",
                KeepOutcome::TooLarge => "too large",
                KeepOutcome::Failed(_) => "failed",
            };
            assert_eq!(found, expected, "{status} {body}");
        }
    }
}
