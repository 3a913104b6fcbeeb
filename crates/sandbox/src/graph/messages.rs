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

/// What faults and the journal call the operation, if it is one of these.
pub fn operation(method: &str, segments: &[&str]) -> Option<&'static str> {
    let place = place(segments)?;
    if place.id.is_some()
        && let ["attachments", rest @ ..] = place.below
    {
        return attachments::operation(method, rest);
    }
    let name = place.below.first().copied().unwrap_or_default();
    match (method, place.id.is_some(), place.below.len()) {
        ("POST", false, 0) => Some("messages.create"),
        ("GET", true, 0) => Some("messages.get"),
        ("PATCH", true, 0) => Some("messages.update"),
        ("DELETE", true, 0) => Some("messages.delete"),
        ("GET", true, 1) if name == "$value" => Some("messages.mime"),
        ("POST", true, 1) => ACTIONS
            .iter()
            .find(|(action, _)| action.eq_ignore_ascii_case(name))
            .map(|(_, route)| *route),
        _ => None,
    }
}

/// Actions by their name; OData tells actions apart without case here, as
/// clients of every age write them.
const ACTIONS: [(&str, &str); 10] = [
    ("send", "messages.send"),
    ("createReply", "messages.createReply"),
    ("createReplyAll", "messages.createReplyAll"),
    ("createForward", "messages.createForward"),
    ("reply", "messages.reply"),
    ("replyAll", "messages.replyAll"),
    ("forward", "messages.forward"),
    ("copy", "messages.copy"),
    ("move", "messages.move"),
    ("permanentDelete", "messages.permanentDelete"),
];

/// Runs the operation that `operation` named.
pub fn answer(
    world: &World,
    call: &Call,
    route: &str,
    segments: &[&str],
) -> Result<Reply, GraphFault> {
    let Some(place) = place(segments) else {
        return Err(GraphFault::wrong_method());
    };
    let (folder, id) = (place.folder, place.id.unwrap_or_default());
    match route {
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
            attachments::answer(world, call, route, folder, id, below)
        }
    }
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
