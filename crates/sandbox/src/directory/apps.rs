//! App registrations and the matching of redirect URIs.

use url::Url;

/// A public client registered with the sandbox.
#[derive(Debug)]
pub struct App {
    /// Its application (client) id.
    pub client_id: &'static str,
    /// The name that consent pages show.
    pub name: &'static str,
    /// Redirect URIs of the platform "Mobile and desktop applications".
    pub redirect_uris: &'static [&'static str],
}

/// Every registration.
pub const APPS: &[App] = &[App {
    client_id: "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001",
    name: "Signet",
    redirect_uris: &["io.github.signetmail://auth", "http://localhost"],
}];

/// An id nobody registered, admitted because the sandbox was told to admit any:
/// it may redirect to loopback and to what native apps commonly register.
const ANY_APP: App = App {
    client_id: "",
    name: "An unregistered app",
    redirect_uris: &[
        "http://localhost",
        "http://127.0.0.1",
        "https://login.microsoftonline.com/common/oauth2/nativeclient",
        "urn:ietf:wg:oauth:2.0:oob",
    ],
};

/// Finds a registration. Ids compare without regard to case, being GUIDs.
pub fn app(client_id: &str, any_app: bool) -> Option<&'static App> {
    APPS.iter()
        .find(|app| app.client_id.eq_ignore_ascii_case(client_id))
        .or(any_app.then_some(&ANY_APP))
}

/// Whether `asked` is a redirect URI of `app`.
///
/// Matching is exact, but for the port of a loopback URI, which is ignored
/// (Microsoft identity platform, "Redirect URI (reply URL) restrictions and
/// limitations", localhost exceptions; RFC 8252 §7.3).
pub fn redirect_matches(app: &App, asked: &str) -> bool {
    let portless = without_loopback_port(asked);
    let own_scheme = app.client_id.is_empty()
        && Url::parse(asked).is_ok_and(|url| !matches!(url.scheme(), "http" | "https"));
    own_scheme
        || app
            .redirect_uris
            .iter()
            .any(|registered| *registered == asked || Some(*registered) == portless.as_deref())
}

fn without_loopback_port(asked: &str) -> Option<String> {
    ["http://localhost:", "http://127.0.0.1:"]
        .into_iter()
        .find_map(|prefix| {
            let rest = asked.strip_prefix(prefix)?;
            let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
            port.parse::<u16>().ok()?;
            let path = rest.strip_prefix(port.as_str())?;
            let host = prefix.trim_end_matches(':');
            (path.is_empty() || path.starts_with('/')).then(|| format!("{host}{path}"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: "Redirect URI (reply URL) restrictions and limitations".
    #[test]
    fn redirects_match_exactly_but_for_a_loopback_port() {
        for (asked, expected) in [
            ("io.github.signetmail://auth", true),
            ("io.github.signetmail://auth/", false),
            ("io.github.signetmail://auth/evil", false),
            ("IO.github.signetmail://auth", false),
            ("http://localhost", true),
            ("http://localhost:51234", true),
            ("http://localhost:51234/", false),
            ("http://localhost:51234/callback", false),
            ("http://localhost:99999", false),
            ("http://localhost:80@evil.example", false),
            ("http://127.0.0.1:51234", false),
            ("https://localhost", false),
            ("", false),
        ] {
            let app = app(APPS[0].client_id, false).unwrap();
            assert_eq!(redirect_matches(app, asked), expected, "{asked}");
        }
    }
}
