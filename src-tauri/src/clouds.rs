//! Which Microsoft Graph belongs to which authority. A token is for one of them, and goes nowhere else.

use url::{Host, Url};

/// The Graph of an authority with a name of its own, as External ID gives.
const GLOBAL_GRAPH_HOSTS: &[&str] = &["graph.microsoft.com"];

/// Whether tokens of this authority may be shown to this Graph.
///
/// A tenant on this computer has its Graph on this computer. An authority of one's own name, as External ID gives, belongs to the
/// global cloud.
pub fn belong_together(authority: &str, graph: &str) -> bool {
    let (Ok(authority), Ok(graph)) = (Url::parse(authority), Url::parse(graph)) else {
        return false;
    };
    if is_loopback(&authority) || is_loopback(&graph) {
        return is_loopback(&authority) && is_loopback(&graph);
    }
    let host = graph.host_str();
    host.is_some_and(|host| graph_hosts(&authority).contains(&host))
}

/// The Graph that goes with an authority; `None` on this computer, where its port is anybody's guess. For the Department of
/// Defense's, which shares its authority with the rest of its government, `graph` has to be set.
pub fn graph_of(authority: &str) -> Option<String> {
    let authority = Url::parse(authority).ok()?;
    if is_loopback(&authority) {
        return None;
    }
    let host = graph_hosts(&authority).first()?;
    Some(format!("https://{host}/v1.0"))
}

/// Whether an authority is on this computer, as the sandbox tenant is.
pub fn is_on_this_computer(authority: &str) -> bool {
    Url::parse(authority).is_ok_and(|authority| is_loopback(&authority))
}

fn graph_hosts(authority: &Url) -> &'static [&'static str] {
    let known = authority.host_str().and_then(entra::graph_hosts);
    known.unwrap_or(GLOBAL_GRAPH_HOSTS)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_belongs_to_the_authority_of_its_cloud() {
        for (authority, graph, expected) in [
            (
                "https://login.microsoftonline.com",
                "https://graph.microsoft.com/v1.0",
                true,
            ),
            (
                "https://login.microsoftonline.us",
                "https://dod-graph.microsoft.us/v1.0",
                true,
            ),
            (
                "https://login.microsoftonline.us",
                "https://graph.microsoft.com/v1.0",
                false,
            ),
            (
                "https://login.microsoftonline.com",
                "https://graph.example/v1.0",
                false,
            ),
            (
                "https://login.microsoftonline.com",
                "http://127.0.0.1:5555/v1.0",
                false,
            ),
            (
                "https://contoso.ciamlogin.com",
                "https://graph.microsoft.com/v1.0",
                true,
            ),
            ("http://127.0.0.1:1", "http://127.0.0.1:2/v1.0", true),
            (
                "http://localhost:1",
                "https://graph.microsoft.com/v1.0",
                false,
            ),
        ] {
            assert_eq!(
                belong_together(authority, graph),
                expected,
                "{authority} {graph}"
            );
        }
    }

    #[test]
    fn a_graph_follows_its_authority() {
        for (authority, expected) in [
            (
                "https://login.microsoftonline.com",
                Some("https://graph.microsoft.com/v1.0"),
            ),
            (
                "https://login.microsoftonline.us/",
                Some("https://graph.microsoft.us/v1.0"),
            ),
            (
                "https://login.partner.microsoftonline.cn",
                Some("https://microsoftgraph.chinacloudapi.cn/v1.0"),
            ),
            (
                "https://contoso.ciamlogin.com",
                Some("https://graph.microsoft.com/v1.0"),
            ),
            ("http://127.0.0.1:27541", None),
        ] {
            let graph = graph_of(authority);
            assert_eq!(graph.as_deref(), expected, "{authority}");
            assert!(graph.is_none_or(|graph| belong_together(authority, &graph)));
        }
    }
}
