//! `POST …/reply`, `replyAll` and `forward`: written and sent at once.
//!
//! Source: Graph v1.0 reference, "message: reply", "message: replyAll",
//! "message: forward".

use super::super::fault::GraphFault;
use super::super::mail_access::{SEND, Work, enter};
use super::super::reply::Reply;
use super::super::request::Call;
use super::super::submission;
use super::{Kind, create_reply};
use crate::world::World;

/// 202, and no body.
pub fn post(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
    kind: Kind,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &SEND, Work::Send)?;
    let original = desk.message(world, folder, id)?;
    let (mut answer, comment) = create_reply::write(&desk, call, &original, kind)?;
    if let Some(comment) = comment {
        answer.body = create_reply::quote(&original, Some(&comment));
    }
    submission::prepare(&desk, &mut answer)?;
    let sending = submission::sending(&desk.switches, true);
    world
        .mailboxes
        .submit(desk.person, answer, sending, desk.now_ms)
        .map_err(|_| GraphFault::busy())?;
    Ok(Reply::accepted())
}
