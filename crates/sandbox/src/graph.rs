//! Microsoft Graph v1.0, as far as a mail client of one's own account needs it.
//!
//! A request becomes a `Call`, an operation turns it into a `Reply`, and only
//! the edges know HTTP: so `$batch` runs the same operations without a socket.

mod access;
mod attachments;
mod batch;
mod body;
mod categories;
mod conflict;
mod fault;
mod mail_access;
mod mail_folders;
mod mail_tips;
mod me;
mod message;
mod message_list;
mod messages;
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
mod submission;
mod sync;
mod sync_state;
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

use crate::operations::{self, Meter};
use crate::world::World;
use request::{BODY_BYTES_MAX, UPLOAD_PART_BYTES_MAX};

/// The one route; operations are told apart by `answer`.
pub fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/v1.0/{*path}", any(handle))
        .route("/upload/api/v2.0/{*path}", any(upload))
        .route("/api/v2.0/{*path}", any(upload))
        .route("/api/gv1.0/{*path}", any(upload))
}

async fn handle(State(world): State<Arc<World>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let ids = GraphIds::new(&world, &parts.headers);
    let reply = match request::read_body(body, BODY_BYTES_MAX).await {
        Err(fault) => fault.reply(&world, &ids),
        Ok(body) => {
            let mut call = Call::new(&parts, body, ids.clone());
            throttle::count_unannounced(&world, &call);
            match operations::graph(&call.method, &call.path) {
                Some(operation) if operation.name == "batch" => {
                    call.token = call.opened(&world);
                    match check_options(&world, &call) {
                        Ok(()) => batch::run(&world, &call).await,
                        Err(fault) => fault.reply(&world, &call.ids),
                    }
                }
                _ => answer(&world, &call),
            }
        }
    };
    reply.with_ids(&ids).into_response()
}

/// A range of a large attachment: another host than Graph, and no bearer token.
async fn upload(State(world): State<Arc<World>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let ids = GraphIds::new(&world, &parts.headers);
    let reply = request::read_body(body, UPLOAD_PART_BYTES_MAX)
        .await
        .and_then(|body| {
            let call = Call::new(&parts, body, ids.clone());
            attachments::upload(&world, &call)
        })
        .unwrap_or_else(|fault| fault.reply(&world, &ids));
    reply.with_ids(&ids).into_response()
}

fn route(call: &Call) -> &'static str {
    operations::graph(&call.method, &call.path).map_or("", |operation| operation.name)
}

/// Runs one operation.
fn answer(world: &World, call: &Call) -> Reply {
    let segments = call.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let raw = matches!(segments.last(), Some(&"$value" | &"$count"));
    if !raw && !call.accepts_json() {
        return GraphFault::not_acceptable().reply(world, &call.ids);
    }
    if let Err(fault) = check_options(world, call) {
        return fault.reply(world, &call.ids);
    }
    let result = match (call.method.as_str(), segments.as_slice()) {
        ("POST", ["me", "revokeSignInSessions"]) => revoke_sign_in_sessions::post(world, call),
        ("POST", ["me", "sendMail"] | ["users", _, "sendMail"]) => send_mail::post(world, call),
        (_, ["me", "sendMail"]) => Err(GraphFault::wrong_method()),
        (_, segments) => messages::run(world, call, route(call), segments)
            .or_else(|| profile::run(world, call, segments))
            .or_else(|| sync::run(world, call, segments))
            .unwrap_or_else(|| {
                Err(GraphFault::no_segment(
                    segments.last().copied().unwrap_or_default(),
                ))
            }),
    };
    result.unwrap_or_else(|fault| fault.reply(world, &call.ids))
}

/// 400 for an option of OData that the operation does not serve, once it is known
/// who asks. No option is skipped: a client would take what was not filtered for
/// all there is.
fn check_options(world: &World, call: &Call) -> Result<(), GraphFault> {
    let Some(operation) = operations::graph(&call.method, &call.path) else {
        return Ok(());
    };
    let Some(name) = query::unserved(&call.raw_query, operation.options) else {
        return Ok(());
    };
    access::token(world, call)?;
    let code = match operation.meter {
        Meter::Outlook | Meter::Insights => "ErrorInvalidUrlQuery",
        Meter::Presence => "BadRequest",
        Meter::None => "Request_UnsupportedQuery",
    };
    Err(GraphFault::bad_request(
        code,
        format!("The query option '{name}' is not supported here."),
    ))
}
