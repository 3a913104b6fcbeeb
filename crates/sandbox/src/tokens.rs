//! What access and refresh tokens carry, sealed so that nothing is remembered.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::directory::{Person, by_oid};
use crate::revocations::Reason;
use crate::scopes::{Audience, ScopeSet};
use crate::world::World;

/// Refresh tokens die after ninety days (Microsoft identity platform, "Refresh
/// tokens", token lifetime).
const REFRESH_MS: i64 = 90 * 24 * 3600 * 1000;
/// Those of single-page apps die a day after the sign-in, however often they
/// are replaced (same page).
pub const SPA_REFRESH_MS: i64 = 24 * 3600 * 1000;
/// Padding that brings a token to the length of a real one. Short tokens would
/// hide what a credential store with a small limit does to long ones.
const OPAQUE_PADDING_BYTES: usize = 1120;
const REFRESH_PADDING_BYTES: usize = 704;

/// An access token, for Graph or for Outlook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessToken {
    /// Person, by the object id of the home tenant.
    pub oid: String,
    /// The tenant it was issued in, which is not a guest's home.
    pub tenant_id: String,
    /// Client.
    pub client_id: String,
    /// The Graph host of the cloud that issued it; another cloud's takes it not.
    pub graph_host: String,
    /// The resource that it is for.
    pub audience: Audience,
    /// Permissions.
    pub scopes: ScopeSet,
    /// When it was issued.
    pub issued_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
    /// Whether the client can take a claims challenge.
    pub cp1: bool,
    /// Authentication contexts that the sign-in satisfied.
    pub acrs: Vec<String>,
}

/// A refresh token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefreshToken {
    /// Its own id, for strict rotation.
    pub id: String,
    /// Person, by the object id of the home tenant.
    pub oid: String,
    /// Client.
    pub client_id: String,
    /// The Graph host of the cloud that issued it; another cloud cannot read it.
    pub graph_host: String,
    /// What had been consented when it was issued, so that consent outlives a
    /// restart together with the token.
    pub scopes: ScopeSet,
    /// What the request before had asked, for a refresh without `scope`.
    pub asked: ScopeSet,
    /// When it was issued.
    pub issued_ms: i64,
    /// When its first ancestor was, that is, when somebody signed in.
    pub began_ms: i64,
    /// When a second factor was given, if one was.
    pub strong_at_ms: Option<i64>,
    /// Authentication contexts that the sign-in satisfied.
    pub acrs: Vec<String>,
    /// Whether the sign-in ended at a single-page app's redirect URI.
    pub spa: bool,
    /// Whether every client of the family may use it (`foci`).
    pub family: bool,
    /// The v1.0 resource it was asked for, if there.
    pub resource: Option<String>,
}

/// Why a token is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Not one of ours.
    Malformed,
    /// Too old.
    Expired,
    /// Older than a day, and a single-page app's.
    SpaExpired,
    /// Issued before the person's sessions were revoked.
    Revoked {
        /// When, in milliseconds since 1970.
        at_ms: i64,
        /// Why.
        reason: Reason,
        /// Whether the client can take a claims challenge.
        cp1: bool,
    },
}

impl AccessToken {
    /// Writes it as clients see it: `claims` beside the seal in the shape of a
    /// JWT, or opaque where there are none, as personal accounts' tokens are.
    ///
    /// The third part of the JWT is the seal, not an RSA signature. Graph's own
    /// tokens cannot be verified by others either (a `nonce` in their header is
    /// hashed before it is signed), and a client must not try ("Access tokens").
    pub fn write(&self, world: &World, claims: Option<&Value>) -> Option<String> {
        let Some(claims) = claims else {
            let sealed = world
                .seal
                .seal("opaque", &(self, padding(OPAQUE_PADDING_BYTES)))?;
            return Some(format!("EwB{sealed}"));
        };
        let mut token = unsigned(&world.dice, claims, world.signing.kid());
        let seal = world.seal.seal(&format!("access {token}"), self)?;
        token.push('.');
        token.push_str(&seal);
        Some(token)
    }

    /// Whether it holds now.
    pub fn check(&self, world: &World) -> Result<(), TokenError> {
        let revoked = world.revocations.of_access(&self.oid, self.issued_ms);
        if let Some((at_ms, reason)) = revoked {
            return Err(TokenError::Revoked {
                at_ms,
                reason,
                cp1: self.cp1,
            });
        }
        if world.clock.now_ms() >= self.expires_ms {
            return Err(TokenError::Expired);
        }
        Ok(())
    }

    /// Reads what `write` wrote, which may have ended since.
    pub fn open(world: &World, text: &str) -> Option<Self> {
        if let Some(sealed) = text.strip_prefix("EwB") {
            let (token, _): (Self, String) = world.seal.open("opaque", sealed)?;
            return by_oid(&token.oid)
                .is_some_and(Person::is_personal)
                .then_some(token);
        }
        let (head, seal) = text.rsplit_once('.')?;
        world.seal.open(&format!("access {head}"), seal)
    }
}

impl RefreshToken {
    /// Writes it as clients see it.
    pub fn write(&self, world: &World) -> Option<String> {
        let padded = (self, padding(REFRESH_PADDING_BYTES));
        Some(format!("1.AR{}", world.seal.seal("refresh", &padded)?))
    }

    /// Reads what `write` wrote, whatever its age.
    pub fn open(world: &World, text: &str) -> Result<Self, TokenError> {
        let (token, _): (Self, String) = text
            .strip_prefix("1.AR")
            .and_then(|sealed| world.seal.open("refresh", sealed))
            .ok_or(TokenError::Malformed)?;
        Ok(token)
    }

    /// Whether it may still be used.
    pub fn check(&self, world: &World) -> Result<(), TokenError> {
        if let Some((at_ms, reason)) = world.revocations.of_grant(&self.oid, self.issued_ms) {
            return Err(TokenError::Revoked {
                at_ms,
                reason,
                cp1: false,
            });
        }
        let now_ms = world.clock.now_ms();
        if self.spa && now_ms - self.began_ms >= SPA_REFRESH_MS {
            return Err(TokenError::SpaExpired);
        }
        if now_ms - self.issued_ms > REFRESH_MS {
            return Err(TokenError::Expired);
        }
        Ok(())
    }
}

/// Header and claims of a JWT, as every other token has them.
fn unsigned(dice: &Dice, claims: &Value, kid: &str) -> String {
    let nonce = dice.uuid().simple().to_string();
    let header = json!({"typ": "JWT", "nonce": nonce, "alg": "RS256", "x5t": kid, "kid": kid});
    let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(claims.to_string()));
    token
}

/// The seal makes any letter look random.
fn padding(bytes: usize) -> String {
    "0".repeat(bytes)
}
