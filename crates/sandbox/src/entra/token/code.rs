//! The code grant. Sources: "OAuth 2.0 authorization code flow", redeem a code;
//! RFC 7636 §4.6; RFC 9700 §4.8.2 (a verifier without a challenge is refused).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::super::aadsts::SEVERAL_RESOURCES;
use super::super::facts::{
    CODE_EXPIRED, CODE_REDEEMED, CONSENT_MISSING, GRANT_INVALID, TENANT_MISMATCH, VERIFIER_MISMATCH,
};
use super::super::issue::Issue;
use super::super::refusal::Refusal;
use super::refresh::{check_claims, refuse_token};
use super::request::TokenRequest;
use super::{client, scope};
use crate::codes::{Challenge, CodeError, Grant, is_pkce};
use crate::directory::{Platform, Tenancy, by_oid};
use crate::tokens::TokenError;
use crate::world::World;

/// What the code in the request is worth, and uses it up.
pub fn redeem<'a>(world: &World, request: &TokenRequest<'a>) -> Result<Issue<'a>, Refusal> {
    let code = request.form.required("code")?;
    let redirect_uri = request.form.required("redirect_uri")?;
    let spa = request.app.platform(redirect_uri) == Some(Platform::Spa);
    client::check_origin(request, spa)?;
    let grant = world
        .codes
        .look_up(code, world.clock.now_ms())
        .map_err(|error| match error {
            CodeError::Unknown => Refusal::from(&GRANT_INVALID),
            CodeError::Redeemed => Refusal::from(&CODE_REDEEMED),
            CodeError::Expired => Refusal::from(&CODE_EXPIRED),
        })?;
    request.check_cloud(&grant.graph_host)?;
    if !grant.client_id.eq_ignore_ascii_case(request.client_id)
        || grant.redirect_uri != redirect_uri
    {
        return Err(Refusal::from(&GRANT_INVALID));
    }
    if !Tenancy::parse(&grant.tenant).is_some_and(|issued| issued.same_as(request.tenancy)) {
        return Err(Refusal::from(&TENANT_MISMATCH));
    }
    if !verifies(grant.challenge.as_ref(), request.form.get("code_verifier")) {
        return Err(Refusal::from(&VERIFIER_MISMATCH));
    }
    let issue = granted(world, request, grant, spa)?;
    if !world.codes.use_up(code) {
        return Err(Refusal::from(&CODE_REDEEMED));
    }
    Ok(issue)
}

/// What a person's sign-in is worth to the request that redeems it.
pub fn granted<'a>(
    world: &World,
    request: &TokenRequest<'a>,
    grant: Grant,
    spa: bool,
) -> Result<Issue<'a>, Refusal> {
    let person = by_oid(&grant.oid).ok_or(&GRANT_INVALID)?;
    let seat = request.seat(person)?;
    if let Some((at_ms, reason)) = world.revocations.of_grant(person.oid, grant.signed_in_ms) {
        return Err(refuse_token(&TokenError::Revoked {
            at_ms,
            reason,
            cp1: false,
        }));
    }
    check_claims(world, &request.claims, &grant.claims.acrs)?;
    let consented = world.consents.of(person.oid, request.client_id);
    let asked = match scope::asked(request, &consented)? {
        Some(asked) => asked,
        None if grant.scopes.is_for_several() => return Err(Refusal::from(&SEVERAL_RESOURCES)),
        None => grant.scopes.clone(),
    };
    if !asked.minus(&consented).is_empty() && request.version == super::Version::V2 {
        return Err(Refusal::from(&CONSENT_MISSING));
    }
    // OpenID Connect scopes were asked with the code; a client need not repeat
    // them to get its ID and refresh tokens. The permissions may be of several
    // resources, the token is for one.
    let audience = asked.audience_or(&grant.scopes);
    let asked = asked.plus(&grant.scopes).of(audience);
    Ok(Issue {
        person,
        seat,
        app: request.app,
        client_id: request.client_id,
        refreshable: asked.contains("offline_access"),
        asked,
        consented,
        long_scopes: scope::in_long_form(request).unwrap_or(grant.long_scopes),
        nonce: grant.nonce,
        acrs: grant.claims.acrs.clone(),
        claims: grant.claims.plus(&request.claims),
        signed_in_ms: grant.signed_in_ms,
        strong_at_ms: grant.strong_at_ms,
        client_info: request.wants_client_info(),
        spa,
        resource: scope::resource(request, grant.resource)?,
        refresh_age_ms: None,
    })
}

/// RFC 7636 §4.6. No challenge and no verifier is allowed, as on the live
/// service for native clients; one without the other never is, nor a verifier
/// that §4.1 does not admit, whatever its hash.
fn verifies(challenge: Option<&Challenge>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(_), Some(verifier)) if !is_pkce(verifier) => false,
        (Some(challenge), Some(verifier)) if challenge.s256 => {
            URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge.value
        }
        (Some(challenge), Some(verifier)) => challenge.value == *verifier,
        (Some(_), None) | (None, Some(_)) => false,
    }
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
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let other = "x".repeat(43);
        let short = Challenge {
            s256: true,
            // The hash of "abc" (FIPS 180-2 appendix B.1).
            value: "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0".to_owned(),
        };
        for (challenge, verifier, expected) in [
            (Some(&s256), Some(verifier), true),
            (Some(&s256), Some(other.as_str()), false),
            (Some(&s256), Some(s256.value.as_str()), false),
            (Some(&short), Some("abc"), false),
            (Some(&s256), None, false),
            (None, Some(verifier), false),
            (None, None, true),
        ] {
            assert_eq!(verifies(challenge, verifier), expected);
        }
    }
}
