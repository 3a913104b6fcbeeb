//! `GET /me/messages/{id}`, alone or within its folder.
//!
//! Source: Graph v1.0 reference, "Get message".

use axum::http::StatusCode;

use serde_json::Value;

use super::super::fault::GraphFault;
use super::super::mail_access::{READ, Work, enter};
use super::super::message::{BODIES, RULES_ONE, write};
use super::super::query::{Options, entity};
use super::super::reply::Reply;
use super::super::request::Call;
use crate::world::World;

/// Answers with the message.
pub fn get(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ, Work::Read)?;
    let message = desk.message(world, folder, id)?;
    let options = Options::read(call, &RULES_ONE)?;
    let wanted = |name: &str| {
        let selected = options.select.as_deref().unwrap_or(RULES_ONE.shown);
        let hidden = !desk.reads_bodies() && BODIES.contains(&name);
        !hidden && (name == "id" || selected.contains(&name) || options.expands(name))
    };
    let item = Value::Object(write(&message, &desk.view, wanted));
    let fragment = format!("users('{}')/messages", desk.person.oid);
    let mut shown = entity(call, &RULES_ONE, &options, &fragment, &item);
    if let Some(fields) = shown.as_object_mut().filter(|_| !desk.reads_bodies()) {
        fields.retain(|name, _| !BODIES.contains(&name.as_str()));
    }
    Ok(desk.reply(StatusCode::OK, &shown))
}
