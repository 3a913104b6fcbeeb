//! `POST /me/sendMail`. Source: Graph v1.0 reference, "user: sendMail".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::access;
use super::fault::GraphFault;
use super::message;
use super::mime;
use super::reply::Reply;
use super::request::Call;
use crate::directory::Person;
use crate::mailboxes::{Message, Recipient, Sending};
use crate::world::World;

/// Exchange's default limit on recipients of one message (To, Cc and Bcc).
const RECIPIENTS_MAX: usize = 500;

/// Takes a message over, as JSON or as MIME in base64: 202, and no body.
pub fn post(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let scopes = ["Mail.Send", "Mail.Send.Shared"];
    let person = access::person(world, call, &scopes, GraphFault::mail_access_denied)?;
    let (mut written, save) = match call.content_type().as_str() {
        "text/plain" => (from_mime(&call.body)?, true),
        "application/json" => from_json(&call.body)?,
        _ => {
            return Err(GraphFault::bad_request(
                "RequestBodyRead",
                "A supported MIME type could not be found that matches the content type of the request.",
            ));
        }
    };
    check_recipients(&written)?;
    let from = sender(person, written.from.as_ref())?;
    written.from = Some(from.clone());
    written.sender = Some(from);
    let sending = Sending {
        unsaved: !save,
        ..Sending::default()
    };
    world
        .mailboxes
        .submit(person, written, sending, world.clock.now_ms())
        .map_err(|_| GraphFault::busy())?;
    Ok(Reply::accepted())
}

fn from_mime(body: &[u8]) -> Result<Message, GraphFault> {
    let compact: Vec<u8> = body
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let raw = STANDARD.decode(compact).map_err(|_| {
        GraphFault::bad_request(
            "ErrorMimeContentInvalidBase64String",
            "Invalid base64 string for MIME content.",
        )
    })?;
    mime::read(&raw)
}

/// Property names of the action's parameters are accepted in both spellings that
/// Microsoft's own clients use, `message` and `Message`.
fn from_json(body: &[u8]) -> Result<(Message, bool), GraphFault> {
    let body: Value = serde_json::from_slice(body).map_err(|_| {
        GraphFault::bad_request("BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
    })?;
    let Value::Object(fields) = body else {
        return Err(GraphFault::bad_request(
            "BadRequest",
            "Empty Payload. JSON content expected.",
        ));
    };
    let (mut written, mut in_sent_items) = (None, true);
    for (name, value) in fields {
        if name.eq_ignore_ascii_case("message") {
            written = Some(message::read(value)?);
        } else if name.eq_ignore_ascii_case("saveToSentItems") {
            in_sent_items = boolean(&value)?;
        } else if !name.starts_with('@') {
            return Err(GraphFault::bad_request(
                "BadRequest",
                format!(
                    "The parameter '{name}' in the request payload is not a valid parameter for the operation 'sendMail'."
                ),
            ));
        }
    }
    let written = written.ok_or_else(|| {
        GraphFault::bad_request(
            "ErrorInvalidParameter",
            "The parameter 'Message' is required.",
        )
    })?;
    Ok((written, in_sent_items))
}

/// Clients send the flag as text, too.
fn boolean(value: &Value) -> Result<bool, GraphFault> {
    match value {
        Value::Null => Ok(true),
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(GraphFault::bad_request(
            "BadRequest",
            "Cannot convert the literal to the expected type 'Edm.Boolean'.",
        )),
    }
}

fn check_recipients(written: &Message) -> Result<(), GraphFault> {
    let count = written.recipients().count();
    if count == 0
        || written
            .recipients()
            .any(|recipient| !resolves(&recipient.address))
    {
        return Err(GraphFault::bad_request(
            "ErrorInvalidRecipients",
            "At least one recipient is not valid., A message can't be sent because it contains no valid recipients.",
        ));
    }
    if count > RECIPIENTS_MAX {
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

/// One may send as oneself. Other senders need rights nobody here has.
fn sender(person: &Person, from: Option<&Recipient>) -> Result<Recipient, GraphFault> {
    match from {
        Some(from) if !from.address.eq_ignore_ascii_case(person.address) => Err(GraphFault::new(
            axum::http::StatusCode::FORBIDDEN,
            "ErrorSendAsDenied",
            "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.",
        )),
        _ => Ok(Recipient {
            name: Some(person.name.to_owned()),
            address: person.address.to_owned(),
        }),
    }
}
