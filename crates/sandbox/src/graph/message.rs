//! Reading Graph's `message` from JSON.
//!
//! Source: Graph v1.0 reference, "message resource type", "fileAttachment" and
//! "Outlook extended properties". Unknown properties are refused, as there.

mod parts;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fault::GraphFault;
use crate::mailboxes::{Attachment, Header, Mailbox};

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
            "attachments" => written.attachments = list(value, parts::attachment)?,
            "internetMessageHeaders" => written.headers = parts::headers(value)?,
            "singleValueExtendedProperties" => written.properties = parts::properties(value)?,
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
