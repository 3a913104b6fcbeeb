//! The token endpoint: code and refresh grants for public clients.
//!
//! Sources: "OAuth 2.0 authorization code flow", redeem a code and refresh the
//! access token; RFC 7636 §4.6; RFC 9700 §4.8.2 (a verifier without a challenge
//! is refused).

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::authorize::{declares_cp1, scope_refusal};
use super::issue::{self, Issue};
use super::origin::Origin;
use super::refusal::{
    APP_UNKNOWN, CLIENT_MISMATCH, CODE_EXPIRED, CODE_REDEEMED, CONSENT_MISSING, CROSS_ORIGIN,
    GRANT_INVALID, GRANT_TYPE_UNSUPPORTED, Ids, NOT_IN_TENANT, POST_ONLY, REFRESH_EXPIRED,
    REQUEST_MALFORMED, Refusal, SECRET_UNWANTED, SESSION_REVOKED, TENANT_MISMATCH, TENANT_UNKNOWN,
    USER_DISABLED, VERIFIER_MISMATCH, json_answer,
};
use crate::codes::{Challenge, CodeError};
use crate::directory::{Person, Quirk, Tenancy, app, by_oid};
use crate::scopes::{ScopeSet, asks_in_long_form};
use crate::tokens::{RefreshToken, TokenError};
use crate::world::World;

type Fields = HashMap<String, String>;

/// `POST /{tenant}/oauth2/v2.0/token`
pub async fn token(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    Origin(origin): Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fields: Fields = form_urlencoded::parse(&body).into_owned().collect();
    let ids = Ids::new(
        &headers,
        fields.get("client-request-id").map(String::as_str),
    );
    match redeem(&world, &tenant, &origin, &headers, &fields) {
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
    origin: &str,
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
        "authorization_code" => by_code(world, tenancy, client_id, fields)?,
        "refresh_token" => by_refresh_token(world, tenancy, client_id, fields)?,
        _ => return Err(Refusal::from(&GRANT_TYPE_UNSUPPORTED)),
    };
    issue.answer(world, origin)
}

/// What a grant turned out to be worth.
struct Worth<'a> {
    person: &'static Person,
    client_id: &'a str,
    asked: ScopeSet,
    consented: ScopeSet,
    long_scopes: bool,
    nonce: Option<String>,
    cp1: bool,
    client_info: bool,
}

impl Worth<'_> {
    fn answer(self, world: &World, origin: &str) -> Result<Value, Refusal> {
        let issue = Issue {
            person: self.person,
            client_id: self.client_id,
            asked: self.asked,
            consented: self.consented,
            long_scopes: self.long_scopes,
            nonce: self.nonce.as_deref(),
            cp1: self.cp1,
            client_info: self.client_info,
        };
        issue::answer(world, origin, &issue)
            .ok_or_else(|| Refusal::from(&REQUEST_MALFORMED).under("server_error"))
    }
}

fn by_code<'a>(
    world: &World,
    tenancy: Tenancy,
    client_id: &'a str,
    fields: &Fields,
) -> Result<Worth<'a>, Refusal> {
    let code = required(fields, "code")?;
    let redirect_uri = required(fields, "redirect_uri")?;
    let grant = world
        .codes
        .look_up(code, world.clock.now_ms())
        .map_err(|error| match error {
            CodeError::Unknown => Refusal::from(&GRANT_INVALID),
            CodeError::Redeemed => Refusal::from(&CODE_REDEEMED),
            CodeError::Expired => Refusal::from(&CODE_EXPIRED),
        })?;
    let person = by_oid(&grant.oid).ok_or(&GRANT_INVALID)?;
    if !grant.client_id.eq_ignore_ascii_case(client_id) || grant.redirect_uri != redirect_uri {
        return Err(Refusal::from(&GRANT_INVALID));
    }
    if !Tenancy::parse(&grant.tenant).is_some_and(|issued| issued.same_as(tenancy)) {
        return Err(Refusal::from(&TENANT_MISMATCH));
    }
    if !verifies(grant.challenge.as_ref(), fields.get("code_verifier")) {
        return Err(Refusal::from(&VERIFIER_MISMATCH));
    }
    let consented = world.consents.of(person.oid, client_id);
    let asked = match fields.get("scope").filter(|scope| !scope.trim().is_empty()) {
        Some(scope) => ScopeSet::parse(scope).map_err(scope_refusal)?,
        None => grant.scopes.clone(),
    };
    if !asked.minus(&consented).is_empty() {
        return Err(Refusal::from(&CONSENT_MISSING));
    }
    if !world.codes.use_up(code) {
        return Err(Refusal::from(&CODE_REDEEMED));
    }
    Ok(Worth {
        person,
        client_id,
        // OpenID Connect scopes were asked with the code; a client need not
        // repeat them to get its ID and refresh tokens.
        asked: asked.plus(&grant.scopes),
        consented,
        long_scopes: grant.long_scopes,
        nonce: grant.nonce,
        cp1: grant.cp1 || says_cp1(fields),
        client_info: wants_client_info(fields),
    })
}

fn by_refresh_token<'a>(
    world: &World,
    tenancy: Tenancy,
    client_id: &'a str,
    fields: &Fields,
) -> Result<Worth<'a>, Refusal> {
    let text = required(fields, "refresh_token")?;
    let token = RefreshToken::read(world, text).map_err(|error| match error {
        TokenError::Malformed => Refusal::from(&GRANT_INVALID),
        TokenError::Expired => Refusal::from(&REFRESH_EXPIRED),
        TokenError::Revoked { .. } => Refusal::from(&SESSION_REVOKED),
    })?;
    if !token.client_id.eq_ignore_ascii_case(client_id) {
        return Err(Refusal::from(&CLIENT_MISMATCH));
    }
    let person = by_oid(&token.oid).ok_or(&GRANT_INVALID)?;
    if !tenancy.admits(person) {
        return Err(Refusal::from(&NOT_IN_TENANT));
    }
    if person.quirk == Quirk::Disabled {
        return Err(Refusal::from(&USER_DISABLED));
    }
    let scope = fields.get("scope").filter(|scope| !scope.trim().is_empty());
    let asked = match scope {
        Some(scope) => ScopeSet::parse(scope).map_err(scope_refusal)?,
        None => token.asked.clone(),
    };
    // The token remembers consent across a restart; from here on the next
    // sign-in asks only for what is new.
    world.consents.add(person.oid, client_id, &token.scopes);
    let consented = world.consents.of(person.oid, client_id);
    if !asked.minus(&consented).is_empty() {
        return Err(Refusal::from(&CONSENT_MISSING));
    }
    Ok(Worth {
        person,
        client_id,
        asked,
        consented,
        long_scopes: scope.is_some_and(|scope| asks_in_long_form(scope)),
        nonce: None,
        cp1: says_cp1(fields),
        client_info: wants_client_info(fields),
    })
}

/// RFC 7636 §4.6. No challenge and no verifier is allowed, as on the live
/// service for native clients; one without the other never is.
fn verifies(challenge: Option<&Challenge>, verifier: Option<&String>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) if challenge.s256 => {
            URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge.value
        }
        (Some(challenge), Some(verifier)) => challenge.value == *verifier,
        (Some(_), None) | (None, Some(_)) => false,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 7636 appendix B.
    #[test]
    fn a_verifier_fits_its_challenge_only() {
        let s256 = Challenge {
            s256: true,
            value: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
        };
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let other = "x".repeat(43);
        for (challenge, verifier, expected) in [
            (Some(&s256), Some(&verifier), true),
            (Some(&s256), Some(&other), false),
            (Some(&s256), Some(&s256.value), false),
            (Some(&s256), None, false),
            (None, Some(&verifier), false),
            (None, None, true),
        ] {
            assert_eq!(verifies(challenge, verifier), expected);
        }
    }
}
