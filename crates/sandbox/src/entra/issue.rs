//! The token answer: which tokens, which scopes, which lifetimes.
//!
//! Sources: "OAuth 2.0 authorization code flow", successful token response;
//! "Access tokens" (token lifetime), "Continuous access evaluation" (long-lived
//! tokens), and recordings of the live service for `scope`.

use serde_json::{Value, json};

use super::claims::ClaimsRequest;
use super::identifiers::client_info;
use super::token_claims;
use crate::directory::{App, Person, Seat};
use crate::origin::Origin;
use crate::scopes::ScopeSet;
use crate::tokens::{AccessToken, RefreshToken, SPA_REFRESH_MS};
use crate::world::World;

/// Access tokens: sixty to ninety minutes at random; twenty hours and more where
/// the client can take a claims challenge; an hour for personal accounts.
const ACCESS_SECONDS: i64 = 3600;
const ACCESS_SPREAD_SECONDS: u64 = 1800;
const CAE_ACCESS_SECONDS: i64 = 72_000;
const CAE_SPREAD_SECONDS: u64 = 8 * 3600;
/// What is said of a personal account's refresh token, which lives on all the same.
const PERSONAL_REFRESH_SECONDS: i64 = 86_399;
/// From this lifetime on the answer says when to refresh ahead of time.
const REFRESH_IN_FROM_SECONDS: i64 = 2 * 3600;

/// What is to be issued.
pub struct Issue<'a> {
    /// To whom.
    pub person: &'static Person,
    /// As whom, in the tenant that issues.
    pub seat: Seat,
    /// For which app.
    pub app: &'static App,
    /// Under which id it asked; an unregistered app has any.
    pub client_id: &'a str,
    /// What this request asked.
    pub asked: ScopeSet,
    /// What the person consented to.
    pub consented: ScopeSet,
    /// Whether scopes were asked in the long form.
    pub long_scopes: bool,
    /// For the ID token; only if one was sent.
    pub nonce: Option<String>,
    /// What the tokens should say, and what the client can do.
    pub claims: ClaimsRequest,
    /// Authentication contexts that the sign-in satisfied.
    pub acrs: Vec<String>,
    /// When the person signed in.
    pub signed_in_ms: i64,
    /// When a second factor was given, if one was.
    pub strong_at_ms: Option<i64>,
    /// Whether `client_info` was asked.
    pub client_info: bool,
    /// Whether a refresh token comes with it.
    pub refreshable: bool,
    /// Whether the sign-in ended at a single-page app's redirect URI.
    pub spa: bool,
    /// The v1.0 resource, at that endpoint.
    pub resource: Option<String>,
    /// How old the refresh token was that was redeemed.
    pub refresh_age_ms: Option<i64>,
}

/// The version of the endpoint that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `/oauth2/token`: one resource, numbers as strings.
    V1,
    /// `/oauth2/v2.0/token`: scopes.
    V2,
}

/// The body of a successful token answer.
pub fn answer(world: &World, version: Version, issuer: &str, issue: &Issue<'_>) -> Option<Value> {
    let now = world.clock.now();
    let seconds = access_seconds(world, issue);
    let granted = granted(issue);
    let mut body = json!({
        "token_type": "Bearer",
        "scope": Origin(issuer.to_owned()).in_own_words(&granted.echo(issue.long_scopes)),
        "expires_in": seconds,
        "ext_expires_in": seconds,
        "access_token": access_token(world, issuer, issue, &granted, seconds)?,
    });
    let fields = body.as_object_mut()?;
    let mut add = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    let switches = world.switches.for_person(issue.person.address);
    if seconds >= REFRESH_IN_FROM_SECONDS && switches.refresh_in {
        add("refresh_in", json!(seconds / 2));
    }
    if issue.refreshable {
        let refresh = refresh_token(world, issuer, issue, switches.instance_foci);
        add("refresh_token", json!(refresh.write(world)?));
        if refresh.spa {
            let left_ms = refresh.began_ms + SPA_REFRESH_MS - world.clock.now_ms();
            add(
                "refresh_token_expires_in",
                json!((left_ms - 1).max(0) / 1000),
            );
        } else if issue.person.is_personal() {
            add("refresh_token_expires_in", json!(PERSONAL_REFRESH_SECONDS));
        }
        if refresh.family {
            add("foci", json!("1"));
        }
    }
    if issue.asked.contains("openid") {
        let claims = match version {
            Version::V1 => token_claims::id_token_v1(&world.dice, now, issue),
            Version::V2 => token_claims::id_token(&world.dice, now, issuer, issue),
        };
        add("id_token", json!(world.signing.sign(&claims)?));
    }
    if issue.client_info {
        add("client_info", json!(client_info(issue.person)));
    }
    if version == Version::V1 {
        as_v1(fields, now, seconds, issue);
    }
    world.sign_ins.add(
        world.clock.now_ms(),
        issue.person.address,
        issue.client_id,
        granted.echo(false),
    );
    Some(body)
}

/// The v1.0 endpoint writes numbers as strings, says when the token begins and
/// ends, and names the resource ("Authorize access using the OAuth 2.0 code
/// grant flow", Azure AD v1.0).
fn as_v1(fields: &mut serde_json::Map<String, Value>, now: i64, seconds: i64, issue: &Issue<'_>) {
    for name in ["expires_in", "ext_expires_in", "refresh_in"] {
        if let Some(value) = fields.get_mut(name) {
            *value = json!(value.to_string());
        }
    }
    let resource = issue.resource.as_deref().unwrap_or_default();
    for (name, value) in [
        ("expires_on", (now + seconds).to_string()),
        ("not_before", now.to_string()),
        ("resource", resource.to_owned()),
    ] {
        fields.insert(name.to_owned(), json!(value));
    }
}

fn access_token(
    world: &World,
    issuer: &str,
    issue: &Issue<'_>,
    granted: &ScopeSet,
    seconds: i64,
) -> Option<String> {
    let issued_ms = world.clock.now_ms();
    let token = AccessToken {
        oid: issue.person.oid.to_owned(),
        tenant_id: issue.seat.tenant.id.to_owned(),
        client_id: issue.client_id.to_owned(),
        graph_host: graph_host(issuer),
        audience: granted.audience(),
        scopes: granted.clone(),
        issued_ms,
        expires_ms: issued_ms + seconds * 1000,
        cp1: issue.claims.cp1,
        acrs: issue.acrs.clone(),
    };
    let claims = (!issue.person.is_personal()).then(|| {
        token_claims::access_token(&world.dice, issued_ms / 1000, seconds, granted, issue)
    });
    token.write(world, claims.as_ref())
}

fn refresh_token(world: &World, issuer: &str, issue: &Issue<'_>, family: bool) -> RefreshToken {
    RefreshToken {
        // The time beside what the seed draws: a token of an earlier run with the
        // same seed is still good, and must not be taken for this one.
        id: format!("{} {}", world.dice.uuid().simple(), world.clock.now_ms()),
        oid: issue.person.oid.to_owned(),
        client_id: issue.client_id.to_owned(),
        graph_host: graph_host(issuer),
        scopes: issue.consented.clone(),
        asked: issue.asked.clone(),
        issued_ms: world.clock.now_ms(),
        began_ms: issue.signed_in_ms,
        strong_at_ms: issue.strong_at_ms,
        acrs: issue.acrs.clone(),
        spa: issue.spa,
        family,
        resource: issue.resource.clone(),
    }
}

/// By which tokens name the cloud that issued them.
fn graph_host(issuer: &str) -> String {
    let origin = Origin(issuer.to_owned());
    origin.served_cloud().graph_host().to_owned()
}

/// Everything consented for the resource that is asked for, often more than was
/// asked; with `openid` the other two identity scopes are named as well.
fn granted(issue: &Issue<'_>) -> ScopeSet {
    let identity = ScopeSet::parse("openid profile email").unwrap_or_default();
    let all = issue.consented.plus(&issue.asked).minus(&identity);
    let all = all.of(issue.asked.audience());
    if issue.asked.contains("openid") {
        all.plus(&identity)
    } else {
        all
    }
}

fn access_seconds(world: &World, issue: &Issue<'_>) -> i64 {
    let drawn = |least: i64, spread: u64| {
        let more = world.dice.below(spread);
        least + i64::try_from(more).unwrap_or(0)
    };
    if issue.person.is_personal() {
        ACCESS_SECONDS
    } else if issue.claims.cp1 {
        drawn(CAE_ACCESS_SECONDS, CAE_SPREAD_SECONDS)
    } else {
        drawn(ACCESS_SECONDS, ACCESS_SPREAD_SECONDS)
    }
}
