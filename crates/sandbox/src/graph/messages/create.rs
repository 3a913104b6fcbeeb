//! `POST /me/messages`, `POST /me/mailFolders/{id}/messages`.
//!
//! Source: Graph v1.0 reference, "Create message": JSON, or MIME in base64.

use axum::http::StatusCode;

use super::super::fault::GraphFault;
use super::super::mail_access::{WRITE, Work, enter, folder_not_found};
use super::super::reply::Reply;
use super::super::request::Call;
use super::super::submission::check_size;
use super::super::{body, message, mime};
use crate::mailboxes::folder;
use crate::world::World;

/// Makes a draft: 201, and the draft.
pub fn post(world: &World, call: &Call, place: Option<&str>) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Store)?;
    let mut draft = match &*call.content_type() {
        "text/plain" => mime::from_base64(&call.body)?,
        _ => message::read(body::json(call)?)?,
    };
    check_size(&draft, &desk.switches)?;
    draft.is_draft = true;
    draft.is_read = true;
    let made = desk.mailbox(world, |mailbox| {
        let folder = match place {
            None => folder::DRAFTS,
            Some(name) => {
                let folder = mailbox.folder_called(name);
                folder.ok_or_else(|| folder_not_found(name))?.number
            }
        };
        if let Some(answered) = &draft.in_reply_to {
            let thread = mailbox.conversation_of(answered);
            (draft.thread, draft.depth) = thread.unwrap_or_default();
        }
        Ok(mailbox.insert(draft, folder, desk.now_ms))
    })?;
    Ok(desk.entity(call, StatusCode::CREATED, &made))
}
