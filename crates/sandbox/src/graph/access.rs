//! Who calls, and whether their token allows it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fault::GraphFault;
use super::request::Call;
use crate::caller;
use crate::directory::{PEOPLE, Person, Seat, Tenancy, Tenant, by_oid};
use crate::scopes::Audience;
use crate::tokens::{AccessToken, TokenError};
use crate::world::World;

/// Whoever calls: an account in the tenant that issued the token, which need not
/// be its home.
pub struct Caller {
    /// The account.
    pub person: &'static Person,
    /// Its place in the token's tenant.
    pub seat: Seat,
    /// What they call with.
    pub token: Arc<AccessToken>,
}

/// A person as one tenant knows them.
#[derive(Clone, Copy)]
pub struct Seated {
    /// The account.
    pub person: &'static Person,
    /// Its place in the tenant.
    pub seat: Seat,
}

impl Caller {
    /// The caller among the people of the tenant.
    pub fn seated(&self) -> Seated {
        Seated {
            person: self.person,
            seat: self.seat,
        }
    }

    /// Whether `other` is the caller.
    pub fn is(&self, other: &Seated) -> bool {
        self.seat.oid == other.seat.oid
    }

    /// Whether the token carries at least one of `scopes`.
    pub fn scopes_any(&self, scopes: &[&str]) -> bool {
        scopes.iter().any(|scope| self.token.scopes.contains(scope))
    }

    /// `person` as the caller's tenant knows them, if it does. Personal accounts
    /// share a tenant and know nobody in it.
    pub fn in_tenant(&self, person: &'static Person) -> Option<Seated> {
        if self.person.is_personal() && person.oid != self.person.oid {
            return None;
        }
        let seat = Tenancy::One(self.seat.tenant).seat(person)?;
        Some(Seated { person, seat })
    }

    /// Everybody in the caller's tenant, guests too.
    pub fn tenants_people(&self) -> impl Iterator<Item = Seated> {
        PEOPLE.iter().filter_map(|person| self.in_tenant(person))
    }

    /// The user with this id or principal name.
    pub fn find(&self, id: &str) -> Option<Seated> {
        self.tenants_people().find(|seated| {
            let user = seated.person.user_in(Some(&seated.seat));
            ["id", "userPrincipalName"].into_iter().any(|name| {
                user.get(name)
                    .and_then(Value::as_str)
                    .is_some_and(|known| known.eq_ignore_ascii_case(id))
            })
        })
    }

    /// Graph's `user` in the caller's tenant, with what was changed since.
    pub fn user(&self, world: &World, seated: &Seated) -> Value {
        let mut user = seated.person.user_in(Some(&seated.seat));
        if let Some(fields) = user.as_object_mut() {
            fields.extend(world.profiles.user(seated.person));
        }
        user
    }
}

/// The caller, if the token carries at least one of `scopes`. Otherwise the
/// refusal that `denied` makes, which differs between the directory and the mail
/// side.
pub fn caller(
    world: &World,
    call: &Call,
    scopes: &[&str],
    denied: fn() -> GraphFault,
) -> Result<Caller, GraphFault> {
    let token = token(world, call)?;
    if !scopes.iter().any(|scope| token.scopes.contains(scope)) {
        return Err(denied());
    }
    let (person, seat) = seat_of(&token).ok_or_else(|| {
        GraphFault::unauthorized("The user does not exist.", &call.origin.login())
    })?;
    Ok(Caller {
        person,
        seat,
        token,
    })
}

/// Whose token this is, and their place in the tenant that issued it: at home, or
/// where they are a guest.
fn seat_of(token: &AccessToken) -> Option<(&'static Person, Seat)> {
    let person = by_oid(&token.oid)?;
    let tenant = Tenant::by_id(&token.tenant_id)?;
    Some((person, Tenancy::One(tenant).seat(person)?))
}

/// The bearer token. Refused tokens are told apart as on the live service.
pub fn token(world: &World, call: &Call) -> Result<Arc<AccessToken>, GraphFault> {
    let checked = match call.opened(world) {
        Some(token) => token.check(world).map(|()| token),
        None => Err(TokenError::Malformed),
    };
    let token = checked.map_err(|error| refusal(call, error))?;
    let own_cloud = token.graph_host == call.origin.served_cloud().graph_host();
    match token.audience {
        Audience::Graph if own_cloud => Ok(token),
        Audience::Graph | Audience::Outlook => Err(GraphFault::unauthorized(
            "Access token validation failure. Invalid audience.",
            &call.origin.login(),
        )),
    }
}

fn refusal(call: &Call, error: TokenError) -> GraphFault {
    let origin = call.origin.login();
    if caller::bearer(&call.headers).is_none() {
        return GraphFault::unauthorized("Access token is empty.", &origin);
    }
    match error {
        TokenError::Malformed => GraphFault::unauthorized(
            "CompactToken parsing failed with error code: 80049217",
            &origin,
        ),
        TokenError::Expired | TokenError::SpaExpired => {
            GraphFault::unauthorized("Lifetime validation failed, the token is expired.", &origin)
        }
        TokenError::Revoked {
            at_ms, cp1: true, ..
        } => {
            let claims = json!({"access_token": {"nbf": {
                "essential": true,
                "value": (at_ms / 1000).to_string(),
            }}});
            GraphFault::claims_challenge(&STANDARD.encode(claims.to_string()), &origin)
        }
        TokenError::Revoked { .. } => GraphFault::unauthorized(
            "Lifetime validation failed, the token was issued before its sessions were revoked.",
            &origin,
        ),
    }
}
