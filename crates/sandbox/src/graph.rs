//! Microsoft Graph v1.0, as far as a mail client of one's own account needs it.
//!
//! A request becomes a `Call`, an operation turns it into a `Reply`, and only
//! the edges know HTTP: so `$batch` runs the same operations without a socket.

mod access;
mod batch;
mod fault;
mod manager;
mod me;
#[allow(
    dead_code,
    unused_imports,
    reason = "messages are read for updates before there is an operation that updates"
)]
mod message;
mod mime;
mod photo;
pub mod query;
mod reply;
mod request;
mod send_mail;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::any;

pub use fault::GraphFault;
pub use reply::Reply;
pub use request::{Call, GraphIds};

use crate::world::World;

/// The one route; operations are told apart by `answer`.
pub fn routes() -> Router<Arc<World>> {
    Router::new().route("/v1.0/{*path}", any(handle))
}

/// What faults and the journal call the operation at `path` (below `/v1.0`).
pub fn operation(method: &Method, path: &str) -> Option<&'static str> {
    let path = request::readable_path(path);
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    match (method.as_str(), segments.as_slice()) {
        ("POST", ["$batch"]) => Some("batch"),
        ("POST", ["me", name]) if is_send_mail(name) => Some("sendMail"),
        ("GET", ["me"]) => Some("me"),
        ("GET", ["me", "manager"]) => Some("manager"),
        ("GET", ["me", "photo" | "photos", ..]) => Some("photo"),
        _ => None,
    }
}

async fn handle(State(world): State<Arc<World>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let ids = GraphIds::new(&parts.headers);
    let reply = match request::read_body(body).await {
        Err(fault) => fault.reply(&world, &ids),
        Ok(body) => {
            let call = Call::new(&parts, body, ids.clone());
            match operation(&call.method, &call.path) {
                Some("batch") => batch::run(&world, &call).await,
                _ => answer(&world, &call),
            }
        }
    };
    reply.with_ids(&ids).into_response()
}

/// Runs one operation.
fn answer(world: &World, call: &Call) -> Reply {
    let segments: Vec<&str> = call.segments().collect();
    let result = match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["me"]) => me::get(world, call),
        ("GET", ["me", "manager"]) => manager::get(world, call),
        ("GET", ["me", "photo"]) => photo::metadata(world, call),
        ("GET", ["me", "photo", "$value"]) => photo::value(world, call, None),
        ("GET", ["me", "photo" | "photos", size, "$value"]) => {
            photo::value(world, call, Some(size))
        }
        ("POST", ["me", name]) if is_send_mail(name) => send_mail::post(world, call),
        (_, ["me", name]) if is_send_mail(name) => Err(GraphFault::wrong_method()),
        ("GET" | "POST", other) => Err(GraphFault::no_segment(
            other.last().copied().unwrap_or_default(),
        )),
        _ => Err(GraphFault::wrong_method()),
    };
    result.unwrap_or_else(|fault| fault.reply(world, &call.ids))
}

/// OData names are told apart by case, action names are not: SDKs write the full
/// name, `microsoft.graph.sendMail`, as well.
fn is_send_mail(name: &str) -> bool {
    name.trim_start_matches("microsoft.graph.")
        .eq_ignore_ascii_case("sendMail")
}
