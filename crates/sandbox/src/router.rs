//! The routes of the sign-in side and of the pages. Graph has one door (`graph`),
//! and what surrounds every request is in `front`.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::origin::Origin;
use crate::world::World;
use crate::{desk, entra, pages};

/// The longest form of the sign-in side; tokens and the sealed sign-in fit many
/// times over. Graph reads its own bodies.
pub const FORM_BYTES_MAX: usize = 128 * 1024;
/// How much of a request is read, and thrown away, before a fault or a limit
/// answers in its stead: the largest body that is read anywhere, several times.
const UNWANTED_BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The media type of certificates in PEM (RFC 8555 §9.1).
const PEM: &str = "application/pem-certificate-chain";

/// Everything that is served on the sandbox's own address, but for Graph.
pub fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/ca.pem", get(ca))
        .route("/mailbox", get(mailboxes))
        .route("/mailbox/{address}", get(mailbox))
        .route("/mailbox/message/{id}", get(message))
        .route("/mailbox/message/{id}/attachment/{index}", get(attachment))
        .merge(desk::routes())
        .merge(entra::routes().layer(from_fn_with_state(Arc::clone(&world), bound_form)))
        .fallback(async || pages::not_found())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .with_state(world)
}

/// Refuses a form that is too long in the words of the sign-in side. One that says
/// its length is read away first, so that the client gets the answer and not a
/// broken pipe.
async fn bound_form(State(world): State<Arc<World>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let bytes = usize::try_from(request.body().size_hint().lower()).unwrap_or(usize::MAX);
    if bytes > FORM_BYTES_MAX {
        read_away(request.into_body()).await;
        return entra::form_too_long(&world, &path, &headers);
    }
    let answer = next.run(request).await;
    if answer.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return entra::form_too_long(&world, &path, &headers);
    }
    answer
}

/// Reads a body nobody wants, so that the client is not cut off while it writes.
/// No more than one frame is held at a time.
pub async fn read_away(mut body: Body) {
    let mut length = 0;
    while length <= UNWANTED_BODY_BYTES_MAX
        && let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
    {
        length += frame.data_ref().map_or(0, |data| data.len());
    }
}

async fn home(
    State(world): State<Arc<World>>,
    origin: Origin,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    pages::home(&world, &origin, query.get("person").map(String::as_str))
}

/// This run's authority, for clients to trust: the certificate, never its key.
async fn ca(State(world): State<Arc<World>>) -> Response {
    match world.ca_pem.get() {
        Some(pem) => ([(CONTENT_TYPE, PEM)], pem.clone()).into_response(),
        None => pages::not_found().into_response(),
    }
}

async fn mailboxes(State(world): State<Arc<World>>, _: HeaderMap) -> Response {
    pages::mailboxes(&world)
}

async fn mailbox(State(world): State<Arc<World>>, Path(address): Path<String>) -> Response {
    pages::mailbox(&world, &address)
}

async fn message(State(world): State<Arc<World>>, Path(id): Path<u64>) -> Response {
    pages::message(&world, id)
}

async fn attachment(
    State(world): State<Arc<World>>,
    Path((id, index)): Path<(u64, usize)>,
) -> Response {
    pages::attachment(&world, id, index)
}
