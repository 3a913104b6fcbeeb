//! The inspector: what Signet holds of the chosen account and what it asks of Microsoft, for whoever learns from it or needs it
//! for a report. A token is never among it.

mod claims;

use std::time::UNIX_EPOCH;

use entra::{Account, Known};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::{
    app::App,
    journal::RequestView,
    names::{MAILBOX_SCOPE, SEND_SCOPE, SIGN_IN_SCOPES, permissions},
    session::Event,
    views::CommandError,
};

type Outcome<T> = Result<T, CommandError>;

/// The granted scopes that are listed beyond those Signet knows. An administrator may grant more than was asked.
const OTHERS_MAX: usize = 32;

/// What the session tells.
pub struct Inspected {
    /// The chosen account.
    pub account: Option<InspectedAccount>,
    /// The last requests, newest first.
    pub requests: Vec<RequestView>,
}

/// What the session tells of the chosen account.
pub struct InspectedAccount {
    /// Who, with what was granted.
    pub account: Account,
    /// The scopes that the person wants left alone.
    pub unused: Vec<String>,
    /// What is known of its tokens, once one was needed.
    pub known: Option<Known>,
    /// What Graph last said of the person, as it came.
    pub me_json: Option<String>,
}

/// What the inspector shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct InspectionView {
    /// Of the chosen account, where there is one.
    pub account: Option<InspectedAccountView>,
    /// The last requests, newest first.
    pub requests: Vec<RequestView>,
}

/// What the inspector shows of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct InspectedAccountView {
    /// The permissions that Signet asks for, and what else was granted.
    pub permissions: Vec<PermissionView>,
    /// What the ID token said, by name.
    pub claims: Vec<ClaimView>,
    /// When the access token ends, in milliseconds since 1970; `None` before one was needed.
    pub token_expires_at_ms: Option<i64>,
    /// `/me` in JSON, as Graph last said it since the start.
    pub profile: Option<String>,
}

/// A delegated permission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PermissionView {
    /// Its scope, such as `Mail.Send`.
    pub scope: String,
    /// Message id of why Signet asks for it.
    pub why: String,
    /// Whether the account has granted it.
    pub granted: bool,
    /// Whether it can be asked for, and be left alone once it is granted: the sign-in cannot do without the others.
    pub optional: bool,
    /// Whether the person wants it left alone.
    pub unused: bool,
}

/// A claim of the ID token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ClaimView {
    /// Its name.
    pub name: String,
    /// Its value, as text.
    pub value: String,
    /// Message id of what it says, where that is documented.
    pub about: Option<String>,
    /// Where it is a time: in milliseconds since 1970.
    pub at_ms: Option<i64>,
}

/// How things are.
#[tauri::command]
#[specta::specta]
pub async fn inspect(app: State<'_, App>) -> Outcome<InspectionView> {
    let Inspected { account, requests } = app.ask(Event::Inspect).await?;
    Ok(InspectionView {
        account: account.map(account_view),
        requests,
    })
}

/// Asks the person in the browser for a permission of the chosen account.
#[tauri::command]
#[specta::specta]
pub async fn ask_permission(app: State<'_, App>, scope: String) -> Outcome<()> {
    let account = app
        .chosen()
        .ok_or_else(|| CommandError::plain("command-gone"))?;
    match optional(&scope)? {
        MAILBOX_SCOPE => {
            let looking = |reply| Event::AllowLooking(account, reply);
            app.ask(looking).await.map(drop)
        }
        _ => app.tell(Event::AllowSending(account)).await,
    }
}

/// Leaves a permission of the chosen account alone from now on, or uses it again. Microsoft takes no grant back through an API.
#[tauri::command]
#[specta::specta]
pub async fn use_permission(app: State<'_, App>, scope: String, used: bool) -> Outcome<()> {
    let scope = optional(&scope)?;
    app.tell(Event::UsePermission { scope, used }).await
}

/// A scope that Signet can do without.
fn optional(scope: &str) -> Outcome<&'static str> {
    let known = permissions().find(|known| *known == scope && !SIGN_IN_SCOPES.contains(known));
    known.ok_or_else(|| CommandError::plain("command-gone"))
}

fn account_view(inspected: InspectedAccount) -> InspectedAccountView {
    let InspectedAccount {
        account,
        unused,
        known,
        me_json,
    } = inspected;
    let expires_at = known.as_ref().and_then(|known| known.expires_at);
    let expires_at = expires_at.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let claims = known.iter().flat_map(|known| known.id_claims.iter());
    InspectedAccountView {
        permissions: permission_views(&account, &unused),
        claims: claims
            .map(|(name, value)| claims::view(name, value))
            .collect(),
        token_expires_at_ms: expires_at.and_then(|at| i64::try_from(at.as_millis()).ok()),
        profile: me_json,
    }
}

fn permission_views(account: &Account, unused: &[String]) -> Vec<PermissionView> {
    let asked = permissions().map(|scope| PermissionView {
        scope: scope.to_owned(),
        why: why(scope).to_owned(),
        granted: !is_told(scope) || account.has_scope(scope),
        optional: !SIGN_IN_SCOPES.contains(&scope),
        unused: unused.iter().any(|one| one == scope),
    });
    let others = account
        .scopes
        .iter()
        .map(|scope| scope.rsplit('/').next().unwrap_or(scope))
        .filter(|scope| !permissions().any(|known| known.eq_ignore_ascii_case(scope)))
        .take(OTHERS_MAX)
        .map(|scope| PermissionView {
            scope: scope.to_owned(),
            why: why(scope).to_owned(),
            granted: true,
            optional: false,
            unused: true,
        });
    asked.chain(others).collect()
}

/// Whether the authority tells that a scope was granted. Of those of OpenID Connect it tells not all; without them nobody
/// would be signed in.
fn is_told(scope: &str) -> bool {
    !matches!(scope, "openid" | "profile" | "offline_access")
}

/// Message id of why Signet asks for a scope.
fn why(scope: &str) -> &'static str {
    match scope {
        "openid" => "permission-openid",
        "profile" => "permission-profile",
        "offline_access" => "permission-offline-access",
        "User.Read" => "permission-user-read",
        SEND_SCOPE => "permission-mail-send",
        MAILBOX_SCOPE => "permission-mail-read-write",
        _ => "permission-not-asked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(scopes: &[&str]) -> Account {
        let json = serde_json::json!({
            "home_account_id": "u.t", "name": null, "username": "", "tenant_id": "t", "environment": "e", "scopes": scopes,
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn every_permission_that_is_asked_for_says_why() {
        for scope in permissions() {
            assert_ne!(why(scope), "permission-not-asked", "{scope}");
        }
    }

    #[test]
    fn what_is_granted_asked_for_and_left_alone_is_told_apart() {
        let granted = [
            "https://graph.microsoft.com/User.Read",
            "mail.send",
            "Calendars.Read",
            "openid",
        ];
        let views = permission_views(&account(&granted), &["Mail.Send".to_owned()]);
        let told: Vec<_> = views
            .iter()
            .map(|one| (&*one.scope, one.granted, one.optional, one.unused))
            .collect();
        assert_eq!(
            told,
            [
                ("openid", true, false, false),
                ("profile", true, false, false),
                ("offline_access", true, false, false),
                ("User.Read", true, false, false),
                ("Mail.Send", true, true, true),
                ("Mail.ReadWrite", false, true, false),
                ("Calendars.Read", true, false, true),
            ]
        );
    }

    #[test]
    fn only_what_signet_can_do_without_can_be_asked_for_or_left_alone() {
        for (scope, expected) in [
            ("Mail.Send", true),
            ("Mail.ReadWrite", true),
            ("User.Read", false),
            ("openid", false),
            ("Calendars.Read", false),
        ] {
            assert_eq!(optional(scope).is_ok(), expected, "{scope}");
        }
    }
}
