//! Who calls, and whether their token allows it.

use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::fault::GraphFault;
use super::request::Call;
use crate::directory::{Person, by_oid};
use crate::tokens::{AccessToken, TokenError};
use crate::world::World;

/// The person whose token this is, if it carries at least one of `scopes`.
/// Otherwise the refusal that `denied` makes, which differs between the
/// directory and the mail side.
pub fn person(
    world: &World,
    call: &Call,
    scopes: &[&str],
    denied: fn() -> GraphFault,
) -> Result<&'static Person, GraphFault> {
    let token = token(world, call)?;
    if !scopes.iter().any(|scope| token.scopes.contains(scope)) {
        return Err(denied());
    }
    by_oid(&token.oid)
        .ok_or_else(|| GraphFault::unauthorized("The user does not exist.", &call.origin.login()))
}

/// Reads the bearer token. Refused tokens are told apart as on the live service.
pub fn token(world: &World, call: &Call) -> Result<AccessToken, GraphFault> {
    let origin = call.origin.login();
    let text = call
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(bearer)
        .ok_or_else(|| GraphFault::unauthorized("Access token is empty.", &origin))?;
    AccessToken::read(world, text).map_err(|error| match error {
        TokenError::Malformed => GraphFault::unauthorized(
            "CompactToken parsing failed with error code: 80049217",
            &origin,
        ),
        TokenError::Expired => {
            GraphFault::unauthorized("Lifetime validation failed, the token is expired.", &origin)
        }
        TokenError::Revoked { at_ms, cp1: true } => {
            let claims = json!({"access_token": {"nbf": {
                "essential": true,
                "value": (at_ms / 1000).to_string(),
            }}});
            GraphFault::claims_challenge(&STANDARD.encode(claims.to_string()), &origin)
        }
        TokenError::Revoked { .. } => GraphFault::unauthorized(
            "Lifetime validation failed, the token was issued before its sessions were revoked.",
            &origin,
        ),
    })
}

/// RFC 6750 §2.1; the scheme's name has no case (RFC 9110 §11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
