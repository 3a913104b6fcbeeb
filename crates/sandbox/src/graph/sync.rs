//! Which operation a path of a mailbox's lists means: folders, messages, and what
//! changed in either since a client last looked.

use super::fault::GraphFault;
use super::reply::Reply;
use super::request::Call;
use super::{mail_folders, message_list};
use crate::world::World;

/// What a path names below `/me` or `/users/{id}`.
enum Place<'p> {
    /// The folders of the root, or of another folder.
    Folders(Option<&'p str>),
    /// `delta` of all folders.
    FoldersDelta,
    /// One folder.
    Folder(&'p str),
    /// `move` of one folder.
    MoveFolder(&'p str),
    /// `copy` of one folder.
    CopyFolder(&'p str),
    /// The messages of the mailbox, or of a folder.
    Messages(Option<&'p str>),
    /// Their number.
    MessageCount(Option<&'p str>),
    /// `delta` of a folder's messages.
    MessagesDelta(&'p str),
}

/// Runs the operation at `segments`; `None` for a path of another side.
pub fn run(world: &World, call: &Call, segments: &[&str]) -> Option<Result<Reply, GraphFault>> {
    let place = place(segments)?;
    Some(match (call.method.as_str(), place) {
        ("GET", Place::Folders(parent)) => mail_folders::list(world, call, parent),
        ("POST", Place::Folders(parent)) => mail_folders::create(world, call, parent),
        ("GET", Place::FoldersDelta) => mail_folders::delta(world, call),
        ("GET", Place::Folder(id)) => mail_folders::get(world, call, id),
        ("PATCH", Place::Folder(id)) => mail_folders::rename(world, call, id),
        ("DELETE", Place::Folder(id)) => mail_folders::delete(world, call, id),
        ("POST", Place::MoveFolder(id)) => mail_folders::r#move(world, call, id),
        ("POST", Place::CopyFolder(id)) => mail_folders::copy(world, call, id),
        ("GET", Place::Messages(folder)) => message_list::list(world, call, folder),
        ("GET", Place::MessageCount(folder)) => message_list::count(world, call, folder),
        ("GET", Place::MessagesDelta(folder)) => message_list::delta(world, call, folder),
        _ => Err(GraphFault::wrong_method()),
    })
}

fn place<'p>(segments: &'p [&'p str]) -> Option<Place<'p>> {
    let rest = match segments {
        ["me", rest @ ..] | ["users", _, rest @ ..] => rest,
        _ => return None,
    };
    match rest {
        ["messages"] => Some(Place::Messages(None)),
        ["messages", "$count"] => Some(Place::MessageCount(None)),
        ["mailFolders"] => Some(Place::Folders(None)),
        ["mailFolders", "delta"] => Some(Place::FoldersDelta),
        ["mailFolders", id, below @ ..] => below_folder(id, below),
        _ => None,
    }
}

/// Children may be named by the whole way to them; the last one counts.
fn below_folder<'p>(id: &'p str, below: &'p [&'p str]) -> Option<Place<'p>> {
    match below {
        [] => Some(Place::Folder(id)),
        ["move"] => Some(Place::MoveFolder(id)),
        ["copy"] => Some(Place::CopyFolder(id)),
        ["childFolders"] => Some(Place::Folders(Some(id))),
        ["childFolders", child, below @ ..] => below_folder(child, below),
        ["messages"] => Some(Place::Messages(Some(id))),
        ["messages", "$count"] => Some(Place::MessageCount(Some(id))),
        ["messages", "delta"] => Some(Place::MessagesDelta(id)),
        _ => None,
    }
}
