//! `GET /me/manager`. Source: Graph v1.0 reference, "List manager" and "Get
//! user", which lets `User.Read` discover one's own manager.

use axum::http::StatusCode;
use serde_json::Value;

use super::access;
use super::fault::GraphFault;
use super::me::{self, PROFILE_SCOPES};
use super::reply::Reply;
use super::request::Call;
use crate::directory::by_address;
use crate::world::World;

/// Answers with the manager, or 404 where there is none.
pub fn get(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let person = access::person(world, call, &PROFILE_SCOPES, GraphFault::directory_denied)?;
    let manager = person.manager.and_then(by_address).ok_or_else(|| {
        GraphFault::new(
            StatusCode::NOT_FOUND,
            "Request_ResourceNotFound",
            "Resource 'manager' does not exist or one of its queried reference-property objects are not present.",
        )
    })?;
    let select = call.query.get("$select").map(String::as_str);
    let mut user = me::user(call, manager, select)?;
    if let Some(fields) = user.as_object_mut() {
        let context = format!("{}/v1.0/$metadata#directoryObjects/$entity", call.origin());
        fields.insert("@odata.context".to_owned(), Value::String(context));
        fields.insert(
            "@odata.type".to_owned(),
            Value::String("#microsoft.graph.user".to_owned()),
        );
    }
    Ok(Reply::json(StatusCode::OK, &user))
}
