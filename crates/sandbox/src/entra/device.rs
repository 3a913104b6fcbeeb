//! Signing in on a device without a browser: the endpoint that gives the codes
//! out, and the page where a person types one.
//!
//! Sources: Microsoft identity platform, "OAuth 2.0 device authorization grant";
//! RFC 8628; for v1.0 the strings and `verification_url` of Azure AD v1.0.

mod message;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};
use url::form_urlencoded;

pub use page::CONFIRM_PATH;

use super::aadsts::SECRET_DEMANDED;
use super::authorize::{misplaced, scope_refusal};
use super::facts::{APP_UNKNOWN, TENANT_UNKNOWN};
use super::issue::Version;
use super::refusal::{Ids, Refusal, json_answer};
use super::token::{Form, wrong_method};
use crate::back_channel::{DEVICE_CODE_SECONDS, Device, INTERVAL_SECONDS};
use crate::clouds::US_GOVERNMENT;
use crate::directory::{Tenancy, app};
use crate::journal::ClientNotes;
use crate::origin::Origin;
use crate::scopes::ScopeSet;
use crate::world::World;

/// Where a person types the code: the page itself, and the short addresses.
const PAGE_PATHS: [&str; 5] = [
    "/common/oauth2/deviceauth",
    "/devicelogin",
    "/deviceloginus",
    "/deviceloginchina",
    "/device",
];

/// The endpoints and the pages.
pub fn routes() -> Router<Arc<World>> {
    let pages = PAGE_PATHS.iter().fold(Router::new(), |router, path| {
        router.route(path, get(page::ask).post(page::typed))
    });
    pages
        .route(page::DONE_PATH, get(page::signed_in))
        .route(page::CONFIRM_PATH, post(page::confirmed))
        .route(
            "/{tenant}/oauth2/v2.0/devicecode",
            post(devicecode).fallback(wrong_method),
        )
        .route(
            "/{tenant}/oauth2/devicecode",
            post(devicecode_v1).fallback(wrong_method),
        )
}

/// `POST /{tenant}/oauth2/v2.0/devicecode`
async fn devicecode(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    origin: Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let form = Form::read(&headers, Some(&query), &body);
    respond(
        &world,
        Version::V2,
        &tenant,
        &origin,
        (&headers, &query, &form),
    )
}

/// `POST /{tenant}/oauth2/devicecode`
async fn devicecode_v1(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    origin: Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let form = Form::read(&headers, Some(&query), &body);
    respond(
        &world,
        Version::V1,
        &tenant,
        &origin,
        (&headers, &query, &form),
    )
}

fn respond(
    world: &World,
    version: Version,
    tenant: &str,
    origin: &Origin,
    (headers, query, form): (&HeaderMap, &str, &Form),
) -> Response {
    let ids = Ids::new(world, headers, form.get("client-request-id"));
    let mut answer = match register(version, tenant, origin, form, world) {
        Ok(device) => {
            let now_ms = world.clock.now_ms();
            let (device_code, user_code) =
                world
                    .back_channel
                    .devices
                    .issue(&world.dice, device, now_ms);
            let language = form.get("mkt").map(str::to_owned).or_else(|| market(query));
            let uri = verification_uri(origin);
            let message = message::message(language.as_deref(), &uri, &user_code);
            let body = body(version, &device_code, &user_code, &uri, &message);
            json_answer(StatusCode::OK, &body, &ids)
        }
        Err(refusal) if version == Version::V1 => refusal.in_v1_words().answer(world, &ids),
        Err(refusal) => refusal.answer(world, &ids),
    };
    answer
        .extensions_mut()
        .insert(ClientNotes(form.client_notes()));
    answer
}

/// Checks the request of a device.
fn register(
    version: Version,
    tenant: &str,
    origin: &Origin,
    form: &Form,
    world: &World,
) -> Result<Device, Refusal> {
    form.check()?;
    let client_id = form.required("client_id")?;
    let tenancy = Tenancy::parse(tenant).ok_or(&TENANT_UNKNOWN)?;
    let app = app(client_id, world.any_app).ok_or(&APP_UNKNOWN)?;
    app.fits(tenancy, origin.served_cloud())
        .map_err(|code| misplaced(code, app))?;
    if !app.public_flows {
        return Err(Refusal::from(&SECRET_DEMANDED));
    }
    let scope = match version {
        Version::V1 => format!(
            "openid profile offline_access {}",
            app.permissions.join(" ")
        ),
        Version::V2 => form.required("scope")?.to_owned(),
    };
    ScopeSet::parse(&scope).map_err(scope_refusal)?;
    form.claims()?;
    Ok(Device {
        client_id: client_id.to_owned(),
        issuer: origin.issuer(),
        tenant: tenant.to_owned(),
        scope,
        claims: form.get("claims").map(str::to_owned),
        resource: form.get("resource").map(str::to_owned),
    })
}

/// `verification_uri_complete` is never given; v1.0 says `verification_url` and
/// writes numbers as strings.
fn body(version: Version, device_code: &str, user_code: &str, uri: &str, message: &str) -> Value {
    match version {
        Version::V2 => json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_uri": uri,
            "expires_in": DEVICE_CODE_SECONDS,
            "interval": INTERVAL_SECONDS,
            "message": message,
        }),
        Version::V1 => json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_url": uri,
            "expires_in": DEVICE_CODE_SECONDS.to_string(),
            "interval": INTERVAL_SECONDS.to_string(),
            "message": message,
        }),
    }
}

/// On loopback the page is the sandbox's own; under the service's names it is
/// the one that its cloud names ("Microsoft Entra authentication & national
/// clouds", device code).
fn verification_uri(origin: &Origin) -> String {
    match origin.cloud().map(|cloud| cloud.instance_name) {
        None => format!("{}/devicelogin", origin.0),
        Some(US_GOVERNMENT) => "https://microsoft.com/deviceloginus".to_owned(),
        Some("partner.microsoftonline.cn") => "https://microsoft.com/deviceloginchina".to_owned(),
        Some(_) => "https://microsoft.com/devicelogin".to_owned(),
    }
}

fn market(query: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "mkt")
        .map(|(_, value)| value.into_owned())
}
