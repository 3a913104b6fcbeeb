//! The JSON of a message on its way out, as a draft or at once.
//! Source: Graph v1.0 reference, the message, recipient, fileAttachment and singleValueLegacyExtendedProperty
//! resource types.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;
use message::{Address, Attachment, DIRECT_REQUEST_BYTES_MAX, Importance, Message};
use reqwest::{Request, Url};
use serde::Serialize;

use crate::send_mail::NotSent;

/// The extended property that holds the outbox's key: how a message is found again in Sent Items.
/// One format for ever, since the name is compared case by case.
pub const KEY_PROPERTY: &str = "String {c1f1a6a0-5b9e-4f0e-9c57-51673e700001} Name SignetOutboxKey";

/// PidTagDeferredSendTime: when the server is to send it. Source: MS-OXOMSG §2.2.3.4.
const DEFERRED_SEND_TIME: &str = "SystemTime 0x3FEF";

/// What is written on a message beside what a person wrote.
#[derive(Clone, Copy)]
pub struct Stamp<'a> {
    /// The outbox's idempotency key.
    pub key: &'a str,
    /// When the server is to send it, in milliseconds since 1970 (UTC); at once where that has passed.
    pub defer_to_ms: Option<i64>,
}

/// The same key as a header, which reaches the recipient; Graph takes names that begin with `x-` only.
const KEY_HEADER: &str = "x-signet-outbox";

// Empty lists are left out: an empty list of headers is refused, and so may others be. What is as the server has it by
// itself is left out too.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing<'a> {
    subject: &'a str,
    body: ItemBody<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_recipients: Vec<Recipient<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cc_recipients: Vec<Recipient<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bcc_recipients: Vec<Recipient<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reply_to: Vec<Recipient<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    importance: Option<&'static str>,
    #[serde(skip_serializing_if = "is_not_asked")]
    is_read_receipt_requested: bool,
    #[serde(skip_serializing_if = "is_not_asked")]
    is_delivery_receipt_requested: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<FileAttachment<'a>>,
    single_value_extended_properties: Vec<Property<'a>>,
    internet_message_headers: [Header<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemBody<'a> {
    content_type: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recipient<'a> {
    email_address: EmailAddress<'a>,
}

#[derive(Serialize)]
struct EmailAddress<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    address: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileAttachment<'a> {
    // Without it the attachment counts as abstract and is refused.
    #[serde(rename = "@odata.type")]
    odata_type: &'static str,
    name: &'a str,
    content_type: &'a str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    inline: Option<Inline<'a>>,
    content_bytes: String,
}

/// What makes a picture in the text of an attachment: the body shows it as `cid:` and this id.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inline<'a> {
    is_inline: bool,
    content_id: &'a str,
}

impl<'a> Inline<'a> {
    pub fn of(attachment: &'a Attachment) -> Option<Self> {
        attachment.content_id.as_ref().map(|id| Self {
            is_inline: true,
            content_id: id.as_str(),
        })
    }
}

#[derive(Serialize)]
struct Property<'a> {
    id: &'static str,
    value: Cow<'a, str>,
}

#[derive(Serialize)]
struct Header<'a> {
    name: &'static str,
    value: &'a str,
}

impl<'a> Stamp<'a> {
    /// That of a message which the server is to send at once.
    #[must_use]
    pub fn of(key: &'a str) -> Self {
        Self {
            key,
            defer_to_ms: None,
        }
    }
}

impl<'a> Outgoing<'a> {
    /// `contents` are the attachments' bytes in their order.
    pub fn new(
        message: &'a Message,
        stamp: Stamp<'a>,
        contents: Vec<Vec<u8>>,
    ) -> Result<Self, NotSent> {
        Ok(Self {
            attachments: attachments(&message.attachments, contents)?,
            ..Self::without_attachments(message, stamp)
        })
    }

    /// The same, and what is attached follows later.
    pub fn without_attachments(message: &'a Message, stamp: Stamp<'a>) -> Self {
        Self {
            subject: &message.subject,
            body: item_body(message),
            to_recipients: recipients(&message.recipients.to),
            cc_recipients: recipients(&message.recipients.cc),
            bcc_recipients: recipients(&message.recipients.bcc),
            reply_to: recipients(&message.reply_to),
            importance: match message.options.importance {
                Importance::Normal => None,
                other => Some(importance(other)),
            },
            is_read_receipt_requested: message.options.read_receipt,
            is_delivery_receipt_requested: message.options.delivery_receipt,
            attachments: Vec::new(),
            single_value_extended_properties: properties(stamp),
            internet_message_headers: [Header {
                name: KEY_HEADER,
                value: stamp.key,
            }],
        }
    }
}

fn properties(stamp: Stamp<'_>) -> Vec<Property<'_>> {
    let key = Property {
        id: KEY_PROPERTY,
        value: stamp.key.into(),
    };
    let time = stamp
        .defer_to_ms
        .and_then(|at_ms| Timestamp::from_millisecond(at_ms).ok());
    let deferred = time.map(|time| Property {
        id: DEFERRED_SEND_TIME,
        value: time.to_string().into(),
    });
    [key].into_iter().chain(deferred).collect()
}

/// A POST of a body with a message in it, which is refused here when it is larger than Graph takes.
pub fn post(url: Url, body: &impl Serialize) -> Result<Request, NotSent> {
    // Texts and lists cannot fail to be written as JSON.
    let body = serde_json::to_vec(body).map_err(|_| NotSent::TooLarge)?;
    if body.len() > DIRECT_REQUEST_BYTES_MAX {
        return Err(NotSent::TooLarge);
    }
    let mut request = Request::new(Method::POST, url);
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *request.body_mut() = Some(body.into());
    Ok(request)
}

/// The members of Graph's `importance`.
pub fn importance(importance: Importance) -> &'static str {
    match importance {
        Importance::Low => "low",
        Importance::Normal => "normal",
        Importance::High => "high",
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // What serde calls it with.
fn is_not_asked(asked: &bool) -> bool {
    !*asked
}

/// One body only: Exchange makes the text alternative of an HTML body by itself.
fn item_body(message: &Message) -> ItemBody<'_> {
    match &message.html {
        Some(html) => ItemBody {
            content_type: "html",
            content: html,
        },
        None => ItemBody {
            content_type: "text",
            content: &message.text,
        },
    }
}

fn recipients(addresses: &[Address]) -> Vec<Recipient<'_>> {
    addresses
        .iter()
        .map(|a| Recipient {
            email_address: EmailAddress {
                name: a.name(),
                address: a.address(),
            },
        })
        .collect()
}

/// Pairs list and bytes. A message must not leave without a file it names, so every length is compared.
fn attachments(
    list: &[Attachment],
    contents: Vec<Vec<u8>>,
) -> Result<Vec<FileAttachment<'_>>, NotSent> {
    let whole = list.len() == contents.len()
        && list
            .iter()
            .zip(&contents)
            .all(|(attachment, bytes)| attachment.bytes == bytes.len() as u64);
    if !whole {
        return Err(NotSent::AttachmentsMissing);
    }
    let total = list
        .iter()
        .map(|attachment| attachment.bytes)
        .fold(0, u64::saturating_add);
    if message::base64_bytes(total) > message::DIRECT_REQUEST_BYTES_MAX as u64 {
        return Err(NotSent::TooLarge);
    }
    let pairs = list.iter().zip(contents);
    Ok(pairs
        .map(|(attachment, bytes)| written(attachment, bytes))
        .collect())
}

/// A file as it is attached directly, if these are its bytes.
pub fn file(attachment: &Attachment, contents: Vec<u8>) -> Result<FileAttachment<'_>, NotSent> {
    match attachment.bytes == contents.len() as u64 {
        true => Ok(written(attachment, contents)),
        false => Err(NotSent::AttachmentsMissing),
    }
}

fn written(attachment: &Attachment, contents: Vec<u8>) -> FileAttachment<'_> {
    FileAttachment {
        odata_type: "#microsoft.graph.fileAttachment",
        name: &attachment.name,
        content_type: &attachment.content_type,
        inline: Inline::of(attachment),
        content_bytes: STANDARD.encode(contents),
    }
}
