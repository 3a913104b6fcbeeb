//! `user: revokeSignInSessions`: ends every session and refresh token of one's
//! own. Source: the page of that name in the Graph v1.0 reference.

use axum::http::StatusCode;
use serde_json::json;

use super::access::caller;
use super::fault::GraphFault;
use super::reply::Reply;
use super::request::Call;
use crate::revocations::Reason;
use crate::world::World;

/// The delegated permissions of the page, least privileged first.
const SCOPES: [&str; 4] = [
    "User.RevokeSessions.All",
    "User.ReadWrite",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];

/// `POST /me/revokeSignInSessions`. On the live service it takes some minutes
/// until everything is dead; here it is at once.
pub fn post(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let person = caller(world, call, &SCOPES, GraphFault::directory_denied)?.person;
    if person.is_personal() {
        // The page: personal Microsoft accounts are not supported.
        return Err(GraphFault::directory_denied());
    }
    world
        .revocations
        .revoke(person.oid, world.clock.now_ms(), Reason::Sessions);
    let body = json!({
        "@odata.context": format!("{}/v1.0/$metadata#Edm.Boolean", call.origin()),
        "value": true,
    });
    Ok(Reply::json(StatusCode::OK, &body))
}
