//! The report that comes back when a message could not be delivered.
//!
//! Source: RFC 3464 for what it says, "Email non-delivery reports and SMTP
//! errors in Exchange Online" for the words of 5.1.10.

use std::sync::Arc;

use super::message::{Body, Message, Recipient, Report};

/// PidTagMessageClass (MS-OXCMSG §2.2.1.3), in which clients see a report.
pub const CLASS_PROPERTY: &str = "String 0x001A";
/// The class of a report of non-delivery (MS-OXOMSG §2.2.3).
const CLASS: &str = "REPORT.IPM.Note.NDR";
/// What transport says of an address that nobody has.
pub const DIAGNOSTIC: &str =
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup";

/// The report about `failed`, for the sender of `message`.
pub fn of_failure(message: &Arc<Message>, failed: Vec<String>) -> Message {
    let sender = message.from.clone().unwrap_or_default();
    let domain = sender
        .address
        .rsplit_once('@')
        .map_or("signet.example", |(_, domain)| domain);
    let postmaster = Recipient {
        name: Some("Microsoft Outlook".to_owned()),
        address: format!("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@{domain}"),
    };
    let mut report = Message {
        subject: format!("Undeliverable: {}", message.subject),
        from: Some(postmaster.clone()),
        sender: Some(postmaster),
        to: vec![sender],
        body: Body::of_html(html(&failed, &message.subject)),
        thread: message.thread,
        depth: message.depth + 1,
        in_reply_to: Some(message.internet_message_id.clone()),
        references: vec![message.internet_message_id.clone()],
        delivered: true,
        report: Some(Box::new(Report {
            failed,
            original: Arc::clone(message),
        })),
        ..Message::default()
    };
    report
        .properties
        .insert(CLASS_PROPERTY.to_owned(), CLASS.to_owned());
    report
}

fn html(failed: &[String], subject: &str) -> String {
    let people: String = failed
        .iter()
        .map(|address| {
            let address = ammonia::clean_text(address);
            format!("<p><a href=\"mailto:{address}\">{address}</a><br>The address was not found at its organisation. Check it and send the message again.<br><code>{DIAGNOSTIC}</code></p>")
        })
        .collect();
    format!(
        "<html><body><p><b>Your message could not be delivered to these recipients:</b></p>{people}<p>Subject: {}</p></body></html>",
        ammonia::clean_text(subject)
    )
}
