//! Reading a message from MIME (RFC 5322, RFC 2045).

use mail_parser::{Addr, Address, MessageParser, MimeHeaders, PartType};

use super::fault::GraphFault;
use super::message::{Written, text_of_html};
use crate::mailboxes::{Attachment, Header, Mailbox};

/// How many attachments of one message are kept (Exchange's limit).
const ATTACHMENTS_MAX: usize = 250;

/// Reads a whole message. Bcc comes from its header, which recipients never see.
pub fn read(raw: &[u8]) -> Result<Written, GraphFault> {
    let message = MessageParser::default().parse(raw).ok_or_else(|| {
        GraphFault::bad_request("ErrorMimeContentInvalid", "The MIME content is invalid.")
    })?;
    let html = message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    let text = message.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    });
    let text = text
        .or_else(|| html.as_deref().map(text_of_html))
        .unwrap_or_default();
    Ok(Written {
        from: mailboxes(message.from()).into_iter().next(),
        to: mailboxes(message.to()),
        cc: mailboxes(message.cc()),
        bcc: mailboxes(message.bcc()),
        subject: message.subject().unwrap_or_default().to_owned(),
        html,
        text,
        attachments: message
            .attachments()
            .take(ATTACHMENTS_MAX)
            .map(|part| Attachment {
                name: part.attachment_name().unwrap_or("attachment").to_owned(),
                content_type: part.content_type().map_or_else(
                    || "application/octet-stream".to_owned(),
                    |kind| match kind.subtype() {
                        Some(subtype) => format!("{}/{subtype}", kind.ctype()),
                        None => kind.ctype().to_owned(),
                    },
                ),
                content_id: part.content_id().map(str::to_owned),
                inline: part
                    .content_disposition()
                    .is_some_and(|how| how.is_inline()),
                content: part.contents().to_vec(),
            })
            .collect(),
        headers: message
            .headers_raw()
            .filter(|(name, _)| name.to_ascii_lowercase().starts_with("x-"))
            .map(|(name, value)| Header {
                name: name.to_owned(),
                value: value.trim().to_owned(),
            })
            .collect(),
        properties: Default::default(),
    })
}

fn mailboxes(address: Option<&Address<'_>>) -> Vec<Mailbox> {
    address
        .into_iter()
        .flat_map(Address::iter)
        .filter_map(mailbox)
        .collect()
}

fn mailbox(addr: &Addr<'_>) -> Option<Mailbox> {
    Some(Mailbox {
        name: addr.name.as_ref().map(|name| name.to_string()),
        address: addr.address.as_ref()?.to_string(),
    })
}
