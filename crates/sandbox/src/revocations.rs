//! Revoked sessions: everything issued to a person before a moment is dead.

use std::collections::HashMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::guard::lock;

/// Why what was issued is no longer good ("Refresh tokens in the Microsoft
/// identity platform", token revocation; "Continuous access evaluation").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The person or an administrator revoked the sessions (AADSTS50173).
    #[default]
    Sessions,
    /// The password was changed (AADSTS50133).
    Password,
    /// Credentials were changed or reset otherwise (AADSTS50132).
    Credentials,
    /// The refresh token reached its greatest age (AADSTS700081).
    Lifetime,
    /// A policy wants a sign-in more often (AADSTS70043).
    Frequency,
}

impl Reason {
    /// Whether access tokens die too. Age and sign-in frequency are looked at
    /// when a token is asked for, not when one is used.
    fn ends_access(self) -> bool {
        match self {
            Self::Sessions | Self::Password | Self::Credentials => true,
            Self::Lifetime | Self::Frequency => false,
        }
    }
}

/// When each person's sessions were last revoked, and why; bounded by the people
/// there are.
#[derive(Default)]
pub struct Revocations {
    at_ms: Mutex<HashMap<String, (i64, Reason)>>,
}

impl Revocations {
    /// Revokes what was issued to `oid` up to now.
    pub fn revoke(&self, oid: &str, now_ms: i64, reason: Reason) {
        lock(&self.at_ms).insert(oid.to_owned(), (now_ms, reason));
    }

    /// The last revocation, if a code or refresh token of `issued_ms` or a
    /// session of that time lies before it.
    pub fn of_grant(&self, oid: &str, issued_ms: i64) -> Option<(i64, Reason)> {
        lock(&self.at_ms)
            .get(oid)
            .copied()
            .filter(|(at_ms, _)| issued_ms <= *at_ms)
    }

    /// The same for an access token.
    pub fn of_access(&self, oid: &str, issued_ms: i64) -> Option<(i64, Reason)> {
        self.of_grant(oid, issued_ms)
            .filter(|(_, reason)| reason.ends_access())
    }

    /// Forgets every revocation.
    pub fn clear(&self) {
        lock(&self.at_ms).clear();
    }
}
