//! What a message must be before it is handed over, and how it is then sent.
//!
//! Source: Graph v1.0 reference, "user: sendMail" and "message: send"; "Exchange
//! Online limits"; "Send Outlook messages from another user".

use axum::http::StatusCode;

use super::fault::GraphFault;
use super::mail_access::Desk;
use crate::directory::{Person, SendRight, by_address};
use crate::mailboxes::{Message, Recipient, Sending, SentIds};
use crate::switches::{IdOnSend, MessageIdOnSend, Switches};

/// How many attachments one message may have ("Exchange Online limits").
pub const ATTACHMENTS_MAX: usize = 250;
/// How many bytes all headers may have ("Exchange Online limits", message header
/// size limit).
pub const HEADERS_BYTES_MAX: usize = 256 * 1024;
/// A colon, a space and the line's end.
const HEADER_MARKS_BYTES: usize = 4;

/// Checks a message that is about to be sent, and fills in who sends it.
pub fn prepare(desk: &Desk, message: &mut Message) -> Result<(), GraphFault> {
    check_recipients(message, desk.switches.recipients_max)?;
    check_size(message, &desk.switches)?;
    let (from, sender) = sender(desk, message)?;
    message.from = Some(from);
    message.sender = Some(sender);
    Ok(())
}

/// How this person's mail is sent.
pub fn sending(switches: &Switches, save: bool) -> Sending {
    Sending {
        unsaved: !save,
        copy_delay_ms: i64::from(switches.sent_copy_delay_seconds) * 1000,
        linger_ms: i64::from(switches.draft_lingers_seconds) * 1000,
        ids: match switches.id_on_send {
            IdOnSend::Kept => SentIds::Kept,
            IdOnSend::Changed => SentIds::Changed,
            IdOnSend::KeptIfImmutable => SentIds::KeptIfImmutable,
        },
        new_message_id: switches.message_id_on_send == MessageIdOnSend::Changed,
        never_deferred: !switches.deferred_send,
        sends_per_minute: switches.fast_sends_per_minute,
    }
}

/// 400 for headers that are larger than all may be.
pub fn headers_too_large() -> GraphFault {
    GraphFault::bad_request(
        "ErrorMessageSizeExceeded",
        "The headers of the message exceed the maximum supported size.",
    )
}

/// A message larger than the mailbox takes is refused where it grows, too.
pub fn check_size(message: &Message, switches: &Switches) -> Result<(), GraphFault> {
    let size = u64::try_from(message.size()).unwrap_or(u64::MAX);
    if size > switches.message_size_limit_bytes {
        return Err(GraphFault::bad_request(
            "ErrorMessageSizeExceeded",
            "The message exceeds the maximum supported size.",
        ));
    }
    let headers: usize = message
        .headers
        .iter()
        .map(|header| header.name.len() + header.value.len() + HEADER_MARKS_BYTES)
        .sum();
    if headers > HEADERS_BYTES_MAX {
        return Err(headers_too_large());
    }
    if message.attachments.len() > ATTACHMENTS_MAX {
        return Err(GraphFault::bad_request(
            "ErrorInvalidRequest",
            format!("A message can have at most {ATTACHMENTS_MAX} attachments."),
        ));
    }
    Ok(())
}

fn check_recipients(message: &Message, most: u32) -> Result<(), GraphFault> {
    let count = message.recipients().count();
    if count == 0
        || message
            .recipients()
            .any(|recipient| !resolves(&recipient.address))
    {
        return Err(GraphFault::bad_request(
            "ErrorInvalidRecipients",
            "At least one recipient is not valid., A message can't be sent because it contains no valid recipients.",
        ));
    }
    if u32::try_from(count).map_or(true, |count| count > most) {
        return Err(GraphFault::bad_request(
            "ErrorExceededMaxRecipientLimit",
            "The message exceeds the maximum number of recipients.",
        ));
    }
    Ok(())
}

fn resolves(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !address
                .chars()
                .any(|character| character.is_control() || character.is_whitespace())
    })
}

/// From and sender: whose mailbox it is, unless the client sets `from`. For
/// somebody else it takes a right in Exchange and the permission to use it.
fn sender(desk: &Desk, message: &Message) -> Result<(Recipient, Recipient), GraphFault> {
    let me = mailbox_of(desk.caller);
    let owner = match message.from.as_ref().or(message.sender.as_ref()) {
        Some(from) if is_own(desk.caller, &from.address) => Some(desk.caller),
        Some(from) if !is_own(desk.person, &from.address) => by_address(&from.address),
        _ => Some(desk.person),
    };
    if owner.is_some_and(|owner| owner.oid == desk.caller.oid) {
        return Ok((me.clone(), me));
    }
    let right = owner.and_then(|owner| desk.caller.sends_for(owner));
    match (owner, right) {
        (Some(owner), Some(right)) if !desk.send_as_denied && desk.allows("Mail.Send.Shared") => {
            let owner = mailbox_of(owner);
            Ok(match right {
                SendRight::SendAs => (owner.clone(), owner),
                SendRight::SendOnBehalf => (owner, me),
            })
        }
        _ => Err(GraphFault::new(
            StatusCode::FORBIDDEN,
            "ErrorSendAsDenied",
            "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.",
        )),
    }
}

fn is_own(person: &Person, address: &str) -> bool {
    [Some(person.address), person.mail]
        .into_iter()
        .flatten()
        .any(|own| own.eq_ignore_ascii_case(address))
}

fn mailbox_of(person: &Person) -> Recipient {
    Recipient {
        name: Some(person.name.to_owned()),
        address: person.mail.unwrap_or(person.address).to_owned(),
    }
}
