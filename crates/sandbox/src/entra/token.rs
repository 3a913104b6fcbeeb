//! The token endpoint: code and refresh grants for public clients.
//!
//! Source: "OAuth 2.0 authorization code flow", request an access token.

mod code;
mod refresh;

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;
use url::form_urlencoded;

use super::authorize::{declares_cp1, scope_refusal};
use super::facts::{
    APP_UNKNOWN, CROSS_ORIGIN, GRANT_TYPE_UNSUPPORTED, POST_ONLY, REQUEST_MALFORMED,
    SECRET_UNWANTED, TENANT_UNKNOWN,
};
use super::issue;
use super::origin::Origin;
use super::refusal::{Ids, Refusal, json_answer};
use crate::directory::{Tenancy, app};
use crate::scopes::ScopeSet;
use crate::world::World;

type Fields = HashMap<String, String>;

/// `POST /{tenant}/oauth2/v2.0/token`
pub async fn token(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    origin: Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fields: Fields = form_urlencoded::parse(&body).into_owned().collect();
    let ids = Ids::new(
        &headers,
        fields.get("client-request-id").map(String::as_str),
    );
    match redeem(&world, &tenant, &origin.issuer(), &headers, &fields) {
        Ok(body) => json_answer(StatusCode::OK, &body, &ids),
        Err(refusal) => refusal.answer(&world, &ids),
    }
}

/// `GET` on the same path, which the back button of a browser brings about.
pub async fn token_by_get(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    Refusal::from(&POST_ONLY).answer(&world, &Ids::new(&headers, None))
}

fn redeem(
    world: &World,
    tenant: &str,
    issuer: &str,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Value, Refusal> {
    let tenancy = Tenancy::parse(tenant).ok_or(&TENANT_UNKNOWN)?;
    let client_id = required(fields, "client_id")?;
    let grant_type = required(fields, "grant_type")?;
    app(client_id, world.any_app).ok_or(&APP_UNKNOWN)?;
    if fields.contains_key("client_secret") || fields.contains_key("client_assertion") {
        return Err(Refusal::from(&SECRET_UNWANTED));
    }
    if headers.contains_key(ORIGIN) {
        return Err(Refusal::from(&CROSS_ORIGIN));
    }
    let issue = match grant_type {
        "authorization_code" => code::redeem(world, tenancy, client_id, fields)?,
        "refresh_token" => refresh::redeem(world, tenancy, client_id, fields)?,
        _ => return Err(Refusal::from(&GRANT_TYPE_UNSUPPORTED)),
    };
    issue::answer(world, issuer, &issue)
        .ok_or_else(|| Refusal::from(&REQUEST_MALFORMED).under("server_error"))
}

fn required<'f>(fields: &'f Fields, name: &str) -> Result<&'f str, Refusal> {
    fields
        .get(name)
        .map(String::as_str)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Refusal::missing(name))
}

fn says_cp1(fields: &Fields) -> bool {
    fields
        .get("claims")
        .is_some_and(|claims| declares_cp1(claims))
}

fn wants_client_info(fields: &Fields) -> bool {
    fields.get("client_info").is_some_and(|value| value == "1")
}

/// The scopes a request names, if it names any.
fn asked(fields: &Fields) -> Result<Option<ScopeSet>, Refusal> {
    fields
        .get("scope")
        .filter(|scope| !scope.trim().is_empty())
        .map(|scope| ScopeSet::parse(scope).map_err(scope_refusal))
        .transpose()
}
