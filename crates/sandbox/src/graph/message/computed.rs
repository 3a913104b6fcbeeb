//! Extended properties that nobody set: those that the store works out.
//!
//! Source: MS-OXCMSG §2.2.1 (PidTagMessageFlags, PidTagMessageClass,
//! PidTagMessageSize, PidTagInternetMessageId), MS-OXOMSG §2.2.1.13
//! (PidTagInReplyToId).

use super::super::query::same_property;
use crate::mailboxes::Message;

/// Every property of the message by its id: what was set, and what follows from
/// its state.
pub fn properties(message: &Message) -> Vec<(&str, String)> {
    let mut all: Vec<(&str, String)> = message
        .properties
        .iter()
        .map(|(id, value)| (id.as_str(), value.clone()))
        .collect();
    let answered = message.in_reply_to.clone();
    let answered = answered.map(|answered| ("String 0x1042", answered));
    for (id, value) in [
        ("Integer 0x0E07", flags(message).to_string()),
        ("String 0x001A", "IPM.Note".to_owned()),
        ("Integer 0x0E08", message.size().to_string()),
        ("String 0x1035", message.internet_message_id.clone()),
    ]
    .into_iter()
    .chain(answered)
    {
        if !all.iter().any(|(known, _)| same_property(known, id)) {
            all.push((id, value));
        }
    }
    all
}

/// PidTagMessageFlags: read, submitted, unsent, with attachments, from oneself.
fn flags(message: &Message) -> u32 {
    [
        (message.is_read, 0x1),
        (message.submitted, 0x4),
        (message.is_draft, 0x8),
        (!message.attachments.is_empty(), 0x10),
        (!message.delivered, 0x20),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .map(|(_, bit)| bit)
    .sum()
}
