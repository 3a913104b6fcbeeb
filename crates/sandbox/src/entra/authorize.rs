//! The authorization request: what it says, whether it may be answered at all,
//! and what the first page is.
//!
//! Source: Microsoft identity platform, "OAuth 2.0 authorization code flow",
//! request an authorization code; RFC 6749 §4.1.2.1 for which errors must stay
//! on a page and never be redirected.

mod parameters;

use std::sync::Arc;

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::ask::{Ask, Endpoint, Prompt, ResponseMode, ResponseType};
use super::claims::ClaimsRequest;
use super::facts::{
    APP_OF_OTHER_CLOUD, APP_PERSONAL_ONLY, APP_SINGLE_TENANT, APP_UNKNOWN, APP_WORK_ONLY,
    PARAMETER_REPEATED, REDIRECT_URI_UNKNOWN, REQUEST_TOO_LONG, RESOURCE_UNDECLARED,
    RESOURCE_UNKNOWN, SCOPE_INVALID, TENANT_UNKNOWN,
};
use super::flow::{self, Flow};
use super::refusal::{Ids, Refusal};
use super::session::Session;
use crate::directory::{App, Tenancy, app};
use crate::origin::Origin;
use crate::pages;
use crate::scopes::{ScopeError, ScopeSet};
use crate::world::World;
use parameters::Parameters;

/// The longest query that is read. The live service refuses long ones with
/// AADSTS90015 and publishes no figure; this one fits common browsers and proxies.
const QUERY_BYTES_MAX: usize = 8 * 1024;

/// `GET` and `POST /{tenant}/oauth2/v2.0/authorize`. The parameters of a posted one
/// are in its form, and what stands in its query is not read (OpenID Connect Core
/// 1.0 §3.1.2.1); what is no text has none. A browser sends no session along with a
/// form of another site.
pub async fn authorize(
    world: State<Arc<World>>,
    tenant: Path<String>,
    origin: Origin,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    answer(
        Endpoint::AuthorizeV2,
        &world,
        &tenant,
        str::from_utf8(&form).unwrap_or_default(),
        &origin,
        &headers,
    )
}

/// `GET` and `POST /{tenant}/oauth2/authorize`
pub async fn authorize_v1(
    world: State<Arc<World>>,
    tenant: Path<String>,
    origin: Origin,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    answer(
        Endpoint::AuthorizeV1,
        &world,
        &tenant,
        str::from_utf8(&form).unwrap_or_default(),
        &origin,
        &headers,
    )
}

/// `GET /{tenant}/v2.0/adminconsent`
pub async fn admin_consent(
    world: State<Arc<World>>,
    tenant: Path<String>,
    RawQuery(query): RawQuery,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    answer(
        Endpoint::AdminConsentV2,
        &world,
        &tenant,
        &query.unwrap_or_default(),
        &origin,
        &headers,
    )
}

/// `GET /{tenant}/adminconsent`
pub async fn admin_consent_v1(
    world: State<Arc<World>>,
    tenant: Path<String>,
    RawQuery(query): RawQuery,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    answer(
        Endpoint::AdminConsentV1,
        &world,
        &tenant,
        &query.unwrap_or_default(),
        &origin,
        &headers,
    )
}

fn answer(
    endpoint: Endpoint,
    world: &World,
    tenant: &str,
    query: &str,
    origin: &Origin,
    headers: &HeaderMap,
) -> Response {
    let parameters = Parameters::read(query);
    let ids = Ids::new(world, headers, parameters.get("client-request-id"));
    let request = Request {
        endpoint,
        tenant,
        query,
        issuer: origin.issuer(),
    };
    match request.open(world, &parameters, &ids) {
        Err(refusal) => pages::refusal(world, &refusal, &ids),
        Ok((ask, app)) => match parameters.complete(ask.clone(), app) {
            Err(refusal) => flow::refuse(world, &ask, &refusal, &ids),
            Ok(ask) => flow::begin(world, Flow::new(world, ask), &Session::read(world, headers)),
        },
    }
}

/// Refuses the request that `query` describes with `refusal`: at its redirect
/// URI if it has a right one, on a page otherwise.
pub fn refuse(
    world: &World,
    endpoint: Endpoint,
    tenant: &str,
    query: &str,
    origin: &Origin,
    headers: &HeaderMap,
    refusal: &Refusal,
) -> Response {
    let parameters = Parameters::read(query);
    let ids = Ids::new(world, headers, None);
    let request = Request {
        endpoint,
        tenant,
        query,
        issuer: origin.issuer(),
    };
    match request.open(world, &parameters, &ids) {
        Err(own) => pages::refusal(world, &own, &ids),
        Ok((ask, _)) => flow::refuse(world, &ask, refusal, &ids),
    }
}

struct Request<'a> {
    endpoint: Endpoint,
    tenant: &'a str,
    query: &'a str,
    issuer: String,
}

impl Request<'_> {
    /// The part of the request that must be right before anything is redirected.
    fn open(
        &self,
        world: &World,
        parameters: &Parameters,
        ids: &Ids,
    ) -> Result<(Ask, &'static App), Refusal> {
        let tenant = self.tenant;
        if self.query.len() > QUERY_BYTES_MAX {
            return Err(Refusal::from(&REQUEST_TOO_LONG));
        }
        let tenancy = Tenancy::parse(tenant).ok_or_else(|| {
            Refusal::from(&TENANT_UNKNOWN).saying(format!("Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."))
        })?;
        if let Some(name) = parameters::repeated(self.query) {
            return Err(Refusal::from(&PARAMETER_REPEATED).saying(format!(
                "The request is not properly formatted. The parameter '{name}' is duplicated."
            )));
        }
        let client_id = parameters.required("client_id")?;
        let app = app(client_id, world.any_app).ok_or_else(|| {
            Refusal::from(&APP_UNKNOWN).saying(format!("Application with identifier '{client_id}' was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."))
        })?;
        let cloud = Origin(self.issuer.clone()).served_cloud();
        app.fits(tenancy, cloud)
            .map_err(|code| misplaced(code, app))?;
        let redirect_uri = parameters.required("redirect_uri")?;
        if app.platform(redirect_uri).is_none() {
            return Err(Refusal::from(&REDIRECT_URI_UNKNOWN).saying(format!("The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to your application.")));
        }
        let ask = Ask {
            endpoint: self.endpoint,
            issuer: self.issuer.clone(),
            tenant: tenant.to_owned(),
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            response_mode: parameters.fallback_mode(redirect_uri),
            response_type: ResponseType::CODE,
            state: parameters.owned("state"),
            state_as_sent: parameters::undecodable(self.query, "state"),
            nonce: parameters.owned("nonce"),
            scopes: ScopeSet::default(),
            long_scopes: false,
            challenge: None,
            prompt: Prompt::AsNeeded,
            login_hint: parameters.filled("login_hint"),
            domain_hint: parameters.filled("domain_hint"),
            sid: parameters.filled("sid"),
            max_age: None,
            client_info: parameters.get("client_info") == Some("1"),
            client_data: parameters.get("clidata") == Some("1"),
            instance_aware: parameters.get("instance_aware") == Some("true"),
            resource: None,
            claims: ClaimsRequest::default(),
            correlation_id: ids.correlation_id.clone(),
        };
        Ok((ask, app))
    }
}

/// How an app is refused under an authority it is not for. Shown on a page.
pub fn misplaced(code: u32, app: &App) -> Refusal {
    let (fact, what) = match code {
        50194 => (
            &APP_SINGLE_TENANT,
            "is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
        ),
        900_439 => (
            &APP_OF_OTHER_CLOUD,
            "belongs to the US Government cloud, whose clients are not served at this endpoint.",
        ),
        9_002_331 => (
            &APP_PERSONAL_ONLY,
            "is configured for use by personal Microsoft accounts only. Use the /consumers endpoint to serve this request.",
        ),
        9_002_332 => (
            &APP_WORK_ONLY,
            "is configured for use by Microsoft Entra users only. Do not use the /consumers endpoint to serve this request.",
        ),
        _ => (&APP_UNKNOWN, "was not found in the directory."),
    };
    Refusal::from(fact).saying(format!(
        "Application '{}' ({}) {what}",
        app.client_id, app.name
    ))
}

/// How an impossible `scope` is refused, here and at the token endpoint.
pub fn scope_refusal(error: ScopeError) -> Refusal {
    match error {
        ScopeError::Empty => Refusal::missing("scope"),
        ScopeError::UnknownResource(resource) => Refusal::from(&RESOURCE_UNKNOWN).saying(format!(
            "The resource principal named {resource} was not found in the tenant."
        )),
        ScopeError::Undeclared(resource) => Refusal::from(&RESOURCE_UNDECLARED).saying(format!(
            "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Resource value from request: {resource}."
        )),
        ScopeError::DefaultMixed => Refusal::from(&SCOPE_INVALID).saying(
            "The provided value for the input parameter 'scope' is not valid: '.default' can't be combined with resource-specific scopes.",
        ),
        ScopeError::Unknown(scope) => Refusal::from(&SCOPE_INVALID).saying(format!(
            "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        )),
    }
}

/// What a fault stands in for is redirected in the mode that was asked, too.
impl Parameters {
    fn fallback_mode(&self, redirect_uri: &str) -> ResponseMode {
        self.response_mode(redirect_uri, ResponseType::CODE)
            .unwrap_or(ResponseMode::Query)
    }
}
