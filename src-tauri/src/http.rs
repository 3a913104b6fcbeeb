//! The two HTTP clients, for what is elsewhere and for this computer: their limits, the proxy, and whom they trust.

use std::{path::Path, time::Duration};

use reqwest::{Certificate, NoProxy, Proxy};
use url::Url;

use crate::{config::Configuration, folders};

/// How long a connection may take to be made.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(15);

/// How long an unused connection is kept. After a suspend an older one is dead without knowing it, and a send that is
/// lost on it could not be told from one that was taken.
const IDLE_TIME_MAX: Duration = Duration::from_secs(30);

/// How long one exchange may take, the body of a send of 4 MB on a slow line included.
const EXCHANGE_TIME_MAX: Duration = Duration::from_secs(180);

/// What is never asked for through a proxy: this computer, where the sandbox tenant is.
const THIS_COMPUTER: &str = "localhost,127.0.0.0/8,::1";

/// Makes the client. Redirects are never followed: an answer from elsewhere is not the authority's.
///
/// Without a proxy in the configuration the system's holds (`HTTPS_PROXY`, `NO_PROXY`); the system's certificates are trusted
/// always, and those of the configuration beside them. A file of certificates that went bad is logged and left out, which
/// trusts fewer.
pub fn client(configuration: &Configuration) -> reqwest::Result<reqwest::Client> {
    let mut builder = builder();
    if let Some(proxy) = &configuration.proxy {
        let this_computer = NoProxy::from_string(THIS_COMPUTER);
        builder = builder.proxy(Proxy::all(proxy)?.no_proxy(this_computer));
    }
    if let Some(file) = &configuration.ca_file {
        match certificates(file) {
            Some(certificates) => builder = builder.tls_certs_merge(certificates),
            None => tracing::warn!("the file of certificates cannot be used"),
        }
    }
    builder.build()
}

/// The same for what is on this computer: no proxy, whoever names one, sees a word of it.
pub fn direct_client() -> reqwest::Result<reqwest::Client> {
    builder().no_proxy().build()
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIME_MAX)
        .pool_idle_timeout(IDLE_TIME_MAX)
        .timeout(EXCHANGE_TIME_MAX)
        .user_agent(concat!("Signet/", env!("CARGO_PKG_VERSION")))
}

/// Whether a text is the address of a proxy: HTTP or HTTPS, host and port, and no name or password, which do not belong in a file.
pub fn is_proxy(value: &str) -> bool {
    Url::parse(value).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

/// Whether a file holds certificates (RFC 7468 §5), by a path that does not depend on where Signet was started.
pub fn is_ca_file(value: &str) -> bool {
    let path = Path::new(value);
    path.is_absolute() && certificates(path).is_some()
}

fn certificates(path: &Path) -> Option<Vec<Certificate>> {
    let bytes = folders::read_small(path).ok().flatten()?;
    let certificates = Certificate::from_pem_bundle(&bytes).ok()?;
    // What is within the certificates is first read by a client that is to trust them.
    let trial = builder().no_proxy().tls_certs_merge(certificates.clone());
    (!certificates.is_empty() && trial.build().is_ok()).then_some(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_address_and_nothing_more() {
        for (value, expected) in [
            ("http://proxy.contoso.com:8080", true),
            ("https://proxy.contoso.com", true),
            ("http://127.0.0.1:3128/", true),
            ("proxy.contoso.com:8080", false),
            ("socks5://proxy.contoso.com", false),
            ("http://ada:secret@proxy.contoso.com", false),
            ("http://proxy.contoso.com/proxy.pac", false),
            ("http://", false),
        ] {
            assert_eq!(is_proxy(value), expected, "{value}");
        }
    }

    #[test]
    fn a_ca_file_holds_certificates() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let empty = write("empty.pem", "");
        let broken = write(
            "broken.pem",
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
        );
        // Framed as one, and none within.
        let hollow = write(
            "hollow.pem",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        );
        for value in [&empty, &broken, &hollow, "/nowhere.pem", "empty.pem", "/"] {
            assert!(!is_ca_file(value), "{value}");
            let client = client(&Configuration {
                ca_file: Some(value.into()),
                ..Configuration::default()
            });
            assert!(client.is_ok(), "{value}: what went bad stops nothing");
        }
    }
}
