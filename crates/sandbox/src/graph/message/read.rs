//! From JSON to a message.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::fault::GraphFault;
use super::super::query::same_property;
use super::json::{boolean, invalid, is_annotation, line, list, member, object, text, unknown};
use super::{attachment, extended};
use crate::mailboxes::{
    Body, Flag, FlagStatus, Importance, Inference, Message, Recipient, ZonedTime,
};

/// What the service sets itself. Clients send it back with what they were
/// given, so it may come, and changes nothing.
const SET_BY_THE_SERVICE: [&str; 15] = [
    "bodyPreview",
    "changeKey",
    "conversationId",
    "conversationIndex",
    "createdDateTime",
    "hasAttachments",
    "id",
    "isDraft",
    "lastModifiedDateTime",
    "parentFolderId",
    "receivedDateTime",
    "sentDateTime",
    "uniqueBody",
    "webLink",
    "internetMessageHeaders@odata.context",
];

/// What of a message can be set only while it is a draft ("Update message").
const ONLY_IN_DRAFTS: [&str; 9] = [
    "subject",
    "body",
    "from",
    "sender",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "internetMessageId",
];

/// What cannot be set any more once the message is there ("Update message").
const ONLY_AT_CREATION: [&str; 2] = ["attachments", "internetMessageHeaders"];

/// A message id fills one line of mail (RFC 5322 §2.1.1).
const MESSAGE_ID_CHARS_MAX: usize = 998;
/// A mailbox has few categories, and their names are short ("outlookCategory
/// resource type": 255 characters).
const CATEGORIES_MAX: usize = 250;
const CATEGORY_CHARS_MAX: usize = 255;
/// The longest names of time zones have about 40 characters.
const ZONED_TIME_CHARS_MAX: usize = 128;

/// What the JSON is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new message.
    Create,
    /// A change to a draft.
    UpdateDraft,
    /// A change to a message that was sent or received.
    Update,
}

/// Reads a whole new `message`.
pub fn read(value: Value) -> Result<Message, GraphFault> {
    let mut message = Message::default();
    apply(object(value, "message")?, &mut message, Purpose::Create)?;
    Ok(message)
}

/// Sets on `message` what `fields` names.
pub fn apply(
    fields: Map<String, Value>,
    message: &mut Message,
    purpose: Purpose,
) -> Result<(), GraphFault> {
    for (name, value) in fields {
        may_be_set(&name, purpose)?;
        match name.as_str() {
            "subject" => message.subject = text(value, &name)?.unwrap_or_default(),
            "body" => message.body = body(value)?,
            "from" => message.from = optional_recipient(value)?,
            "sender" => message.sender = optional_recipient(value)?,
            "toRecipients" => message.to = list(value, recipient)?,
            "ccRecipients" => message.cc = list(value, recipient)?,
            "bccRecipients" => message.bcc = list(value, recipient)?,
            "replyTo" => message.reply_to = list(value, recipient)?,
            "attachments" => message.attachments = list(value, attachment::read)?,
            "internetMessageHeaders" => message.headers = extended::headers(value)?,
            "singleValueExtendedProperties" => {
                replace(&mut message.properties, extended::properties(value)?);
                extended::check_count(message.properties.len(), &name)?;
            }
            "multiValueExtendedProperties" => {
                let lists = extended::list_properties(value)?;
                replace(&mut message.list_properties, lists);
                extended::check_count(message.list_properties.len(), &name)?;
            }
            _ => apply_small(&name, value, message)?,
        }
    }
    Ok(())
}

/// Sets properties, those that are there in another spelling of their ids too.
fn replace<T>(kept: &mut BTreeMap<String, T>, written: BTreeMap<String, T>) {
    for (id, value) in written {
        kept.retain(|known, _| !same_property(known, &id));
        kept.insert(id, value);
    }
}

/// The properties that are one value each.
fn apply_small(name: &str, value: Value, message: &mut Message) -> Result<(), GraphFault> {
    match name {
        "internetMessageId" => {
            if let Some(id) = line(value, name, MESSAGE_ID_CHARS_MAX)? {
                message.internet_message_id = id;
            }
        }
        "categories" => {
            message.categories = list(value, |value| {
                Ok(line(value, name, CATEGORY_CHARS_MAX)?.unwrap_or_default())
            })?;
            if message.categories.len() > CATEGORIES_MAX {
                return Err(invalid(name));
            }
        }
        "importance" => {
            message.importance = member(value, name, &IMPORTANCE)?.unwrap_or_default();
        }
        "inferenceClassification" => {
            message.inference = member(value, name, &INFERENCE)?.unwrap_or_default();
        }
        "flag" => message.flag = flag(value)?,
        "isRead" => message.is_read = boolean(&value, name)?.unwrap_or_default(),
        "isReadReceiptRequested" => message.read_receipt = boolean(&value, name)?,
        "isDeliveryReceiptRequested" => message.delivery_receipt = boolean(&value, name)?,
        other if is_annotation(other) || SET_BY_THE_SERVICE.contains(&other) => {}
        other => return Err(unknown(other, "message")),
    }
    Ok(())
}

/// The members of `importance`.
pub const IMPORTANCE: [(&str, Importance); 3] = [
    ("low", Importance::Low),
    ("normal", Importance::Normal),
    ("high", Importance::High),
];
/// The members of `inferenceClassificationType`.
pub const INFERENCE: [(&str, Inference); 2] =
    [("focused", Inference::Focused), ("other", Inference::Other)];
/// The members of `followupFlagStatus`.
pub const FLAG_STATUS: [(&str, FlagStatus); 3] = [
    ("notFlagged", FlagStatus::NotFlagged),
    ("complete", FlagStatus::Complete),
    ("flagged", FlagStatus::Flagged),
];

fn may_be_set(name: &str, purpose: Purpose) -> Result<(), GraphFault> {
    let refused = match purpose {
        Purpose::Create => false,
        Purpose::UpdateDraft => ONLY_AT_CREATION.contains(&name),
        Purpose::Update => ONLY_AT_CREATION.contains(&name) || ONLY_IN_DRAFTS.contains(&name),
    };
    if refused {
        Err(GraphFault::bad_request(
            "ErrorInvalidPropertySet",
            format!("Set action is invalid for property '{name}'."),
        ))
    } else {
        Ok(())
    }
}

fn body(value: Value) -> Result<Body, GraphFault> {
    if value.is_null() {
        return Ok(Body::default());
    }
    let (mut is_html, mut content) = (false, String::new());
    for (name, value) in object(value, "itemBody")? {
        match name.as_str() {
            "contentType" => {
                is_html =
                    member(value, &name, &[("text", false), ("html", true)])?.unwrap_or_default();
            }
            "content" => content = text(value, &name)?.unwrap_or_default(),
            other if is_annotation(other) => {}
            other => return Err(unknown(other, "itemBody")),
        }
    }
    Ok(if is_html {
        Body::of_html(content)
    } else {
        Body::of_text(content)
    })
}

fn optional_recipient(value: Value) -> Result<Option<Recipient>, GraphFault> {
    if value.is_null() {
        Ok(None)
    } else {
        recipient(value).map(Some)
    }
}

/// Reads a `recipient`.
pub fn recipient(value: Value) -> Result<Recipient, GraphFault> {
    let mut read = Recipient::default();
    for (name, value) in object(value, "recipient")? {
        match name.as_str() {
            "emailAddress" => {
                for (name, value) in object(value, "emailAddress")? {
                    match name.as_str() {
                        "name" => read.name = text(value, &name)?,
                        "address" => read.address = text(value, &name)?.unwrap_or_default(),
                        other if is_annotation(other) => {}
                        other => return Err(unknown(other, "emailAddress")),
                    }
                }
            }
            other if is_annotation(other) => {}
            other => return Err(unknown(other, "recipient")),
        }
    }
    Ok(read)
}

fn flag(value: Value) -> Result<Flag, GraphFault> {
    let mut flag = Flag::default();
    if value.is_null() {
        return Ok(flag);
    }
    for (name, value) in object(value, "followupFlag")? {
        match name.as_str() {
            "flagStatus" => flag.status = member(value, &name, &FLAG_STATUS)?.unwrap_or_default(),
            "startDateTime" => flag.start = zoned_time(value)?,
            "dueDateTime" => flag.due = zoned_time(value)?,
            "completedDateTime" => flag.completed = zoned_time(value)?,
            other if is_annotation(other) => {}
            other => return Err(unknown(other, "followupFlag")),
        }
    }
    // "followupFlag resource type": a due date needs a start date.
    if flag.due.is_some() && flag.start.is_none() {
        return Err(GraphFault::bad_request(
            "ErrorInvalidRequest",
            "A start date is needed where there is a due date.",
        ));
    }
    Ok(flag)
}

fn zoned_time(value: Value) -> Result<Option<ZonedTime>, GraphFault> {
    if value.is_null() {
        return Ok(None);
    }
    let (mut date_time, mut time_zone) = (String::new(), "UTC".to_owned());
    for (name, value) in object(value, "dateTimeTimeZone")? {
        match name.as_str() {
            "dateTime" => {
                date_time = line(value, &name, ZONED_TIME_CHARS_MAX)?.unwrap_or_default();
            }
            "timeZone" => {
                time_zone = line(value, &name, ZONED_TIME_CHARS_MAX)?.unwrap_or(time_zone);
            }
            other if is_annotation(other) => {}
            other => return Err(unknown(other, "dateTimeTimeZone")),
        }
    }
    Ok(Some(ZonedTime {
        date_time,
        time_zone,
    }))
}
