//! `POST /me/messages/{id}/attachments/createUploadSession`: asks where a large file may be written to.
//! Source: Graph v1.0 reference, "attachment: createUploadSession".

use http::{Response, StatusCode};
use message::Attachment;
use reqwest::Request;
use serde::Serialize;
use serde_json::Value;

use crate::add_attachment::{self, AttachOutcome};
use crate::base_url::BaseUrl;
use crate::error::Refusal;
use crate::immutable_id;
use crate::json;
use crate::outgoing::{self, Inline};
use crate::send_mail::NotSent;
use crate::upload_url::UploadUrl;

/// Files of fewer bytes are refused here and attached directly. Same page: 3 MB to 150 MB; where a megabyte has 1,048,576
/// bytes, slightly larger files are refused as well.
pub const UPLOAD_BYTES_MIN: u64 = 3_000_000;

/// A place to write the bytes of one file to, in order, and how far it is. It ends by itself after an hour or two.
#[derive(Clone, Debug)]
pub struct UploadSession {
    pub(crate) url: UploadUrl,
    /// The next byte that is wanted.
    pub(crate) next: u64,
    pub(crate) bytes: u64,
}

impl UploadSession {
    /// The next byte that is wanted.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The server has the next `bytes` bytes already.
    pub fn pass(&mut self, bytes: u64) {
        self.next = self.next.saturating_add(bytes);
    }
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "AttachmentItem")]
    item: AttachmentItem<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttachmentItem<'a> {
    attachment_type: &'static str,
    name: &'a str,
    size: u64,
    content_type: &'a str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    inline: Option<Inline<'a>>,
}

/// Builds the request.
///
/// # Errors
/// Never for a name that a file can have.
pub fn request(base: &BaseUrl, draft: &str, attachment: &Attachment) -> Result<Request, NotSent> {
    let body = Body {
        item: AttachmentItem {
            attachment_type: "file",
            name: &attachment.name,
            size: attachment.bytes,
            content_type: &attachment.content_type,
            inline: Inline::of(attachment),
        },
    };
    let url = base.join(&immutable_id::path(
        draft,
        "/attachments/createUploadSession",
    ));
    let mut request = outgoing::post(url, &body)?;
    immutable_id::prefer(request.headers_mut());
    Ok(request)
}

/// Reads the answer: 201 with a URL that may be believed.
///
/// # Errors
/// Anything else.
pub fn read(
    base: &BaseUrl,
    attachment: &Attachment,
    answer: &Response<Vec<u8>>,
) -> Result<UploadSession, AttachOutcome> {
    if answer.status() != StatusCode::CREATED {
        return Err(add_attachment::refused(answer));
    }
    let place = || {
        let session: Value = serde_json::from_slice(answer.body()).ok()?;
        UploadUrl::believe(base, &json::text(&session, "uploadUrl")?)
    };
    match place() {
        Some(url) => Ok(UploadSession {
            url,
            next: 0,
            bytes: attachment.bytes,
        }),
        None => Err(add_attachment::unexpected(Refusal::read(answer).request_id)),
    }
}

#[cfg(test)]
mod tests {
    use message::{AttachmentId, ContentId};
    use serde_json::json;

    use super::*;

    // Source: Graph v1.0 reference, "attachment: createUploadSession", example 2: an inline attachment.
    #[test]
    fn a_picture_says_so_and_a_file_does_not() {
        let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
        let id = AttachmentId::new("a1").unwrap();
        let content_id = ContentId::of(&id);
        let file = Attachment {
            id,
            name: "scan.png".to_owned(),
            content_type: "image/png".to_owned(),
            bytes: 3_483_322,
            sha256: String::new(),
            content_id: None,
        };
        let picture = Attachment {
            content_id: Some(content_id),
            ..file.clone()
        };
        let item = |attachment| {
            let request = request(&base, "d1", attachment).unwrap();
            let body = request.body().unwrap().as_bytes().unwrap();
            serde_json::from_slice::<Value>(body).unwrap()
        };
        let expected = json!({"AttachmentItem": {
            "attachmentType": "file",
            "name": "scan.png",
            "size": 3_483_322,
            "contentType": "image/png",
        }});
        assert_eq!(item(&file), expected);
        let mut expected = expected;
        expected["AttachmentItem"]["isInline"] = json!(true);
        expected["AttachmentItem"]["contentId"] = json!("a1@signet");
        assert_eq!(item(&picture), expected);
    }
}
