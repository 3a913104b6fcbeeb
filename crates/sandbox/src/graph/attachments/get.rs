//! `GET …/attachments/{id}`, and its `$value`.
//!
//! Source: Graph v1.0 reference, "Get attachment", with the raw contents of a
//! file or an item.

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::Value;

use super::super::fault::GraphFault;
use super::super::mail_access::{READ_BODIES, Work, enter, item_not_found};
use super::super::message::{ATTACHMENT_RULES, write_attachment};
use super::super::mime;
use super::super::query::{Options, entity};
use super::super::reply::Reply;
use super::super::request::Call;
use super::find;
use super::list::item_path;
use crate::mailboxes::AttachmentContent;
use crate::world::World;

/// One attachment; the item of an `itemAttachment` comes with `$expand`.
pub fn get(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
    attachment: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ_BODIES, Work::Read)?;
    let (message, index) = find(&desk, world, folder, id, attachment)?;
    let found = message.attachments.get(index).ok_or_else(item_not_found)?;
    let options = Options::parse(&item_path(&call.raw_query), &ATTACHMENT_RULES)?;
    let fields = write_attachment(found, &desk.view, options.expands("item"));
    let fragment = format!("users('{}')/messages('{id}')/attachments", desk.person.oid);
    let shown = entity(
        call,
        &ATTACHMENT_RULES,
        &options,
        &fragment,
        &Value::Object(fields),
    );
    Ok(desk.reply(StatusCode::OK, &shown))
}

/// The file as it is, or the item as MIME.
pub fn value(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
    attachment: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ_BODIES, Work::Read)?;
    let (message, index) = find(&desk, world, folder, id, attachment)?;
    let found = message.attachments.get(index).ok_or_else(item_not_found)?;
    let (kind, body) = match &found.content {
        AttachmentContent::File(file) => (found.content_type.as_str(), file.to_vec()),
        AttachmentContent::Item(inner) => ("text/plain", mime::write(inner)),
    };
    let kind = HeaderValue::from_str(kind)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    Ok(Reply {
        status: StatusCode::OK,
        headers: vec![(header::CONTENT_TYPE, kind)],
        body,
    })
}
