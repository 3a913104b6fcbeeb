//! Presence. Source: Graph v1.0 reference, "Get presence", "presence resource
//! type".

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::access::{self, Caller, Seated};
use super::fault::GraphFault;
use super::query::{Options, PRESENCE, Paging, Rules, Side, entity};
use super::reply::Reply;
use super::request::Call;
use super::settings;
use crate::clock::rfc3339;
use crate::directory::Availability;
use crate::world::World;

const OWN_SCOPES: [&str; 3] = ["Presence.Read", "Presence.ReadWrite", "Presence.Read.All"];
const OTHERS_SCOPES: [&str; 1] = ["Presence.Read.All"];

static RULES: Rules = Rules {
    of: &PRESENCE,
    side: Side::Mail,
    options: &["select", "format"],
    expands: &[],
    shown: &[
        "id",
        "availability",
        "activity",
        "statusMessage",
        "workLocation",
        "outOfOfficeSettings",
    ],
    always: &[],
    page: 1,
    top: (1, 1),
    paging: Paging::Skip,
};

/// `GET /me/presence`
pub fn own(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let caller = access::caller(world, call, &OWN_SCOPES, GraphFault::access_denied)?;
    refuse_personal(&caller)?;
    let seated = caller.seated();
    answer(world, call, &seated)
}

/// `GET /users/{id}/presence` and `GET /communications/presences/{id}`
pub fn of(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let caller = access::caller(world, call, &OTHERS_SCOPES, GraphFault::access_denied)?;
    refuse_personal(&caller)?;
    let seated = caller.find(id).ok_or_else(|| {
        GraphFault::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            format!("The presence of '{id}' was not found."),
        )
    })?;
    answer(world, call, &seated)
}

/// Personal accounts have no presence here.
fn refuse_personal(caller: &Caller) -> Result<(), GraphFault> {
    if caller.person.is_personal() {
        Err(GraphFault::access_denied())
    } else {
        Ok(())
    }
}

fn answer(world: &World, call: &Call, seated: &Seated) -> Result<Reply, GraphFault> {
    let options = Options::read(call, &RULES)?;
    let fragment = format!("users('{}')/presence", seated.seat.oid);
    let presence = described(world, seated);
    let body = entity(call, &RULES, &options, &fragment, &presence);
    Ok(Reply::json(StatusCode::OK, &body))
}

fn described(world: &World, seated: &Seated) -> Value {
    let known = Availability::of(seated.person);
    let reply = settings::automatic_reply(world, seated.person);
    let status = known.status.map(|text| {
        json!({
            "message": {"content": text, "contentType": "text"},
            "publishedDateTime": rfc3339(world.clock.now_ms()),
        })
    });
    json!({
        "id": seated.seat.oid,
        "availability": known.availability,
        "activity": known.activity,
        "statusMessage": status,
        "workLocation": {"workLocationType": known.location, "placeId": null, "source": "none"},
        "outOfOfficeSettings": {
            "isOutOfOffice": reply.is_some(),
            "message": reply.map(|reply| reply.internal),
        },
    })
}
