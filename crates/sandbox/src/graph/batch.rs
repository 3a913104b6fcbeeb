//! `POST /$batch`. Source: "Combine multiple HTTP requests using JSON batching".

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::body::has_few_nodes;
use super::fault::GraphFault;
use super::reply::Reply;
use super::request::{Call, GraphIds, Target, readable_path};
use super::throttle::{Arrival, enter};
use super::{access, answer};
use crate::journal::{Entry, client_headers};
use crate::operations::Operation;
use crate::world::World;

/// At most twenty requests in one batch.
const REQUESTS_MAX: usize = 20;
/// How many headers one request of a batch may have: as many as one outside.
const HEADERS_MAX: usize = 100;
/// How many requests of a batch run side by side: as many as Outlook lets an app
/// have open on a mailbox ("Microsoft Graph throttling guidance", JSON batching).
/// Each counts for itself, so beside others that are open some are 429 all the same.
const OPEN_MAX: usize = 4;

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    depends_on: Vec<String>,
}

/// Runs every request and answers 200 even if all of them failed.
pub async fn run(world: &World, call: &Call) -> Reply {
    let batch = match access::token(world, call).and_then(|_| read(&call.body)) {
        Ok(batch) => batch,
        Err(fault) => return fault.reply(world, &call.ids),
    };
    let responses = run_all(world, call, batch.in_order()).await;
    Reply::json(StatusCode::OK, &json!({"responses": responses}))
}

/// Runs requests side by side, each once those it depends on are done. Answers
/// come in the order in which they are ready.
async fn run_all(world: &World, call: &Call, mut waiting: Vec<&Item>) -> Vec<Value> {
    let mut running: Vec<Running<'_>> = Vec::new();
    let mut responses = Vec::new();
    // Whether each one that is done has failed.
    let mut done: BTreeMap<&str, bool> = BTreeMap::new();
    loop {
        while running.len() < OPEN_MAX
            && let Some(index) = waiting.iter().position(|item| item.may_run(&done))
        {
            let item = waiting.remove(index);
            let failed = item
                .depends_on
                .iter()
                .any(|id| done.get(id.as_str()) == Some(&true));
            running.push(Box::pin(async move {
                let reply = if failed {
                    failed_dependency().reply(world, &call.ids)
                } else {
                    run_item(world, call, item).await
                };
                (item, reply)
            }));
        }
        if running.is_empty() {
            return responses;
        }
        let (item, reply) = first_of(&mut running).await;
        let failed = reply.status.is_client_error() || reply.status.is_server_error();
        done.insert(&item.id, failed);
        responses.push(response(&item.id, reply));
    }
}

/// A request of a batch on its way to its answer.
type Running<'a> = Pin<Box<dyn Future<Output = (&'a Item, Reply)> + Send + 'a>>;

/// Waits until one of them is ready, and takes it out; there must be one.
async fn first_of<'a>(running: &mut Vec<Running<'a>>) -> (&'a Item, Reply) {
    poll_fn(|context| {
        for index in 0..running.len() {
            if let Some(one) = running.get_mut(index)
                && let Poll::Ready(answer) = one.as_mut().poll(context)
            {
                drop(running.remove(index));
                return Poll::Ready(answer);
            }
        }
        Poll::Pending
    })
    .await
}

fn failed_dependency() -> GraphFault {
    GraphFault::new(
        StatusCode::FAILED_DEPENDENCY,
        "FailedDependency",
        "A request that this one depends on has failed.",
    )
}

fn read(body: &[u8]) -> Result<Batch, GraphFault> {
    let bad = |message: &str| GraphFault::bad_request("BadRequest", message);
    if !has_few_nodes(body) {
        return Err(bad("Invalid batch payload format."));
    }
    let batch: Batch =
        serde_json::from_slice(body).map_err(|_| bad("Invalid batch payload format."))?;
    if batch.requests.is_empty() || batch.requests.len() > REQUESTS_MAX {
        return Err(bad(
            "Number of batch request steps must be between 1 and 20.",
        ));
    }
    let ids: BTreeSet<&str> = batch.requests.iter().map(|item| item.id.as_str()).collect();
    if ids.len() != batch.requests.len() || ids.contains("") {
        return Err(bad("The request ids of a batch must be unique."));
    }
    if let Some(item) = batch.requests.iter().find(|item| item.has_untyped_body()) {
        return Err(bad(&format!(
            "Write request id : {} does not contain Content-Type header or body.",
            item.id
        )));
    }
    if batch.in_order().len() != batch.requests.len() {
        return Err(bad(
            "A request depends on one that is not there, or in the end on itself.",
        ));
    }
    Ok(batch)
}

impl Batch {
    /// The requests, each behind those it depends on; what cannot be put so is
    /// left out.
    fn in_order(&self) -> Vec<&Item> {
        let mut ordered: Vec<&Item> = Vec::new();
        let mut done: BTreeSet<&str> = BTreeSet::new();
        // Each round places at least one request, or nothing more can be placed.
        for _ in 0..self.requests.len() {
            let ready = self.requests.iter().find(|item| {
                let mut before = item.depends_on.iter();
                !done.contains(item.id.as_str()) && before.all(|id| done.contains(id.as_str()))
            });
            if let Some(item) = ready {
                done.insert(&item.id);
                ordered.push(item);
            }
        }
        ordered
    }
}

impl Item {
    /// Whether all that it depends on are done.
    fn may_run(&self, done: &BTreeMap<&str, bool>) -> bool {
        self.depends_on
            .iter()
            .all(|id| done.contains_key(id.as_str()))
    }

    /// A body without its media type cannot be read.
    fn has_untyped_body(&self) -> bool {
        let typed = self
            .headers
            .keys()
            .any(|name| name.eq_ignore_ascii_case("content-type"));
        self.body.as_ref().is_some_and(|body| !body.is_null()) && !typed
    }
}

/// Runs one request, and lets a fault stand in for it as it would outside.
async fn run_item(world: &World, outer: &Call, item: &Item) -> Reply {
    let Some(call) = inner(world, outer, item) else {
        return GraphFault::bad_request("BadRequest", "A request of the batch is malformed.")
            .reply(world, &outer.ids);
    };
    let operation = call.resolved.operation;
    let (reply, faulty) = match operation {
        Some(operation) => attend(world, &call, operation).await,
        None => (answer(world, &call), false),
    };
    world.journal.add(Entry {
        at_ms: world.clock.now_ms(),
        route: operation.map(|operation| operation.name),
        method: call.method.to_string(),
        path: format!("/v1.0{}", call.path),
        status: reply.status.as_u16(),
        fault: faulty,
        batch: true,
        client: client_headers(&call.headers),
        ms: 0,
    });
    reply
}

/// Counts the request against its limits, and lets a waiting fault answer;
/// whether one did is said beside.
async fn attend(world: &World, call: &Call, operation: &'static Operation) -> (Reply, bool) {
    let caller = call.caller(world);
    let arrival = Arrival {
        operation,
        method: &call.method,
        path: &call.path,
        bytes: u64::try_from(call.body.len()).unwrap_or(u64::MAX),
    };
    let _pass = match enter(world, caller.as_ref(), &arrival) {
        Ok(pass) => pass,
        Err(refusal) => return (refusal.reply(world, &call.ids), false),
    };
    let person = caller.map(|caller| caller.person);
    match world.faults.take(operation, person, &world.dice) {
        None => (answer(world, call), false),
        Some(fault) => {
            let work = || answer(world, call);
            let origin = call.origin();
            let reply = fault
                .stand_in(world, &call.ids, operation, &origin, work)
                .await;
            (reply, true)
        }
    }
}

/// The request inside: its own headers, the outer one's token and origin. Batches
/// do not nest.
fn inner(world: &World, outer: &Call, item: &Item) -> Option<Call> {
    let url = format!("/{}", item.url.trim_start_matches('/'));
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    if readable_path(path).eq_ignore_ascii_case("/$batch")
        || path.contains("://")
        || item.headers.len() > HEADERS_MAX
    {
        return None;
    }
    let mut headers = HeaderMap::new();
    if let Some(value) = outer.headers.get(AUTHORIZATION) {
        headers.insert(AUTHORIZATION, value.clone());
    }
    for (name, value) in &item.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = HeaderValue::from_str(value).ok()?;
        headers.try_insert(name, value).ok()?;
    }
    let body = body(item, &headers)?;
    // A step has no framing of its own, so its length is always known.
    headers
        .entry(CONTENT_LENGTH)
        .or_insert_with(|| HeaderValue::from(body.len()));
    let ids = GraphIds::new(world, &headers);
    // A step may bring a token of its own.
    let same = headers.get(AUTHORIZATION) == outer.headers.get(AUTHORIZATION);
    let token = outer.token.clone().filter(|_| same);
    let method = Method::from_bytes(item.method.to_ascii_uppercase().as_bytes()).ok()?;
    let call = Call::to(Target { path, query }, method, outer.origin.clone(), ids);
    Some(Call {
        headers,
        body,
        token,
        ..call
    })
}

/// JSON as it is, anything else in base64; a body needs its media type.
fn body(item: &Item, headers: &HeaderMap) -> Option<Vec<u8>> {
    let Some(body) = &item.body else {
        return Some(Vec::new());
    };
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    match body {
        Value::String(text) if !kind.starts_with("application/json") => STANDARD.decode(text).ok(),
        other => Some(other.to_string().into_bytes()),
    }
}

fn response(id: &str, reply: Reply) -> Value {
    let mut headers = Map::new();
    for (name, value) in &reply.headers {
        let name = match name.as_str() {
            "content-type" => "Content-Type".to_owned(),
            "etag" => "ETag".to_owned(),
            "retry-after" => "Retry-After".to_owned(),
            "www-authenticate" => "WWW-Authenticate".to_owned(),
            other => other.to_owned(),
        };
        headers.insert(name, json!(value.to_str().unwrap_or_default()));
    }
    let mut response = json!({"id": id, "status": reply.status.as_u16(), "headers": headers});
    if let Some(fields) = response.as_object_mut()
        && !reply.body.is_empty()
    {
        let parsed = reply
            .is_json()
            .then(|| serde_json::from_slice(&reply.body).ok())
            .flatten();
        let body = parsed.unwrap_or_else(|| Value::String(STANDARD.encode(&reply.body)));
        fields.insert("body".to_owned(), body);
    }
    response
}
