//! The clouds of Microsoft 365: which names each of them answers to.
//!
//! Behind the proxy the sandbox stands in for these names and for no other.
//! Sources: "National clouds" (Microsoft identity platform), "Microsoft Graph
//! national cloud deployments", the alias groups that instance discovery
//! publishes and Microsoft's clients carry built in, and for Outlook's hosts
//! "Microsoft 365 URLs and IP address ranges" with its pages for the US
//! Government (GCC High, DoD) and China.

use std::collections::BTreeSet;

/// A group of names for one sign-in service.
#[derive(Debug)]
pub struct Cloud {
    /// Its names; the first is the one that issues tokens and is asked first.
    pub login: &'static [&'static str],
    /// The name under which clients cache its tokens.
    pub cache: &'static str,
    /// The names of its Graph; the first is the one the metadata names.
    pub graph: &'static [&'static str],
    /// The hosts that attachments are uploaded to, which are not Graph's own: each
    /// in the place of its Graph. What is more is another name of theirs.
    pub upload: &'static [&'static str],
    /// `cloud_instance_name` of its metadata and keys.
    pub instance_name: &'static str,
    /// `cloud_graph_host_name`: the older directory graph.
    pub directory_graph: &'static str,
    /// `rbac_url` of its metadata.
    pub rbac_url: &'static str,
}

/// `cloud_instance_name` of the US Government's cloud.
pub const US_GOVERNMENT: &str = "microsoftonline.us";

/// The cloud of nearly everybody, which loopback plays as well.
pub const GLOBAL: Cloud = Cloud {
    login: &[
        "login.microsoftonline.com",
        "login.windows.net",
        "login.microsoft.com",
        "sts.windows.net",
    ],
    cache: "login.windows.net",
    graph: &["graph.microsoft.com"],
    upload: &["outlook.office.com", "outlook.office365.com"],
    instance_name: "microsoftonline.com",
    directory_graph: "graph.windows.net",
    rbac_url: "https://pas.windows.net",
};

/// Every cloud, in the order in which instance discovery lists them.
pub const CLOUDS: &[Cloud] = &[
    GLOBAL,
    Cloud {
        login: &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        cache: "login.partner.microsoftonline.cn",
        graph: &["microsoftgraph.chinacloudapi.cn"],
        upload: &["partner.outlook.cn"],
        instance_name: "partner.microsoftonline.cn",
        directory_graph: "graph.chinacloudapi.cn",
        rbac_url: "https://pas.chinacloudapi.cn",
    },
    Cloud {
        login: &["login.microsoftonline.us", "login.usgovcloudapi.net"],
        cache: "login.microsoftonline.us",
        graph: &["graph.microsoft.us", "dod-graph.microsoft.us"],
        upload: &["outlook.office365.us", "outlook-dod.office365.us"],
        instance_name: US_GOVERNMENT,
        directory_graph: "graph.windows.net",
        rbac_url: "https://pasff.usgovcloudapi.net",
    },
    // The first home of the US Government's tenants, a group of its own.
    Cloud {
        login: &["login-us.microsoftonline.com"],
        cache: "login-us.microsoftonline.com",
        graph: &["graph.microsoft.us"],
        upload: &["outlook.office365.us"],
        instance_name: US_GOVERNMENT,
        directory_graph: "graph.windows.net",
        rbac_url: "https://pasff.usgovcloudapi.net",
    },
];

/// Where device codes are typed in, beside the sign-in hosts themselves.
const DEVICE_HOSTS: [&str; 2] = ["microsoft.com", "www.microsoft.com"];

/// Every name that the proxy leads here, each once.
pub fn stand_in_hosts() -> BTreeSet<&'static str> {
    names().collect()
}

/// The name as this table spells it, if the proxy leads it here.
pub fn stand_in(host: &str) -> Option<&'static str> {
    names().find(|name| name.eq_ignore_ascii_case(host))
}

/// Every name of the table; clouds share some.
fn names() -> impl Iterator<Item = &'static str> {
    CLOUDS
        .iter()
        .flat_map(|cloud| cloud.login.iter().chain(cloud.graph).chain(cloud.upload))
        .chain(&DEVICE_HOSTS)
        .copied()
}

/// The cloud whose sign-in answers to `host`.
pub fn by_login_host(host: &str) -> Option<&'static Cloud> {
    by_name(host, |cloud| cloud.login)
}

/// The cloud that `host` belongs to, as a name of its sign-in, its Graph or its
/// Outlook.
pub fn by_host(host: &str) -> Option<&'static Cloud> {
    by_login_host(host)
        .or_else(|| by_name(host, |cloud| cloud.graph))
        .or_else(|| by_name(host, |cloud| cloud.upload))
}

fn by_name(
    host: &str,
    names: impl Fn(&Cloud) -> &'static [&'static str],
) -> Option<&'static Cloud> {
    CLOUDS.iter().find(|cloud| {
        names(cloud)
            .iter()
            .any(|name| name.eq_ignore_ascii_case(host))
    })
}

impl Cloud {
    /// The name that issues its tokens.
    pub fn network(&self) -> &'static str {
        self.login.first().copied().unwrap_or_default()
    }

    /// The name of its Graph.
    pub fn graph_host(&self) -> &'static str {
        self.graph.first().copied().unwrap_or_default()
    }

    /// Where attachments go from `asked`, a name of its Graph or its Outlook.
    pub fn upload_host(&self, asked: &str) -> &'static str {
        let own = |names: &[&str]| names.iter().position(|name| *name == asked);
        let place = own(self.upload).or_else(|| own(self.graph)).unwrap_or(0);
        self.upload.get(place).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: "Microsoft Graph national cloud deployments".
    #[test]
    fn every_sign_in_host_has_its_graph() {
        for (login, graph) in [
            ("login.microsoftonline.com", "graph.microsoft.com"),
            ("LOGIN.windows.net", "graph.microsoft.com"),
            ("login.microsoftonline.us", "graph.microsoft.us"),
            ("login.usgovcloudapi.net", "graph.microsoft.us"),
            (
                "login.partner.microsoftonline.cn",
                "microsoftgraph.chinacloudapi.cn",
            ),
            ("login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"),
        ] {
            assert_eq!(by_login_host(login).unwrap().graph_host(), graph, "{login}");
        }
        assert!(by_login_host("graph.microsoft.com").is_none());
        assert!(by_host("dod-graph.microsoft.us").is_some());
    }

    /// Source: "Microsoft 365 URLs and IP address ranges", and its pages for the US
    /// Government and China.
    #[test]
    fn every_graph_host_has_its_outlook() {
        for (graph, upload) in [
            ("graph.microsoft.com", "outlook.office.com"),
            ("graph.microsoft.us", "outlook.office365.us"),
            ("dod-graph.microsoft.us", "outlook-dod.office365.us"),
            ("microsoftgraph.chinacloudapi.cn", "partner.outlook.cn"),
            ("outlook.office365.com", "outlook.office365.com"),
            ("outlook-dod.office365.us", "outlook-dod.office365.us"),
        ] {
            assert_eq!(by_host(graph).unwrap().upload_host(graph), upload);
            assert_eq!(stand_in(upload), Some(upload));
        }
    }

    #[test]
    fn other_names_are_nobodys() {
        for host in [
            "evil.example",
            "graph.microsoft.com.evil.example",
            "xgraph.microsoft.com",
            "microsoftonline.com",
            "localhost",
            "",
        ] {
            assert_eq!(stand_in(host), None, "{host}");
        }
        assert_eq!(stand_in("Graph.Microsoft.com"), Some("graph.microsoft.com"));
    }
}
