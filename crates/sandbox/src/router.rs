//! One router for both services and the pages, and what surrounds every request:
//! the faults and the journal. The host was checked before (`origin::admit`).

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Query, Request, State};
use axum::http::header::DATE;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::Instant;

use crate::clock::rfc3339;
use crate::faults::Fault;
use crate::graph::GraphIds;
use crate::journal::{ClientNotes, Entry, client_headers};
use crate::listen::Cut;
use crate::origin::Origin;
use crate::world::World;
use crate::{desk, entra, graph, pages};

/// The longest form of the sign-in side; tokens and the sealed sign-in fit many
/// times over. Graph reads its own bodies.
const FORM_BYTES_MAX: usize = 128 * 1024;
/// How much of a request is read before a fault answers in its stead.
const FAULTY_BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Everything that is served on the sandbox's own address.
pub fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/mailbox", get(mailboxes))
        .route("/mailbox/{address}", get(mailbox))
        .route("/mailbox/message/{id}", get(message))
        .route("/mailbox/message/{id}/attachment/{index}", get(attachment))
        .merge(desk::routes())
        .merge(entra::routes())
        .merge(graph::routes())
        .fallback(async || pages::not_found())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(Arc::clone(&world), watch))
        .with_state(world)
}

/// Lets a waiting fault answer, and notes how the request went.
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
    let route = route(&method, &path);
    let fault = route.and_then(|route| world.faults.take(route));
    let faulty = fault.is_some();
    let closes = fault.as_ref().is_some_and(Fault::closes);
    let mut answer = match fault {
        None => next.run(request).await,
        Some(fault) => stand_in(&world, &fault, &path, request, next).await,
    };
    if let Some(notes) = answer.extensions_mut().remove::<ClientNotes>() {
        notes.add_to(&mut client);
    }
    if closes {
        cut.now();
    }
    if let Ok(date) = HeaderValue::from_str(&world.clock.http_date()) {
        answer.headers_mut().insert(DATE, date);
    }
    let status = if closes { 0 } else { answer.status().as_u16() };
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(route, %method, status, ms, fault = faulty, "answered");
    let at = rfc3339(world.clock.now_ms());
    let method = method.to_string();
    world.journal.add(Entry {
        at,
        route,
        method,
        path,
        status,
        fault: faulty,
        batch: false,
        client,
        ms,
    });
    answer
}

async fn stand_in(
    world: &World,
    fault: &Fault,
    path: &str,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers().clone();
    let query = request.uri().query().unwrap_or_default().to_owned();
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
    if path.starts_with("/v1.0/") {
        let ids = GraphIds::new(&headers);
        return fault
            .graph_reply(world, &ids)
            .with_ids(&ids)
            .into_response();
    }
    match (fault.refusal(), authorize_tenant(path)) {
        (Some(refusal), Some(tenant)) => entra::refuse(world, tenant, &query, &headers, &refusal),
        _ => fault.entra_response(world, &headers),
    }
}

/// Reads a body nobody wants, so that the client is not cut off while it writes.
async fn read_away(body: Body) {
    let read = to_bytes(body, FAULTY_BODY_BYTES_MAX).await;
    drop(read);
}

/// The short name of a route, as faults and the journal use it.
fn route(method: &Method, path: &str) -> Option<&'static str> {
    if let Some(below) = path.strip_prefix("/v1.0") {
        return graph::operation(method, below);
    }
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .skip(1)
        .collect();
    match (method.as_str(), segments.as_slice()) {
        ("POST", ["oauth2", "v2.0", "token"] | ["oauth2", "token"]) => Some("token"),
        ("POST", ["oauth2", "v2.0", "devicecode"] | ["oauth2", "devicecode"]) => Some("devicecode"),
        ("GET" | "POST", ["userinfo"]) if path == "/oidc/userinfo" => Some("userinfo"),
        ("GET", ["oauth2", "v2.0", "authorize"]) => Some("authorize"),
        ("GET", ["v2.0", ".well-known", "openid-configuration"]) => Some("metadata"),
        ("GET", ["discovery", "v2.0", "keys"]) => Some("keys"),
        _ => None,
    }
}

fn authorize_tenant(path: &str) -> Option<&str> {
    path.strip_suffix("/oauth2/v2.0/authorize")?
        .strip_prefix('/')
}

async fn home(
    State(world): State<Arc<World>>,
    origin: Origin,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    pages::home(&world, &origin, query.get("person").map(String::as_str))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_have_the_names_that_faults_use() {
        for (method, path, expected) in [
            (Method::POST, "/common/oauth2/v2.0/token", Some("token")),
            (Method::GET, "/common/oauth2/v2.0/token", None),
            (
                Method::GET,
                "/organizations/oauth2/v2.0/authorize",
                Some("authorize"),
            ),
            (
                Method::GET,
                "/common/v2.0/.well-known/openid-configuration",
                Some("metadata"),
            ),
            (
                Method::GET,
                "/common//v2.0/.well-known/openid-configuration",
                Some("metadata"),
            ),
            (Method::GET, "/common/discovery/v2.0/keys", Some("keys")),
            (Method::GET, "/v1.0/me", Some("me")),
            (Method::GET, "/v1.0/me/photo/$value", Some("photo")),
            (Method::GET, "/v1.0/me/photos/48x48/$value", Some("photo")),
            (Method::GET, "/v1.0/me/manager", Some("manager")),
            (Method::POST, "/v1.0/$batch", Some("batch")),
            (Method::POST, "/v1.0/me/sendMail", Some("sendMail")),
            (
                Method::POST,
                "/v1.0/me/microsoft.graph.sendMail",
                Some("sendMail"),
            ),
            (Method::GET, "/mailbox", None),
        ] {
            assert_eq!(route(&method, path), expected, "{path}");
        }
    }
}
