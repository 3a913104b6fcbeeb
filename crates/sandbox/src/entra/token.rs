//! The token endpoint: what every grant has in common.
//!
//! Sources: "OAuth 2.0 authorization code flow", request an access token;
//! "Redirect URI (reply URL) best practices and limitations" for single-page
//! apps; Azure AD v1.0, "Authorize access using the OAuth 2.0 code grant flow".

mod client;
mod code;
mod device;
mod password;
mod refresh;
mod request;
mod scope;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

pub use request::{Form, TokenRequest};

use super::aadsts::RESOURCE_UNSUPPORTED;
use super::authorize::misplaced;
use super::facts::{
    APP_UNKNOWN, GRANT_TYPE_UNSUPPORTED, POST_ONLY, REQUEST_MALFORMED, TENANT_UNKNOWN,
};
use super::issue::{self, Issue, Version};
use super::refusal::{Ids, Refusal, json_answer, only_https, telemetry};
use crate::directory::{Tenancy, app};
use crate::journal::ClientNotes;
use crate::origin::Origin;
use crate::world::World;

/// `POST /{tenant}/oauth2/v2.0/token`
pub async fn token(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    origin: Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Form::read(&headers, query.as_deref(), &body);
    respond(&world, Version::V2, &tenant, &origin, &headers, &form)
}

/// `POST /{tenant}/oauth2/token`
pub async fn token_v1(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    origin: Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Form::read(&headers, query.as_deref(), &body);
    respond(&world, Version::V1, &tenant, &origin, &headers, &form)
}

/// Any other method on the endpoints that take a form: the back button of a
/// browser brings a `GET` about.
pub async fn wrong_method(
    State(world): State<Arc<World>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    Refusal::from(&POST_ONLY)
        .saying(format!(
            "The endpoint only accepts POST requests. Received a {method} request."
        ))
        .answer(&world, &Ids::new(&world, &headers, None))
}

/// What a browser asks before a page of another origin may post with headers of
/// its own (Fetch standard, CORS preflight).
pub async fn preflight() -> Response {
    let any = |value| HeaderValue::from_static(value);
    let headers = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, any("*")),
        (ACCESS_CONTROL_ALLOW_METHODS, any("POST, OPTIONS")),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            any(
                "content-type, client-request-id, return-client-request-id, x-client-sku, x-client-ver",
            ),
        ),
    ];
    (StatusCode::OK, headers).into_response()
}

fn respond(
    world: &World,
    version: Version,
    tenant: &str,
    origin: &Origin,
    headers: &HeaderMap,
    form: &Form,
) -> Response {
    let ids = Ids::new(world, headers, form.get("client-request-id"));
    let mut answer = match redeem(world, version, tenant, &origin.issuer(), headers, form) {
        Ok((body, refresh_age_ms)) => {
            let mut answer = json_answer(StatusCode::OK, &body, &ids);
            if let Some(value) = telemetry(0, refresh_age_ms) {
                answer.headers_mut().insert("x-ms-clitelem", value);
            }
            answer
        }
        Err(refusal) if version == Version::V1 => refusal.in_v1_words().answer(world, &ids),
        Err(refusal) => refusal.answer(world, &ids),
    };
    if headers.contains_key(ORIGIN) {
        let any = HeaderValue::from_static("*");
        answer
            .headers_mut()
            .insert(ACCESS_CONTROL_ALLOW_ORIGIN, any);
    }
    only_https(&mut answer, origin);
    answer
        .extensions_mut()
        .insert(ClientNotes(form.client_notes()));
    answer
}

/// The body of the answer, and the age of the refresh token that was redeemed.
fn redeem(
    world: &World,
    version: Version,
    tenant: &str,
    issuer: &str,
    headers: &HeaderMap,
    form: &Form,
) -> Result<(Value, Option<i64>), Refusal> {
    form.check()?;
    let grant_type = form.required("grant_type")?;
    let client_id = form.required("client_id")?;
    let tenancy = Tenancy::parse(tenant).ok_or_else(|| {
        Refusal::from(&TENANT_UNKNOWN).saying(format!(
            "Tenant '{tenant}' not found. Check that you have the correct tenant and are signing into the correct cloud."
        ))
    })?;
    let app = app(client_id, world.any_app).ok_or_else(|| {
        Refusal::from(&APP_UNKNOWN).saying(format!(
            "Application with identifier '{client_id}' was not found in the directory. It may not have been installed by the administrator of the tenant, or the request went to the wrong tenant."
        ))
    })?;
    let cloud = Origin(issuer.to_owned()).served_cloud();
    app.fits(tenancy, cloud)
        .map_err(|code| misplaced(code, app))?;
    if version == Version::V2 && form.get("resource").is_some() {
        return Err(Refusal::from(&RESOURCE_UNSUPPORTED));
    }
    let request = TokenRequest {
        version,
        tenancy,
        cloud,
        app,
        client_id,
        cross_origin: headers.contains_key(ORIGIN),
        claims: form.claims()?,
        form,
    };
    let issue = by_grant(world, grant_type, &request)?;
    let body = issue::answer(world, version, issuer, &issue)
        .ok_or_else(|| Refusal::from(&REQUEST_MALFORMED).under("server_error"))?;
    Ok((body, issue.refresh_age_ms))
}

fn by_grant<'a>(
    world: &World,
    grant_type: &str,
    request: &TokenRequest<'a>,
) -> Result<Issue<'a>, Refusal> {
    client::authenticate(request, grant_type)?;
    match grant_type {
        "authorization_code" => code::redeem(world, request),
        "refresh_token" => refresh::redeem(world, request),
        // MSAL Node sends the short name.
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => {
            device::redeem(world, request)
        }
        "password" => Err(password::refuse(request)),
        _ => Err(Refusal::from(&GRANT_TYPE_UNSUPPORTED)),
    }
}
