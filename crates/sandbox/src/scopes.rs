//! Scopes: the permissions that exist, and sets of them as requests write them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::clouds::CLOUDS;

/// A permission that can be consented to.
#[derive(Debug)]
pub struct Permission {
    /// Its name as Graph or OpenID Connect spells it.
    pub name: &'static str,
    /// The consent page's line.
    pub title: &'static str,
    /// The consent page's explanation.
    pub detail: &'static str,
    /// Whether only an administrator can grant it.
    pub admin_only: bool,
}

const fn permission(name: &'static str, title: &'static str, detail: &'static str) -> Permission {
    Permission {
        name,
        title,
        detail,
        admin_only: false,
    }
}

/// Every permission the sandbox knows. Names and the administrator's mark are
/// those of the "Microsoft Graph permissions reference".
pub const PERMISSIONS: &[Permission] = &[
    permission(
        "openid",
        "Sign you in",
        "The app learns that it is you who signed in.",
    ),
    permission(
        "profile",
        "View your basic profile",
        "Your name, user name and tenant.",
    ),
    permission("email", "View your email address", "Your primary address."),
    permission(
        "offline_access",
        "Maintain access to data you have given it access to",
        "The app stays signed in while you are away.",
    ),
    permission(
        "User.Read",
        "Sign you in and read your profile",
        "Your profile, your photo and basic facts about your organisation.",
    ),
    permission(
        "User.ReadWrite",
        "Read and update your profile",
        "Your profile and photo.",
    ),
    permission(
        "User.RevokeSessions.All",
        "Revoke your sign in sessions",
        "End every session, so that all apps must sign you in again.",
    ),
    permission(
        "User.ReadBasic.All",
        "Read all users' basic profiles",
        "Names, addresses and photos of the people in your organisation.",
    ),
    Permission {
        name: "User.Read.All",
        title: "Read all users' full profiles",
        detail: "The full profiles of everybody in your organisation.",
        admin_only: true,
    },
    permission(
        "People.Read",
        "Read your relevant people list",
        "Whom you write to and work with.",
    ),
    permission(
        "Presence.Read",
        "Read your presence information",
        "Whether you are available.",
    ),
    permission(
        "Mail.Send",
        "Send mail as you",
        "Mail is sent in your name and kept in Sent Items.",
    ),
    permission(
        "Mail.Send.Shared",
        "Send mail on behalf of others or yourself",
        "Mail is sent from mailboxes that are shared with you.",
    ),
    permission(
        "Mail.ReadBasic",
        "Read your basic mail",
        "Headers of your mail, without bodies.",
    ),
    permission("Mail.Read", "Read your mail", "The mail in your mailbox."),
    permission(
        "Mail.ReadWrite",
        "Read and write access to your mail",
        "Create, read, update and delete mail. It does not include sending.",
    ),
    permission(
        "MailboxSettings.Read",
        "Read your mailbox settings",
        "Time zone, language, automatic replies.",
    ),
    permission(
        "MailboxSettings.ReadWrite",
        "Read and write your mailbox settings",
        "Automatic replies, time zone and categories. It does not include sending.",
    ),
    permission(
        "Presence.Read.All",
        "Read presence information of all users",
        "Whether the people of your organisation are available.",
    ),
    permission(
        "MailTips.ReadBasic.Shared",
        "Read MailTips",
        "What Outlook says about a recipient before you send.",
    ),
];

const OIDC: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The forms in which a request may name Graph in front of a scope.
const GRAPH_PREFIXES: [&str; 2] = [
    "https://graph.microsoft.com/",
    "00000003-0000-0000-c000-000000000000/",
];

/// Resources that every tenant has and that no app here declared: Exchange under
/// its names, and the directory's older Graph.
const UNDECLARED: [&str; 5] = [
    "https://outlook.office.com",
    "https://outlook.office365.com",
    "00000002-0000-0ff1-ce00-000000000000",
    "https://graph.windows.net",
    "00000002-0000-0000-c000-000000000000",
];

/// Why a scope parameter cannot be served.
#[derive(Debug, PartialEq, Eq)]
pub enum ScopeError {
    /// No scope at all.
    Empty,
    /// The resource does not exist.
    UnknownResource(String),
    /// The resource exists, and no registration here lists it.
    Undeclared(String),
    /// `.default` beside permissions by name.
    DefaultMixed,
    /// Graph has no such permission.
    Unknown(String),
}

/// A set of permissions, in the names of `PERMISSIONS`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeSet(BTreeSet<String>);

impl ScopeSet {
    /// Reads a `scope` parameter: names separated by spaces, short or with
    /// Graph's prefix, in any case. `.default` stands for what sign-in needs.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        let mut set = BTreeSet::new();
        let (mut by_default, mut by_name) = (false, false);
        for word in text.split_ascii_whitespace() {
            let name = without_graph_prefix(word)?;
            if name.eq_ignore_ascii_case(".default") {
                by_default = true;
                set.insert("User.Read".to_owned());
                continue;
            }
            by_name |= !OIDC.iter().any(|oidc| oidc.eq_ignore_ascii_case(name));
            let known = find(name).ok_or_else(|| ScopeError::Unknown(word.to_owned()))?;
            set.insert(known.name.to_owned());
        }
        if set.is_empty() {
            Err(ScopeError::Empty)
        } else if by_default && by_name {
            Err(ScopeError::DefaultMixed)
        } else {
            Ok(Self(set))
        }
    }

    /// Whether the permission called `name` is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// What is in `self` and not in `other`.
    pub fn minus(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).cloned().collect())
    }

    /// What is in either.
    pub fn plus(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The permissions, in the order of the table.
    pub fn permissions(&self) -> impl Iterator<Item = &'static Permission> + '_ {
        PERMISSIONS.iter().filter(|known| self.contains(known.name))
    }

    /// Whether an administrator is needed for any of them.
    pub fn needs_admin(&self) -> bool {
        self.permissions().any(|permission| permission.admin_only)
    }

    /// What an administrator granted, in the long form.
    pub fn granted(&self) -> String {
        let prefix = GRAPH_PREFIXES[0];
        let graph = self.0.iter().filter(|name| !OIDC.contains(&name.as_str()));
        graph
            .map(|name| format!("{prefix}{name}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The `scope` of a token answer: Graph's permissions in the long form if
    /// the request used it, then the OpenID Connect ones. `offline_access` is
    /// never echoed (seen in recordings of the live service).
    pub fn echo(&self, long: bool) -> String {
        let prefix = if long { GRAPH_PREFIXES[0] } else { "" };
        let (oidc, graph): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .filter(|name| *name != "offline_access")
            .partition(|name| OIDC.contains(&name.as_str()));
        graph
            .into_iter()
            .map(|name| format!("{prefix}{name}"))
            .chain(oidc.into_iter().cloned())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Whether a request named Graph's scopes in the long form.
pub fn asks_in_long_form(text: &str) -> bool {
    text.split_ascii_whitespace()
        .any(|word| word.starts_with("https://") && without_graph_prefix(word).is_ok())
}

fn find(name: &str) -> Option<&'static Permission> {
    PERMISSIONS
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(name))
}

fn without_graph_prefix(word: &str) -> Result<&str, ScopeError> {
    if let Some(name) = GRAPH_PREFIXES
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix))
    {
        return Ok(name.trim_start_matches('/'));
    }
    if let Some(name) = without_national_prefix(word) {
        return Ok(name.trim_start_matches('/'));
    }
    match word.rsplit_once('/') {
        Some((resource, _)) if UNDECLARED.contains(&resource.trim_end_matches('/')) => {
            Err(ScopeError::Undeclared(resource.to_owned()))
        }
        Some((resource, _)) => Err(ScopeError::UnknownResource(resource.to_owned())),
        None => Ok(word),
    }
}

/// A national cloud's Graph in front of a scope ("Microsoft Graph national cloud
/// deployments").
fn without_national_prefix(word: &str) -> Option<&str> {
    let (host, name) = word.strip_prefix("https://")?.split_once('/')?;
    let known = CLOUDS.iter().any(|cloud| cloud.graph.contains(&host));
    known.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: "Scopes and permissions in the Microsoft identity platform".
    #[test]
    fn scopes_are_read_in_both_forms() {
        for (text, expected) in [
            ("User.Read openid", Ok("User.Read openid")),
            (
                "https://graph.microsoft.com/User.Read profile",
                Ok("User.Read profile"),
            ),
            ("user.read OPENID offline_access", Ok("User.Read openid")),
            ("https://graph.microsoft.com/.default", Ok("User.Read")),
            (
                "https://graph.microsoft.com//.default openid",
                Ok("User.Read openid"),
            ),
            (
                "https://graph.microsoft.com/.default Mail.Send",
                Err(ScopeError::DefaultMixed),
            ),
            (
                "https://outlook.office.com/SMTP.Send",
                Err(ScopeError::Undeclared(
                    "https://outlook.office.com".to_owned(),
                )),
            ),
            ("", Err(ScopeError::Empty)),
            ("User.Fly", Err(ScopeError::Unknown("User.Fly".to_owned()))),
            (
                "https://vault.example/x",
                Err(ScopeError::UnknownResource(
                    "https://vault.example".to_owned(),
                )),
            ),
        ] {
            let read = ScopeSet::parse(text).map(|set| set.echo(false));
            assert_eq!(read, expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn the_long_form_is_answered_in_the_long_form() {
        let text = "https://graph.microsoft.com/Mail.Send openid";
        let set = ScopeSet::parse(text).unwrap();
        assert_eq!(set.echo(asks_in_long_form(text)), text);
    }
}
