//! Scopes: the permissions that exist, and sets of them as requests write them.

mod delegated;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::clouds::CLOUDS;

/// A permission that can be consented to.
#[derive(Debug, Clone)]
pub struct Permission {
    /// Its name as Graph or OpenID Connect spells it, and in the long form that
    /// of another resource.
    pub name: &'static str,
    /// The consent page's line.
    pub title: Cow<'static, str>,
    /// The consent page's explanation.
    pub detail: &'static str,
    /// Whether only an administrator can grant it.
    pub admin_only: bool,
}

const fn permission(name: &'static str, title: &'static str, detail: &'static str) -> Permission {
    Permission {
        name,
        title: Cow::Borrowed(title),
        detail,
        admin_only: false,
    }
}

/// Every permission the sandbox knows: what it serves, the rest of Graph's, and
/// Outlook's own. Names and the administrator's mark are those of the "Microsoft
/// Graph permissions reference".
static PERMISSIONS: LazyLock<Vec<Permission>> = LazyLock::new(|| {
    let served = SERVED.iter().chain(OUTLOOKS).cloned();
    let unserved = |rows: &'static [delegated::Row], admin_only| {
        rows.iter().map(move |(name, title)| Permission {
            name,
            title: title.map_or_else(|| Cow::Owned(delegated::title_of(name)), Cow::Borrowed),
            detail: delegated::DETAIL,
            admin_only,
        })
    };
    served
        .chain(unserved(delegated::BY_ANYBODY, false))
        .chain(unserved(delegated::BY_ADMINISTRATORS, true))
        .collect()
});

/// What an operation here asks for, or sign-in itself.
const SERVED: &[Permission] = &[
    permission(
        "openid",
        "Sign in as you",
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
        title: Cow::Borrowed("Read all users' full profiles"),
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
        "Read user basic mail",
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
        "Read and write to your mailbox settings",
        "Automatic replies, time zone and categories. It does not include sending.",
    ),
    permission(
        "Presence.Read.All",
        "Read presence information of all users in your organization",
        "Whether the people of your organisation are available.",
    ),
    permission(
        "MailTips.ReadBasic.Shared",
        "Read MailTips",
        "What Outlook says about a recipient before you send.",
    ),
];

/// What the protocols of Outlook's own resource ask for, besides Graph ("Authenticate
/// an IMAP, POP or SMTP connection using OAuth").
const OUTLOOKS: &[Permission] = &[
    permission(
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "Read and write access to mailboxes via IMAP",
        "Read, update, create and delete mail in your mailbox. It does not include sending.",
    ),
    permission(
        "https://outlook.office.com/POP.AccessAsUser.All",
        "Read and write access to mailboxes via POP",
        "Read and delete mail in your mailbox. It does not include sending.",
    ),
    permission(
        "https://outlook.office.com/SMTP.Send",
        "Send mail from mailboxes using SMTP AUTH",
        "Mail is sent in your name.",
    ),
    permission(
        "https://outlook.office.com/EWS.AccessAsUser.All",
        "Access mailboxes as you via Exchange Web Services",
        "The same access to your mailbox that you have.",
    ),
    permission(
        "https://outlook.office.com/Mail.Read",
        "Read your mail",
        "The mail in your mailbox.",
    ),
    permission(
        "https://outlook.office.com/Mail.ReadWrite",
        "Read and write access to your mail",
        "Create, read, update and delete mail. It does not include sending.",
    ),
    permission(
        "https://outlook.office.com/Mail.Send",
        "Send mail as you",
        "Mail is sent in your name and kept in Sent Items.",
    ),
];

const OIDC: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The forms in which a request may name Graph in front of a scope.
const GRAPH_PREFIXES: [&str; 2] = [
    "https://graph.microsoft.com/",
    "00000003-0000-0000-c000-000000000000/",
];

/// Outlook's address, which stands before the names of its permissions and is the
/// audience of its tokens.
pub const OUTLOOK: &str = "https://outlook.office.com";
/// Resources that every tenant has and that no app here declared: Exchange under
/// its id, and the directory's older Graph.
const UNDECLARED: [&str; 3] = [
    "00000002-0000-0ff1-ce00-000000000000",
    "https://graph.windows.net",
    "00000002-0000-0000-c000-000000000000",
];

/// What the default user consent policy leaves to administrators, by the first
/// word of the name: Outlook's mail, mailboxes and calendars and Teams since
/// November 2025, then people, contacts and tasks ("Configure how users consent
/// to applications").
const BY_POLICY: [&str; 22] = [
    "Mail",
    "MailboxFolder",
    "MailboxItem",
    "MailboxSettings",
    "MailTips",
    "IMAP",
    "POP",
    "SMTP",
    "EAS",
    "EWS",
    "Calendars",
    "People",
    "Contacts",
    "Tasks",
    "Chat",
    "ChatMember",
    "ChatMessage",
    "Channel",
    "ChannelMessage",
    "OnlineMeetings",
    "Team",
    "TeamMember",
];

/// The resource that a token is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Microsoft Graph.
    #[default]
    Graph,
    /// Outlook: IMAP, POP, SMTP and Exchange Web Services.
    Outlook,
}

impl Audience {
    /// Whose permission this is; OpenID Connect's are nobody's.
    fn of(name: &str) -> Option<Self> {
        if OIDC.contains(&name) {
            None
        } else if name.starts_with(OUTLOOK) {
            Some(Self::Outlook)
        } else {
            Some(Self::Graph)
        }
    }
}

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
    /// The resource has no such permission.
    Unknown(String),
}

/// A set of permissions: Graph's by their short names, Outlook's by their long ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeSet(BTreeSet<String>);

impl ScopeSet {
    /// Reads a `scope` parameter: names separated by spaces, short or with a
    /// resource's prefix, in any case. `.default` stands for what sign-in needs.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        let mut set = BTreeSet::new();
        let (mut by_default, mut by_name) = (false, false);
        for word in text.split_ascii_whitespace() {
            let name = known_prefix(word)?;
            if name.eq_ignore_ascii_case(".default") {
                by_default = true;
                set.insert("User.Read".to_owned());
                continue;
            }
            by_name |= !OIDC.iter().any(|oidc| oidc.eq_ignore_ascii_case(&name));
            let known = find(&name).ok_or_else(|| ScopeError::Unknown(word.to_owned()))?;
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

    /// The resource that the permissions belong to. Graph's go first where both are
    /// named, and to Graph belongs a set that names none.
    pub fn audience(&self) -> Audience {
        let mut audiences = self.0.iter().filter_map(|name| Audience::of(name));
        match audiences.next() {
            Some(first) if audiences.all(|other| other == first) => first,
            _ => Audience::Graph,
        }
    }

    /// The same, but that of `other` where none is named.
    pub fn audience_or(&self, other: &Self) -> Audience {
        if self.0.iter().any(|name| Audience::of(name).is_some()) {
            self.audience()
        } else {
            other.audience()
        }
    }

    /// Whether the permissions belong to more than one resource.
    pub fn is_for_several(&self) -> bool {
        let mut audiences = self.0.iter().filter_map(|name| Audience::of(name));
        let first = audiences.next();
        audiences.any(|other| Some(other) != first)
    }

    /// What of it belongs to `audience` or to no resource.
    pub fn of(&self, audience: Audience) -> Self {
        let is_its = |name: &&String| Audience::of(name).is_none_or(|of| of == audience);
        Self(self.0.iter().filter(is_its).cloned().collect())
    }

    /// Whether the default consent policy leaves any of them to administrators.
    pub fn touches_outlook(&self) -> bool {
        self.0.iter().any(|name| {
            let name = name
                .rsplit_once('/')
                .map_or(name.as_str(), |(_, name)| name);
            let first = name.split('.').next().unwrap_or_default();
            BY_POLICY.contains(&first)
        })
    }

    /// Whether an administrator is needed for any of them.
    pub fn needs_admin(&self) -> bool {
        self.permissions().any(|permission| permission.admin_only)
    }

    /// What an administrator granted, in the long form.
    pub fn granted(&self) -> String {
        let named = self.0.iter().filter(|name| !OIDC.contains(&name.as_str()));
        named
            .map(|name| in_long_form(name))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The `scope` of a token answer: Graph's permissions in the long form if
    /// the request used it, Outlook's always, then the OpenID Connect ones.
    /// `offline_access` is never echoed (seen in recordings of the live service).
    pub fn echo(&self, long: bool) -> String {
        self.written(|name| {
            if long {
                in_long_form(name)
            } else {
                name.to_owned()
            }
        })
    }

    /// The `scp` claim: names alone, as the audience says whose they are.
    pub fn claim(&self) -> String {
        self.written(|name| name.rsplit('/').next().unwrap_or_default().to_owned())
    }

    fn written(&self, write: impl Fn(&str) -> String) -> String {
        let (oidc, named): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .filter(|name| *name != "offline_access")
            .partition(|name| OIDC.contains(&name.as_str()));
        named
            .into_iter()
            .map(|name| write(name))
            .chain(oidc.into_iter().cloned())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Whether a request named Graph's scopes in the long form.
pub fn asks_in_long_form(text: &str) -> bool {
    text.split_ascii_whitespace()
        .any(|word| word.starts_with("https://") && without_graph_prefix(word).is_some())
}

fn in_long_form(name: &str) -> String {
    match Audience::of(name) {
        Some(Audience::Outlook) => name.to_owned(),
        _ => format!("{}{name}", GRAPH_PREFIXES[0]),
    }
}

fn find(name: &str) -> Option<&'static Permission> {
    PERMISSIONS
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(name))
}

/// A scope by the name it has in `PERMISSIONS`, if that is what it is.
fn known_prefix(word: &str) -> Result<Cow<'_, str>, ScopeError> {
    if let Some(name) = without_graph_prefix(word) {
        return Ok(Cow::Borrowed(name));
    }
    let Some((resource, name)) = word.rsplit_once('/') else {
        return Ok(Cow::Borrowed(word));
    };
    let address = resource.trim_end_matches('/');
    let host = address.strip_prefix("https://").unwrap_or_default();
    if is_outlook(host) && !name.eq_ignore_ascii_case(".default") {
        Ok(Cow::Owned(format!("{OUTLOOK}/{name}")))
    } else if is_outlook(host) || UNDECLARED.contains(&address) {
        Err(ScopeError::Undeclared(resource.to_owned()))
    } else {
        Err(ScopeError::UnknownResource(resource.to_owned()))
    }
}

/// Whether `host` is Outlook's in any cloud.
fn is_outlook(host: &str) -> bool {
    CLOUDS.iter().any(|cloud| cloud.upload.contains(&host))
}

fn without_graph_prefix(word: &str) -> Option<&str> {
    GRAPH_PREFIXES
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix))
        .or_else(|| without_national_prefix(word))
        .map(|name| name.trim_start_matches('/'))
}

/// A national cloud's Graph in front of a scope ("Microsoft Graph national cloud
/// deployments").
fn without_national_prefix(word: &str) -> Option<&str> {
    let (host, name) = word.strip_prefix("https://")?.split_once('/')?;
    let known = CLOUDS.iter().any(|cloud| cloud.graph.contains(&host));
    known.then_some(name)
}

#[cfg(test)]
mod tests;
