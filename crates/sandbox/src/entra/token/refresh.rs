//! The refresh grant: every use brings a new token, and the old one stays good,
//! as on the live service. Source: "Refresh tokens in the Microsoft identity
//! platform".

use super::super::facts::{
    CLIENT_MISMATCH, CONSENT_MISSING, GRANT_INVALID, NOT_IN_TENANT, REFRESH_EXPIRED,
    SESSION_REVOKED, USER_DISABLED,
};
use super::super::issue::Issue;
use super::super::refusal::Refusal;
use super::{Fields, asked, required, says_cp1, wants_client_info};
use crate::directory::{Quirk, Tenancy, by_oid};
use crate::scopes::asks_in_long_form;
use crate::tokens::{RefreshToken, TokenError};
use crate::world::World;

/// What the refresh token in `fields` is worth.
pub fn redeem<'a>(
    world: &World,
    tenancy: Tenancy,
    client_id: &'a str,
    fields: &Fields,
) -> Result<Issue<'a>, Refusal> {
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
    let asked = asked(fields)?.unwrap_or_else(|| token.asked.clone());
    // The token remembers consent across a restart; from here on the next
    // sign-in asks only for what is new.
    world.consents.add(person.oid, client_id, &token.scopes);
    let consented = world.consents.of(person.oid, client_id);
    if !asked.minus(&consented).is_empty() {
        return Err(Refusal::from(&CONSENT_MISSING));
    }
    Ok(Issue {
        person,
        client_id,
        asked,
        consented,
        long_scopes: fields
            .get("scope")
            .is_some_and(|scope| asks_in_long_form(scope)),
        nonce: None,
        cp1: says_cp1(fields),
        client_info: wants_client_info(fields),
    })
}
