//! `POST …/send`. Source: Graph v1.0 reference, "message: send", with its
//! `Content-Length: 0`.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use serde_json::Map;

use super::super::body::Parameters;
use super::super::fault::GraphFault;
use super::super::mail_access::{Desk, SEND, Work, enter, item_not_found, malformed_id};
use super::super::reply::Reply;
use super::super::request::Call;
use super::super::{conflict, submission};
use crate::mailboxes::{Message, ids};
use crate::switches::SecondSend;
use crate::world::World;

/// Hands a draft over: 202, and no body. Its copy is always kept.
pub fn post(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &SEND, Work::Send)?;
    needs_length(call)?;
    Parameters::read(call)?.end("send")?;
    let Some(draft) = find(&desk, world, folder, id)? else {
        return Err(item_not_found());
    };
    if !draft.is_draft || draft.submitted {
        return again(&desk, world, &draft);
    }
    conflict::check(world, &desk, call, &Map::new(), &draft)?;
    let mut ready = Message::clone(&draft);
    submission::prepare(&desk, &mut ready)?;
    let sending = submission::sending(&desk.switches, true);
    let sent = world
        .mailboxes
        .submit_draft(desk.person, ready, sending, desk.now_ms)
        .map_err(|_| GraphFault::busy())?;
    if sent {
        Ok(Reply::accepted())
    } else {
        Err(conflict::refusal())
    }
}

/// The draft, or what became of it: after sending its id may lead nowhere.
fn find(
    desk: &Desk,
    world: &World,
    folder: Option<&str>,
    id: &str,
) -> Result<Option<std::sync::Arc<Message>>, GraphFault> {
    if !ids::is_well_formed(id) {
        return Err(malformed_id());
    }
    match desk.message(world, folder, id) {
        Ok(message) => Ok(Some(message)),
        Err(_) if folder.is_none() => {
            Ok(desk.mailbox(world, |mailbox| mailbox.formerly(id).cloned()))
        }
        Err(fault) => Err(fault),
    }
}

/// What was sent can be submitted once only; what comes of a second time is not
/// documented.
fn again(desk: &Desk, world: &World, message: &Message) -> Result<Reply, GraphFault> {
    match desk.switches.second_send {
        SecondSend::NotFound => Err(item_not_found()),
        SecondSend::Nothing => Ok(Reply::accepted()),
        SecondSend::SendsAgain => {
            world
                .mailboxes
                .send_again(desk.person, message, desk.now_ms);
            Ok(Reply::accepted())
        }
    }
}

/// 411, unless the client says how long its body is.
fn needs_length(call: &Call) -> Result<(), GraphFault> {
    if call.headers.contains_key(CONTENT_LENGTH) || call.headers.contains_key(TRANSFER_ENCODING) {
        Ok(())
    } else {
        Err(GraphFault::new(
            StatusCode::LENGTH_REQUIRED,
            "ErrorInvalidRequest",
            "A Content-Length header is required for a POST request without a body.",
        ))
    }
}
