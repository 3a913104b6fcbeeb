//! `GET …/attachments`. Source: Graph v1.0 reference, "List attachments".

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::Value;
use url::form_urlencoded::{Serializer, parse};

use super::super::fault::GraphFault;
use super::super::mail_access::{READ_BODIES, Work, enter};
use super::super::message::{ATTACHMENT_RULES, write_attachment};
use super::super::query::{Options, collection};
use super::super::reply::Reply;
use super::super::request::Call;
use crate::mailboxes::Attachment;
use crate::world::World;

/// Every attachment, with its content.
pub fn get(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ_BODIES, Work::Read)?;
    let message = desk.message(world, folder, id)?;
    let query = item_path(&call.raw_query);
    let options = Options::parse(&query, &ATTACHMENT_RULES)?;
    let item = options.expands("item");
    let write = |one: &Attachment| Value::Object(write_attachment(one, &desk.view, item));
    let fragment = format!("users('{}')/messages('{id}')/attachments", desk.person.oid);
    let answer = collection(
        call,
        &ATTACHMENT_RULES,
        &options,
        &fragment,
        &message.attachments,
        write,
    );
    Ok(desk.reply(StatusCode::OK, &answer))
}

/// The item is a relationship of one kind of attachment only, so clients name it
/// with the kind: `$expand=microsoft.graph.itemattachment/item`.
pub fn item_path(query: &str) -> String {
    let pairs = parse(query.as_bytes()).map(|(name, value)| {
        let value = match value.split_once('/') {
            Some((kind, "item")) if kind.eq_ignore_ascii_case(ITEM_ATTACHMENT) => "item".into(),
            _ => value,
        };
        (name, value)
    });
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

const ITEM_ATTACHMENT: &str = "microsoft.graph.itemAttachment";

/// How many there are, as text.
pub fn count(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ_BODIES, Work::Read)?;
    let message = desk.message(world, folder, id)?;
    Ok(Reply {
        status: StatusCode::OK,
        headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))],
        body: message.attachments.len().to_string().into_bytes(),
    })
}
