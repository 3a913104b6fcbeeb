//! `POST …/attachments`. Source: Graph v1.0 reference, "Add attachment".

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::body;
use super::super::conflict;
use super::super::fault::GraphFault;
use super::super::mail_access::{Desk, WRITE, Work, enter, item_not_found};
use super::super::message::{read_attachment, write_attachment};
use super::super::reply::Reply;
use super::super::request::Call;
use super::super::submission::check_size;
use crate::mailboxes::{Attachment, Message};
use crate::world::World;

/// Adds a file or an item to a message: 201, and the attachment.
pub fn post(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Store)?;
    let message = desk.message(world, folder, id)?;
    let attachment = read_attachment(body::json(call)?)?;
    conflict::check(world, &desk, call, &Map::new(), &message)?;
    let added = attach(world, &desk, message.serial, attachment)?;
    let mut fields = write_attachment(&added, &desk.view, false);
    let what = format!("messages('{id}')/attachments/$entity");
    fields.insert(
        "@odata.context".to_owned(),
        json!(desk.context(call, &what)),
    );
    Ok(desk.reply(StatusCode::CREATED, &Value::Object(fields)))
}

/// Hangs an attachment on a message, if it still takes one.
pub fn attach(
    world: &World,
    desk: &Desk,
    serial: u64,
    attachment: Attachment,
) -> Result<Attachment, GraphFault> {
    desk.mailbox(world, |mailbox| {
        let current = mailbox.by_serial(serial).ok_or_else(item_not_found)?;
        let mut grown = Message::clone(current);
        grown.attachments.push(attachment);
        check_size(&grown, &desk.switches)?;
        mailbox
            .update(serial, desk.now_ms, |message| *message = grown)
            .and_then(|message| message.attachments.last().cloned())
            .ok_or_else(item_not_found)
    })
}
