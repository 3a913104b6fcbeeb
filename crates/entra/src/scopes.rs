//! Scopes as sets (Entra, "Scopes and permissions").

use std::collections::BTreeSet;

/// What every sign-in asks for beside its resource scopes. `offline_access` is the only way to a refresh token, and is never echoed.
pub(crate) const OPENID_SCOPES: [&str; 3] = ["openid", "profile", "offline_access"];

/// Hosts whose scopes are Microsoft Graph's, one for each cloud; answers may spell a scope with its host or without.
const GRAPH_HOSTS: [&str; 4] = [
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
];

/// The resource whose scopes need no prefix.
const GRAPH: &str = "graph";

/// The most scopes that are kept of one answer: Graph has about 700, and a person's grant at most a few dozen.
const SCOPES_MAX: usize = 256;

/// Scopes of one resource in one spelling, without those of OpenID Connect.
pub(crate) type ScopeSet = BTreeSet<String>;

/// Normalises scopes: lower case (scopes are compared so by Entra), without Graph's host, without the OpenID Connect ones.
pub(crate) fn set<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> ScopeSet {
    scopes
        .into_iter()
        .take(SCOPES_MAX)
        .filter_map(|scope| normal(scope.as_ref()))
        .collect()
}

fn normal(scope: &str) -> Option<String> {
    let scope = scope.trim().to_ascii_lowercase();
    if scope.is_empty()
        || matches!(
            scope.as_str(),
            "openid" | "profile" | "offline_access" | "email"
        )
    {
        return None;
    }
    match scope.rsplit_once('/') {
        Some((resource, name)) if is_graph(resource) => Some(name.to_owned()),
        _ => Some(scope),
    }
}

fn is_graph(resource: &str) -> bool {
    resource
        .strip_prefix("https://")
        .is_some_and(|host| GRAPH_HOSTS.contains(&host.trim_end_matches('/')))
}

/// The resource that scopes belong to; a token serves one.
pub(crate) fn resource(scopes: &ScopeSet) -> String {
    let named = scopes.iter().find(|scope| scope.contains("://"));
    let prefix = named
        .and_then(|scope| scope.rsplit_once('/'))
        .map(|(resource, _)| resource);
    prefix.unwrap_or(GRAPH).to_owned()
}

/// What is written into a request.
pub(crate) fn request(scopes: &[String]) -> Vec<String> {
    let mut all: Vec<String> = OPENID_SCOPES
        .iter()
        .map(|scope| (*scope).to_owned())
        .collect();
    for scope in scopes {
        if !scope.trim().is_empty() && !all.contains(scope) {
            all.push(scope.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{resource, set};

    #[test]
    fn spellings_of_one_scope_are_one() {
        let short = set(["User.Read"]);
        for spelling in [
            "user.read",
            "https://graph.microsoft.com/User.Read",
            "https://graph.microsoft.us//User.Read",
            " User.Read ",
        ] {
            assert_eq!(
                set([spelling, "openid", "profile", "email", "offline_access"]),
                short,
                "{spelling}"
            );
        }
    }

    #[test]
    fn a_token_serves_one_resource() {
        for (scope, expected) in [
            ("User.Read", "graph"),
            ("https://graph.microsoft.com/Mail.Send", "graph"),
            ("api://51673e70/Files.Read", "api://51673e70"),
            (
                "https://vault.azure.net/user_impersonation",
                "https://vault.azure.net",
            ),
        ] {
            assert_eq!(resource(&set([scope])), expected, "{scope}");
        }
    }
}
