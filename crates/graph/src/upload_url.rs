//! Where the bytes of a large attachment may go: a server names the place, and it is not taken at its word.
//! Source: Graph, "Attach large files to Outlook messages as attachments"; national clouds as in "Microsoft Graph
//! national cloud deployments".

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::base_url::BaseUrl;

/// The longest upload URL that is believed, in bytes. Those seen have about 2,000, most of it a token.
const BYTES_MAX: usize = 16 * 1024;

/// The hosts of uploads by the host of Graph, each with what lies below it.
const HOSTS: &[(&str, &[&str])] = &[
    (
        "graph.microsoft.com",
        &["outlook.office.com", "outlook.office365.com"],
    ),
    ("graph.microsoft.us", &["outlook.office365.us"]),
    (
        "dod-graph.microsoft.us",
        &["outlook.office365.us", "outlook-dod.office365.us"],
    ),
    ("microsoftgraph.chinacloudapi.cn", &["partner.outlook.cn"]),
];

/// A place that takes bytes from whoever knows it. It holds a token of its own, so it is kept like one: never written
/// down, never shown.
#[derive(Clone, Debug)]
pub struct UploadUrl(SecretString);

impl UploadUrl {
    /// Believes a URL that an answer of the Graph at `base` names: HTTPS at one of that cloud's hosts; where Graph is on
    /// this machine, on this machine.
    pub(crate) fn believe(base: &BaseUrl, text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|_| text.len() <= BYTES_MAX)?;
        let is_bare = url.username().is_empty() && url.password().is_none();
        (is_bare && base.is_near(&url)).then(|| Self(text.into()))
    }

    pub(crate) fn url(&self) -> Option<Url> {
        Url::parse(self.0.expose_secret()).ok()
    }
}

impl BaseUrl {
    fn is_near(&self, url: &Url) -> bool {
        if self.is_on_this_machine() {
            return crate::base_url::is_loopback(url);
        }
        let below = |host: &str, of: &str| {
            host.strip_suffix(of)
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let (Some(graph), Some(host)) = (self.host(), url.host_str()) else {
            return false;
        };
        let known = HOSTS.iter().find(|(of, _)| *of == graph);
        let hosts = known.map_or(&[][..], |(_, hosts)| hosts);
        url.scheme() == "https"
            && url.port().is_none()
            && (host == graph || hosts.iter().any(|of| below(host, of)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_go_to_the_cloud_s_own_hosts_only() {
        let (global, china) = (
            "https://graph.microsoft.com/v1.0",
            "https://microsoftgraph.chinacloudapi.cn/v1.0",
        );
        let here = "http://127.0.0.1:27541/v1.0";
        for (base, url, believed) in [
            (
                global,
                "https://outlook.office.com/api/v2.0/Users('u')/S('t')?authtoken=x",
                true,
            ),
            (global, "https://outlook.office365.com/api/gv1.0/x", true),
            (global, "https://eur.outlook.office365.com/x", true),
            (global, "https://graph.microsoft.com/x", true),
            (global, "https://OUTLOOK.office.com/x", true),
            (global, "https://evil-outlook.office.com/x", false),
            (global, "https://outlook.office.com.evil.example/x", false),
            (global, "https://outlook.office.com:8443/x", false),
            (global, "http://outlook.office.com/x", false),
            (global, "https://ada:secret@outlook.office.com/x", false),
            (global, "https://partner.outlook.cn/x", false),
            (global, "http://127.0.0.1:27541/x", false),
            (global, "ftp://outlook.office.com/x", false),
            (global, "/x", false),
            (global, "", false),
            (china, "https://partner.outlook.cn/x", true),
            (china, "https://outlook.office.com/x", false),
            (
                "https://graph.microsoft.us/v1.0",
                "https://outlook.office365.us/x",
                true,
            ),
            (
                "https://dod-graph.microsoft.us/v1.0",
                "https://outlook-dod.office365.us/x",
                true,
            ),
            (
                "https://graph.example/v1.0",
                "https://outlook.office.com/x",
                false,
            ),
            (here, "http://127.0.0.1:27541/upload/x", true),
            (here, "https://localhost:27542/upload/x", true),
            (here, "https://outlook.office.com/x", false),
            (here, "http://127.0.0.1.evil.example/x", false),
        ] {
            let base = BaseUrl::parse(base).unwrap();
            assert_eq!(UploadUrl::believe(&base, url).is_some(), believed, "{url}");
        }
        let long = format!("https://outlook.office.com/{}", "a".repeat(BYTES_MAX));
        assert!(UploadUrl::believe(&BaseUrl::parse(global).unwrap(), &long).is_none());
    }

    #[test]
    fn it_is_not_shown() {
        let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
        let url =
            UploadUrl::believe(&base, "https://outlook.office.com/x?authtoken=secret").unwrap();
        assert!(!format!("{url:?}").contains("secret"));
    }
}
