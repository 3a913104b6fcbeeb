//! Microsoft Graph v1.0, as far as a mail client of one's own account needs it.
//!
//! A request becomes a `Call`, an operation turns it into a `Reply`, and only
//! the edges know HTTP: so `$batch` runs the same operations without a socket.

mod access;
mod batch;
mod categories;
mod fault;
mod mail_tips;
mod me;
#[allow(
    dead_code,
    unused_imports,
    reason = "messages are read for updates before there is an operation that updates"
)]
mod message;
mod mime;
mod path;
mod people;
mod photo;
mod presence;
mod profile;
pub mod query;
mod reply;
mod request;
mod revoke_sign_in_sessions;
mod send_mail;
mod settings;
mod throttle;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

pub use access::token as bearer_token;
pub use fault::GraphFault;
pub use path::segments;
pub use reply::Reply;
pub use request::{Call, GraphIds};
pub use throttle::{Arrival, enter};

use crate::operations;
use crate::world::World;

/// The one route; operations are told apart by `answer`.
pub fn routes() -> Router<Arc<World>> {
    Router::new().route("/v1.0/{*path}", any(handle))
}

async fn handle(State(world): State<Arc<World>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let ids = GraphIds::new(&parts.headers);
    let reply = match request::read_body(body).await {
        Err(fault) => fault.reply(&world, &ids),
        Ok(body) => {
            let call = Call::new(&parts, body, ids.clone());
            throttle::count_unannounced(&world, &call);
            match operations::graph(&call.method, &call.path) {
                Some(operation) if operation.name == "batch" => batch::run(&world, &call).await,
                _ => answer(&world, &call),
            }
        }
    };
    reply.with_ids(&ids).into_response()
}

/// Runs one operation.
fn answer(world: &World, call: &Call) -> Reply {
    let segments = call.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let result = match (call.method.as_str(), segments.as_slice()) {
        ("POST", ["me", "revokeSignInSessions"]) => revoke_sign_in_sessions::post(world, call),
        ("POST", ["me", "sendMail"]) => send_mail::post(world, call),
        (_, ["me", "sendMail"]) => Err(GraphFault::wrong_method()),
        (_, segments) => profile::run(world, call, segments).unwrap_or_else(|| {
            Err(GraphFault::no_segment(
                segments.last().copied().unwrap_or_default(),
            ))
        }),
    };
    result.unwrap_or_else(|fault| fault.reply(world, &call.ids))
}
