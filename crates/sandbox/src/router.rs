//! One router for both services and the pages, and what surrounds every request:
//! the faults and the journal. The host was checked before (`origin::admit`).

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Query, Request, State};
use axum::http::header::{CONTENT_TYPE, DATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::Instant;

use crate::caller::{self, Caller};
use crate::clock::rfc3339;
use crate::directory::Person;
use crate::entra::Endpoint;
use crate::faults::Fault;
use crate::graph::{Arrival, GraphIds, enter};
use crate::journal::{ClientNotes, Entry, client_headers};
use crate::listen::Cut;
use crate::operations::{self, Meter, Operation, Service};
use crate::origin::Origin;
use crate::world::World;
use crate::{desk, entra, graph, pages};

/// The longest form of the sign-in side; tokens and the sealed sign-in fit many
/// times over. Graph reads its own bodies.
const FORM_BYTES_MAX: usize = 128 * 1024;
/// How much of a request is read, and thrown away, before a fault or a limit
/// answers in its stead: the largest body that is read anywhere, several times.
const UNWANTED_BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The media type of certificates in PEM (RFC 8555 §9.1).
const PEM: &str = "application/pem-certificate-chain";

/// Everything that is served on the sandbox's own address.
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
        .merge(graph::routes())
        .fallback(async || pages::not_found())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(Arc::clone(&world), watch))
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

/// Notes how a request went.
async fn watch(
    State(world): State<Arc<World>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut client = client_headers(request.headers());
    let operation = operations::find(&method, &path);
    let (mut answer, how) = match operation {
        None => (next.run(request).await, How::Plainly),
        Some(operation) => attend(&world, operation, request, next).await,
    };
    if let Some(notes) = answer.extensions_mut().remove::<ClientNotes>() {
        notes.add_to(&mut client);
    }
    if how == How::Cut {
        cut.now();
    }
    if let Ok(date) = HeaderValue::from_str(&world.clock.http_date()) {
        answer.headers_mut().insert(DATE, date);
    }
    let status = match how {
        How::Cut => 0,
        How::Plainly | How::ByFault => answer.status().as_u16(),
    };
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let route = operation.map(|operation| operation.name);
    let fault = how != How::Plainly;
    tracing::info!(route, %method, status, ms, fault, "answered");
    world.journal.add(Entry {
        at: rfc3339(world.clock.now_ms()),
        route,
        method: method.to_string(),
        path,
        status,
        fault,
        batch: false,
        client,
        ms,
    });
    answer
}

/// How a request was answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// As the service does.
    Plainly,
    /// By a fault that stood in.
    ByFault,
    /// By a fault that drops the connection.
    Cut,
}

/// Counts a request against its limits, and lets a waiting fault answer.
async fn attend(
    world: &World,
    operation: &'static Operation,
    request: Request,
    next: Next,
) -> (Response, How) {
    let (caller, person, request) = who(world, operation, request).await;
    let _pass = match enter(world, caller.as_ref(), &arrival(operation, &request)) {
        Ok(pass) => pass,
        Err(refusal) => {
            let ids = GraphIds::new(world, request.headers());
            read_away(request.into_body()).await;
            let reply = refusal.reply(world, &ids).with_ids(&ids);
            return (reply.into_response(), How::Plainly);
        }
    };
    match world.faults.take(operation, person, &world.dice) {
        None => (next.run(request).await, How::Plainly),
        Some(fault) => {
            let how = if fault.closes() {
                How::Cut
            } else {
                How::ByFault
            };
            let answer = stand_in(world, &fault, operation, request, next).await;
            (answer, how)
        }
    }
}

/// Who calls. It takes opening a token or reading a form ahead, so it is asked
/// only where a limit or a fault wants to know.
async fn who(
    world: &World,
    operation: &Operation,
    mut request: Request,
) -> (Option<Caller>, Option<&'static Person>, Request) {
    match operation.service {
        Service::Graph if operation.meter == Meter::None && !world.faults.ask_who(operation) => {
            (None, None, request)
        }
        Service::Graph => {
            let token = caller::opened(world, request.headers());
            let caller = token
                .as_ref()
                .and_then(|token| caller::of_token(world, token))
                .or_else(|| caller::of_upload(world, request.uri().query().unwrap_or_default()));
            let person = caller.as_ref().map(|caller| caller.person);
            if let Some(token) = token {
                request.extensions_mut().insert(token);
            }
            (caller, person, request)
        }
        Service::Entra if world.faults.ask_who(operation) => {
            let (person, request) = caller::of_entra(world, request).await;
            (None, person, request)
        }
        Service::Entra => (None, None, request),
    }
}

/// A body of unknown length counts by what is said of its least.
fn arrival<'a>(operation: &'static Operation, request: &'a Request) -> Arrival<'a> {
    let path = request.uri().path();
    Arrival {
        operation,
        method: request.method(),
        path: path.strip_prefix("/v1.0").unwrap_or(path),
        bytes: request.body().size_hint().lower(),
    }
}

async fn stand_in(
    world: &World,
    fault: &Fault,
    operation: &Operation,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers().clone();
    let uri = request.uri().clone();
    let origin = request.extensions().get::<Origin>().cloned();
    if let Some(delay) = fault.delay() {
        if fault.after_work {
            let answer = next.run(request).await;
            tokio::time::sleep(delay).await;
            return answer;
        }
        tokio::time::sleep(delay).await;
        return next.run(request).await;
    }
    if fault.after_work {
        next.run(request).await;
    } else {
        read_away(request.into_body()).await;
    }
    if operation.service == Service::Graph {
        let ids = GraphIds::new(world, &headers);
        let graph = origin.as_ref().map(Origin::graph).unwrap_or_default();
        return fault
            .graph_reply(world, &ids, operation, &graph)
            .with_ids(&ids)
            .into_response();
    }
    match (fault.refusal(), authorize(uri.path()), origin) {
        (Some(refusal), Some((endpoint, tenant)), Some(origin)) => {
            let query = uri.query().unwrap_or_default();
            entra::refuse(world, endpoint, tenant, query, &origin, &headers, &refusal)
        }
        _ => fault.entra_response(world, &headers),
    }
}

/// Reads a body nobody wants, so that the client is not cut off while it writes.
/// No more than one frame is held at a time.
async fn read_away(mut body: Body) {
    let mut length = 0;
    while length <= UNWANTED_BODY_BYTES_MAX
        && let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
    {
        length += frame.data_ref().map_or(0, |data| data.len());
    }
}

/// Which authorize endpoint of which tenant a path names.
fn authorize(path: &str) -> Option<(Endpoint, &str)> {
    [
        (Endpoint::AuthorizeV2, "/oauth2/v2.0/authorize"),
        (Endpoint::AuthorizeV1, "/oauth2/authorize"),
    ]
    .into_iter()
    .find_map(|(endpoint, end)| {
        let tenant = path.strip_suffix(end)?.strip_prefix('/')?;
        Some((endpoint, tenant))
    })
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
