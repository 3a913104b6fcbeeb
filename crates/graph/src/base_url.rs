//! Where Graph is: a national cloud's host, or the sandbox on this machine.

use url::{Host, Url};

/// The root of Graph v1.0, for example `https://graph.microsoft.com/v1.0`.
///
/// HTTPS, or plain HTTP to this machine. Every request goes below it, so a token goes to this host only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BaseUrl(Url);

/// Why a text cannot be Graph's root.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BaseUrlError {
    /// No absolute URL with a host.
    #[error("not a URL")]
    NotAUrl,
    /// Neither HTTPS nor plain HTTP to this machine.
    #[error("only https, or http to this machine")]
    NotSecure,
    /// User name, password, query or fragment.
    #[error("only a host and a path")]
    Decorated,
}

impl BaseUrl {
    /// Checks a root.
    ///
    /// # Errors
    /// See [`BaseUrlError`].
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text).map_err(|_| BaseUrlError::NotAUrl)?;
        let secure = match url.scheme() {
            "https" => url.has_host(),
            "http" => is_loopback(&url),
            _ => false,
        };
        if !secure {
            return Err(BaseUrlError::NotSecure);
        }
        let decorated = !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        if decorated {
            Err(BaseUrlError::Decorated)
        } else {
            Ok(Self(url))
        }
    }

    pub(crate) fn host(&self) -> Option<&str> {
        self.0.host_str()
    }

    pub(crate) fn is_on_this_machine(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The URL of an operation: `path` begins with `/` and is already encoded.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_to_https_or_to_this_machine() {
        for (text, expected) in [
            ("https://graph.microsoft.com/v1.0", None),
            ("https://graph.microsoft.us/v1.0/", None),
            ("http://127.0.0.1:27541/v1.0", None),
            ("http://localhost:27541/v1.0", None),
            ("http://[::1]:27541/v1.0", None),
            (
                "http://graph.microsoft.com/v1.0",
                Some(BaseUrlError::NotSecure),
            ),
            (
                "http://localhost.evil.example/v1.0",
                Some(BaseUrlError::NotSecure),
            ),
            ("file:///v1.0", Some(BaseUrlError::NotSecure)),
            (
                "https://ada:secret@graph.microsoft.com/v1.0",
                Some(BaseUrlError::Decorated),
            ),
            (
                "https://graph.microsoft.com/v1.0?x=1",
                Some(BaseUrlError::Decorated),
            ),
            ("graph.microsoft.com", Some(BaseUrlError::NotAUrl)),
        ] {
            assert_eq!(BaseUrl::parse(text).err(), expected, "{text}");
        }
    }

    #[test]
    fn operations_lie_below_the_root() {
        for root in [
            "https://graph.microsoft.com/v1.0",
            "https://graph.microsoft.com/v1.0/",
        ] {
            let url = BaseUrl::parse(root).unwrap().join("/me/sendMail");
            assert_eq!(url.as_str(), "https://graph.microsoft.com/v1.0/me/sendMail");
        }
    }
}
