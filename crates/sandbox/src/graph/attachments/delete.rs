//! `DELETE …/attachments/{id}`. Source: Graph v1.0 reference, "Delete attachment".

use serde_json::Map;

use super::super::conflict;
use super::super::fault::GraphFault;
use super::super::mail_access::{WRITE, Work, enter};
use super::super::reply::Reply;
use super::super::request::Call;
use super::find;
use crate::world::World;

/// Takes an attachment off its message: 204.
pub fn delete(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
    attachment: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Change)?;
    let (message, _) = find(&desk, world, folder, id, attachment)?;
    conflict::check(world, &desk, call, &Map::new(), &message)?;
    desk.mailbox(world, |mailbox| {
        mailbox.update(message.serial, desk.now_ms, |message| {
            message.attachments.retain(|one| one.id != attachment);
        })
    });
    Ok(Reply::no_content())
}
