//! What surrounds every request: the name it came under, its limits, the faults
//! and the journal.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::DATE;
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tokio::time::Instant;

use crate::caller::{self, Caller};
use crate::directory::Person;
use crate::entra::Endpoint;
use crate::faults::Fault;
use crate::graph::{Arrival, GraphIds, enter};
use crate::journal::{ClientNotes, Entry, client_headers};
use crate::listen::Cut;
use crate::operations::{Meter, Operation, Resolved, Service};
use crate::origin::{Entrance, Origin, admit};
use crate::router::{self, FORM_BYTES_MAX, read_away};
use crate::world::World;
use crate::{control, entra, graph};

type Routes = TowerToHyperService<Router>;

/// What answers at one entrance.
#[derive(Clone)]
pub struct Front {
    entrance: Entrance,
    routes: Routes,
    /// The world whose services are played here; none where it is controlled.
    world: Option<Arc<World>>,
}

impl Front {
    /// Both services and the pages.
    pub fn of_services(entrance: Entrance, world: Arc<World>) -> Self {
        Self {
            entrance,
            routes: Routes::new(router::routes(Arc::clone(&world))),
            world: Some(world),
        }
    }

    /// The control API.
    pub fn of_control(world: Arc<World>) -> Self {
        Self::of_routes(control::routes(world))
    }

    /// Routes that no limit and no fault concerns, over plain HTTP.
    pub fn of_routes(routes: Router) -> Self {
        Self {
            entrance: Entrance::Http,
            routes: Routes::new(routes),
            world: None,
        }
    }

    /// Answers a request that came over the connection that `cut` cuts.
    pub async fn answer(&self, mut request: Request, cut: &Cut) -> Response {
        if let Err(refused) = admit(self.entrance, &mut request) {
            return refused.into_response();
        }
        match &self.world {
            Some(world) => {
                let routes = &self.routes;
                watch(&Inner { world, routes }, request, cut).await
            }
            None => run(&self.routes, request).await,
        }
    }
}

/// What is surrounded.
struct Inner<'f> {
    world: &'f Arc<World>,
    routes: &'f Routes,
}

impl Inner<'_> {
    /// Lets the service answer.
    async fn run(&self, request: Request) -> Response {
        match graph::door(request.uri().path()) {
            Some(door) => graph::answer_at(door, self.world, request).await,
            None => run(self.routes, request).await,
        }
    }
}

async fn run(routes: &Routes, request: Request) -> Response {
    let Ok(answer) = routes.call(request).await;
    answer
}

/// Notes how a request went.
async fn watch(inner: &Inner<'_>, mut request: Request, cut: &Cut) -> Response {
    let world = inner.world;
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut client = client_headers(request.headers());
    let resolved = Resolved::by(&method, &path);
    let operation = resolved.operation;
    if !resolved.segments.is_empty() {
        request.extensions_mut().insert(resolved);
    }
    let (mut answer, how) = match operation {
        None => (inner.run(request).await, How::Plainly),
        Some(operation) => attend(inner, operation, request).await,
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
        at_ms: world.clock.now_ms(),
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
    inner: &Inner<'_>,
    operation: &'static Operation,
    request: Request,
) -> (Response, How) {
    let world = inner.world;
    let (caller, person, request) = who(world, operation, request).await;
    let _pass = match enter(world, caller.as_ref(), &arrival(operation, &request)) {
        Ok(pass) => pass,
        Err(refusal) => {
            let ids = GraphIds::new(world, request.headers());
            read_away(request.into_body()).await;
            let reply = refusal.reply(world, &ids).with_ids(ids);
            return (reply.into_response(), How::Plainly);
        }
    };
    match world.faults.take(operation, person, &world.dice) {
        None => (inner.run(request).await, How::Plainly),
        Some(fault) => {
            let how = if fault.closes() {
                How::Cut
            } else {
                How::ByFault
            };
            let answer = stand_in(inner, &fault, operation, request).await;
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
    inner: &Inner<'_>,
    fault: &Fault,
    operation: &Operation,
    request: Request,
) -> Response {
    let world = inner.world;
    let headers = request.headers().clone();
    let uri = request.uri().clone();
    let origin = request.extensions().get::<Origin>().cloned();
    if let Some(delay) = fault.delay() {
        if fault.after_work {
            let answer = inner.run(request).await;
            tokio::time::sleep(delay).await;
            return answer;
        }
        tokio::time::sleep(delay).await;
        return inner.run(request).await;
    }
    let (parameters, request) = parameters(request).await;
    if fault.after_work {
        inner.run(request).await;
    } else {
        read_away(request.into_body()).await;
    }
    if operation.service == Service::Graph {
        let ids = GraphIds::new(world, &headers);
        let graph = origin.as_ref().map(Origin::graph).unwrap_or_default();
        return fault
            .graph_reply(world, &ids, operation, &graph)
            .with_ids(ids)
            .into_response();
    }
    match (fault.refusal(), authorize(uri.path()), origin) {
        (Some(refusal), Some((endpoint, tenant)), Some(origin)) => entra::refuse(
            world,
            endpoint,
            tenant,
            &parameters,
            &origin,
            &headers,
            &refusal,
        ),
        _ => fault.entra_response(world, &headers),
    }
}

/// The parameters of an authorization request, from its form if it has one; those
/// of any other are in its query alone. The request comes back whole.
async fn parameters(request: Request) -> (String, Request) {
    let posted = request.method() == Method::POST && authorize(request.uri().path()).is_some();
    if !posted {
        return (
            request.uri().query().unwrap_or_default().to_owned(),
            request,
        );
    }
    let (parts, body) = request.into_parts();
    let form = to_bytes(body, FORM_BYTES_MAX).await.unwrap_or_default();
    let parameters = String::from_utf8_lossy(&form).into_owned();
    (parameters, Request::from_parts(parts, Body::from(form)))
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
