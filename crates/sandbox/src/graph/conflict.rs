//! Whether somebody else changed the item in between.
//!
//! Source: Graph v1.0 reference, `@odata.etag` of `outlookItem`; RFC 9110
//! §13.1.1. On the live service other programs touch drafts, so clients meet 412
//! without having sent a version.

use axum::http::StatusCode;
use axum::http::header::IF_MATCH;
use serde_json::{Map, Value};

use super::fault::GraphFault;
use super::mail_access::Desk;
use super::message::etag;
use super::request::Call;
use crate::mailboxes::Message;
use crate::world::World;

/// Refuses a change that is based on another version than the one that is
/// there, by header or by what the body repeats of it.
pub fn check(
    world: &World,
    desk: &Desk,
    call: &Call,
    body: &Map<String, Value>,
    message: &Message,
) -> Result<(), GraphFault> {
    let own = etag(message);
    let header = call
        .headers
        .get(IF_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| !matches(tags, &own));
    let annotated = body
        .get("@odata.etag")
        .and_then(Value::as_str)
        .is_some_and(|tag| !matches(tag, &own));
    let keyed = body
        .get("changeKey")
        .and_then(Value::as_str)
        .is_some_and(|key| key != message.change_key());
    if header || annotated || keyed || world.dice.happens(desk.switches.conflict_permille) {
        return Err(refusal());
    }
    Ok(())
}

/// 412.
pub fn refusal() -> GraphFault {
    GraphFault::new(
        StatusCode::PRECONDITION_FAILED,
        "ErrorIrresolvableConflict",
        "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
    )
}

/// One of the tags, `*` among them, in either spelling of weakness.
fn matches(tags: &str, own: &str) -> bool {
    let bare = |tag: &str| {
        let tag = tag.trim();
        tag.strip_prefix("W/")
            .unwrap_or(tag)
            .trim_matches('"')
            .to_owned()
    };
    tags.split(',')
        .any(|tag| tag.trim() == "*" || bare(tag) == bare(own))
}
