//! `POST /me/messages/{id}/send`: sends a draft.
//! Source: Graph v1.0 reference, "message: send".

use http::Method;
use http::header::{CONTENT_LENGTH, HeaderValue};
use reqwest::Request;

use crate::base_url::BaseUrl;
use crate::immutable_id;

/// Builds the request. Its answer is read as `sendMail`'s is: 202 and nothing else is acceptance. That the draft is not
/// found, or was changed elsewhere meanwhile, says nothing of what became of an earlier request.
///
/// Without `Content-Length: 0` Graph answers 411 (same page, request body).
#[must_use]
pub fn request(base: &BaseUrl, id: &str) -> Request {
    let mut request = Request::new(Method::POST, base.join(&immutable_id::path(id, "/send")));
    immutable_id::prefer(request.headers_mut());
    request
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    request
}
