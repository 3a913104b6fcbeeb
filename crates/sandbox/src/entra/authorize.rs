//! The authorization request: what it says, whether it may be answered at all,
//! and what the first page is.
//!
//! Source: Microsoft identity platform, "OAuth 2.0 authorization code flow",
//! request an authorization code; RFC 6749 §4.1.2.1 for which errors must stay
//! on a page and never be redirected.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::claims::ClaimsRequest;
use super::facts::{
    APP_OF_OTHER_CLOUD, APP_PERSONAL_ONLY, APP_SINGLE_TENANT, APP_UNKNOWN, APP_WORK_ONLY,
    CHALLENGE_INVALID, PARAMETER_REPEATED, PROMPT_INVALID, REDIRECT_URI_UNKNOWN, REQUEST_MALFORMED,
    REQUEST_TOO_LONG, RESOURCE_UNKNOWN, RESPONSE_MODE_UNSUPPORTED, RESPONSE_TYPE_UNSUPPORTED,
    SCOPE_INVALID, TENANT_UNKNOWN,
};
use super::flow::{self, Flow};
use super::refusal::{Ids, Refusal};
use super::session::Session;
use crate::back_channel::Device;
use crate::codes::Challenge;
use crate::directory::{App, Tenancy, app};
use crate::pages;
use crate::scopes::{ScopeError, ScopeSet, asks_in_long_form};
use crate::world::World;

/// The longest query that is read. The live service refuses long ones with
/// AADSTS90015 and publishes no figure; this one fits common browsers and proxies.
const QUERY_BYTES_MAX: usize = 8 * 1024;

/// How the answer is to travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResponseMode {
    /// In the query of a redirect.
    Query,
    /// In its fragment.
    Fragment,
    /// As a form that the browser posts.
    FormPost,
}

/// What the person may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    /// Whatever is needed.
    AsNeeded,
    /// Nothing.
    None,
    /// The password, always.
    Login,
    /// Consent, always.
    Consent,
    /// Which account, always.
    SelectAccount,
}

/// A request that may be answered at its redirect URI.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ask {
    /// The authority's path segment, as it was asked.
    pub tenant: String,
    /// The client.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// How it travels.
    pub response_mode: ResponseMode,
    /// Opaque to us.
    pub state: Option<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// What is asked for.
    pub scopes: ScopeSet,
    /// Whether in the long form.
    pub long_scopes: bool,
    /// PKCE.
    pub challenge: Option<Challenge>,
    /// What the person may be asked.
    pub prompt: Prompt,
    /// Whom the client thinks it will be.
    pub login_hint: Option<String>,
    /// Whether the answer carries `client_info`.
    pub client_info: bool,
    /// What the tokens should say, and what the client can do.
    pub claims: ClaimsRequest,
    /// The client's id for this sign-in.
    pub correlation_id: String,
}

impl Ask {
    /// What the device page asks on behalf of a device. The scope and claims
    /// were checked when the device asked; `None` only if they no longer pass.
    pub fn for_device(
        device: &Device,
        redirect_uri: String,
        state: String,
        correlation_id: String,
    ) -> Option<Self> {
        Some(Self {
            tenant: device.tenant.clone(),
            client_id: device.client_id.clone(),
            redirect_uri,
            response_mode: ResponseMode::Query,
            state: Some(state),
            nonce: None,
            scopes: ScopeSet::parse(&device.scope).ok()?,
            long_scopes: asks_in_long_form(&device.scope),
            challenge: None,
            prompt: Prompt::AsNeeded,
            login_hint: None,
            client_info: false,
            claims: ClaimsRequest::read(device.claims.as_deref()).ok()?,
            correlation_id,
        })
    }
}

/// `GET /{tenant}/oauth2/v2.0/authorize`
pub async fn authorize(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let pairs = pairs(&query);
    let hint = pairs.get("client-request-id").map(String::as_str);
    let ids = Ids::new(&headers, hint);
    match open(&world, &tenant, &query, &pairs, &ids) {
        Err(refusal) => pages::refusal(&world, &refusal, &ids),
        Ok(ask) => match complete(&pairs, ask.clone()) {
            Err(refusal) => flow::refuse(&world, &ask, &refusal, &ids),
            Ok(ask) => flow::begin(
                &world,
                Flow::new(&world, ask),
                Session::read(&world, &headers),
            ),
        },
    }
}

/// Refuses the request that `query` describes with `refusal`: at its redirect
/// URI if it has a right one, on a page otherwise.
pub fn refuse(
    world: &World,
    tenant: &str,
    query: &str,
    headers: &HeaderMap,
    refusal: &Refusal,
) -> Response {
    let pairs = pairs(query);
    let ids = Ids::new(headers, None);
    match open(world, tenant, query, &pairs, &ids) {
        Err(own) => pages::refusal(world, &own, &ids),
        Ok(ask) => flow::refuse(world, &ask, refusal, &ids),
    }
}

/// The part of the request that must be right before anything is redirected.
fn open(
    world: &World,
    tenant: &str,
    query: &str,
    pairs: &HashMap<String, String>,
    ids: &Ids,
) -> Result<Ask, Refusal> {
    if query.len() > QUERY_BYTES_MAX {
        return Err(Refusal::from(&REQUEST_TOO_LONG));
    }
    let tenancy = Tenancy::parse(tenant).ok_or_else(|| {
        Refusal::from(&TENANT_UNKNOWN).saying(format!("Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."))
    })?;
    if let Some(name) = repeated(query) {
        return Err(Refusal::from(&PARAMETER_REPEATED).saying(format!(
            "The request is not properly formatted. The parameter '{name}' is duplicated."
        )));
    }
    let client_id = pairs
        .get("client_id")
        .ok_or_else(|| Refusal::missing("client_id"))?;
    let app = app(client_id, world.any_app).ok_or_else(|| {
        Refusal::from(&APP_UNKNOWN).saying(format!("Application with identifier '{client_id}' was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."))
    })?;
    app.fits(tenancy).map_err(|code| misplaced(code, app))?;
    let redirect_uri = pairs
        .get("redirect_uri")
        .ok_or_else(|| Refusal::missing("redirect_uri"))?;
    if app.platform(redirect_uri).is_none() {
        return Err(Refusal::from(&REDIRECT_URI_UNKNOWN).saying(format!("The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to your application.")));
    }
    Ok(Ask {
        tenant: tenant.to_owned(),
        client_id: client_id.clone(),
        redirect_uri: redirect_uri.clone(),
        response_mode: ResponseMode::Query,
        state: pairs.get("state").cloned(),
        nonce: pairs.get("nonce").cloned(),
        scopes: ScopeSet::default(),
        long_scopes: false,
        challenge: None,
        prompt: Prompt::AsNeeded,
        login_hint: pairs
            .get("login_hint")
            .filter(|hint| !hint.is_empty())
            .cloned(),
        client_info: pairs.get("client_info").is_some_and(|value| value == "1"),
        claims: ClaimsRequest::default(),
        correlation_id: ids.correlation_id.clone(),
    })
}

/// The rest, whose faults are told at the redirect URI.
fn complete(pairs: &HashMap<String, String>, mut ask: Ask) -> Result<Ask, Refusal> {
    ask.response_mode = match pairs.get("response_mode").map(String::as_str) {
        None | Some("query") => ResponseMode::Query,
        Some("fragment") => ResponseMode::Fragment,
        Some("form_post") if super::outcome::leaves_the_browser(&ask.redirect_uri) => {
            return Err(Refusal::from(&RESPONSE_MODE_UNSUPPORTED));
        }
        Some("form_post") => ResponseMode::FormPost,
        Some(_) => return Err(Refusal::from(&RESPONSE_MODE_UNSUPPORTED)),
    };
    match pairs.get("response_type").map(String::as_str) {
        Some("code") => {}
        None => return Err(Refusal::missing("response_type")),
        Some(_) => return Err(Refusal::from(&RESPONSE_TYPE_UNSUPPORTED)),
    }
    ask.prompt = match pairs.get("prompt").map(String::as_str) {
        None | Some("") => Prompt::AsNeeded,
        Some("none") => Prompt::None,
        Some("login") => Prompt::Login,
        Some("consent") => Prompt::Consent,
        Some("select_account") => Prompt::SelectAccount,
        Some(_) => return Err(Refusal::from(&PROMPT_INVALID)),
    };
    let scope = pairs.get("scope").map(String::as_str).unwrap_or_default();
    ask.scopes = ScopeSet::parse(scope).map_err(scope_refusal)?;
    ask.long_scopes = asks_in_long_form(scope);
    ask.challenge = challenge(pairs)?;
    ask.claims = ClaimsRequest::read(pairs.get("claims").map(String::as_str)).map_err(|_| {
        Refusal::from(&REQUEST_MALFORMED)
            .saying("The 'claims' parameter of the request is not a valid JSON object.")
    })?;
    Ok(ask)
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
        ScopeError::Unknown(scope) => Refusal::from(&SCOPE_INVALID).saying(format!(
            "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        )),
    }
}

/// RFC 7636 §4.2 and §4.3: a challenge has the length of a verifier, and without
/// a method it is plain.
fn challenge(pairs: &HashMap<String, String>) -> Result<Option<Challenge>, Refusal> {
    let Some(value) = pairs.get("code_challenge") else {
        return Ok(None);
    };
    let s256 = match pairs.get("code_challenge_method").map(String::as_str) {
        Some("S256") => true,
        None | Some("plain") => false,
        Some(_) => {
            return Err(Refusal::from(&CHALLENGE_INVALID)
                .saying("The code_challenge_method is not supported."));
        }
    };
    if !(43..=128).contains(&value.len()) {
        return Err(Refusal::from(&CHALLENGE_INVALID));
    }
    Ok(Some(Challenge {
        s256,
        value: value.clone(),
    }))
}

fn pairs(query: &str) -> HashMap<String, String> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn repeated(query: &str) -> Option<String> {
    let mut names: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, _)| name.into_owned())
        .collect();
    names.sort_unstable();
    names
        .iter()
        .zip(names.iter().skip(1))
        .find(|(one, next)| one == next)
        .map(|(name, _)| name.clone())
}

#[cfg(test)]
impl Ask {
    pub(super) fn for_test(redirect_uri: &str, response_mode: ResponseMode) -> Self {
        Self {
            tenant: "common".to_owned(),
            client_id: String::new(),
            redirect_uri: redirect_uri.to_owned(),
            response_mode,
            state: None,
            nonce: None,
            scopes: ScopeSet::default(),
            long_scopes: false,
            challenge: None,
            prompt: Prompt::AsNeeded,
            login_hint: None,
            client_info: false,
            claims: ClaimsRequest::default(),
            correlation_id: String::new(),
        }
    }
}
