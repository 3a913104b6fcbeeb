//! The token answer: which tokens, which claims, which lifetimes.
//!
//! Sources: "ID token claims reference", "Access tokens" (token lifetime),
//! "Continuous access evaluation" (long-lived tokens), and recordings of the
//! live service for `iat`, `nbf` and the personal tenant's lifetimes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::flow::client_info;
use crate::directory::Person;
use crate::scopes::ScopeSet;
use crate::tokens::{AccessToken, RefreshToken};
use crate::world::World;

/// ID tokens of work accounts are dated back this far, and live an hour from now.
const WORK_BACKDATED_SECONDS: i64 = 300;
const WORK_ID_TOKEN_SECONDS: i64 = 3600;
/// ID tokens of personal accounts live about a day.
const PERSONAL_ID_TOKEN_SECONDS: i64 = 86_700;
/// Access tokens: sixty to ninety minutes at random; twenty hours and more where
/// the client can take a claims challenge; an hour for personal accounts.
const ACCESS_SECONDS: i64 = 3600;
const ACCESS_SPREAD_SECONDS: i64 = 1800;
const CAE_ACCESS_SECONDS: i64 = 70_000;
const CAE_SPREAD_SECONDS: i64 = 10_000;
/// From this lifetime on the answer says when to refresh ahead of time.
const REFRESH_IN_FROM_SECONDS: i64 = 2 * 3600;

/// What is to be issued.
pub struct Issue<'a> {
    /// To whom.
    pub person: &'static Person,
    /// For which client.
    pub client_id: &'a str,
    /// What this request asked.
    pub asked: ScopeSet,
    /// What the person consented to.
    pub consented: ScopeSet,
    /// Whether scopes were asked in the long form.
    pub long_scopes: bool,
    /// For the ID token; only if one was sent.
    pub nonce: Option<String>,
    /// Whether the client can take a claims challenge.
    pub cp1: bool,
    /// Whether `client_info` was asked.
    pub client_info: bool,
}

/// The body of a successful token answer.
pub fn answer(world: &World, origin: &str, issue: &Issue<'_>) -> Option<Value> {
    let seconds = access_seconds(issue);
    let granted = granted(issue);
    let access = AccessToken::new(
        world,
        issue.person.oid,
        issue.client_id,
        granted.clone(),
        issue.cp1,
        seconds,
    );
    let mut body = json!({
        "token_type": "Bearer",
        "scope": granted.echo(issue.long_scopes),
        "expires_in": seconds,
        "ext_expires_in": seconds,
        "access_token": access.write(world)?,
    });
    let fields = body.as_object_mut()?;
    if seconds >= REFRESH_IN_FROM_SECONDS {
        fields.insert("refresh_in".to_owned(), json!(seconds / 2));
    }
    if issue.consented.contains("offline_access") {
        let refresh = RefreshToken::new(
            world,
            issue.person.oid,
            issue.client_id,
            issue.consented.clone(),
            issue.asked.clone(),
        );
        fields.insert("refresh_token".to_owned(), json!(refresh.write(world)?));
    }
    if issue.asked.contains("openid") {
        let claims = id_token_claims(world.clock.now(), origin, issue);
        fields.insert("id_token".to_owned(), json!(world.signing.sign(&claims)?));
    }
    if issue.client_info {
        fields.insert("client_info".to_owned(), json!(client_info(issue.person)));
    }
    world.sign_ins.add(
        world.clock.now_ms(),
        issue.person.address,
        issue.client_id,
        granted.echo(false),
    );
    Some(body)
}

/// Everything consented for Graph, often more than was asked; with `openid` the
/// other two identity scopes are named as well.
fn granted(issue: &Issue<'_>) -> ScopeSet {
    let identity = ScopeSet::parse("openid profile email").unwrap_or_default();
    let all = issue.consented.plus(&issue.asked).minus(&identity);
    if issue.asked.contains("openid") {
        all.plus(&identity)
    } else {
        all
    }
}

fn access_seconds(issue: &Issue<'_>) -> i64 {
    let spread = i64::from(Uuid::new_v4().as_fields().0);
    if issue.person.is_personal() {
        ACCESS_SECONDS
    } else if issue.cp1 {
        CAE_ACCESS_SECONDS + spread % CAE_SPREAD_SECONDS
    } else {
        ACCESS_SECONDS + spread % ACCESS_SPREAD_SECONDS
    }
}

fn id_token_claims(now: i64, origin: &str, issue: &Issue<'_>) -> Value {
    let person = issue.person;
    let personal = person.is_personal();
    let (issued, lifetime) = if personal {
        (now, PERSONAL_ID_TOKEN_SECONDS)
    } else {
        (
            now - WORK_BACKDATED_SECONDS,
            WORK_BACKDATED_SECONDS + WORK_ID_TOKEN_SECONDS,
        )
    };
    let mut claims = json!({
        "ver": "2.0",
        "iss": format!("{origin}/{}/v2.0", person.tenant_id),
        "sub": subject(person, issue.client_id),
        "aud": issue.client_id,
        "exp": issued + lifetime,
        "iat": issued,
        "nbf": issued,
        "name": person.name,
        "preferred_username": person.address,
        "oid": person.oid,
        "tid": person.tenant_id,
        "aio": opaque(),
    });
    if let Some(fields) = claims.as_object_mut() {
        if !personal {
            fields.insert("rh".to_owned(), json!(format!("1.{}", opaque())));
            fields.insert("uti".to_owned(), json!(opaque()));
        }
        if let Some(nonce) = &issue.nonce {
            fields.insert("nonce".to_owned(), json!(nonce));
        }
        if let Some(mail) = person.mail.or(personal.then_some(person.address))
            && issue.asked.contains("email")
        {
            fields.insert("email".to_owned(), json!(mail));
        }
    }
    claims
}

/// A pairwise subject of 43 characters; the personal tenant's begin with "AAAA".
fn subject(person: &Person, client_id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(person.oid);
    hash.update(client_id.to_ascii_lowercase());
    let subject = URL_SAFE_NO_PAD.encode(hash.finalize());
    if person.is_personal() {
        format!("AAAA{}", subject.chars().skip(4).collect::<String>())
    } else {
        subject
    }
}

fn opaque() -> String {
    URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes())
}
