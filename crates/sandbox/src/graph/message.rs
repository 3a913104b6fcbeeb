//! Reading Graph's `message` from JSON.
//!
//! Source: Graph v1.0 reference, "message resource type", "fileAttachment" and
//! "Outlook extended properties". Unknown properties are refused, as there.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::fault::GraphFault;
use crate::mailboxes::{Attachment, Header, Mailbox};

/// At most five custom headers ("internetMessageHeader resource type").
const HEADERS_MAX: usize = 5;
/// Wide enough that text made of HTML is not wrapped, as Exchange leaves it.
const TEXT_WIDTH: usize = 10_000;

/// Properties of `message` that may come and are not kept.
const IGNORED: [&str; 26] = [
    "bodyPreview",
    "categories",
    "changeKey",
    "conversationId",
    "conversationIndex",
    "createdDateTime",
    "extensions",
    "flag",
    "hasAttachments",
    "id",
    "importance",
    "inferenceClassification",
    "internetMessageId",
    "isDeliveryReceiptRequested",
    "isDraft",
    "isRead",
    "isReadReceiptRequested",
    "lastModifiedDateTime",
    "multiValueExtendedProperties",
    "parentFolderId",
    "receivedDateTime",
    "replyTo",
    "sender",
    "sentDateTime",
    "uniqueBody",
    "webLink",
];

/// What a client wrote.
#[derive(Debug, Default)]
pub struct Written {
    /// From, if it was set.
    pub from: Option<Mailbox>,
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc.
    pub bcc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// HTML body.
    pub html: Option<String>,
    /// Text body, or the text alternative of the HTML one.
    pub text: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Custom headers.
    pub headers: Vec<Header>,
    /// Single-value extended properties.
    pub properties: BTreeMap<String, String>,
}

/// Reads a `message`.
pub fn read(value: &Value) -> Result<Written, GraphFault> {
    let mut written = Written::default();
    for (name, value) in object(value, "message")? {
        match name.as_str() {
            "subject" => written.subject = text(value),
            "body" => body(value, &mut written)?,
            "from" => {
                written.from = if value.is_null() {
                    None
                } else {
                    Some(recipient(value)?)
                }
            }
            "toRecipients" => written.to = recipients(value)?,
            "ccRecipients" => written.cc = recipients(value)?,
            "bccRecipients" => written.bcc = recipients(value)?,
            "attachments" => written.attachments = list(value, attachment)?,
            "internetMessageHeaders" => written.headers = headers(value)?,
            "singleValueExtendedProperties" => written.properties = properties(value)?,
            other if other.contains('@') || IGNORED.contains(&other) => {}
            other => return Err(unknown(other, "message")),
        }
    }
    Ok(written)
}

/// The text alternative of an HTML body, as a mail server makes it.
pub fn text_of_html(html: &str) -> String {
    html2text::config::plain_no_decorate()
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), TEXT_WIDTH)
        .map(|text| text.trim_end().to_owned())
        .unwrap_or_default()
}

fn body(value: &Value, written: &mut Written) -> Result<(), GraphFault> {
    if value.is_null() {
        return Ok(());
    }
    let fields = object(value, "itemBody")?;
    known(fields, &["contentType", "content"], "itemBody")?;
    let content = fields.get("content").map(text).unwrap_or_default();
    match fields.get("contentType").and_then(Value::as_str) {
        Some(kind) if kind.eq_ignore_ascii_case("html") => {
            written.text = text_of_html(&content);
            written.html = Some(content);
        }
        Some(kind) if kind.eq_ignore_ascii_case("text") => written.text = content,
        None => written.text = content,
        Some(kind) => {
            return Err(GraphFault::bad_request(
                "RequestBodyRead",
                format!("Requested value '{kind}' was not found."),
            ));
        }
    }
    Ok(())
}

fn recipients(value: &Value) -> Result<Vec<Mailbox>, GraphFault> {
    list(value, recipient)
}

fn recipient(value: &Value) -> Result<Mailbox, GraphFault> {
    let fields = object(value, "recipient")?;
    known(fields, &["emailAddress"], "recipient")?;
    let fields = object(
        fields.get("emailAddress").unwrap_or(&Value::Null),
        "emailAddress",
    )?;
    known(fields, &["name", "address"], "emailAddress")?;
    Ok(Mailbox {
        name: fields
            .get("name")
            .and_then(Value::as_str)
            .map(str::to_owned),
        address: fields.get("address").map(text).unwrap_or_default(),
    })
}

/// An attachment without `@odata.type` is of an abstract type: 422.
fn attachment(value: &Value) -> Result<Attachment, GraphFault> {
    let fields = object(value, "attachment")?;
    match fields.get("@odata.type").and_then(Value::as_str) {
        Some(kind) if kind.trim_start_matches('#') == "microsoft.graph.fileAttachment" => {}
        Some(_) => {
            return Err(GraphFault::bad_request(
                "ErrorInvalidRequest",
                "Only attachments of the type 'microsoft.graph.fileAttachment' are taken here.",
            ));
        }
        None => {
            return Err(GraphFault::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "UnprocessableType",
                "Cannot process input of abstract type 'microsoft.graph.attachment'.",
            ));
        }
    }
    known(
        fields,
        &[
            "name",
            "contentType",
            "contentBytes",
            "contentId",
            "contentLocation",
            "isInline",
            "size",
            "id",
            "lastModifiedDateTime",
        ],
        "fileAttachment",
    )?;
    let content = fields
        .get("contentBytes")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let content = STANDARD.decode(content).map_err(|_| {
        GraphFault::bad_request(
            "RequestBodyRead",
            "Cannot convert the literal to the expected type 'Edm.Binary'.",
        )
    })?;
    let name = fields.get("name").map(text).unwrap_or_default();
    if name.is_empty() {
        return Err(GraphFault::bad_request(
            "ErrorInvalidArgument",
            "The attachment's name is required.",
        ));
    }
    Ok(Attachment {
        name,
        content_type: fields
            .get("contentType")
            .and_then(Value::as_str)
            .unwrap_or("application/octet-stream")
            .to_owned(),
        content_id: fields
            .get("contentId")
            .and_then(Value::as_str)
            .map(str::to_owned),
        inline: fields
            .get("isInline")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
        content,
    })
}

fn headers(value: &Value) -> Result<Vec<Header>, GraphFault> {
    let headers = list(value, |value| {
        let fields = object(value, "internetMessageHeader")?;
        known(fields, &["name", "value"], "internetMessageHeader")?;
        Ok(Header {
            name: fields.get("name").map(text).unwrap_or_default(),
            value: fields.get("value").map(text).unwrap_or_default(),
        })
    })?;
    if headers.is_empty() || headers.len() > HEADERS_MAX {
        return Err(GraphFault::bad_request(
            "InvalidInternetMessageHeaderCollection",
            "Maximum number of headers in one message should be less than or equal to 5.",
        ));
    }
    if let Some(header) = headers.iter().find(|header| {
        let name = header.name.to_ascii_lowercase();
        !name.starts_with("x-")
            || !name
                .chars()
                .all(|letter| letter.is_ascii_graphic() && letter != ':')
    }) {
        return Err(GraphFault::bad_request(
            "InvalidInternetMessageHeader",
            format!(
                "The internet message header name '{}' should start with 'x-' or 'X-'.",
                header.name
            ),
        ));
    }
    Ok(headers)
}

/// An id is a type and a name, number or tag ("Outlook extended properties
/// overview", id formats); the type is the only part that is checked.
fn properties(value: &Value) -> Result<BTreeMap<String, String>, GraphFault> {
    const TYPES: [&str; 8] = [
        "String",
        "Integer",
        "Boolean",
        "SystemTime",
        "Binary",
        "Double",
        "Short",
        "CLSID",
    ];
    let pairs = list(value, |value| {
        let fields = object(value, "singleValueLegacyExtendedProperty")?;
        known(
            fields,
            &["id", "value"],
            "singleValueLegacyExtendedProperty",
        )?;
        let id = fields.get("id").map(text).unwrap_or_default();
        if !id
            .split_once(' ')
            .is_some_and(|(kind, _)| TYPES.contains(&kind))
        {
            return Err(GraphFault::bad_request(
                "ErrorInvalidProperty",
                "The extended property's id is not valid.",
            ));
        }
        Ok((id, fields.get("value").map(text).unwrap_or_default()))
    })?;
    Ok(pairs.into_iter().collect())
}

fn list<T>(
    value: &Value,
    read: impl Fn(&Value) -> Result<T, GraphFault>,
) -> Result<Vec<T>, GraphFault> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => items.iter().map(read).collect(),
        _ => Err(GraphFault::bad_request(
            "RequestBodyRead",
            "A 'StartArray' node was expected.",
        )),
    }
}

fn object<'v>(value: &'v Value, kind: &str) -> Result<&'v Map<String, Value>, GraphFault> {
    value.as_object().ok_or_else(|| {
        GraphFault::bad_request(
            "RequestBodyRead",
            format!("A 'StartObject' node was expected for 'microsoft.graph.{kind}'."),
        )
    })
}

fn known(fields: &Map<String, Value>, names: &[&str], kind: &str) -> Result<(), GraphFault> {
    fields
        .keys()
        .find(|name| !name.contains('@') && !names.contains(&name.as_str()))
        .map_or(Ok(()), |name| Err(unknown(name, kind)))
}

fn unknown(name: &str, kind: &str) -> GraphFault {
    GraphFault::bad_request(
        "RequestBodyRead",
        format!(
            "The property '{name}' does not exist on type 'microsoft.graph.{kind}'. Make sure to only use property names that are defined by the type."
        ),
    )
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
