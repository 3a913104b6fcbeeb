//! Writing a message as MIME (RFC 5322, RFC 2045, RFC 2387, RFC 3462, RFC 3464).

use std::borrow::Cow;

use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::{BodyPart, MimePart};

use super::super::message::transport_headers::topic;
use crate::mailboxes::{
    Attachment, AttachmentContent, DIAGNOSTIC, Importance, Message, Recipient, ids,
};

/// How deep attached messages are written into one another; a client cannot
/// attach deeper ones in a request of 4 MB without meaning harm.
const DEPTH_MAX: usize = 16;

/// Asks whoever reads the message to say so.
pub const READ_RECEIPT: &str = "Disposition-Notification-To";
/// Asks the recipients' servers to say that it has arrived.
pub const DELIVERY_RECEIPT: &str = "Return-Receipt-To";

/// The whole message.
pub fn write(message: &Message) -> Vec<u8> {
    write_at(message, 0)
}

fn write_at(message: &Message, depth: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.size() * 3 / 2);
    headers(message)
        .body(body(message, depth))
        .serialize(&mut bytes);
    bytes
}

fn headers(message: &Message) -> MessageBuilder<'_> {
    let mut builder = MessageBuilder::new()
        .date(message.sent_ms / 1000)
        .message_id(MessageId::new(bare(&message.internet_message_id)))
        .subject(line(&message.subject))
        .header("Thread-Topic", Text::new(line(topic(&message.subject))))
        .header(
            "Thread-Index",
            Raw::new(ids::conversation_index(message.thread, message.depth)),
        );
    if let Some(from) = &message.from {
        builder = builder.from(address(from));
    }
    if let Some(sender) = message
        .sender
        .as_ref()
        .filter(|_| message.sender != message.from)
    {
        builder = builder.sender(address(sender));
    }
    for (name, people) in [
        ("To", &message.to),
        ("Cc", &message.cc),
        ("Bcc", &message.bcc),
        ("Reply-To", &message.reply_to),
    ] {
        if !people.is_empty() {
            let people = people.iter().map(address).collect();
            builder = builder.header(name, Address::new_list(people));
        }
    }
    if let Some(answered) = &message.in_reply_to {
        builder = builder.in_reply_to(MessageId::new(bare(answered)));
    }
    if !message.references.is_empty() {
        let references = message.references.iter().map(|id| bare(id));
        builder = builder.references(MessageId::new_list(references));
    }
    let importance = match message.importance {
        Importance::Low => "Low",
        Importance::Normal => "",
        Importance::High => "High",
    };
    if !importance.is_empty() {
        builder = builder.header("Importance", Raw::new(importance));
    }
    for (name, asked) in receipts(message) {
        if let Some(from) = message.from.as_ref().filter(|_| asked) {
            builder = builder.header(name, address(from));
        }
    }
    for header in &message.headers {
        builder = builder.header(line(&header.name), Text::new(line(&header.value)));
    }
    builder
}

/// What is asked for goes back to who sent it (RFC 8098 §2.1, MS-OXCMAIL).
fn receipts(message: &Message) -> [(&'static str, bool); 2] {
    [
        (READ_RECEIPT, message.read_receipt == Some(true)),
        (DELIVERY_RECEIPT, message.delivery_receipt == Some(true)),
    ]
}

fn body(message: &Message, depth: usize) -> MimePart<'_> {
    if let Some(report) = &message.report {
        let parts = vec![
            readable(message, depth),
            MimePart::new("message/delivery-status", status(&report.failed)),
            MimePart::new("message/rfc822", write_below(&report.original, depth)),
        ];
        let kind = ContentType::new("multipart/report").attribute("report-type", "delivery-status");
        return MimePart::new(kind, parts);
    }
    let files: Vec<MimePart<'_>> = message
        .attachments
        .iter()
        .filter(|attachment| !is_related(message, attachment))
        .map(|attachment| part(attachment, depth))
        .collect();
    let readable = readable(message, depth);
    if files.is_empty() {
        return readable;
    }
    let mut parts = vec![readable];
    parts.extend(files);
    MimePart::new("multipart/mixed", parts)
}

/// The text, and for HTML its alternative and the pictures it shows.
fn readable(message: &Message, depth: usize) -> MimePart<'_> {
    let text = MimePart::new("text/plain", BodyPart::Text(message.body.text().into()));
    let Some(html) = message.body.html() else {
        return text;
    };
    let html = MimePart::new("text/html", html);
    let mut related: Vec<MimePart<'_>> = message
        .attachments
        .iter()
        .filter(|attachment| is_related(message, attachment))
        .map(|attachment| part(attachment, depth))
        .collect();
    let html = if related.is_empty() {
        html
    } else {
        related.insert(0, html);
        MimePart::new("multipart/related", related)
    };
    MimePart::new("multipart/alternative", vec![text, html])
}

fn is_related(message: &Message, attachment: &Attachment) -> bool {
    attachment.inline && attachment.content_id.is_some() && message.body.html().is_some()
}

fn part(attachment: &Attachment, depth: usize) -> MimePart<'_> {
    let mut part = match &attachment.content {
        AttachmentContent::File(file) => MimePart::new(
            ContentType::new(line(&attachment.content_type)),
            file.as_slice(),
        ),
        AttachmentContent::Item(message) => {
            MimePart::new("message/rfc822", write_below(message, depth))
        }
    };
    let how = if attachment.inline {
        "inline"
    } else {
        "attachment"
    };
    part = part.header(
        "Content-Disposition",
        ContentType::new(how).attribute("filename", line(&attachment.name)),
    );
    if let Some(id) = &attachment.content_id {
        part = part.cid(bare(id));
    }
    if let Some(location) = &attachment.content_location {
        part = part.location(line(location));
    }
    part
}

fn write_below(message: &Message, depth: usize) -> Vec<u8> {
    if depth < DEPTH_MAX {
        write_at(message, depth + 1)
    } else {
        Vec::new()
    }
}

/// RFC 3464 §2.
fn status(failed: &[String]) -> String {
    let mut status = "Reporting-MTA: dns;sandbox.mail.signet.example\r\n".to_owned();
    for address in failed {
        let address = line(address);
        status.push_str(&format!(
            "\r\nFinal-Recipient: rfc822;{address}\r\nAction: failed\r\nStatus: 5.1.10\r\nDiagnostic-Code: smtp;{DIAGNOSTIC}\r\n"
        ));
    }
    status
}

fn address(recipient: &Recipient) -> Address<'_> {
    Address::new_address(
        recipient.name.as_deref().map(line),
        line(&recipient.address),
    )
}

/// The builder writes the angle brackets itself.
fn bare(id: &str) -> Cow<'_, str> {
    line(id.trim().trim_start_matches('<').trim_end_matches('>'))
}

/// A header's value stays on its line, whatever a draft holds.
fn line(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        let kept = text.chars().filter(|letter| !letter.is_control());
        kept.collect::<String>().into()
    } else {
        text.into()
    }
}
