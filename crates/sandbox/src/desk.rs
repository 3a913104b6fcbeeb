//! What the front page's forms do: faults, switches, the clock, a fresh start.
//!
//! They exist only when the sandbox was started with `--control`. Unlike the
//! control API they are for a browser, so each form carries a key that is made
//! at start and stands in that page alone, and must come from the same origin.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Router;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use crate::clock::OFFSET_SECONDS_MAX;
use crate::directory::by_address;
use crate::faults::Fault;
use crate::origin::Origin;
use crate::pages;
use crate::world::World;

/// What a form sent, in its order.
type Fields = Vec<(String, String)>;

/// Proves that a form stood in the page of this run.
#[derive(Debug)]
pub struct DeskKey(String);

impl DeskKey {
    /// A fresh one, of 122 random bits.
    pub fn new() -> Self {
        Self(Uuid::new_v4().simple().to_string())
    }

    /// As the page's forms carry it.
    pub fn written(&self) -> &str {
        &self.0
    }

    fn is(&self, sent: &str) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), sent.as_bytes()).is_ok()
    }
}

/// Every route that the page's forms post to.
pub fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/desk/faults", post(add_fault))
        .route("/desk/faults/forget", post(forget_faults))
        .route("/desk/switches", post(set_switches))
        .route("/desk/switches/forget", post(forget_switches))
        .route("/desk/clock", post(move_clock))
        .route("/desk/reset", post(reset))
}

async fn add_fault(
    State(world): State<Arc<World>>,
    origin: Origin,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    run(&world, &origin, &headers, &fields, || {
        let answer = pages::fault_answer(field(&fields, "answer"))
            .ok_or("there is no such answer".to_owned())?;
        let whom = field(&fields, "whom");
        let fault = json!({
            "route": field(&fields, "route"),
            "person": (!whom.is_empty()).then_some(whom),
            "skip": number(&fields, "skip", 0)?,
            "probability_permille": number(&fields, "permille", 1000)?,
            "count": number(&fields, "count", 1)?,
            "after_work": field(&fields, "after_work") == "true",
            "answer": answer,
        });
        let fault: Fault = serde_json::from_value(fault).map_err(|error| error.to_string())?;
        world.faults.add(fault)?;
        Ok("/#faults".to_owned())
    })
}

async fn forget_faults(
    State(world): State<Arc<World>>,
    origin: Origin,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    run(&world, &origin, &headers, &fields, || {
        world.faults.clear();
        Ok("/#faults".to_owned())
    })
}

async fn set_switches(
    State(world): State<Arc<World>>,
    origin: Origin,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    run(&world, &origin, &headers, &fields, || {
        let person = match field(&fields, "person") {
            "" => None,
            address => Some(
                by_address(address)
                    .ok_or("nobody here has this address")?
                    .address,
            ),
        };
        let in_force = match person {
            Some(address) => world.switches.for_person(address),
            None => world.switches.for_everybody(),
        };
        let in_force = serde_json::to_value(in_force).map_err(|error| error.to_string())?;
        world.switches.set(person, changed(&in_force, &fields)?)?;
        Ok(match person {
            Some(address) => {
                let query = Serializer::new(String::new())
                    .append_pair("person", address)
                    .finish();
                format!("/?{query}#switches")
            }
            None => "/#switches".to_owned(),
        })
    })
}

async fn forget_switches(
    State(world): State<Arc<World>>,
    origin: Origin,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    run(&world, &origin, &headers, &fields, || {
        world.switches.clear();
        Ok("/#switches".to_owned())
    })
}

async fn move_clock(
    State(world): State<Arc<World>>,
    origin: Origin,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    run(&world, &origin, &headers, &fields, || {
        let minutes: i64 = field(&fields, "minutes")
            .parse()
            .map_err(|_| "minutes must be a number")?;
        let seconds = minutes.saturating_mul(60);
        if !(-OFFSET_SECONDS_MAX..=OFFSET_SECONDS_MAX).contains(&seconds) {
            return Err("the clock cannot be moved that far".to_owned());
        }
        world.clock.set_offset_seconds(seconds);
        world.run_due();
        Ok("/#clock".to_owned())
    })
}

async fn reset(
    State(world): State<Arc<World>>,
    origin: Origin,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    run(&world, &origin, &headers, &fields, || {
        world.reset();
        Ok("/".to_owned())
    })
}

/// Does what a form asks and shows the page again, if the form is this page's.
fn run(
    world: &World,
    origin: &Origin,
    headers: &HeaderMap,
    fields: &Fields,
    work: impl FnOnce() -> Result<String, String>,
) -> Response {
    let genuine = world
        .desk_key
        .as_ref()
        .is_some_and(|key| key.is(field(fields, "key")) && from_same_origin(origin, headers));
    if !genuine {
        return pages::problem(
            StatusCode::FORBIDDEN,
            "This form is not of the page that this run of the sandbox shows. Open the page again.",
        );
    }
    match work() {
        Ok(next) => Redirect::to(&next).into_response(),
        Err(why) => pages::problem(StatusCode::BAD_REQUEST, &why),
    }
}

/// A browser says where a form comes from, in one header or in both.
fn from_same_origin(origin: &Origin, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    let named = headers.get(header::ORIGIN);
    (site.is_some() || named.is_some())
        && site.is_none_or(|site| site == "same-origin")
        && named.is_none_or(|named| named == origin.0.as_str())
}

fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields
        .iter()
        .find(|(known, _)| known == name)
        .map_or("", |(_, value)| value.as_str())
}

/// The number in a field that may be left empty.
fn number(fields: &Fields, name: &str, left_empty: u32) -> Result<u32, String> {
    match field(fields, name).trim() {
        "" => Ok(left_empty),
        text => text.parse().map_err(|_| format!("{name} must be a number")),
    }
}

/// The switches whose value differs from the one in force, each of its own type.
fn changed(in_force: &Value, fields: &Fields) -> Result<Map<String, Value>, String> {
    let mut changed = Map::new();
    for (name, current) in in_force.as_object().into_iter().flatten() {
        let Some((_, sent)) = fields.iter().find(|(known, _)| known == name) else {
            continue;
        };
        let sent = match current {
            Value::Bool(_) => json!(sent == "true"),
            Value::Number(_) => json!(
                sent.trim()
                    .parse::<u64>()
                    .map_err(|_| format!("{name} must be a number"))?
            ),
            _ => json!(sent),
        };
        if sent != *current {
            changed.insert(name.clone(), sent);
        }
    }
    Ok(changed)
}
