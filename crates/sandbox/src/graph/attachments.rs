//! Operations on a message's attachments: one file for each page of the
//! reference.

mod add;
mod delete;
mod get;
mod list;
mod upload;
mod upload_session;

pub use upload::{answer as upload, route as upload_route};

use std::sync::Arc;

use super::fault::GraphFault;
use super::mail_access::{Desk, item_not_found, malformed_id};
use super::reply::Reply;
use super::request::Call;
use crate::mailboxes::{Attachment, Message, ids};
use crate::world::World;

/// What faults and the journal call the operation below `attachments`.
pub fn operation(method: &str, below: &[&str]) -> Option<&'static str> {
    match (method, below) {
        ("GET", []) => Some("attachments.list"),
        ("POST", []) => Some("attachments.add"),
        ("POST", [name]) if name.eq_ignore_ascii_case("createUploadSession") => {
            Some("attachments.createUploadSession")
        }
        ("GET", ["$count"]) => Some("attachments.count"),
        ("GET", [_]) => Some("attachments.get"),
        ("DELETE", [_]) => Some("attachments.delete"),
        ("GET", [_, "$value"]) => Some("attachments.value"),
        _ => None,
    }
}

/// Runs the operation that `operation` named.
pub fn answer(
    world: &World,
    call: &Call,
    route: &str,
    folder: Option<&str>,
    id: &str,
    below: &[&str],
) -> Result<Reply, GraphFault> {
    let attachment = below.first().copied().unwrap_or_default();
    match route {
        "attachments.list" => list::get(world, call, folder, id),
        "attachments.count" => list::count(world, call, folder, id),
        "attachments.add" => add::post(world, call, folder, id),
        "attachments.createUploadSession" => upload_session::post(world, call, folder, id),
        "attachments.get" => get::get(world, call, folder, id, attachment),
        "attachments.value" => get::value(world, call, folder, id, attachment),
        "attachments.delete" => delete::delete(world, call, folder, id, attachment),
        _ => Err(GraphFault::wrong_method()),
    }
}

/// The message, and where among its attachments the one with this id is.
fn find(
    desk: &Desk,
    world: &World,
    folder: Option<&str>,
    id: &str,
    attachment: &str,
) -> Result<(Arc<Message>, usize), GraphFault> {
    let message = desk.message(world, folder, id)?;
    if !ids::is_well_formed(attachment) {
        return Err(malformed_id());
    }
    let index = message
        .attachments
        .iter()
        .position(|one: &Attachment| one.id == attachment)
        .ok_or_else(item_not_found)?;
    Ok((message, index))
}
