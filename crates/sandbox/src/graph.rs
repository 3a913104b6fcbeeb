//! Microsoft Graph v1.0, as far as a mail client of one's own account needs it.
//!
//! A request becomes a `Call`, an operation turns it into a `Reply`, and only
//! the edges know HTTP: so `$batch` runs the same operations without a socket.
//! Requests come through a door of their own and not through the routes of the
//! pages: a client may send thousands a second.

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

use axum::extract::Request;
use axum::response::{IntoResponse, Response};

pub use access::token as bearer_token;
pub use fault::GraphFault;
pub use path::{Segment, segments};
pub use reply::Reply;
pub use request::{Call, GraphIds};
pub use throttle::{Arrival, enter};

use crate::operations::Meter;
use crate::world::World;
use request::{BODY_BYTES_MAX, UPLOAD_PART_BYTES_MAX};

/// What a request is brought to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Graph v1.0; operations are told apart by `answer`.
    Api,
    /// The host that takes uploads for it.
    Upload,
}

/// The door that leads to `path`, if it is one of Graph's.
pub fn door(path: &str) -> Option<Door> {
    const UPLOADS: [&str; 3] = ["/upload/api/v2.0/", "/api/v2.0/", "/api/gv1.0/"];
    if path.starts_with("/v1.0/") {
        Some(Door::Api)
    } else {
        let uploads = UPLOADS.iter().any(|start| path.starts_with(start));
        uploads.then_some(Door::Upload)
    }
}

/// Answers a request that came over a socket.
pub async fn answer_at(door: Door, world: &World, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let ids = GraphIds::new(world, &parts.headers);
    let most = match door {
        Door::Api => BODY_BYTES_MAX,
        Door::Upload => UPLOAD_PART_BYTES_MAX,
    };
    let reply = match request::read_body(body, most).await {
        Err(fault) => fault.reply(world, &ids).with_ids(ids),
        Ok(body) => {
            let mut call = Call::new(parts, body, ids);
            let reply = match door {
                Door::Api => handle(world, &mut call).await,
                Door::Upload => attachments::upload(world, &call)
                    .unwrap_or_else(|fault| fault.reply(world, &call.ids)),
            };
            reply.with_ids(call.ids)
        }
    };
    reply.into_response()
}

async fn handle(world: &World, call: &mut Call) -> Reply {
    throttle::count_unannounced(world, call);
    if call.route() != "batch" {
        return answer(world, call);
    }
    call.token = call.opened(world);
    match check_options(world, call) {
        Ok(()) => batch::run(world, call).await,
        Err(fault) => fault.reply(world, &call.ids),
    }
}

/// Runs one operation.
fn answer(world: &World, call: &Call) -> Reply {
    let segments: Vec<&str> = call.resolved.segments.iter().map(AsRef::as_ref).collect();
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
        (_, segments) => messages::run(world, call, call.route(), segments)
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
    let Some(operation) = call.resolved.operation else {
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
