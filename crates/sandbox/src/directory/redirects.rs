//! The matching of redirect URIs.
//!
//! Source: Microsoft identity platform, "Redirect URI (reply URL) best practices
//! and limitations".

use url::Url;

use super::App;

/// The kind of client that a redirect URI was registered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// "Mobile and desktop applications": a public client.
    Native,
    /// "Web": a client that keeps a secret.
    Web,
    /// "Single-page application": redeems its code from a browser.
    Spa,
}

/// The longest redirect URI that can be registered ("Maximum URI length").
const URI_CHARS_MAX: usize = 256;
/// What no redirect URI may contain ("Redirect URI restrictions").
const FORBIDDEN: [char; 7] = ['!', '$', '\'', '(', ')', ',', ';'];

/// Whether `uri` could not be registered for any app: a forbidden character or too
/// long.
pub(super) fn has_forbidden_characters(uri: &str) -> bool {
    uri.chars().count() > URI_CHARS_MAX || uri.contains(FORBIDDEN)
}

impl App {
    /// The platform under which `asked` is registered, if it is.
    ///
    /// Matching is exact, with regard to case, but for the port of a loopback
    /// URI, which is ignored ("Localhost exceptions"; RFC 8252 §7.3).
    pub fn platform(&self, asked: &str) -> Option<Platform> {
        if has_forbidden_characters(asked) {
            return None;
        }
        let portless = without_loopback_port(asked);
        let own_scheme = self.is_any()
            && Url::parse(asked).is_ok_and(|url| !matches!(url.scheme(), "http" | "https"));
        if own_scheme {
            return Some(Platform::Native);
        }
        [
            (Platform::Native, self.redirect_uris),
            (Platform::Web, self.web_redirect_uris),
            (Platform::Spa, self.spa_redirect_uris),
        ]
        .into_iter()
        .find(|(_, uris)| {
            uris.iter()
                .any(|registered| *registered == asked || Some(*registered) == portless.as_deref())
        })
        .map(|(platform, _)| platform)
    }
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
    use super::super::app;
    use super::*;

    const SIGNET: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";
    const SERVER: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0004";
    const BROWSER: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0005";
    const UNKNOWN: &str = "0a0a0a0a-0000-4000-8000-000000000001";

    /// Source: "Redirect URI (reply URL) best practices and limitations".
    #[test]
    fn redirects_match_exactly_but_for_a_loopback_port() {
        let native = Some(Platform::Native);
        for (client_id, asked, expected) in [
            (SIGNET, "io.github.signetmail://auth", native),
            (SIGNET, "io.github.signetmail://auth/", None),
            (SIGNET, "io.github.signetmail://auth/evil", None),
            (SIGNET, "IO.github.signetmail://auth", None),
            (SIGNET, "http://localhost", native),
            (SIGNET, "http://localhost:51234", native),
            (SIGNET, "http://localhost:51234/", None),
            (SIGNET, "http://localhost:51234/callback", None),
            (SIGNET, "http://localhost:99999", None),
            (SIGNET, "http://localhost:80@evil.example", None),
            (SIGNET, "http://127.0.0.1:51234", None),
            (SIGNET, "https://localhost", None),
            (SIGNET, "", None),
            (SERVER, "http://localhost:5001/server", Some(Platform::Web)),
            (SERVER, "http://localhost:5001/Server", None),
            (BROWSER, "http://localhost:5001/spa", Some(Platform::Spa)),
            (UNKNOWN, "http://127.0.0.1:5001", native),
            (UNKNOWN, "http://[::1]:5001", None),
            (UNKNOWN, "msal0a0a0a0a://auth", native),
            (UNKNOWN, "com.contoso.app:/callback", native),
            (UNKNOWN, "urn:ietf:wg:oauth:2.0:oob", native),
            (UNKNOWN, "com.contoso.app://call(back)", None),
            (UNKNOWN, "https://contoso.example/callback", None),
        ] {
            let found = app(client_id, true).and_then(|app| app.platform(asked));
            assert_eq!(found, expected, "{client_id} {asked}");
        }
    }

    #[test]
    fn what_cannot_be_registered_is_refused() {
        for (uri, expected) in [
            ("http://localhost/a", false),
            ("http://localhost/a!b", true),
            ("http://localhost/a$b", true),
            ("http://localhost/a'b", true),
            ("http://localhost/a(b", true),
            ("http://localhost/a)b", true),
            ("http://localhost/a,b", true),
            ("http://localhost/a;b", true),
        ] {
            assert_eq!(has_forbidden_characters(uri), expected, "{uri}");
        }
        let long = format!("http://localhost/{}", "a".repeat(URI_CHARS_MAX));
        assert!(has_forbidden_characters(&long));
    }
}
