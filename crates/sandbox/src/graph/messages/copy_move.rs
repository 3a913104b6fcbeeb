//! `POST …/copy` and `POST …/move`.
//!
//! Source: Graph v1.0 reference, "message: copy", "message: move".

use std::sync::Arc;

use axum::http::StatusCode;

use super::super::body::Parameters;
use super::super::fault::GraphFault;
use super::super::mail_access::{WRITE, Work, enter, folder_not_found, item_not_found};
use super::super::reply::Reply;
use super::super::request::Call;
use crate::mailboxes::{FolderNumber, Mailbox, Message};
use crate::world::World;

/// A copy in the other folder: 201, and the copy.
pub fn copy(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    run(
        world,
        call,
        folder,
        id,
        Work::Store,
        |mailbox, serial, to, now| mailbox.copy_to(serial, to, now),
    )
}

/// The message in the other folder, under another id: 201, and the message.
pub fn r#move(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    run(
        world,
        call,
        folder,
        id,
        Work::Change,
        |mailbox, serial, to, now| mailbox.move_to(serial, to, now),
    )
}

fn run(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
    work: Work,
    place: impl FnOnce(&mut Mailbox, u64, FolderNumber, i64) -> Option<Arc<Message>>,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, work)?;
    let found = desk.message(world, folder, id)?;
    let mut parameters = Parameters::read(call)?;
    let name = parameters.text("destinationId")?.ok_or_else(|| {
        GraphFault::bad_request(
            "ErrorInvalidParameter",
            "The parameter 'DestinationId' is required.",
        )
    })?;
    parameters.end(if work == Work::Store { "copy" } else { "move" })?;
    let placed = desk.mailbox(world, |mailbox| {
        let to = mailbox
            .folder_called(&name)
            .ok_or_else(|| folder_not_found(&name))?
            .number;
        place(mailbox, found.serial, to, desk.now_ms).ok_or_else(item_not_found)
    })?;
    Ok(desk.entity(call, StatusCode::CREATED, &placed))
}
