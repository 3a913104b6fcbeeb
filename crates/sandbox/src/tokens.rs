//! What access and refresh tokens carry, sealed so that nothing is remembered.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::directory::{Person, by_oid};
use crate::scopes::ScopeSet;
use crate::world::World;

/// Refresh tokens die after ninety days (Microsoft identity platform, "Refresh
/// tokens", token lifetime).
const REFRESH_MS: i64 = 90 * 24 * 3600 * 1000;
/// Padding that brings a token to the length of a real one. Short tokens would
/// hide what a credential store with a small limit does to long ones.
const ACCESS_PADDING_BYTES: usize = 1100;
const REFRESH_PADDING_BYTES: usize = 700;

/// An access token for Graph.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessToken {
    /// Person.
    pub oid: String,
    /// Client.
    pub client_id: String,
    /// Permissions.
    pub scopes: ScopeSet,
    /// When it was issued.
    pub issued_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
    /// Whether the client can take a claims challenge.
    pub cp1: bool,
    padding: String,
}

/// A refresh token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefreshToken {
    /// Person.
    pub oid: String,
    /// Client.
    pub client_id: String,
    /// What had been consented when it was issued, so that consent outlives a
    /// restart together with the token.
    pub scopes: ScopeSet,
    /// What the request before had asked, for a refresh without `scope`.
    pub asked: ScopeSet,
    /// When it was issued.
    pub issued_ms: i64,
    padding: String,
}

/// Why a token is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Not one of ours.
    Malformed,
    /// Too old.
    Expired,
    /// Issued before the person's sessions were revoked, at this moment.
    Revoked {
        /// Milliseconds since 1970.
        at_ms: i64,
        /// Whether the client can take a claims challenge.
        cp1: bool,
    },
}

impl AccessToken {
    /// A token that lives `seconds`.
    pub fn new(
        world: &World,
        oid: &str,
        client_id: &str,
        scopes: ScopeSet,
        cp1: bool,
        seconds: i64,
    ) -> Self {
        let issued_ms = world.clock.now_ms();
        Self {
            oid: oid.to_owned(),
            client_id: client_id.to_owned(),
            scopes,
            issued_ms,
            expires_ms: issued_ms + seconds * 1000,
            cp1,
            padding: padding(ACCESS_PADDING_BYTES),
        }
    }

    /// Writes it as clients see it: opaque to them. Personal accounts' tokens
    /// have their own look.
    pub fn write(&self, world: &World) -> Option<String> {
        let personal = by_oid(&self.oid).is_some_and(Person::is_personal);
        let prefix = if personal { "EwB" } else { "eyJ" };
        Some(format!("{prefix}{}", world.seal.seal("access", self)?))
    }

    /// Reads what `write` wrote.
    pub fn read(world: &World, text: &str) -> Result<Self, TokenError> {
        let token: Self = text
            .strip_prefix("EwB")
            .or_else(|| text.strip_prefix("eyJ"))
            .and_then(|sealed| world.seal.open("access", sealed))
            .ok_or(TokenError::Malformed)?;
        if let Some(at_ms) = world.revocations.revoked_at_ms(&token.oid, token.issued_ms) {
            return Err(TokenError::Revoked {
                at_ms,
                cp1: token.cp1,
            });
        }
        if world.clock.now_ms() >= token.expires_ms {
            return Err(TokenError::Expired);
        }
        Ok(token)
    }
}

impl RefreshToken {
    /// A token for what was consented and what was asked.
    pub fn new(
        world: &World,
        oid: &str,
        client_id: &str,
        scopes: ScopeSet,
        asked: ScopeSet,
    ) -> Self {
        Self {
            oid: oid.to_owned(),
            client_id: client_id.to_owned(),
            scopes,
            asked,
            issued_ms: world.clock.now_ms(),
            padding: padding(REFRESH_PADDING_BYTES),
        }
    }

    /// Writes it as clients see it.
    pub fn write(&self, world: &World) -> Option<String> {
        Some(format!("1.AR{}", world.seal.seal("refresh", self)?))
    }

    /// Reads what `write` wrote.
    pub fn read(world: &World, text: &str) -> Result<Self, TokenError> {
        let token: Self = text
            .strip_prefix("1.AR")
            .and_then(|sealed| world.seal.open("refresh", sealed))
            .ok_or(TokenError::Malformed)?;
        if let Some(at_ms) = world.revocations.revoked_at_ms(&token.oid, token.issued_ms) {
            return Err(TokenError::Revoked { at_ms, cp1: false });
        }
        if world.clock.now_ms() - token.issued_ms > REFRESH_MS {
            return Err(TokenError::Expired);
        }
        Ok(token)
    }
}

fn padding(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 32);
    while text.len() < bytes {
        text.push_str(&Uuid::new_v4().simple().to_string());
    }
    text
}
