//! The clouds of Entra ID, and who vouches for a host that is in none of them.
//!
//! Sources: "National clouds" and "Instance discovery" (Microsoft identity platform), the alias groups that instance
//! discovery publishes, and "National cloud deployments" of Microsoft Graph.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::authority::Authority;
use crate::error::{EntraError, Unreadable};
use crate::exchange::{Answer, unreadable};
use crate::lenient;

/// One cloud.
struct Cloud {
    /// Its names for one sign-in service, the one that issues tokens first.
    login: &'static [&'static str],
    /// Its Microsoft Graph, the one that nearly everybody has first.
    graph: &'static [&'static str],
}

const CLOUDS: [Cloud; 3] = [
    Cloud {
        login: &[
            "login.microsoftonline.com",
            "login.windows.net",
            "login.microsoft.com",
            "sts.windows.net",
        ],
        graph: &["graph.microsoft.com"],
    },
    // GCC High and, with the second Graph, the Department of Defense.
    Cloud {
        login: &["login.microsoftonline.us", "login.usgovcloudapi.net"],
        graph: &["graph.microsoft.us", "dod-graph.microsoft.us"],
    },
    Cloud {
        login: &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        graph: &["microsoftgraph.chinacloudapi.cn"],
    },
];

/// The hosts of Microsoft Graph that tokens of this sign-in host are for, the usual one first; `None` for a host that belongs
/// to no known cloud.
pub fn graph_hosts(login_host: &str) -> Option<&'static [&'static str]> {
    cloud(login_host).map(|cloud| cloud.graph)
}

/// The name that a sign-in host is asked under: the first of its cloud.
pub(crate) fn network(login_host: &str) -> Option<&'static str> {
    cloud(login_host)?.login.first().copied()
}

fn cloud(login_host: &str) -> Option<&'static Cloud> {
    CLOUDS
        .iter()
        .find(|cloud| cloud.login.contains(&login_host))
}

/// Where it is asked whether a host is one of Entra's.
const DISCOVERY: &str =
    "https://login.microsoftonline.com/common/discovery/instance?api-version=1.1";

/// The question about an authority.
pub(crate) fn request(authority: &Authority) -> Result<http::Request<Vec<u8>>, http::Error> {
    let endpoint = format!("{}/oauth2/v2.0/authorize", authority.as_str());
    let encoded: String = url::form_urlencoded::byte_serialize(endpoint.as_bytes()).collect();
    http::Request::get(format!("{DISCOVERY}&authorization_endpoint={encoded}"))
        .header("accept", "application/json")
        .body(Vec::new())
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    tenant_discovery_endpoint: Value,
}

/// Whether the answer vouches for the authority; anything but that is an error, `invalid_instance` for a stranger.
pub(crate) fn read(answer: &Answer, authority: &Authority) -> Result<(), EntraError> {
    if answer.head.status != 200 {
        return Err(answer.refusal());
    }
    let fields: Fields = serde_json::from_slice(&answer.body).map_err(|_| answer.refusal())?;
    lenient::text(&fields.tenant_discovery_endpoint)
        .and_then(|text| Url::parse(&text).ok())
        .filter(|url| authority.may_name_endpoint(url))
        .map(|_| ())
        .ok_or_else(|| unreadable(&answer.head, Unreadable::Incomplete))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{graph_hosts, network, read};
    use crate::authority::Authority;
    use crate::error::EntraErrorKind;
    use crate::exchange::Answer;

    #[test]
    fn every_name_of_a_cloud_leads_to_it() {
        for (host, expected, graph) in [
            (
                "login.microsoftonline.com",
                "login.microsoftonline.com",
                "graph.microsoft.com",
            ),
            (
                "login.windows.net",
                "login.microsoftonline.com",
                "graph.microsoft.com",
            ),
            (
                "login.usgovcloudapi.net",
                "login.microsoftonline.us",
                "graph.microsoft.us",
            ),
            (
                "login.chinacloudapi.cn",
                "login.partner.microsoftonline.cn",
                "microsoftgraph.chinacloudapi.cn",
            ),
        ] {
            assert_eq!(network(host), Some(expected));
            assert_eq!(
                graph_hosts(host).and_then(|hosts| hosts.first()),
                Some(&graph)
            );
            let authority = Authority::parse(&format!("https://{host}/common")).unwrap();
            assert_eq!(authority.environment(), expected, "{host}");
            assert!(!authority.needs_vouching());
        }
        assert_eq!(graph_hosts("login.example"), None);
    }

    #[test]
    fn only_a_stranger_to_all_clouds_is_asked_about() {
        for (authority, expected) in [
            ("https://login.example/common", true),
            (
                "https://login.microsoftonline.com.evil.example/common",
                true,
            ),
            ("https://contoso.ciamlogin.com", false),
            (
                "https://contoso.b2clogin.com/contoso.example/B2C_1_a",
                false,
            ),
            ("http://127.0.0.1:8080/common", false),
            ("https://localhost:8443/common", false),
            ("https://[::1]/common", false),
        ] {
            let authority = Authority::parse(authority).unwrap();
            assert_eq!(authority.needs_vouching(), expected, "{authority:?}");
        }
        let provider = Authority::openid("https://id.example").unwrap();
        assert!(!provider.needs_vouching(), "its issuer speaks for itself");
    }

    #[test]
    fn an_answer_vouches_for_the_very_host_or_not_at_all() {
        let authority = Authority::parse("https://login.example/common").unwrap();
        let check = |status, body: serde_json::Value| {
            let answer = Answer::of(status, body.to_string().as_bytes());
            read(&answer, &authority).map_err(|error| error.kind)
        };
        let own = "https://login.example/common/v2.0/.well-known/openid-configuration";
        let other =
            "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration";
        assert_eq!(
            check(200, json!({"tenant_discovery_endpoint": own})),
            Ok(())
        );
        assert!(check(200, json!({"tenant_discovery_endpoint": other})).is_err());
        assert!(check(200, json!({})).is_err());
        assert_eq!(
            check(
                400,
                json!({"error": "invalid_instance", "error_codes": [50_049]})
            ),
            Err(EntraErrorKind::UnknownClient)
        );
    }
}
