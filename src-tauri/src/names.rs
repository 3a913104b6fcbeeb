//! The names that others see: what Entra ID, the desktop and the sandbox know Signet by.
//!
//! Whoever publishes Signet under another name changes them here and in `tauri.conf.json`; a test holds the two together.

/// Bundle identifier, URI scheme, and name in the credential store.
///
/// A reverse-domain name, as RFC 8252 §7.1 asks of a private-use URI scheme.
pub const IDENTIFIER: &str = "io.github.signetmail";

/// The redirect URI to register on the platform "Mobile and desktop applications".
pub const REDIRECT_URI: &str = "io.github.signetmail://auth";

/// The redirect URI to register beside it, for desktops that take no scheme. Any port fits it. Source: Entra, "Redirect URI
/// (reply URL) restrictions", "Localhost exceptions".
pub const LOOPBACK_REDIRECT_URI: &str = "http://localhost";

/// Where `signet-sandbox` listens when Signet starts it. Fixed, so that an account of the sandbox survives a restart.
pub const SANDBOX_ADDRESS: &str = "127.0.0.1:27541";

/// The application that the sandbox tenant knows from the start.
pub const SANDBOX_CLIENT_ID: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";

/// The seed given to the sandbox, so that its refresh tokens outlive it.
pub const SANDBOX_SEED: u64 = 1;

/// Authority of the global cloud. Source: "National clouds" of the Microsoft identity platform.
pub const GLOBAL_AUTHORITY: &str = "https://login.microsoftonline.com";

/// Microsoft Graph v1.0 of the global cloud.
pub const GLOBAL_GRAPH: &str = "https://graph.microsoft.com/v1.0";

/// The page where an application is registered.
pub const ENTRA_PORTAL: &str =
    "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade";

/// Microsoft's own page on registering a desktop application.
pub const REGISTER_HELP: &str =
    "https://learn.microsoft.com/entra/identity-platform/scenario-desktop-app-registration";

/// Where somebody with a work or school account takes back what an application was granted.
pub const WORK_CONSENTS: &str = "https://myapplications.microsoft.com";

/// The same for a personal account.
pub const PERSONAL_CONSENTS: &str = "https://account.live.com/consent/Manage";

/// What the first sign-in asks for: the person's own card, and to stay signed in.
pub const SIGN_IN_SCOPES: &[&str] = &["openid", "profile", "offline_access", "User.Read"];

/// What the first send asks for. Source: Graph v1.0 reference, "user: sendMail", permissions.
pub const SEND_SCOPE: &str = "Mail.Send";

/// What is asked for beside it where the mailbox is to be read or written: to make a draft of each message, send that and
/// look for it, to attach large files, to have a message sent later, to keep drafts, and for MailTips. Source: Graph v1.0 reference, "Create message" and "List messages", permissions.
pub const MAILBOX_SCOPE: &str = "Mail.ReadWrite";

/// Every delegated permission that is asked for, now or later.
pub fn permissions() -> impl Iterator<Item = &'static str> {
    SIGN_IN_SCOPES
        .iter()
        .copied()
        .chain([SEND_SCOPE, MAILBOX_SCOPE])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundle_says_the_same_names() {
        let conf: serde_json::Value =
            serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        assert_eq!(conf["identifier"], IDENTIFIER);
        assert_eq!(
            conf["plugins"]["deep-link"]["desktop"]["schemes"],
            serde_json::json!([IDENTIFIER])
        );
        assert!(REDIRECT_URI.starts_with(&format!("{IDENTIFIER}://")));
    }
}
