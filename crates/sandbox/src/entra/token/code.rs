//! The code grant. Sources: "OAuth 2.0 authorization code flow", redeem a code;
//! RFC 7636 §4.6; RFC 9700 §4.8.2 (a verifier without a challenge is refused).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::super::facts::{
    CODE_EXPIRED, CODE_REDEEMED, CONSENT_MISSING, GRANT_INVALID, TENANT_MISMATCH, VERIFIER_MISMATCH,
};
use super::super::issue::Issue;
use super::super::refusal::Refusal;
use super::{Fields, asked, required, says_cp1, wants_client_info};
use crate::codes::{Challenge, CodeError};
use crate::directory::{Tenancy, by_oid};
use crate::world::World;

/// What the code in `fields` is worth, and uses it up.
pub fn redeem<'a>(
    world: &World,
    tenancy: Tenancy,
    client_id: &'a str,
    fields: &Fields,
) -> Result<Issue<'a>, Refusal> {
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
    let asked = asked(fields)?.unwrap_or_else(|| grant.scopes.clone());
    if !asked.minus(&consented).is_empty() {
        return Err(Refusal::from(&CONSENT_MISSING));
    }
    if !world.codes.use_up(code) {
        return Err(Refusal::from(&CODE_REDEEMED));
    }
    Ok(Issue {
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
