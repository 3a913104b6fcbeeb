//! Operations on messages: one file for each page of the reference.
//!
//! Paths come as segments (`path`), below `/me` or `/users/{id}`; a message may
//! be named with its folder or without.

mod copy_move;
mod create;
mod create_reply;
mod delete;
mod get;
mod mime;
mod reply;
mod send;
mod update;

use super::attachments;
use super::fault::GraphFault;
use super::reply::Reply;
use super::request::Call;
use crate::world::World;

/// What a path names: a message, perhaps within a folder, and what is below it.
struct Place<'p> {
    folder: Option<&'p str>,
    id: Option<&'p str>,
    below: &'p [&'p str],
}

/// Runs the operation that faults and the journal know as `route`; `None` where
/// it is none of these.
pub fn run(
    world: &World,
    call: &Call,
    route: &str,
    segments: &[&str],
) -> Option<Result<Reply, GraphFault>> {
    let place = place(segments)?;
    let (folder, id) = (place.folder, place.id.unwrap_or_default());
    let result = match route {
        "messages.create" => create::post(world, call, folder),
        "messages.get" => get::get(world, call, folder, id),
        "messages.mime" => mime::get(world, call, folder, id),
        "messages.update" => update::patch(world, call, folder, id),
        "messages.delete" => delete::delete(world, call, folder, id),
        "messages.permanentDelete" => delete::permanently(world, call, folder, id),
        "messages.send" => send::post(world, call, folder, id),
        "messages.copy" => copy_move::copy(world, call, folder, id),
        "messages.move" => copy_move::r#move(world, call, folder, id),
        "messages.createReply" => create_reply::post(world, call, folder, id, Kind::Reply),
        "messages.createReplyAll" => create_reply::post(world, call, folder, id, Kind::ReplyAll),
        "messages.createForward" => create_reply::post(world, call, folder, id, Kind::Forward),
        "messages.reply" => reply::post(world, call, folder, id, Kind::Reply),
        "messages.replyAll" => reply::post(world, call, folder, id, Kind::ReplyAll),
        "messages.forward" => reply::post(world, call, folder, id, Kind::Forward),
        _ => {
            let below = place.below.get(1..).unwrap_or_default();
            return attachments::run(world, call, route, folder, id, below);
        }
    };
    Some(result)
}

/// The three ways to go on from a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To whom it came from.
    Reply,
    /// To everybody who had it.
    ReplyAll,
    /// To somebody else.
    Forward,
}

fn place<'p>(segments: &'p [&'p str]) -> Option<Place<'p>> {
    let rest = match segments {
        ["me", rest @ ..] | ["users", _, rest @ ..] => rest,
        _ => return None,
    };
    let (folder, rest) = match rest {
        ["mailFolders", folder, rest @ ..] => (Some(*folder), below_child_folders(rest)),
        _ => (None, rest),
    };
    match rest {
        ["messages"] => Some(Place {
            folder,
            id: None,
            below: &[],
        }),
        ["messages", "delta" | "$count", ..] => None,
        ["messages", id, below @ ..] => Some(Place {
            folder,
            id: Some(id),
            below,
        }),
        _ => None,
    }
}

/// `childFolders/{id}` may be written in between; the last one counts, but the
/// id in front of it is enough to find a message, so only the way is skipped.
fn below_child_folders<'p>(rest: &'p [&'p str]) -> &'p [&'p str] {
    match rest {
        ["childFolders", _, rest @ ..] => below_child_folders(rest),
        _ => rest,
    }
}
