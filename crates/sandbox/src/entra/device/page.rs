//! A person types the device's code, signs in and says that this is the app
//! they meant.
//!
//! The sign-in is the ordinary one: the page asks for a code at a redirect URI
//! of its own, as any client would, and redeems it here.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::aadsts::{DEVICE_CODE_EXPIRED, DEVICE_CODE_WRONG};
use super::super::ask::Ask;
use super::super::facts::REQUEST_MALFORMED;
use super::super::flow::{self, Flow};
use super::super::refusal::{Ids, Refusal};
use super::super::session::Session;
use crate::back_channel::Device;
use crate::codes::Grant;
use crate::directory::{app, by_oid};
use crate::origin::Origin;
use crate::pages;
use crate::world::World;

/// Where the sign-in comes back to.
pub const DONE_PATH: &str = "/common/oauth2/deviceauth/done";
/// Where the person's word goes.
pub const CONFIRM_PATH: &str = "/common/oauth2/deviceauth/confirm";

type Fields = HashMap<String, String>;

/// `GET /devicelogin`
pub async fn ask() -> Response {
    pages::device_code(None)
}

/// `POST /devicelogin`: the code that was typed, as `otc`.
pub async fn typed(
    State(world): State<Arc<World>>,
    Origin(origin): Origin,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let typed = fields.get("otc").map(String::as_str).unwrap_or_default();
    let devices = &world.back_channel.devices;
    let (device_code, device) = match devices.typed(typed, world.clock.now_ms()) {
        Some(Ok(found)) => found,
        Some(Err(())) => return pages::device_code(Some(&Refusal::from(&DEVICE_CODE_EXPIRED))),
        None => return pages::device_code(Some(&Refusal::from(&DEVICE_CODE_WRONG))),
    };
    match sign_in(&world, &origin, &headers, &device_code, &device) {
        Some(ask) => flow::begin(
            &world,
            Flow::new(&world, ask),
            &Session::read(&world, &headers),
        ),
        None => stale(&world, &headers),
    }
}

/// `GET` on the redirect URI of the sign-in: a code, or why there is none.
pub async fn signed_in(
    State(world): State<Arc<World>>,
    Origin(origin): Origin,
    headers: HeaderMap,
    Query(fields): Query<Fields>,
) -> Response {
    let Some(device_code) = opened(&world, fields.get("state")) else {
        return stale(&world, &headers);
    };
    let devices = &world.back_channel.devices;
    let now_ms = world.clock.now_ms();
    let grant = fields.get("code").and_then(|code| {
        let grant = world.codes.look_up(code, now_ms).ok()?;
        let ours = grant.redirect_uri == format!("{origin}{DONE_PATH}");
        (ours && world.codes.use_up(code)).then_some(grant)
    });
    let Some(mut grant) = grant else {
        devices.decline(&device_code);
        return pages::device_done(None);
    };
    let Some(device) = devices.device(&device_code, now_ms) else {
        return pages::device_code(Some(&Refusal::from(&DEVICE_CODE_EXPIRED)));
    };
    let person = by_oid(&grant.oid).filter(|_| grant.client_id == device.client_id);
    grant.resource = device.resource;
    match (person, seal(&world, &device_code)) {
        (Some(person), Some(sealed)) if devices.signed_in(&device_code, grant) => {
            pages::device_confirm(&name(&device.client_id), person, &sealed)
        }
        _ => stale(&world, &headers),
    }
}

/// `POST`: whether this is the app they meant. Only the session that signed in
/// may say yes: what the page carries is no proof of who reads it.
pub async fn confirmed(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let devices = &world.back_channel.devices;
    let now_ms = world.clock.now_ms();
    let found = opened(&world, fields.get("device"))
        .and_then(|code| Some((devices.device(&code, now_ms)?, code)));
    let Some((device, code)) = found else {
        return stale(&world, &headers);
    };
    if fields.get("answer").map(String::as_str) == Some("continue") {
        let session = Session::read(&world, &headers);
        if devices.approve(&code, |grant| session_of(&session, grant)) {
            return pages::device_done(Some(&name(&device.client_id)));
        }
        return stale(&world, &headers);
    }
    devices.decline(&code);
    pages::device_done(None)
}

/// Whether `grant` came from this browser's session.
fn session_of(session: &Session, grant: &Grant) -> bool {
    by_oid(&grant.oid)
        .and_then(|person| session.of(person))
        .is_some_and(|signed_in| signed_in.at_ms == grant.signed_in_ms)
}

/// The authorization request that the page makes for the device.
fn sign_in(
    world: &World,
    origin: &str,
    headers: &HeaderMap,
    device_code: &str,
    device: &Device,
) -> Option<Ask> {
    Ask::for_device(
        device,
        format!("{origin}{DONE_PATH}"),
        seal(world, device_code)?,
        Ids::new(world, headers, None).correlation_id,
    )
}

fn seal(world: &World, device_code: &str) -> Option<String> {
    world.seal.seal("device", &device_code)
}

fn opened(world: &World, sealed: Option<&String>) -> Option<String> {
    world.seal.open("device", sealed?)
}

fn name(client_id: &str) -> String {
    app(client_id, true).map_or_else(String::new, |app| app.name.to_owned())
}

fn stale(world: &World, headers: &HeaderMap) -> Response {
    let refusal = Refusal::from(&REQUEST_MALFORMED)
        .saying("This page belongs to a device code that is no longer waited for. Start again on the device.");
    pages::refusal(world, &refusal, &Ids::new(world, headers, None))
}
