//! Who signed in.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::error::refusal::word;
use crate::id_token::IdClaims;
use crate::scopes;

/// The longest name or address that is kept: an address has at most 254 bytes (RFC 5321 §4.5.3.1), a display name 256 letters in Entra.
const SHOWN_CHARS_MAX: usize = 256;

/// The tenant of all personal accounts. Source: Entra, "ID token claims reference", `tid`.
pub(crate) const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// An account, without secrets. Its `Debug` names no person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose it is, whatever becomes of the address and in every tenant: `uid.utid` in lower case, or for an authority without
    /// them a SHA-256 in hexadecimal that is the same as long as issuer and subject are.
    pub home_account_id: String,
    /// The display name, where the token told one.
    pub name: Option<String>,
    /// The address to show (`preferred_username`); it may change and is never a key.
    pub username: String,
    /// What the authority calls the person in hints (the optional claim `login_hint`), where the token told it.
    #[serde(default)]
    pub login_hint: Option<String>,
    /// The tenant that signed the person in; empty where the authority has none.
    pub tenant_id: String,
    /// The authority's host, and its port where it is unusual.
    pub environment: String,
    /// The scopes granted so far, as the authority spells them.
    #[serde(default)]
    pub scopes: Vec<String>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("home_account_id", &self.home_account_id)
            .field("environment", &self.environment)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// The one key of an account: the home account id, and behind another dot the tenant where one is a guest. At home and as
    /// a guest the same person has other rights, another mailbox and other tokens.
    pub fn id(&self) -> Cow<'_, str> {
        match self.is_guest() {
            true => {
                let tenant = self.tenant_id.to_ascii_lowercase();
                Cow::Owned(format!("{}.{tenant}", self.home_account_id))
            }
            false => Cow::Borrowed(&self.home_account_id),
        }
    }

    /// Whether the tenant that signed the person in is not the home tenant, which the home account id ends with.
    pub fn is_guest(&self) -> bool {
        let home = self.home_account_id.split_once('.');
        home.is_some_and(|(_, home)| {
            !self.tenant_id.is_empty() && !home.eq_ignore_ascii_case(&self.tenant_id)
        })
    }

    /// Whether it is a personal account, at home.
    pub fn is_personal(&self) -> bool {
        self.tenant_id.eq_ignore_ascii_case(PERSONAL_TENANT)
    }

    /// Whether a scope was granted, in its short spelling (`Mail.Send`) or with Graph's host before it, in any case of
    /// letters: the authority answers in either. Those of OpenID Connect are not told of.
    pub fn has_scope(&self, scope: &str) -> bool {
        let granted = scopes::set(&self.scopes);
        scopes::set([scope])
            .first()
            .is_some_and(|scope| granted.contains(scope))
    }

    /// The account of a checked ID token.
    ///
    /// The key is `client_info`'s, which a guest keeps in every tenant; without it, the object and tenant of the token,
    /// which are the same for all but guests.
    pub(crate) fn new(
        claims: &IdClaims,
        client_info: Option<&str>,
        environment: String,
        scopes: &[String],
    ) -> Self {
        let home = client_info.and_then(home_account_id);
        Self {
            home_account_id: home.unwrap_or_else(|| claims.key.clone()),
            name: claims.name.as_deref().map(shown),
            username: claims.username.as_deref().map(shown).unwrap_or_default(),
            login_hint: claims.login_hint.as_deref().map(shown),
            tenant_id: claims.tid.clone().unwrap_or_default(),
            environment,
            scopes: scopes.to_vec(),
        }
    }
}

#[derive(Deserialize)]
struct ClientInfo {
    uid: String,
    utid: String,
}

/// Reads `client_info`: base64url of `{"uid", "utid"}`, further members ignored.
fn home_account_id(client_info: &str) -> Option<String> {
    let json = BASE64_URL_SAFE_NO_PAD
        .decode(client_info.trim_end_matches('='))
        .ok()?;
    let info: ClientInfo = serde_json::from_slice(&json).ok()?;
    Some(format!("{}.{}", word(&info.uid)?, word(&info.utid)?).to_ascii_lowercase())
}

/// A text fit to be shown in one line.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(SHOWN_CHARS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};

    use super::{Account, home_account_id};

    fn account(home_account_id: &str, tenant_id: &str, scopes: &[&str]) -> Account {
        Account {
            home_account_id: home_account_id.to_owned(),
            name: None,
            username: String::new(),
            login_hint: None,
            tenant_id: tenant_id.to_owned(),
            environment: "e".to_owned(),
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        }
    }

    #[test]
    fn a_guest_is_another_account_than_the_same_person_at_home() {
        for (home, tenant, expected) in [
            ("u.t", "t", "u.t"),
            ("u.t", "T", "u.t"),
            ("u.t", "", "u.t"),
            ("u.t", "Other", "u.t.other"),
            ("hash", "t", "hash"),
        ] {
            let account = account(home, tenant, &[]);
            assert_eq!(account.id(), expected, "{home} at {tenant}");
            assert_eq!(account.is_guest(), expected != home, "{home} at {tenant}");
        }
    }

    #[test]
    fn a_scope_is_known_in_every_spelling() {
        let granted = [
            "openid",
            "https://graph.microsoft.com/Mail.Send",
            "User.Read",
        ];
        let account = account("u.t", "t", &granted);
        for (scope, expected) in [
            ("Mail.Send", true),
            ("mail.send", true),
            ("https://graph.microsoft.com/user.read", true),
            ("User.Read", true),
            ("Mail.ReadWrite", false),
            ("https://vault.azure.net/User.Read", false),
            ("Mail", false),
            ("", false),
        ] {
            assert_eq!(account.has_scope(scope), expected, "{scope}");
        }
    }

    #[test]
    fn the_home_account_id_is_uid_and_utid_in_lower_case() {
        let id = "00000000-0000-0000-abcd-ef0123456789.9188040d-6c67-4c5b-b112-36a304b66dad";
        for (json, expected) in [
            (
                r#"{"uid":"00000000-0000-0000-ABCD-EF0123456789","utid":"9188040d-6c67-4c5b-b112-36a304b66dad"}"#,
                Some(id),
            ),
            (
                r#"{"uid":"00000000-0000-0000-abcd-ef0123456789","utid":"9188040d-6c67-4c5b-b112-36a304b66dad","xms_tdbr":"EU"}"#,
                Some(id),
            ),
            (r#"{"uid":"only"}"#, None),
            (r#"{"uid":"a/b","utid":"c"}"#, None),
            ("[]", None),
        ] {
            assert_eq!(
                home_account_id(&BASE64_URL_SAFE_NO_PAD.encode(json)).as_deref(),
                expected,
                "{json}"
            );
            assert_eq!(
                home_account_id(&BASE64_URL_SAFE.encode(json)).as_deref(),
                expected,
                "{json} padded"
            );
        }
        assert_eq!(home_account_id("!"), None);
    }
}
