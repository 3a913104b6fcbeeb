//! Sign-out: it ends the browser's session and nothing else; refresh tokens live
//! on until they are revoked.
//!
//! Sources: "OpenID Connect on the Microsoft identity platform", send a sign-out
//! request; OpenID Connect RP-Initiated Logout 1.0 §2 and §3.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::facts::TENANT_UNKNOWN;
use super::flow;
use super::identifiers::hinted;
use super::refusal::{Ids, Refusal};
use super::session::Session;
use crate::directory::{APPS, Person, Tenancy};
use crate::pages;
use crate::world::World;

/// `GET /{tenant}/oauth2/v2.0/logout` and its v1.0 twin.
///
/// A hint signs that one out; without one the only one, and where there are
/// several the person is asked. The browser is sent on only to a redirect URI
/// that some app registered.
pub async fn sign_out(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if Tenancy::parse(&tenant).is_none() {
        let ids = Ids::new(&world, &headers, None);
        return pages::refusal(&world, &Refusal::from(&TENANT_UNKNOWN), &ids);
    }
    let mut session = Session::read(&world, &headers);
    let people: Vec<&'static Person> = session.everybody().collect();
    match query.get("logout_hint").and_then(|hint| hinted(hint)) {
        Some(person) => session.remove(person),
        None if people.len() > 1 => return pages::pick_sign_out(&tenant, &people, &query),
        None => people.iter().for_each(|person| session.remove(person)),
    }
    let answer = match destination(&query) {
        Some(address) => (StatusCode::FOUND, [(LOCATION, address)]).into_response(),
        None => pages::signed_out(),
    };
    flow::with_cookie(answer, session.cookie(&world))
}

/// Where the browser goes afterwards, with the state as it was sent.
fn destination(query: &HashMap<String, String>) -> Option<HeaderValue> {
    let asked = query.get("post_logout_redirect_uri")?;
    APPS.iter().find(|app| app.platform(asked).is_some())?;
    let mut url = Url::parse(asked).ok()?;
    if let Some(state) = query.get("state") {
        url.query_pairs_mut().append_pair("state", state);
    }
    HeaderValue::from_str(url.as_str()).ok()
}
