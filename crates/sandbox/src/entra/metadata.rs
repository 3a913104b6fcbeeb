//! OpenID Connect metadata, instance discovery and the key set.
//!
//! Sources: OpenID Connect Discovery 1.0 §3, and the metadata documents that the
//! live service publishes for `common`, `consumers` and single tenants.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, EXPIRES, PRAGMA,
    SET_COOKIE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::facts::{INSTANCE_UNKNOWN, TENANT_UNKNOWN};
use super::origin::Origin;
use super::refusal::{Ids, Refusal, json_answer, only_https};
use crate::clouds::{CLOUDS, Cloud, GLOBAL, by_login_host};
use crate::directory::{PERSONAL_TENANT_ID, Tenancy};
use crate::origin::is_loopback_host;
use crate::world::World;

/// The names Graph's sign-in host goes by; MSAL caches under any of them.
const SANDBOX_ALIASES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Who issues v1.0 tokens, whatever the name of the sign-in host.
const V1_ISSUER: &str = "https://sts.windows.net";
/// Sign-in hosts that stand alone and that the sandbox does not stand in for: the
/// closed German cloud's, and those of the sovereign clouds.
const ALONE: [&str; 4] = [
    "login.microsoftonline.de",
    "login.sovcloud-identity.fr",
    "login.sovcloud-identity.de",
    "login.sovcloud-identity.sg",
];
/// Cookies that the live service sets on every answer, wanted or not; clients
/// must live with them. Not `secure`: the sandbox speaks HTTP too.
const COOKIES: [&str; 4] = [
    "fpc=sandbox; path=/; httponly",
    "esctx=sandbox; path=/; httponly",
    "x-ms-gateway-slice=estsfd; path=/; httponly",
    "stsservicecookie=estsfd; path=/; httponly",
];

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`; with `?appid=` the keys
/// are those of one app ("Access tokens", validate the signature).
pub async fn openid_configuration(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    origin: Origin,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let ids = Ids::new(&world, &headers, None);
    let appid = query.get("appid").map(String::as_str);
    match Tenancy::parse(&tenant) {
        Some(tenancy) => public_answer(&document(tenancy, &origin, appid), &origin, &ids),
        None => Refusal::from(&TENANT_UNKNOWN).answer(&world, &ids),
    }
}

/// `GET /{tenant}/.well-known/openid-configuration`
pub async fn openid_configuration_v1(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let ids = Ids::new(&world, &headers, None);
    match Tenancy::parse(&tenant) {
        Some(tenancy) => public_answer(&document_v1(tenancy, &origin), &origin, &ids),
        None => Refusal::from(&TENANT_UNKNOWN).answer(&world, &ids),
    }
}

/// `GET /{tenant}/discovery/v2.0/keys`
pub async fn keys(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let ids = Ids::new(&world, &headers, None);
    match Tenancy::parse(&tenant) {
        Some(tenancy) => {
            let personal_only = tenancy.issuer_tenant() == PERSONAL_TENANT_ID;
            let now_ms = world.clock.now_ms();
            let instance = origin.cloud().unwrap_or(&GLOBAL).instance_name;
            let set = world
                .signing
                .key_set(&origin.issuer(), instance, personal_only, now_ms);
            public_answer(&set, &origin, &ids)
        }
        None => Refusal::from(&TENANT_UNKNOWN).answer(&world, &ids),
    }
}

/// `GET /common/discovery/instance`
pub async fn instance_discovery(
    State(world): State<Arc<World>>,
    origin: Origin,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let ids = Ids::new(&world, &headers, None);
    let asked = query.get("authorization_endpoint").map(String::as_str);
    let Some((host, tenant)) = asked.and_then(|asked| host_and_tenant(asked, &origin)) else {
        return Refusal::from(&INSTANCE_UNKNOWN).answer(&world, &ids);
    };
    // MSAL Python leaves the port out of its question; only this origin has it.
    let (authority, groups) = match origin.cloud() {
        Some(_) => (
            format!("https://{host}"),
            CLOUDS
                .iter()
                .map(cloud_group)
                .chain(ALONE.iter().copied().map(lone_group))
                .collect(),
        ),
        None => (origin.0.clone(), vec![loopback_group(host, &origin)]),
    };
    let body = json!({
        "tenant_discovery_endpoint": format!("{authority}/{tenant}/v2.0/.well-known/openid-configuration"),
        "api-version": query.get("api-version").map_or("1.1", String::as_str),
        "metadata": groups,
    });
    public_answer(&body, &origin, &ids)
}

/// One group of names, as the live service lists them all.
fn cloud_group(cloud: &Cloud) -> Value {
    json!({
        "preferred_network": cloud.network(),
        "preferred_cache": cloud.cache,
        "aliases": cloud.login,
    })
}

/// A network that is named and not played.
fn lone_group(host: &str) -> Value {
    json!({"preferred_network": host, "preferred_cache": host, "aliases": [host]})
}

/// Loopback's names in one group, the one that was asked about first.
fn loopback_group(host: String, origin: &Origin) -> Value {
    let mut aliases = vec![host.clone(), origin.authority().to_owned()];
    aliases.extend(SANDBOX_ALIASES.iter().map(|&alias| alias.to_owned()));
    aliases.dedup();
    json!({
        "preferred_network": host,
        "preferred_cache": host,
        "aliases": aliases,
    })
}

/// Every field of the live document, on this origin.
fn document(tenancy: Tenancy, origin: &Origin, appid: Option<&str>) -> Value {
    let mut jwks = format!("{}/{}/discovery/v2.0/keys", origin.0, tenancy.segment());
    if let Some(appid) = appid {
        let mut query = Serializer::new(String::new());
        query.append_pair("appid", appid);
        jwks = format!("{jwks}?{}", query.finish());
    }
    let authority = format!("{}/{}", origin.0, tenancy.segment());
    let graph = Origin(origin.graph());
    let cloud = origin.cloud().unwrap_or(&GLOBAL);
    let mut document = json!({
        "token_endpoint": format!("{authority}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported":
            ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": jwks,
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{}/{}/v2.0", origin.issuer(), tenancy.issuer_tenant()),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{}/oidc/userinfo", graph.0),
        "authorization_endpoint": format!("{authority}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{authority}/oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{authority}/oauth2/v2.0/logout"),
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name",
            "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr",
            "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"
        ],
        "kerberos_endpoint": format!("{authority}/kerberos"),
        "tenant_region_scope": tenancy.region(),
        "cloud_instance_name": cloud.instance_name,
        "cloud_graph_host_name": cloud.directory_graph,
        "msgraph_host": graph.authority(),
        "rbac_url": cloud.rbac_url,
    });
    if let (Some(sub_region), Some(fields)) = (tenancy.sub_region(), document.as_object_mut()) {
        fields.insert("tenant_region_sub_scope".to_owned(), json!(sub_region));
    }
    document
}

/// The v1.0 document: the endpoints without a version, and the issuer of the
/// security token service. The session iframe of the live one is left out, since
/// no such page is served here.
fn document_v1(tenancy: Tenancy, origin: &Origin) -> Value {
    let mut document = document(tenancy, origin, None);
    let authority = format!("{}/{}", origin.0, tenancy.segment());
    let v1 = json!({
        "token_endpoint": format!("{authority}/oauth2/token"),
        "jwks_uri": format!("{authority}/discovery/keys"),
        "scopes_supported": ["openid"],
        "issuer": format!("{V1_ISSUER}/{}/", tenancy.issuer_tenant()),
        "microsoft_multi_refresh_token": true,
        "authorization_endpoint": format!("{authority}/oauth2/authorize"),
        "device_authorization_endpoint": format!("{authority}/oauth2/devicecode"),
        "end_session_endpoint": format!("{authority}/oauth2/logout"),
        "userinfo_endpoint": format!("{authority}/openid/userinfo"),
    });
    if let (Some(fields), Some(v1)) = (document.as_object_mut(), v1.as_object()) {
        fields.remove("request_uri_parameter_supported");
        fields.extend(v1.clone());
    }
    document
}

/// The authority an endpoint names, if this is one that answers here: behind the
/// proxy a host that the answer lists, else loopback's.
fn host_and_tenant(endpoint: &str, origin: &Origin) -> Option<(String, String)> {
    let url = Url::parse(endpoint).ok()?;
    let own = match origin.cloud() {
        Some(_) => |host: &str| by_login_host(host).is_some() || ALONE.contains(&host),
        None => is_loopback_host,
    };
    let host = url.host_str().filter(|host| own(host))?;
    let tenant = url
        .path_segments()?
        .next()
        .filter(|tenant| !tenant.is_empty())?;
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Some((authority, tenant.to_owned()))
}

/// A JSON answer that any site may read and keep for a day, as the live one's. It
/// has nothing of what keeps a token answer from being kept, and no telemetry.
fn public_answer(body: &Value, origin: &Origin, ids: &Ids) -> Response {
    let mut answer = json_answer(StatusCode::OK, body, ids);
    for name in [
        PRAGMA.as_str(),
        EXPIRES.as_str(),
        "x-ms-clitelem",
        "x-ms-srs",
    ] {
        answer.headers_mut().remove(name);
    }
    only_https(&mut answer, origin);
    for (name, value) in [
        (CACHE_CONTROL, "max-age=86400, private"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, OPTIONS"),
    ] {
        answer
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    for cookie in COOKIES {
        answer
            .headers_mut()
            .append(SET_COOKIE, HeaderValue::from_static(cookie));
    }
    answer
}
