//! A draft that is kept in the mailbox while it is written: its JSON, both ways. What is attached is not in it.
//! Source: Graph v1.0 reference, the message and recipient resource types; `@odata.etag` of outlookItem.

use http::header::HeaderValue;
use message::{Address, Body, Draft, Importance, Options, parse_addresses};
use serde_json::{Map, Value, json};

use crate::immutable_id;
use crate::json;
use crate::outgoing;

/// The longest ETag that is believed, in bytes: a change key has about 40.
const ETAG_BYTES_MAX: usize = 1024;

/// What a mailbox says of a draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptDraft {
    /// Its id, which holds until it is sent at least.
    pub id: String,
    /// Its version.
    pub etag: String,
    /// The id of the folder it lies in.
    pub folder: String,
    /// Whether it still is one: the person may have sent it elsewhere.
    pub is_draft: bool,
    /// Whether somebody has attached files to it there. Pictures in the text do not count.
    pub has_files: bool,
    /// Recipients, subject, body and options as they stand there, not cleaned.
    pub draft: Draft,
}

/// What [`read`] needs.
pub const SELECTED: &str = "id,changeKey,parentFolderId,isDraft,hasAttachments,subject,body,toRecipients,ccRecipients,bccRecipients,\
    replyTo,importance,isReadReceiptRequested,isDeliveryReceiptRequested";

/// The text of a draft as the mailbox takes it. Every field is written, since one that is left out stays as it was there;
/// what is no address yet is not kept there.
pub fn written(draft: &Draft) -> Map<String, Value> {
    let (content_type, content) = match &draft.body {
        Body::Text(text) => ("text", text),
        Body::Html(html) => ("html", html),
    };
    let fields = [
        ("subject", json!(draft.subject)),
        (
            "body",
            json!({"contentType": content_type, "content": content}),
        ),
        ("toRecipients", recipients(&draft.to)),
        ("ccRecipients", recipients(&draft.cc)),
        ("bccRecipients", recipients(&draft.bcc)),
        ("replyTo", recipients(&draft.reply_to)),
        (
            "importance",
            json!(outgoing::importance(draft.options.importance)),
        ),
        ("isReadReceiptRequested", json!(draft.options.read_receipt)),
        (
            "isDeliveryReceiptRequested",
            json!(draft.options.delivery_receipt),
        ),
    ];
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

fn recipients(entries: &[String]) -> Value {
    let addresses = entries.iter().flat_map(|entry| parse_addresses(entry));
    let recipient = |address: Address| match address.name() {
        Some(name) => json!({"emailAddress": {"name": name, "address": address.address()}}),
        None => json!({"emailAddress": {"address": address.address()}}),
    };
    addresses.flatten().map(recipient).collect()
}

/// Reads a message. `None` where it does not say what it is, or its text is not whole.
pub fn read(body: &[u8]) -> Option<KeptDraft> {
    let message: Value = serde_json::from_slice(body).ok()?;
    let list = |field| people(message.get(field)?);
    let change_key = || Some(format!("W/\"{}\"", json::text(&message, "changeKey")?));
    let etag = json::text(&message, "@odata.etag").or_else(change_key);
    Some(KeptDraft {
        id: json::text(&message, "id").filter(|id| immutable_id::is_sound(id))?,
        etag: etag.filter(|etag| header(etag).is_some())?,
        folder: json::text(&message, "parentFolderId").filter(|id| immutable_id::is_sound(id))?,
        is_draft: message.get("isDraft")?.as_bool()?,
        has_files: message
            .get("hasAttachments")
            .and_then(Value::as_bool)
            // Not known: nothing is removed then that might be nowhere else.
            .unwrap_or(true),
        draft: Draft {
            to: list("toRecipients")?,
            cc: list("ccRecipients")?,
            bcc: list("bccRecipients")?,
            reply_to: list("replyTo")?,
            subject: message
                .get("subject")?
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            body: text(message.get("body")?)?,
            attachments: Vec::new(),
            options: options(&message),
        },
    })
}

/// What is asked for with it; a receipt that nobody has spoken of is null.
fn options(message: &Value) -> Options {
    let is_asked = |field| message.get(field).and_then(Value::as_bool).unwrap_or(false);
    let importance = json::text(message, "importance").unwrap_or_default();
    let members = [Importance::Low, Importance::High];
    let mut members = members.into_iter();
    let named = members.find(|one| importance.eq_ignore_ascii_case(outgoing::importance(*one)));
    Options {
        importance: named.unwrap_or_default(),
        read_receipt: is_asked("isReadReceiptRequested"),
        delivery_receipt: is_asked("isDeliveryReceiptRequested"),
    }
}

fn text(body: &Value) -> Option<Body> {
    let content = body.get("content")?.as_str()?.to_owned();
    match body.get("contentType")?.as_str()? {
        kind if kind.eq_ignore_ascii_case("html") => Some(Body::Html(content)),
        kind if kind.eq_ignore_ascii_case("text") => Some(Body::Text(content)),
        _ => None,
    }
}

/// One entry for each; what is no address, as a name that Outlook has not resolved, stays as it was typed there.
fn people(list: &Value) -> Option<Vec<String>> {
    let entry = |recipient: &Value| {
        let who = recipient.get("emailAddress")?;
        let (name, address) = (json::text(who, "name"), json::text(who, "address"));
        let name = name.filter(|name| Some(name) != address.as_ref());
        let read = Address::new(name.as_deref(), address.as_deref().unwrap_or_default());
        Some(read.map_or_else(
            |_| address.or(name).unwrap_or_default(),
            |read| read.to_string(),
        ))
    };
    list.as_array()?.iter().map(entry).collect()
}

/// An ETag as a header, if it is one that can be sent back.
pub fn header(etag: &str) -> Option<HeaderValue> {
    let sound = etag.len() <= ETAG_BYTES_MAX && etag.bytes().all(|byte| byte.is_ascii_graphic());
    HeaderValue::from_str(etag).ok().filter(|_| sound)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Source: Graph v1.0 reference, "Get message", example 1, shortened.
    pub fn stored() -> Value {
        json!({
            "@odata.etag": "W/\"CQAAABYAAAC\"",
            "id": "AAMkAGI1AAAoZCfHAAA=",
            "changeKey": "CQAAABYAAAC",
            "parentFolderId": "AAMkAGI1AAA",
            "isDraft": true,
            "subject": "Größe",
            "body": {"contentType": "html", "content": "<p>שלום</p>"},
            "toRecipients": [
                {"emailAddress": {"name": "Lovelace, Ada", "address": "ada@signet.example"}},
                {"emailAddress": {"name": "grace@signet.example", "address": "grace@signet.example"}},
                {"emailAddress": {"name": "Somebody"}},
            ],
            "ccRecipients": [],
            "bccRecipients": [{"emailAddress": {"address": "noor@outlook.example"}}],
            "replyTo": [],
            "importance": "normal",
            "isReadReceiptRequested": false,
            "isDeliveryReceiptRequested": null,
        })
    }

    fn read_value(value: &Value) -> Option<KeptDraft> {
        read(&serde_json::to_vec(value).unwrap())
    }

    #[test]
    fn what_is_stored_is_read_as_it_would_be_typed() {
        let kept = read_value(&stored()).unwrap();
        assert_eq!(
            (
                kept.id.as_str(),
                kept.etag.as_str(),
                kept.folder.as_str(),
                kept.is_draft
            ),
            (
                "AAMkAGI1AAAoZCfHAAA=",
                "W/\"CQAAABYAAAC\"",
                "AAMkAGI1AAA",
                true
            )
        );
        assert_eq!(
            kept.draft.to,
            [
                "\"Lovelace, Ada\" <ada@signet.example>",
                "grace@signet.example",
                "Somebody"
            ]
        );
        assert_eq!(kept.draft.bcc, ["noor@outlook.example"]);
        assert_eq!(kept.draft.body, Body::Html("<p>שלום</p>".to_owned()));
    }

    #[test]
    fn what_is_asked_for_is_read_and_written() {
        assert!(read_value(&stored()).unwrap().draft.options.is_default());
        let draft = Draft {
            reply_to: vec!["grace@signet.example".to_owned()],
            options: Options {
                importance: Importance::High,
                read_receipt: true,
                delivery_receipt: true,
            },
            ..Draft::default()
        };
        let mut message = stored();
        message.as_object_mut().unwrap().extend(written(&draft));
        assert_eq!(read_value(&message).unwrap().draft, draft);
    }

    #[test]
    fn half_a_message_is_none() {
        for field in [
            "id",
            "parentFolderId",
            "isDraft",
            "subject",
            "body",
            "toRecipients",
            "bccRecipients",
        ] {
            let mut message = stored();
            message.as_object_mut().unwrap().remove(field);
            assert_eq!(read_value(&message), None, "{field}");
        }
        for (field, value) in [
            ("@odata.etag", json!("a b")),
            ("body", json!({"contentType": "rtf", "content": ""})),
            ("body", json!({"contentType": "html", "content": null})),
            ("toRecipients", json!([{}])),
            ("id", json!("a\u{0}")),
        ] {
            let mut message = stored();
            message[field] = value;
            assert_eq!(read_value(&message), None, "{field}");
        }
        let mut message = stored();
        message.as_object_mut().unwrap().remove("@odata.etag");
        assert_eq!(read_value(&message).unwrap().etag, "W/\"CQAAABYAAAC\"");
    }

    #[test]
    fn what_is_written_empties_what_was_there() {
        let draft = Draft {
            to: vec![
                "\"Lovelace, Ada\" <ada@signet.example>".to_owned(),
                "half".to_owned(),
            ],
            ..Draft::default()
        };
        assert_eq!(
            Value::Object(written(&draft)),
            json!({
                "subject": "",
                "body": {"contentType": "html", "content": ""},
                "toRecipients": [{"emailAddress": {"name": "Lovelace, Ada", "address": "ada@signet.example"}}],
                "ccRecipients": [],
                "bccRecipients": [],
                "replyTo": [],
                "importance": "normal",
                "isReadReceiptRequested": false,
                "isDeliveryReceiptRequested": false,
            })
        );
    }
}
