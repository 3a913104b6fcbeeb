//! The refresh grant: every use brings a new token, and the old one stays good,
//! as on the live service, unless a switch says otherwise. Source: "Refresh
//! tokens in the Microsoft identity platform".

use super::super::aadsts::{
    MFA_EXPIRED, MFA_NEEDED, PASSWORD_CHANGED, REFRESH_TOO_OLD, REQUEST_LOOP, SESSION_INVALID,
    SIGN_IN_FREQUENCY, SPA_REFRESH_EXPIRED,
};
use super::super::claims::ClaimsRequest;
use super::super::facts::{
    CLIENT_MISMATCH, CONSENT_MISSING, GRANT_INVALID, REFRESH_EXPIRED, SESSION_REVOKED,
    USER_DISABLED,
};
use super::super::hindrance;
use super::super::issue::{Issue, Version};
use super::super::refusal::Refusal;
use super::request::TokenRequest;
use super::{client, scope};
use crate::directory::{Person, Quirk, by_oid};
use crate::revocations::Reason;
use crate::switches::{RefreshRotation, Switches};
use crate::tokens::{RefreshToken, TokenError};
use crate::world::World;

/// What the refresh token in the request is worth.
pub fn redeem<'a>(world: &World, request: &TokenRequest<'a>) -> Result<Issue<'a>, Refusal> {
    let text = request.form.required("refresh_token")?;
    let token = RefreshToken::open(world, text).map_err(|error| refuse_token(&error))?;
    let age_ms = world.clock.now_ms() - token.issued_ms;
    let person = by_oid(&token.oid).ok_or(&GRANT_INVALID)?;
    let switches = world.switches.for_person(person.address);
    let issue = check(world, request, &token, &switches, person).and_then(|()| {
        let issue = issue(world, request, &token, person, age_ms)?;
        spend(world, &token, &switches)?;
        Ok(issue)
    });
    issue.map_err(|refusal| Refusal {
        refresh_age_ms: Some(age_ms),
        ..refusal
    })
}

/// Whether the token may be used, by this client, in this way.
fn check(
    world: &World,
    request: &TokenRequest<'_>,
    token: &RefreshToken,
    switches: &Switches,
    person: &Person,
) -> Result<(), Refusal> {
    request.check_cloud(&token.graph_host)?;
    let family = token.family && switches.instance_foci;
    if !token.client_id.eq_ignore_ascii_case(request.client_id) && !family {
        return Err(Refusal::from(&CLIENT_MISMATCH));
    }
    client::check_origin(request, token.spa)?;
    token.check(world).map_err(|error| refuse_token(&error))?;
    if person.quirk == Quirk::Disabled {
        return Err(Refusal::from(&USER_DISABLED));
    }
    if hindrance::factor_expired(person, token.strong_at_ms, world.clock.now_ms()) {
        return Err(Refusal::from(&MFA_EXPIRED));
    }
    let scope = request.form.get("scope").filter(|scope| !scope.is_empty());
    if scope.is_none() && switches.refresh_needs_scope && request.version == Version::V2 {
        return Err(Refusal::missing("scope"));
    }
    let claims = request.form.get("claims").unwrap_or_default();
    let parts = [
        request.client_id,
        token.id.as_str(),
        scope.unwrap_or_default(),
        claims,
    ];
    if switches.loop_detection
        && world
            .back_channel
            .repeats
            .too_many(&parts, world.clock.now_ms())
    {
        return Err(Refusal::from(&REQUEST_LOOP));
    }
    check_claims(world, &request.claims, &token.acrs)
}

fn issue<'a>(
    world: &World,
    request: &TokenRequest<'a>,
    token: &RefreshToken,
    person: &'static Person,
    age_ms: i64,
) -> Result<Issue<'a>, Refusal> {
    let seat = request.seat(person)?;
    // The token remembers consent across a restart; from here on the next
    // sign-in asks only for what is new.
    world
        .consents
        .add(person.oid, request.client_id, &token.scopes);
    let consented = world.consents.of(person.oid, request.client_id);
    let asked = scope::asked(request, &consented)?.unwrap_or_else(|| token.asked.clone());
    if !asked.minus(&consented).is_empty() && request.version == Version::V2 {
        return Err(Refusal::from(&CONSENT_MISSING));
    }
    Ok(Issue {
        person,
        seat,
        app: request.app,
        client_id: request.client_id,
        asked,
        consented,
        long_scopes: scope::in_long_form(request).unwrap_or(false),
        nonce: None,
        claims: request.claims.clone(),
        acrs: token.acrs.clone(),
        signed_in_ms: token.began_ms,
        strong_at_ms: token.strong_at_ms,
        client_info: request.wants_client_info(),
        refreshable: true,
        spa: token.spa,
        resource: scope::resource(request, token.resource.clone())?,
        refresh_age_ms: Some(age_ms),
    })
}

/// Where rotation is strict, a token that was used before is refused, and its
/// holder is told to throw it away.
fn spend(world: &World, token: &RefreshToken, switches: &Switches) -> Result<(), Refusal> {
    if switches.refresh_rotation == RefreshRotation::Strict
        && !world.back_channel.spent.spend(&token.id)
    {
        return Err(Refusal {
            suberror: Some("bad_token".to_owned()),
            ..Refusal::from(&GRANT_INVALID)
        });
    }
    Ok(())
}

/// Whether what the claims demand was satisfied at the sign-in: an
/// authentication context that was not needs the person again ("Developer's
/// guide to Conditional Access authentication context"), and so does a moment
/// that lies ahead.
pub fn check_claims(
    world: &World,
    claims: &ClaimsRequest,
    satisfied: &[String],
) -> Result<(), Refusal> {
    if let Some(context) = claims.acrs.iter().find(|acr| !satisfied.contains(acr)) {
        return Err(Refusal::from(&MFA_NEEDED).demanding(&ClaimsRequest::demanding_acrs(context)));
    }
    if claims.nbf.is_some_and(|nbf| nbf > world.clock.now()) {
        return Err(Refusal::from(&SESSION_REVOKED));
    }
    Ok(())
}

/// How a token that cannot be used is refused.
pub fn refuse_token(error: &TokenError) -> Refusal {
    Refusal::from(match error {
        TokenError::Malformed => &GRANT_INVALID,
        TokenError::Expired => &REFRESH_EXPIRED,
        TokenError::SpaExpired => &SPA_REFRESH_EXPIRED,
        TokenError::Revoked { reason, .. } => match reason {
            Reason::Sessions => &SESSION_REVOKED,
            Reason::Password => &PASSWORD_CHANGED,
            Reason::Credentials => &SESSION_INVALID,
            Reason::Lifetime => &REFRESH_TOO_OLD,
            Reason::Frequency => &SIGN_IN_FREQUENCY,
        },
    })
}
