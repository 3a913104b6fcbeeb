//! `PATCH /me/messages/{id}`. Source: Graph v1.0 reference, "Update message".

use axum::http::StatusCode;

use super::super::fault::GraphFault;
use super::super::mail_access::{WRITE, Work, enter, item_not_found};
use super::super::message::{self, Purpose};
use super::super::reply::Reply;
use super::super::request::Call;
use super::super::submission::check_size;
use super::super::{body, conflict};
use crate::mailboxes::Message;
use crate::world::World;

/// Changes what the body names: 200, and the message. Some of it can be changed
/// in drafts only.
pub fn patch(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Change)?;
    let found = desk.message(world, folder, id)?;
    let fields = message::json::object(body::json(call)?, "message")?;
    conflict::check(world, &desk, call, &fields, &found)?;
    let purpose = if found.is_draft && !found.submitted {
        Purpose::UpdateDraft
    } else {
        Purpose::Update
    };
    let mut changed = Message::clone(&found);
    message::apply(fields, &mut changed, purpose)?;
    check_size(&changed, &desk.switches)?;
    let updated = desk
        .mailbox(world, |mailbox| {
            // Somebody else may have been quicker since the message was read.
            let current = mailbox.by_serial(found.serial)?;
            if current.changed_seq != found.changed_seq {
                return Some(Err(conflict::refusal()));
            }
            mailbox
                .update(found.serial, desk.now_ms, |message| *message = changed)
                .map(Ok)
        })
        .ok_or_else(item_not_found)??;
    Ok(desk.entity(call, StatusCode::OK, &updated))
}
