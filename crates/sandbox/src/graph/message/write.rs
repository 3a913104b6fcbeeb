//! From a message to JSON.
//!
//! Source: Graph v1.0 reference, "message resource type", with the preferences
//! of "Get message"; "Obtain immutable identifiers for Outlook resources".

use serde_json::{Map, Value, json};

use super::super::request::Call;
use super::computed;
use super::read::{FLAG_STATUS, IMPORTANCE, INFERENCE};
use super::safe_html;
use super::transport_headers;
use crate::clock::written;
use crate::directory::Person;
use crate::mailboxes::{Attachment, AttachmentContent, Flag, Message, Recipient, ZonedTime, ids};
use crate::switches::Switches;

/// `bodyPreview` has at most so many characters.
const PREVIEW_CHARS_MAX: usize = 255;

/// What comes without `$select`, in the service's order.
pub const SHOWN: [&str; 29] = [
    "id",
    "createdDateTime",
    "lastModifiedDateTime",
    "changeKey",
    "categories",
    "receivedDateTime",
    "sentDateTime",
    "hasAttachments",
    "internetMessageId",
    "subject",
    "bodyPreview",
    "importance",
    "parentFolderId",
    "conversationId",
    "conversationIndex",
    "isDeliveryReceiptRequested",
    "isReadReceiptRequested",
    "isRead",
    "isDraft",
    "webLink",
    "inferenceClassification",
    "body",
    "sender",
    "from",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "flag",
];

/// How one request wants messages written.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Object id of the mailbox's owner.
    pub owner: &'static str,
    /// Whether ids are the immutable ones.
    pub immutable_ids: bool,
    /// Whether bodies come as text.
    pub text_bodies: bool,
    /// Whether HTML is cleaned.
    pub safe_html: bool,
    asks_unsafe: bool,
}

impl View {
    /// What the `Prefer` headers ask for (RFC 7240).
    pub fn of(call: &Call, person: &Person, switches: &Switches) -> Self {
        let asks_unsafe = call.prefers("outlook.allow-unsafe-html").is_some();
        Self {
            owner: person.oid,
            immutable_ids: call
                .prefers("IdType")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("ImmutableId")),
            text_bodies: call
                .prefers("outlook.body-content-type")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("text")),
            safe_html: switches.safe_html && !asks_unsafe,
            asks_unsafe,
        }
    }

    /// Messages as nobody asked for anything.
    pub fn plain(person: &Person) -> Self {
        Self {
            owner: person.oid,
            immutable_ids: false,
            text_bodies: false,
            safe_html: true,
            asks_unsafe: false,
        }
    }

    /// `Preference-Applied`, if there is anything to say.
    pub fn applied(&self) -> Option<String> {
        let applied: Vec<&str> = [
            (self.immutable_ids, "IdType=\"ImmutableId\""),
            (self.text_bodies, "outlook.body-content-type=\"text\""),
            (self.asks_unsafe, "outlook.allow-unsafe-html"),
        ]
        .into_iter()
        .filter_map(|(applies, name)| applies.then_some(name))
        .collect();
        (!applied.is_empty()).then(|| applied.join(", "))
    }

    /// The message's id as this request wants it.
    pub fn id(&self, message: &Message) -> String {
        if self.immutable_ids {
            message.immutable_id()
        } else {
            message.id()
        }
    }
}

/// A message with the properties that `wanted` lets through, `@odata.etag` and
/// relationships included.
pub fn write(message: &Message, view: &View, wanted: impl Fn(&str) -> bool) -> Map<String, Value> {
    const ON_REQUEST: [&str; 6] = [
        "uniqueBody",
        "internetMessageHeaders",
        "attachments",
        "singleValueExtendedProperties",
        "multiValueExtendedProperties",
        "extensions",
    ];
    let mut fields = Map::new();
    fields.insert("@odata.etag".to_owned(), json!(etag(message)));
    let names = SHOWN.iter().chain(&ON_REQUEST);
    for name in names.filter(|name| wanted(name)) {
        let value = property(message, name, view);
        fields.insert((*name).to_owned(), value);
    }
    fields
}

/// A message as it comes without `$select`.
pub fn write_shown(message: &Message, view: &View) -> Map<String, Value> {
    write(message, view, |name| SHOWN.contains(&name))
}

/// The version as an entity tag.
pub fn etag(message: &Message) -> String {
    format!("W/\"{}\"", message.change_key())
}

fn property(message: &Message, name: &str, view: &View) -> Value {
    match name {
        "id" => json!(view.id(message)),
        "createdDateTime" => time(message.created_ms),
        "lastModifiedDateTime" => time(message.modified_ms),
        "changeKey" => json!(message.change_key()),
        "categories" => json!(message.categories),
        "receivedDateTime" => time(message.received_ms),
        "sentDateTime" => time(message.sent_ms),
        "hasAttachments" => json!(message.has_attachments()),
        "internetMessageId" => json!(message.internet_message_id),
        "subject" => json!(message.subject),
        "bodyPreview" => json!(preview(message)),
        "parentFolderId" => json!(ids::folder(view.owner, message.folder)),
        "conversationId" => json!(ids::conversation(view.owner, message.thread)),
        "conversationIndex" => json!(ids::conversation_index(message.thread, message.depth)),
        "isDeliveryReceiptRequested" => json!(message.delivery_receipt),
        "isReadReceiptRequested" => json!(message.read_receipt.unwrap_or_default()),
        "isRead" => json!(message.is_read),
        "isDraft" => json!(message.is_draft),
        "webLink" => json!(web_link(&message.id())),
        "importance" => named(message.importance, &IMPORTANCE),
        "inferenceClassification" => named(message.inference, &INFERENCE),
        "body" => body(message, view),
        "flag" => flag(&message.flag),
        _ => people_and_parts(message, name, view),
    }
}

fn people_and_parts(message: &Message, name: &str, view: &View) -> Value {
    match name {
        "sender" => json!(message.sender.as_ref().map(recipient)),
        "from" => json!(message.from.as_ref().map(recipient)),
        "toRecipients" => recipients(&message.to),
        "ccRecipients" => recipients(&message.cc),
        "bccRecipients" => recipients(&message.bcc),
        "replyTo" => recipients(&message.reply_to),
        "uniqueBody" => unique_body(message, view),
        "internetMessageHeaders" => headers(message),
        "attachments" => message
            .attachments
            .iter()
            .map(|one| Value::Object(attachment(one, view, false)))
            .collect(),
        "singleValueExtendedProperties" => computed::properties(message)
            .iter()
            .map(|(id, value)| json!({"id": id, "value": value}))
            .collect(),
        "multiValueExtendedProperties" => message
            .list_properties
            .iter()
            .map(|(id, value)| json!({"id": id, "value": value}))
            .collect(),
        _ => json!([]),
    }
}

/// An attachment with what it carries; an attached item only where it was asked
/// for.
pub fn attachment(attachment: &Attachment, view: &View, item: bool) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    let kind = match attachment.content {
        AttachmentContent::File(_) => "#microsoft.graph.fileAttachment",
        AttachmentContent::Item(_) => "#microsoft.graph.itemAttachment",
    };
    put("@odata.type", json!(kind));
    if let AttachmentContent::File(_) = attachment.content {
        put("@odata.mediaContentType", json!(attachment.content_type));
    }
    put("id", json!(attachment.id));
    put("lastModifiedDateTime", time(attachment.modified_ms));
    put("name", json!(attachment.name));
    put("contentType", json!(attachment.content_type));
    put("size", json!(attachment.size()));
    put("isInline", json!(attachment.inline));
    match &attachment.content {
        AttachmentContent::File(file) => {
            put("contentId", json!(attachment.content_id));
            put("contentLocation", json!(attachment.content_location));
            put("contentBytes", json!(base64(file)));
        }
        AttachmentContent::Item(message) if item => {
            let mut inner = write_shown(message, view);
            inner.insert("@odata.type".to_owned(), json!("#microsoft.graph.message"));
            put("item", Value::Object(inner));
        }
        AttachmentContent::Item(_) => {}
    }
    fields
}

/// Ordinary base64, as the service writes Edm.Binary.
fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Graph writes times of mail to the second.
pub fn time(at_ms: i64) -> Value {
    json!(written(at_ms, |at| at
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()))
}

/// Custom headers, and with mail that arrived those of its journey.
fn headers(message: &Message) -> Value {
    transport_headers::of(message)
        .iter()
        .chain(&message.headers)
        .map(|header| json!({"name": header.name, "value": header.value}))
        .collect()
}

fn body(message: &Message, view: &View) -> Value {
    match message.body.html() {
        Some(_) if view.text_bodies => {
            json!({"contentType": "text", "content": message.body.text()})
        }
        Some(html) if view.safe_html => {
            json!({"contentType": "html", "content": safe_html::clean(html)})
        }
        Some(html) => json!({"contentType": "html", "content": html}),
        None => json!({"contentType": "text", "content": message.body.text()}),
    }
}

/// The body without what it quotes.
fn unique_body(message: &Message, view: &View) -> Value {
    let mut body = body(message, view);
    if let Some(content) = body.get("content").and_then(Value::as_str) {
        let unique = safe_html::without_quote(content).to_owned();
        if let Some(fields) = body.as_object_mut() {
            fields.insert("content".to_owned(), json!(unique));
        }
    }
    body
}

fn preview(message: &Message) -> String {
    let text = message.body.text();
    text.trim().chars().take(PREVIEW_CHARS_MAX).collect()
}

fn named<T: PartialEq>(member: T, members: &[(&str, T)]) -> Value {
    json!(
        members
            .iter()
            .find(|(_, known)| *known == member)
            .map(|(name, _)| *name)
    )
}

fn flag(flag: &Flag) -> Value {
    let mut fields = Map::new();
    let zoned = |time: &ZonedTime| json!({"dateTime": time.date_time, "timeZone": time.time_zone});
    for (name, time) in [
        ("completedDateTime", &flag.completed),
        ("dueDateTime", &flag.due),
        ("startDateTime", &flag.start),
    ] {
        if let Some(time) = time {
            fields.insert(name.to_owned(), zoned(time));
        }
    }
    fields.insert("flagStatus".to_owned(), named(flag.status, &FLAG_STATUS));
    Value::Object(fields)
}

/// A `recipient`. Where no name came, the address is shown for it.
pub fn recipient(recipient: &Recipient) -> Value {
    let name = recipient.name.as_deref().unwrap_or(&recipient.address);
    json!({"emailAddress": {"name": name, "address": recipient.address}})
}

fn recipients(list: &[Recipient]) -> Value {
    list.iter().map(recipient).collect()
}

fn web_link(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("https://outlook.office365.com/owa/?ItemID={id}&exvsurl=1&viewmodel=ReadMessageItem")
}
