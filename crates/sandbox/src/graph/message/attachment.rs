//! Attachments as clients write them.
//!
//! Source: Graph v1.0 reference, "attachment", "fileAttachment" and
//! "itemAttachment resource type".

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Map, Value};

use super::super::fault::GraphFault;
use super::json::{boolean, is_annotation, line, literal, object, text, unknown};
use super::read as read_message;
use crate::mailboxes::{Attachment, AttachmentContent, Kept};

/// A file's name has at most 255 characters, of any script.
pub const NAME_CHARS_MAX: usize = 255;
/// Type and subtype have at most 127 characters each (RFC 6838 §4.2).
pub const CONTENT_TYPE_CHARS_MAX: usize = 256;
/// A content id fills one line of mail (RFC 5322 §2.1.1), and a little more.
pub const CONTENT_ID_CHARS_MAX: usize = 1024;
/// As long as addresses are that every browser takes.
const CONTENT_LOCATION_CHARS_MAX: usize = 2048;

/// Reads an attachment. One without `@odata.type` is of an abstract type: 422.
pub fn read(value: Value) -> Result<Attachment, GraphFault> {
    let mut fields = object(value, "attachment")?;
    let kind = fields.remove("@odata.type");
    let kind = kind
        .as_ref()
        .and_then(Value::as_str)
        .map(|kind| kind.trim_start_matches('#'));
    match kind {
        Some("microsoft.graph.fileAttachment") => file(fields),
        Some("microsoft.graph.itemAttachment") => item(fields),
        Some("microsoft.graph.referenceAttachment") => Err(reference(&fields)),
        _ => Err(GraphFault::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "UnprocessableType",
            "Cannot process input of abstract type 'Microsoft.OutlookServices.Attachment'.",
        )),
    }
}

fn file(fields: Map<String, Value>) -> Result<Attachment, GraphFault> {
    let mut attachment = empty(AttachmentContent::File(Kept::new(Vec::new())));
    for (name, value) in fields {
        match name.as_str() {
            "contentBytes" => {
                let encoded = text(value, &name)?.unwrap_or_default();
                attachment.content = AttachmentContent::File(Kept::new(decode(&encoded)?));
            }
            "contentId" => attachment.content_id = line(value, &name, CONTENT_ID_CHARS_MAX)?,
            "contentLocation" => {
                attachment.content_location = line(value, &name, CONTENT_LOCATION_CHARS_MAX)?;
            }
            _ => common(&name, value, &mut attachment, "fileAttachment")?,
        }
    }
    named(attachment)
}

fn item(fields: Map<String, Value>) -> Result<Attachment, GraphFault> {
    let mut attachment = empty(AttachmentContent::File(Kept::new(Vec::new())));
    let mut inner = None;
    for (name, value) in fields {
        match name.as_str() {
            "item" => {
                let kind = value.get("@odata.type").and_then(Value::as_str);
                if kind.is_none_or(|kind| kind.trim_start_matches('#') != "microsoft.graph.message")
                {
                    return Err(GraphFault::bad_request(
                        "ErrorInvalidRequest",
                        "Only items of the type 'microsoft.graph.message' can be attached here.",
                    ));
                }
                inner = Some(read_message(value)?);
            }
            _ => common(&name, value, &mut attachment, "itemAttachment")?,
        }
    }
    let inner = inner.ok_or_else(|| {
        GraphFault::bad_request("ErrorInvalidArgument", "The attachment's item is required.")
    })?;
    attachment.content_type = "message/rfc822".to_owned();
    attachment.content = AttachmentContent::Item(inner.into());
    named(attachment)
}

/// v1.0's `referenceAttachment` has no properties beside the common ones, so no
/// link can be told.
fn reference(fields: &Map<String, Value>) -> GraphFault {
    const COMMON: [&str; 4] = ["name", "contentType", "size", "isInline"];
    match fields
        .keys()
        .find(|name| !is_annotation(name) && !COMMON.contains(&name.as_str()))
    {
        Some(name) => unknown(name, "referenceAttachment"),
        None => GraphFault::bad_request(
            "ErrorInvalidArgument",
            "A reference attachment needs its source.",
        ),
    }
}

fn common(
    name: &str,
    value: Value,
    attachment: &mut Attachment,
    kind: &str,
) -> Result<(), GraphFault> {
    match name {
        "name" => attachment.name = line(value, name, NAME_CHARS_MAX)?.unwrap_or_default(),
        "contentType" => {
            if let Some(kind) = line(value, name, CONTENT_TYPE_CHARS_MAX)? {
                attachment.content_type = kind;
            }
        }
        "isInline" => attachment.inline = boolean(&value, name)?.unwrap_or_default(),
        // The service's own.
        "size" | "id" | "lastModifiedDateTime" => {}
        other if is_annotation(other) => {}
        other => return Err(unknown(other, kind)),
    }
    Ok(())
}

fn named(attachment: Attachment) -> Result<Attachment, GraphFault> {
    if attachment.name.is_empty() {
        return Err(GraphFault::bad_request(
            "ErrorInvalidArgument",
            "The attachment's name is required.",
        ));
    }
    Ok(attachment)
}

/// An attachment without a name.
pub fn empty(content: AttachmentContent) -> Attachment {
    Attachment {
        id: String::new(),
        name: String::new(),
        content_type: "application/octet-stream".to_owned(),
        content_id: None,
        content_location: None,
        inline: false,
        modified_ms: 0,
        content,
    }
}

/// Edm.Binary would be base64 for URLs; the service takes the ordinary one, and
/// so do clients write it.
fn decode(encoded: &str) -> Result<Vec<u8>, GraphFault> {
    STANDARD
        .decode(encoded)
        .or_else(|_| URL_SAFE.decode(encoded))
        .map_err(|_| literal("contentBytes", "Edm.Binary"))
}
