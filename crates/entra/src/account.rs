//! Who signed in.

use serde::{Deserialize, Serialize};

/// An account, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// `uid.utid` in lower case: the one key of an account, whatever becomes of its address.
    pub home_account_id: String,
    /// The display name, where the token told one.
    pub name: Option<String>,
    /// The address to show (`preferred_username`); it may change and is never a key.
    pub username: String,
    /// The tenant that signed the person in.
    pub tenant_id: String,
    /// The authority's host, and its port where it is unusual.
    pub environment: String,
    /// The scopes granted so far, as the authority spells them.
    #[serde(default)]
    pub scopes: Vec<String>,
}
