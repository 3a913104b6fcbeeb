//! The control API: faults, mailboxes, requests, revocation, clock, reset.
//!
//! | Request | Body | Answer |
//! |---|---|---|
//! | `POST /faults` | `{route, answer, after_work?, count?, person?, skip?, probability_permille?}` | the faults that wait |
//! | `GET /faults`, `DELETE /faults` | | the same; forgets them |
//! | `GET /routes` | | the names a fault's `route` can have |
//! | `GET /switches`, `GET /switches?person={address}` | | what holds for everybody, or for one person |
//! | `POST /switches` | `{person?, ...switches}` | sets some; null takes one back |
//! | `DELETE /switches` | | all at their defaults |
//! | `GET /aadsts` | | every AADSTS code, and what brings it about |
//! | `GET /mailboxes/{address}` | | `{delivered, sent}` |
//! | `GET /mailboxes/{address}/folders` | | what lies where, by Graph's ids |
//! | `GET /requests` | | the last requests, oldest first |
//! | `POST /revoke` | `{user, reason?}` | ends what was issued to them until now; the reason is `sessions`, `password`, `credentials`, `lifetime` or `frequency` |
//! | `POST /clock` | `{offset_seconds}`, `{advance_seconds}` or `{stopped_at}` | moves the clock, counted from the machine's or from where it stands, or stops it at a time of RFC 3339 until the reset, and does what is due by then |
//! | `POST /rotate-keys` | | the next keys sign; the old stay published for a day |
//! | `POST /reset` | | forgets everything that happened |
//!
//! A fault replaces the next `count` answers of a route, counted after `skip`
//! others, for one `person` or everybody, always or with a likelihood that is
//! drawn from the seed. With `after_work` the service does what was asked, and
//! only its answer is lost. `answer.kind` is one of:
//!
//! | `kind` | Fields | What the client gets |
//! |---|---|---|
//! | `status` | `status, code?, message?, retry_after?, headers?` | an error in the service's shape; a 2xx has no body. `retry_after` is a number, a text, or `{http_date_in: seconds}` |
//! | `html` | `status?` | a gateway's page |
//! | `half_json`, `empty` | | 200 with half a body or none |
//! | `close` | | the connection is dropped |
//! | `delay` | `ms` | the real answer, late; with `after_work` the work is done before the wait |
//! | `claims_challenge` | `claims?` | Graph's 401 with a claims challenge |
//! | `insufficient_claims` | | Graph's 403 for clients that cannot take claims |
//! | `entra` | `error, code, suberror?, description?` | any error of Entra ID |
//! | `aadsts` | `code, ...` | the error that belongs to this number |
//!
//! It listens on an address of its own, only when asked to, and refuses whatever
//! a page in a browser could send: its callers are tests. What cannot be done is
//! answered by `{error}` with a sentence, 400 if the body was wrong.

mod asked;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use asked::{Asked, BODY_BYTES_MAX};

use crate::clock::{Clock, OFFSET_SECONDS_MAX, STOPPED_MS_MAX, rfc3339};
use crate::directory::{Person, by_address};
use crate::entra::describe_aadsts;
use crate::faults::{Fault, describe};
use crate::mailboxes::{Attachment, Message, Recipient, folder};
use crate::operations::names;
use crate::revocations::Reason;
use crate::world::World;

/// The extended property under which Signet keeps the key of a message.
const KEY_PROPERTY: &str = "String {c1f1a6a0-5b9e-4f0e-9c57-51673e700001} Name SignetOutboxKey";

/// What is said of an address that belongs to nobody.
const NOBODY: &str = "nobody here has this address";

/// Every route of the control API.
pub fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route(
            "/faults",
            post(add_fault).get(list_faults).delete(clear_faults),
        )
        .route("/routes", get(async || Json(json!({"routes": names()}))))
        .route(
            "/switches",
            post(set_switches).get(list_switches).delete(clear_switches),
        )
        .route("/aadsts", get(async || Json(describe_aadsts())))
        .route("/mailboxes/{address}", get(mailbox))
        .route("/mailboxes/{address}/folders", get(folders))
        .route("/requests", get(requests))
        .route("/revoke", post(revoke))
        .route("/clock", post(clock))
        .route("/rotate-keys", post(rotate_keys))
        .route("/reset", post(reset))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(refuse_browsers))
        .with_state(world)
}

async fn refuse_browsers(request: Request, next: Next) -> Response {
    if from_a_page(request.headers()) {
        return problem(StatusCode::FORBIDDEN, "pages cannot use the control API");
    }
    next.run(request).await
}

/// A page's request carries `Origin`, or says by `Sec-Fetch-Site` where it comes
/// from; a person who types the address sends `none`.
fn from_a_page(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN)
        || headers
            .get("sec-fetch-site")
            .is_some_and(|site| site != "none")
}

async fn add_fault(State(world): State<Arc<World>>, Asked(fault): Asked<Fault>) -> Response {
    match world.faults.add(fault) {
        Ok(()) => Json(describe(&world.faults.waiting())).into_response(),
        Err(why) => problem(StatusCode::BAD_REQUEST, &why),
    }
}

async fn list_faults(State(world): State<Arc<World>>) -> Json<Value> {
    Json(describe(&world.faults.waiting()))
}

async fn clear_faults(State(world): State<Arc<World>>) -> Json<Value> {
    world.faults.clear();
    Json(describe(&[]))
}

async fn set_switches(
    State(world): State<Arc<World>>,
    Asked(mut fields): Asked<Map<String, Value>>,
) -> Response {
    let person = match fields.remove("person") {
        None | Some(Value::Null) => None,
        Some(Value::String(address)) => match by_address(&address) {
            Some(person) => Some(person.address),
            None => return problem(StatusCode::NOT_FOUND, NOBODY),
        },
        Some(_) => return problem(StatusCode::BAD_REQUEST, "person must be an address"),
    };
    match world.switches.set(person, fields) {
        Ok(()) => Json(world.switches.describe()).into_response(),
        Err(why) => problem(StatusCode::BAD_REQUEST, &why),
    }
}

#[derive(Deserialize)]
struct Whose {
    person: Option<String>,
}

async fn list_switches(State(world): State<Arc<World>>, Query(whose): Query<Whose>) -> Response {
    let Some(address) = whose.person else {
        return Json(world.switches.describe()).into_response();
    };
    match by_address(&address) {
        Some(person) => {
            let switches = world.switches.for_person(person.address);
            Json(json!({"person": person.address, "switches": switches})).into_response()
        }
        None => problem(StatusCode::NOT_FOUND, NOBODY),
    }
}

async fn clear_switches(State(world): State<Arc<World>>) -> Json<Value> {
    world.switches.clear();
    Json(world.switches.describe())
}

async fn mailbox(State(world): State<Arc<World>>, Path(address): Path<String>) -> Json<Value> {
    world.run_due();
    let delivered = world.mailboxes.delivered(&address);
    let sent = by_address(&address).map_or_else(Vec::new, |person| {
        let now_ms = world.clock.now_ms();
        world.mailboxes.lying_in(person, folder::SENT_ITEMS, now_ms)
    });
    Json(json!({
        "delivered": delivered.iter().map(|mail| describe_mail(mail, false)).collect::<Vec<_>>(),
        "sent": sent.iter().map(|mail| describe_mail(mail, true)).collect::<Vec<_>>(),
    }))
}

async fn requests(State(world): State<Arc<World>>) -> Json<Value> {
    Json(json!({"requests": world.journal.entries()}))
}

#[derive(Deserialize)]
struct Revoke {
    user: String,
    #[serde(default)]
    reason: Reason,
}

async fn revoke(State(world): State<Arc<World>>, Asked(ask): Asked<Revoke>) -> Response {
    match by_address(&ask.user) {
        Some(person) => {
            world
                .revocations
                .revoke(person.oid, world.clock.now_ms(), ask.reason);
            Json(json!({"revoked": person.address, "reason": ask.reason})).into_response()
        }
        None => problem(StatusCode::NOT_FOUND, NOBODY),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    offset_seconds: Option<i64>,
    advance_seconds: Option<i64>,
    stopped_at: Option<String>,
}

impl Move {
    fn make(&self, clock: &Clock) -> Result<(), &'static str> {
        let offset = match (self.offset_seconds, self.advance_seconds, &self.stopped_at) {
            (Some(offset), None, None) => offset,
            (None, Some(advance), None) => clock.offset_seconds().saturating_add(advance),
            (None, None, Some(at)) => {
                let at: Timestamp = at
                    .parse()
                    .map_err(|_| "stopped_at must be a time of RFC 3339")?;
                let at_ms = at.as_millisecond();
                if !(0..=STOPPED_MS_MAX).contains(&at_ms) {
                    return Err("the clock can be stopped from 1970 to 2099 only");
                }
                clock.stop_at_ms(at_ms);
                return Ok(());
            }
            _ => return Err("give either offset_seconds or advance_seconds, or stopped_at"),
        };
        if !(-OFFSET_SECONDS_MAX..=OFFSET_SECONDS_MAX).contains(&offset) {
            return Err("the clock cannot be moved that far");
        }
        clock.set_offset_seconds(offset);
        Ok(())
    }
}

async fn clock(State(world): State<Arc<World>>, Asked(ask): Asked<Move>) -> Response {
    if let Err(why) = ask.make(&world.clock) {
        return problem(StatusCode::BAD_REQUEST, why);
    }
    world.run_due();
    Json(json!({"now": rfc3339(world.clock.now_ms())})).into_response()
}

async fn rotate_keys(State(world): State<Arc<World>>) -> Json<Value> {
    let signing = world.signing.rotate(world.clock.now_ms());
    Json(json!({"signing": signing}))
}

async fn reset(State(world): State<Arc<World>>) -> Json<Value> {
    world.reset();
    Json(json!({"reset": true}))
}

async fn folders(State(world): State<Arc<World>>, Path(address): Path<String>) -> Response {
    match by_address(&address) {
        Some(person) => Json(describe_folders(&world, person)).into_response(),
        None => problem(StatusCode::NOT_FOUND, "nobody here has this address"),
    }
}

/// What lies in each folder that every mailbox has, by the ids Graph knows it by.
fn describe_folders(world: &World, person: &Person) -> Value {
    let describe = |message: &Arc<Message>| {
        json!({
            "id": message.id(),
            "immutable_id": message.immutable_id(),
            "subject": message.subject,
            "is_draft": message.is_draft,
        })
    };
    let now_ms = world.clock.now_ms();
    world.mailboxes.with(person, now_ms, |mailbox| {
        let folders = folder::WELL_KNOWN.iter().map(|(number, name, _)| {
            let lying: Value = mailbox.messages_in(*number).map(describe).collect();
            ((*name).to_owned(), lying)
        });
        Value::Object(folders.collect())
    })
}

/// Bcc is seen in the sender's copy only.
fn describe_mail(mail: &Message, sent: bool) -> Value {
    let bcc: &[Recipient] = if sent { &mail.bcc } else { &[] };
    json!({
        "id": mail.serial,
        "from": mail.from,
        "to": mail.to,
        "cc": mail.cc,
        "bcc": bcc,
        "reply_to": mail.reply_to,
        "subject": mail.subject,
        "html": mail.body.html(),
        "text": mail.body.text(),
        "attachments": mail.attachments.iter().map(describe_file).collect::<Vec<_>>(),
        "importance": mail.importance,
        "read_receipt": mail.read_receipt == Some(true),
        "delivery_receipt": mail.delivery_receipt == Some(true),
        "headers": mail.headers,
        "properties": mail.properties,
        "key": mail.properties.get(KEY_PROPERTY),
        "received_at": rfc3339(mail.received_ms),
    })
}

fn describe_file(file: &Attachment) -> Value {
    let content = file.file().unwrap_or_default();
    let hash = Sha256::digest(content);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "name": file.name,
        "content_type": file.content_type,
        "content_id": file.content_id,
        "inline": file.inline,
        "bytes": content.len(),
        "sha256": hex,
    })
}

fn problem(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({"error": why}))).into_response()
}
