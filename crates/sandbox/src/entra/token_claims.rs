//! What the tokens say: ID tokens of v2.0 and v1.0, and Graph's access tokens.
//!
//! Sources: "ID token claims reference", "Access token claims reference",
//! "Optional claims reference", "Claims challenges"; for v1.0 "Authorize access
//! using the OAuth 2.0 code grant flow" of Azure AD v1.0; recordings of the live
//! service for `iat`, `nbf` and the personal tenant's lifetimes.

use serde_json::{Map, Value, json};

use super::identifiers::{login_hint, opaque, session_id, subject};
use super::issue::Issue;
use crate::dice::Dice;
use crate::scopes::{Audience, OUTLOOK, ScopeSet};

/// ID tokens of work accounts are dated back this far, and live an hour from now.
const WORK_BACKDATED_SECONDS: i64 = 300;
const WORK_ID_TOKEN_SECONDS: i64 = 3600;
/// ID tokens of personal accounts live about a day.
const PERSONAL_ID_TOKEN_SECONDS: i64 = 86_700;
/// Graph, as the audience of a v1.0 token.
const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";

/// The claims of a v2.0 ID token.
pub fn id_token(dice: &Dice, now: i64, issuer: &str, issue: &Issue<'_>) -> Value {
    let person = issue.person;
    let personal = person.is_personal();
    let (issued, expires) = id_token_times(now, personal);
    let mut claims = json!({
        "ver": "2.0",
        "iss": format!("{issuer}/{}/v2.0", issue.seat.tenant.id),
        "sub": subject(person, issue.seat.oid, issue.client_id),
        "aud": issue.client_id,
        "exp": expires,
        "iat": issued,
        "nbf": issued,
        "name": person.name,
        "preferred_username": person.address,
        "oid": issue.seat.oid,
        "tid": issue.seat.tenant.id,
        "aio": opaque(dice),
    });
    if let Some(fields) = claims.as_object_mut() {
        if !personal {
            fields.insert("rh".to_owned(), json!(format!("1.{}.", opaque(dice))));
            fields.insert("uti".to_owned(), json!(opaque(dice)));
        }
        if let Some(nonce) = &issue.nonce {
            fields.insert("nonce".to_owned(), json!(nonce));
        }
        if issue.asked.contains("email") {
            insert(fields, "email", email(issue));
        }
        for name in &issue.claims.id_token {
            insert(fields, name, optional(issue, name));
        }
    }
    claims
}

/// The claims of a v1.0 ID token.
pub fn id_token_v1(dice: &Dice, now: i64, issue: &Issue<'_>) -> Value {
    let person = issue.person;
    let (issued, expires) = id_token_times(now, person.is_personal());
    let mut claims = json!({
        "ver": "1.0",
        "iss": v1_issuer(issue),
        "sub": subject(person, issue.seat.oid, issue.client_id),
        "aud": issue.client_id,
        "exp": expires,
        "iat": issued,
        "nbf": issued,
        "amr": methods(issue),
        "name": person.name,
        "family_name": person.surname,
        "given_name": person.given_name,
        "ipaddr": "127.0.0.1",
        "oid": issue.seat.oid,
        "rh": format!("1.{}.", opaque(dice)),
        "tid": issue.seat.tenant.id,
        "unique_name": person.address,
        "upn": issue.seat.upn(person),
        "uti": opaque(dice),
    });
    if let (Some(fields), Some(nonce)) = (claims.as_object_mut(), &issue.nonce) {
        fields.insert("nonce".to_owned(), json!(nonce));
    }
    claims
}

/// The claims of an access token for Graph or Outlook. They are v1.0 claims
/// whichever endpoint was asked, since the resource decides ("Access tokens",
/// token formats), and nobody but the resource is meant to read them.
pub fn access_token(
    dice: &Dice,
    now: i64,
    seconds: i64,
    scopes: &ScopeSet,
    issue: &Issue<'_>,
) -> Value {
    let person = issue.person;
    let mut claims = json!({
        "aud": match scopes.audience() {
            Audience::Graph => issue.resource.as_deref().map_or(GRAPH_ID, audience),
            Audience::Outlook => OUTLOOK,
        },
        "iss": v1_issuer(issue),
        "iat": now,
        "nbf": now,
        "exp": now + seconds,
        "acct": i32::from(issue.seat.guest),
        "acr": "1",
        "aio": opaque(dice),
        "amr": methods(issue),
        "app_displayname": issue.app.name,
        "appid": issue.client_id,
        // How the client proved itself: not at all, or by its secret.
        "appidacr": if issue.app.secret.is_some() { "1" } else { "0" },
        "family_name": person.surname,
        "given_name": person.given_name,
        "idtyp": "user",
        "ipaddr": "127.0.0.1",
        "name": person.name,
        "oid": issue.seat.oid,
        "rh": format!("1.{}.", opaque(dice)),
        "scp": scopes.claim(),
        "sid": session_id(person),
        "sub": subject(person, issue.seat.oid, GRAPH_ID),
        "tenant_region_scope": issue.seat.tenant.region,
        "tid": issue.seat.tenant.id,
        "unique_name": person.address,
        "upn": issue.seat.upn(person),
        "uti": opaque(dice),
        "ver": "1.0",
    });
    if let Some(fields) = claims.as_object_mut() {
        if issue.claims.cp1 {
            fields.insert("xms_cc".to_owned(), json!(["CP1"]));
        }
        if !issue.acrs.is_empty() {
            fields.insert("acrs".to_owned(), json!(issue.acrs));
        }
    }
    claims
}

/// How the person signed in ("Access token claims reference", `amr`).
fn methods(issue: &Issue<'_>) -> &'static [&'static str] {
    if issue.strong_at_ms.is_some() {
        &["pwd", "mfa"]
    } else {
        &["pwd"]
    }
}

/// v1.0 tokens name the token service of old, whatever host was asked.
fn v1_issuer(issue: &Issue<'_>) -> String {
    format!("https://sts.windows.net/{}/", issue.seat.tenant.id)
}

/// Graph answers to its id and to its address, and the token names what was asked.
fn audience(resource: &str) -> &str {
    if resource.starts_with("https://") {
        resource.trim_end_matches('/')
    } else {
        GRAPH_ID
    }
}

/// When an ID token is said to be issued, and when it ends.
fn id_token_times(now: i64, personal: bool) -> (i64, i64) {
    if personal {
        (now, now + PERSONAL_ID_TOKEN_SECONDS)
    } else {
        (now - WORK_BACKDATED_SECONDS, now + WORK_ID_TOKEN_SECONDS)
    }
}

/// A personal account's sign-in address is its mail address.
fn email(issue: &Issue<'_>) -> Value {
    let person = issue.person;
    let address = person
        .mail
        .or_else(|| person.is_personal().then_some(person.address));
    json!(address)
}

/// One optional claim. What a person has not, or nobody knows, stays away, as
/// every claim that was not marked essential may.
fn optional(issue: &Issue<'_>, name: &str) -> Value {
    let person = issue.person;
    let tenant = issue.seat.tenant;
    let work = !person.is_personal();
    match name {
        "login_hint" => json!(login_hint(person)),
        "sid" => json!(session_id(person)),
        "acct" => json!(i32::from(issue.seat.guest)),
        "auth_time" => json!(issue.signed_in_ms / 1000),
        "family_name" => json!(person.surname),
        "given_name" => json!(person.given_name),
        "email" => email(issue),
        "ipaddr" => json!("127.0.0.1"),
        "upn" if work => json!(issue.seat.upn(person)),
        "ctry" if work => json!(country(person.language)),
        "verified_primary_email" if work => json!(person.mail.map(|mail| vec![mail])),
        "tenant_region_scope" => json!(tenant.region),
        "tenant_region_sub_scope" => json!(tenant.sub_region),
        "xms_pl" => json!(person.language),
        "xms_tpl" => json!("en"),
        "idp" if issue.seat.guest => {
            json!(format!("https://sts.windows.net/{}/", person.tenant_id))
        }
        "signin_state" => json!(["kmsi"]),
        "acrs" if !issue.acrs.is_empty() => json!(issue.acrs),
        _ => Value::Null,
    }
}

/// `GB` of `en-GB`.
fn country(language: Option<&str>) -> Option<&str> {
    language?.split_once('-').map(|(_, country)| country)
}

fn insert(fields: &mut Map<String, Value>, name: &str, value: Value) {
    if !value.is_null() {
        fields.insert(name.to_owned(), value);
    }
}
