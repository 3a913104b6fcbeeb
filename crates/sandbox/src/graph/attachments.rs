//! Operations on a message's attachments: one file for each page of the
//! reference.

mod add;
mod delete;
mod get;
mod list;
mod upload;
mod upload_session;

pub use upload::answer as upload;

use std::sync::Arc;

use super::fault::GraphFault;
use super::mail_access::{Desk, item_not_found, malformed_id};
use super::reply::Reply;
use super::request::Call;
use crate::mailboxes::{Attachment, Message, ids};
use crate::world::World;

/// Runs the operation that faults and the journal know as `route`; `None` where
/// it is none of these.
pub fn run(
    world: &World,
    call: &Call,
    route: &str,
    folder: Option<&str>,
    id: &str,
    below: &[&str],
) -> Option<Result<Reply, GraphFault>> {
    let attachment = below.first().copied().unwrap_or_default();
    Some(match route {
        "attachments.list" => list::get(world, call, folder, id),
        "attachments.count" => list::count(world, call, folder, id),
        "attachments.add" => add::post(world, call, folder, id),
        "attachments.createUploadSession" => upload_session::post(world, call, folder, id),
        "attachments.get" => get::get(world, call, folder, id, attachment),
        "attachments.value" => get::value(world, call, folder, id, attachment),
        "attachments.delete" => delete::delete(world, call, folder, id, attachment),
        _ => return None,
    })
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
