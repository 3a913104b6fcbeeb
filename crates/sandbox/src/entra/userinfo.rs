//! OpenID Connect's UserInfo, which lives on Graph's host and takes Graph's token.
//!
//! Source: Microsoft identity platform, "UserInfo endpoint"; OpenID Connect Core
//! §5.3.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::identifiers::subject;
use crate::directory::{Tenancy, by_oid};
use crate::graph::{Call, GraphFault, GraphIds, Reply, bearer_token};
use crate::world::World;

/// Where the photo is on Graph's host, for whoever holds a Graph token.
const PICTURE: &str = "/v1.0/me/photo/$value";

/// `GET` and `POST /oidc/userinfo`
pub async fn userinfo(State(world): State<Arc<World>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let ids = GraphIds::new(&world, &parts.headers);
    let call = Call::new(parts, Vec::new(), ids.clone());
    let reply = match claims(&world, &call) {
        Ok(claims) => Reply::json(StatusCode::OK, &claims),
        Err(fault) => fault.reply(&world, &ids),
    };
    reply.with_ids(ids).into_response()
}

/// What the token's scopes let it say: `openid` the subject, `profile` the name,
/// `email` the address.
fn claims(world: &World, call: &Call) -> Result<Value, GraphFault> {
    let token = bearer_token(world, call)?;
    if !token.scopes.contains("openid") {
        return Err(GraphFault::directory_denied());
    }
    let person = by_oid(&token.oid)
        .ok_or_else(|| GraphFault::unauthorized("The user does not exist.", &call.origin()))?;
    let mut claims = Map::new();
    let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    // The subject of the ID token, so that the two can be compared as OpenID
    // Connect Core §5.3.2 demands.
    let seat = Tenancy::parse(&token.tenant_id).and_then(|tenancy| tenancy.seat(person));
    let oid = seat.map_or(person.oid, |seat| seat.oid);
    say("sub", json!(subject(person, oid, &token.client_id)));
    if token.scopes.contains("profile") {
        say("name", json!(person.name));
        say("family_name", json!(person.surname));
        say("given_name", json!(person.given_name));
        say("picture", json!(format!("{}{PICTURE}", call.origin())));
    }
    let address = person
        .mail
        .or_else(|| person.is_personal().then_some(person.address));
    if let Some(address) = address.filter(|_| token.scopes.contains("email")) {
        say("email", json!(address));
    }
    Ok(Value::Object(claims))
}
