//! `POST /me/sendMail`. Source: Graph v1.0 reference, "user: sendMail".

use axum::http::StatusCode;

use super::body::{Parameters, unsupported_type};
use super::fault::GraphFault;
use super::mail_access::{SEND, Work, enter};
use super::message;
use super::mime;
use super::reply::Reply;
use super::request::Call;
use super::submission;
use crate::mailboxes::Message;
use crate::world::World;

/// Above how many bytes MIME was seen to be answered by 200 and to vanish.
const LARGE_MIME_BYTES: usize = 2240 * 1024;

/// Takes a message over, as JSON or as MIME in base64: 202, and no body.
pub fn post(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &SEND, Work::Send)?;
    let (mut message, save) = match &*call.content_type() {
        "text/plain" => {
            let raw = mime::decode(&call.body)?;
            if desk.switches.large_mime_vanishes && raw.len() > LARGE_MIME_BYTES {
                return Ok(Reply::empty(StatusCode::OK));
            }
            (mime::read(&raw)?, true)
        }
        "application/json" => from_json(call)?,
        _ => return Err(unsupported_type()),
    };
    submission::prepare(&desk, &mut message)?;
    let sending = submission::sending(&desk.switches, save);
    world
        .mailboxes
        .submit(desk.person, message, sending, desk.now_ms)
        .map_err(|_| GraphFault::busy())?;
    Ok(Reply::accepted())
}

/// The message, and whether its copy is kept: it is, unless the client says not.
fn from_json(call: &Call) -> Result<(Message, bool), GraphFault> {
    let mut parameters = Parameters::read(call)?;
    let written = parameters.take("message");
    let save = parameters.boolean("saveToSentItems")?;
    parameters.end("sendMail")?;
    let written = written.ok_or_else(|| {
        GraphFault::bad_request(
            "ErrorInvalidParameter",
            "The parameter 'Message' is required.",
        )
    })?;
    Ok((message::read(written)?, save.unwrap_or(true)))
}
