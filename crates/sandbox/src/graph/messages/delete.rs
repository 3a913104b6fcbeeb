//! `DELETE /me/messages/{id}` and `POST …/permanentDelete`.
//!
//! Source: Graph v1.0 reference, "Delete message", "message: permanentDelete".

use super::super::conflict;
use super::super::fault::GraphFault;
use super::super::mail_access::{WRITE, Work, enter};
use super::super::reply::Reply;
use super::super::request::Call;
use crate::mailboxes::folder::{DELETED_ITEMS, RECOVERABLE_ITEMS};
use crate::world::World;
use serde_json::Map;

/// To Deleted Items, and from there to where lists do not look: 204.
pub fn delete(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Change)?;
    let found = desk.message(world, folder, id)?;
    conflict::check(world, &desk, call, &Map::new(), &found)?;
    desk.mailbox(world, |mailbox| match found.folder {
        RECOVERABLE_ITEMS => mailbox.remove(found.serial),
        DELETED_ITEMS => mailbox.move_to(found.serial, RECOVERABLE_ITEMS, desk.now_ms),
        _ => mailbox.move_to(found.serial, DELETED_ITEMS, desk.now_ms),
    });
    Ok(Reply::no_content())
}

/// Gone for good: 204.
pub fn permanently(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Change)?;
    let found = desk.message(world, folder, id)?;
    desk.mailbox(world, |mailbox| mailbox.remove(found.serial));
    Ok(Reply::no_content())
}
