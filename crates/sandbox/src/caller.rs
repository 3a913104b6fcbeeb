//! Whom a request is about, as far as it says so before it is answered: for
//! limits, and for faults and switches that concern one person.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use url::form_urlencoded;

use crate::directory::{Person, by_address, by_oid};
use crate::entra::Session;
use crate::tokens::{AccessToken, RefreshToken};
use crate::world::World;

/// The longest form that is read ahead; a longer one is about nobody.
const FORM_BYTES_MAX: usize = 128 * 1024;

/// Who calls Graph, and with which app.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub person: &'static Person,
    /// The app.
    pub client_id: String,
}

/// The bearer token's text (RFC 6750 §2.1); the scheme's name has no case (RFC
/// 9110 §11.1).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, text) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| text.trim())
}

/// The bearer token, opened. Whether it still holds is asked where it is used,
/// so that one opening serves the whole request.
pub fn opened(world: &World, headers: &HeaderMap) -> Option<Arc<AccessToken>> {
    let open = |text: &str| AccessToken::open(world, text);
    world.opened_tokens.get(bearer(headers)?, open)
}

/// Who calls Graph, if the token is good.
pub fn of_token(world: &World, token: &AccessToken) -> Option<Caller> {
    token.check(world).ok()?;
    Some(Caller {
        person: by_oid(&token.oid)?,
        client_id: token.client_id.clone(),
    })
}

/// Who opened the session of an upload URL, which carries no bearer token.
pub fn of_upload(world: &World, query: &str) -> Option<Caller> {
    let (_, token) =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "authtoken")?;
    world.uploads.caller(&token, world.clock.now_ms())
}

/// Whom a request to Entra ID is about: the hint or the name that was typed, the
/// owner of the code or refresh token, or else who is signed in in the browser.
/// The request comes back whole.
pub async fn of_entra(world: &World, request: Request) -> (Option<&'static Person>, Request) {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let named = in_form(world, query.as_bytes());
    if request.method() != Method::POST {
        let person = named.or_else(|| in_session(world, request.headers()));
        return (person, request);
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, FORM_BYTES_MAX).await else {
        return (None, Request::from_parts(parts, Body::empty()));
    };
    let person = in_form(world, &bytes)
        .or(named)
        .or_else(|| in_session(world, &parts.headers));
    (person, Request::from_parts(parts, Body::from(bytes)))
}

fn in_form(world: &World, form: &[u8]) -> Option<&'static Person> {
    form_urlencoded::parse(form).find_map(|(name, value)| match &*name {
        "login_hint" | "username" => by_address(&value),
        "refresh_token" => by_oid(&RefreshToken::open(world, &value).ok()?.oid),
        "code" => by_oid(&world.codes.look_up(&value, world.clock.now_ms()).ok()?.oid),
        _ => None,
    })
}

/// Only where one person is signed in is it clear who is meant.
fn in_session(world: &World, headers: &HeaderMap) -> Option<&'static Person> {
    Session::read(world, headers).only_person()
}
