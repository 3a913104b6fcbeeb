//! Messages as MIME: read here, written in `write` (RFC 5322, RFC 2045).

mod bounds;
mod write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Addr, Address, HeaderValue, MessageParser, MessagePart, MimeHeaders, PartType};

use super::fault::GraphFault;
use crate::mailboxes::{
    Attachment, AttachmentContent, Body, Header, Importance, Kept, Message, Recipient,
};

pub use write::write;
use write::{DELIVERY_RECEIPT, READ_RECEIPT};

/// Reads a whole message in base64, however its lines are broken.
pub fn from_base64(body: &[u8]) -> Result<Message, GraphFault> {
    read(&decode(body)?)
}

/// The message's own bytes.
pub fn decode(body: &[u8]) -> Result<Vec<u8>, GraphFault> {
    let decoded = if body.iter().any(u8::is_ascii_whitespace) {
        let compact: Vec<u8> = body
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        STANDARD.decode(compact)
    } else {
        STANDARD.decode(body)
    };
    decoded.map_err(|_| {
        GraphFault::bad_request(
            "ErrorMimeContentInvalidBase64String",
            "Invalid base64 string for MIME content.",
        )
    })
}

fn invalid(why: &str) -> GraphFault {
    GraphFault::bad_request("ErrorMimeContentInvalid", why)
}

/// Reads a whole message. Bcc comes from its header, which recipients never see.
pub fn read(raw: &[u8]) -> Result<Message, GraphFault> {
    bounds::check_raw(raw)?;
    let message = MessageParser::default()
        .parse(raw)
        .ok_or_else(|| invalid("The MIME content is invalid."))?;
    bounds::check(&message)?;
    let html = message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    let text = message.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    });
    let subject = message.subject().unwrap_or_default().to_owned();
    Ok(Message {
        from: recipients(message.from()).into_iter().next(),
        sender: recipients(message.sender()).into_iter().next(),
        to: recipients(message.to()),
        cc: recipients(message.cc()),
        bcc: recipients(message.bcc()),
        reply_to: recipients(message.reply_to()),
        subject,
        body: Body::new(html, text),
        internet_message_id: message
            .message_id()
            .map(|id| format!("<{id}>"))
            .unwrap_or_default(),
        in_reply_to: ids(message.in_reply_to()).into_iter().next(),
        references: ids(message.references()),
        importance: importance(&message),
        read_receipt: header(&message, READ_RECEIPT).map(|_| true),
        delivery_receipt: header(&message, DELIVERY_RECEIPT).map(|_| true),
        attachments: message.attachments().map(attachment).collect(),
        headers: message
            .headers_raw()
            .filter(|(name, _)| name.to_ascii_lowercase().starts_with("x-"))
            .map(|(name, value)| Header {
                name: name.to_owned(),
                // A folded value is one line (RFC 5322 §2.2.3).
                value: value.trim().replace(['\r', '\n'], ""),
            })
            .collect(),
        ..Message::default()
    })
}

fn attachment(part: &MessagePart<'_>) -> Attachment {
    let content_type = part.content_type().map_or_else(
        || "application/octet-stream".to_owned(),
        |kind| match kind.subtype() {
            Some(subtype) => format!("{}/{subtype}", kind.ctype()),
            None => kind.ctype().to_owned(),
        },
    );
    Attachment {
        id: String::new(),
        name: part.attachment_name().unwrap_or("attachment").to_owned(),
        content_type,
        content_id: part.content_id().map(str::to_owned),
        content_location: part.content_location().map(str::to_owned),
        inline: part
            .content_disposition()
            .is_some_and(|how| how.is_inline()),
        modified_ms: 0,
        content: AttachmentContent::File(Kept::new(part.contents().to_vec())),
    }
}

/// `Importance` (RFC 2156 §5.3.4) or its elder sister `X-Priority`.
fn importance(message: &mail_parser::Message<'_>) -> Importance {
    let (importance, priority) = (header(message, "Importance"), header(message, "X-Priority"));
    match (importance.as_deref(), priority.as_deref()) {
        (Some("high"), _) => Importance::High,
        (Some("low"), _) => Importance::Low,
        (None, Some(priority)) if priority.starts_with(['1', '2']) => Importance::High,
        (None, Some(priority)) if priority.starts_with(['4', '5']) => Importance::Low,
        _ => Importance::Normal,
    }
}

/// A header's value as it is written, in small letters.
fn header(message: &mail_parser::Message<'_>, name: &str) -> Option<String> {
    let mut headers = message.headers_raw();
    let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().to_ascii_lowercase())
}

/// Message ids with the angle brackets that they have on the wire.
fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![format!("<{id}>")],
        HeaderValue::TextList(ids) => ids.iter().map(|id| format!("<{id}>")).collect(),
        _ => Vec::new(),
    }
}

fn recipients(address: Option<&Address<'_>>) -> Vec<Recipient> {
    address
        .into_iter()
        .flat_map(Address::iter)
        .filter_map(recipient)
        .collect()
}

fn recipient(addr: &Addr<'_>) -> Option<Recipient> {
    Some(Recipient {
        name: addr.name.as_ref().map(|name| name.to_string()),
        address: addr.address.as_ref()?.to_string(),
    })
}
