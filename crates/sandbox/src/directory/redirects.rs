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
/// What no redirect URI may contain ("Redirect URI restrictions"), and the `#` of a
/// fragment (RFC 6749 §3.1.2).
const FORBIDDEN: [char; 8] = ['!', '$', '\'', '(', ')', ',', ';', '#'];
/// Schemes that no native app can have for its own: browsers, the network and
/// programs that come with a system answer to them, and some run what follows.
const NOBODYS_OWN_SCHEMES: &[&str] = &[
    "about",
    "blob",
    "brave",
    "cid",
    "chrome",
    "chrome-extension",
    "data",
    "edge",
    "feed",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "git",
    "gopher",
    "http",
    "https",
    "imap",
    "intent",
    "irc",
    "jar",
    "javascript",
    "jscript",
    "ldap",
    "ldaps",
    "livescript",
    "mailto",
    "mhtml",
    "microsoft-edge",
    "moz-extension",
    "ms-its",
    "news",
    "nfs",
    "nntp",
    "opera",
    "pop",
    "res",
    "resource",
    "rtsp",
    "safari-web-extension",
    "search-ms",
    "sftp",
    "shell",
    "smb",
    "sms",
    "smtp",
    "ssh",
    "tel",
    "telnet",
    "vbscript",
    "view-source",
    "vnc",
    "ws",
    "wss",
    "wyciwyg",
];

/// Whether `uri` could not be registered for any app: too long, a forbidden
/// character, or one that is not printable ASCII (RFC 3986 §2).
pub(super) fn has_forbidden_characters(uri: &str) -> bool {
    uri.chars().count() > URI_CHARS_MAX
        || uri.contains(FORBIDDEN)
        || !uri.chars().all(|character| character.is_ascii_graphic())
}

/// Whether `uri` has a scheme that a native app may have for its own (RFC 8252 §7.1).
fn is_private_use(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| !NOBODYS_OWN_SCHEMES.contains(&url.scheme()))
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
        if self.is_any() && is_private_use(asked) {
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
            (UNKNOWN, "HTTPS://contoso.example/callback", None),
            (UNKNOWN, "javascript:alert%281%29", None),
            (UNKNOWN, "JavaScript://auth/%0Aalert", None),
            (UNKNOWN, "java\tscript:alert", None),
            (UNKNOWN, "vbscript:msgbox", None),
            (UNKNOWN, "file:///etc/passwd", None),
            (UNKNOWN, "ftp://contoso.example/", None),
            (UNKNOWN, "view-source:http://localhost", None),
            (UNKNOWN, "blob:http://localhost/1", None),
            (UNKNOWN, "about:blank", None),
            (UNKNOWN, "data:text/html", None),
            (UNKNOWN, "msal0a0a0a0a://auth#part", None),
            (UNKNOWN, "msal0a0a0a0a://auth\u{1}", None),
            (UNKNOWN, "msal0a0a0a0a://auth x", None),
            (UNKNOWN, "msal0a0a0a0a://é", None),
            (SIGNET, "http://localhost:51234#part", None),
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
            ("http://localhost/a#b", true),
            ("http://localhost/a b", true),
            ("http://localhost/a\nb", true),
            ("http://localhost/é", true),
        ] {
            assert_eq!(has_forbidden_characters(uri), expected, "{uri}");
        }
        let long = format!("http://localhost/{}", "a".repeat(URI_CHARS_MAX));
        assert!(has_forbidden_characters(&long));
    }
}
