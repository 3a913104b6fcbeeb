//! Under which name a client reached the sandbox, and whether that name is its own.
//!
//! Everything that names an address (metadata, issuer, `@odata.context`,
//! `WWW-Authenticate`, upload URLs) speaks of the origin the client used, so
//! `localhost`, `127.0.0.1` and the names behind the proxy all work, each in
//! itself consistent.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::clouds::{self, Cloud, GLOBAL};

/// What a request that was never admitted would be answered under.
const NOBODY: &str = "http://127.0.0.1";

/// How a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// Plain HTTP on loopback.
    Http,
    /// HTTPS on loopback.
    Https,
    /// HTTPS through the proxy, under one of Microsoft's names.
    Proxy,
}

/// Scheme, host and port under which the client reached the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(pub String);

impl Origin {
    /// The issuer's part before the tenant: the name of the cloud that issues,
    /// whichever of its aliases was asked.
    pub fn issuer(&self) -> String {
        self.or(|cloud| cloud.network())
    }

    /// Where sign-in is: behind the proxy the cloud's own name for it.
    pub fn login(&self) -> String {
        self.or(|cloud| cloud.network())
    }

    /// Where Graph is. The name that was asked stays if it is one of Graph's.
    pub fn graph(&self) -> String {
        match self.cloud() {
            Some(cloud) if cloud.graph.contains(&self.host()) => self.0.clone(),
            _ => self.or(|cloud| cloud.graph_host()),
        }
    }

    /// A token answer's `scope` in the words of this cloud: its own Graph stands in
    /// front of scopes in the long form.
    pub fn in_own_words(&self, scope: &str) -> String {
        let graph = self.served_cloud().graph_host();
        scope.replace(GLOBAL.graph_host(), graph)
    }

    /// Where attachments are uploaded to ("Attach large files to Outlook
    /// messages"): another host than Graph's, because clients take their token to
    /// Graph's hosts and it is refused there. Behind the proxy that is the cloud's
    /// Outlook, on loopback the other of its names.
    pub fn upload(&self) -> String {
        let host = self.host();
        if let Some(cloud) = self.cloud() {
            return format!("https://{}", cloud.upload_host(host));
        }
        let other = if host == "localhost" {
            "127.0.0.1"
        } else {
            "localhost"
        };
        self.0.replacen(host, other, 1)
    }

    /// The origin without its scheme.
    pub fn authority(&self) -> &str {
        self.0
            .split_once("://")
            .map_or(self.0.as_str(), |(_, authority)| authority)
    }

    /// The origin's host, without the port.
    pub fn host(&self) -> &str {
        without_port(self.authority())
    }

    /// The cloud whose name was used; none on loopback. The names that several
    /// clouds share are those of the global one.
    pub fn cloud(&self) -> Option<&'static Cloud> {
        let host = self.host();
        if is_loopback_host(host) {
            return None;
        }
        clouds::by_host(host).or_else(|| clouds::stand_in(host).map(|_| &GLOBAL))
    }

    /// The cloud that is played: the global one on loopback.
    pub fn served_cloud(&self) -> &'static Cloud {
        self.cloud().unwrap_or(&GLOBAL)
    }

    fn or(&self, name: impl Fn(&'static Cloud) -> &'static str) -> String {
        self.cloud().map_or_else(
            || self.0.clone(),
            |cloud| format!("https://{}", name(cloud)),
        )
    }
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

impl Origin {
    /// The origin that the request was admitted under.
    pub fn of(parts: &Parts) -> Self {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or_else(Self::of_nobody)
    }

    /// The same, taken out of a request that nobody else reads.
    pub fn taken_from(parts: &mut Parts) -> Self {
        parts.extensions.remove().unwrap_or_else(Self::of_nobody)
    }

    fn of_nobody() -> Self {
        Self(NOBODY.to_owned())
    }
}

/// Names that are not served at an entrance are refused, so that no web page can
/// reach the sandbox under a name of its own (DNS rebinding).
#[derive(Debug)]
pub struct NotServed;

impl IntoResponse for NotServed {
    fn into_response(self) -> Response {
        let status = StatusCode::MISDIRECTED_REQUEST;
        (status, "This host is not served here.").into_response()
    }
}

/// Notes the origin of a request, if its host is served at `entrance`.
pub fn admit(entrance: Entrance, request: &mut Request) -> Result<(), NotServed> {
    let origin = named_host(request)
        .and_then(|host| origin(entrance, host))
        .ok_or(NotServed)?;
    request.extensions_mut().insert(origin);
    Ok(())
}

/// The one host a request names. An absolute target outranks the header for a
/// server (RFC 9112 §3.2.2); here both must agree, and there must be one of each
/// at most.
fn named_host(request: &Request) -> Option<&str> {
    let mut headers = request.headers().get_all(HOST).iter();
    let header = headers.next().map(|host| host.to_str().unwrap_or_default());
    if headers.next().is_some() {
        return None;
    }
    let target = request.uri().authority().map(|target| target.as_str());
    match (header, target) {
        (Some(header), Some(target)) if !header.eq_ignore_ascii_case(target) => None,
        (header, target) => header.or(target),
    }
}

fn origin(entrance: Entrance, host: &str) -> Option<Origin> {
    let own = |scheme: &str| {
        is_loopback_host(without_port(host)).then(|| {
            let mut origin = [scheme, host].concat();
            origin.make_ascii_lowercase();
            origin
        })
    };
    match entrance {
        Entrance::Http => own("http://"),
        Entrance::Https => own("https://"),
        Entrance::Proxy => {
            let name = host.strip_suffix(":443").unwrap_or(host);
            clouds::stand_in(name).map(|name| format!("https://{name}"))
        }
    }
    .map(Origin)
}

/// Whether `host`, without a port, is a name of this machine alone.
pub fn is_loopback_host(host: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(host))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entrance_serves_its_own_names() {
        for (host, loopback, behind_proxy) in [
            ("127.0.0.1:27541", true, false),
            ("127.0.0.1", true, false),
            ("LOCALHOST:1", true, false),
            ("[::1]:27541", true, false),
            ("[::1]", true, false),
            ("evil.example", false, false),
            ("evil.example:27541", false, false),
            ("127.0.0.1.evil.example:80", false, false),
            ("localhost:1@evil.example", false, false),
            ("127.0.0.2:1", false, false),
            ("graph.microsoft.com", false, true),
            ("Login.MicrosoftOnline.com:443", false, true),
            ("graph.microsoft.com:8443", false, false),
            ("graph.microsoft.com.evil.example", false, false),
            ("", false, false),
        ] {
            for entrance in [Entrance::Http, Entrance::Https] {
                assert_eq!(origin(entrance, host).is_some(), loopback, "{host}");
            }
            assert_eq!(
                origin(Entrance::Proxy, host).is_some(),
                behind_proxy,
                "{host}"
            );
        }
    }

    /// Source: "Microsoft Graph national cloud deployments".
    #[test]
    fn an_origin_knows_where_its_cloud_is() {
        for (asked, login, graph, upload) in [
            (
                "http://localhost:1",
                "http://localhost:1",
                "http://localhost:1",
                "http://127.0.0.1:1",
            ),
            (
                "https://127.0.0.1:1",
                "https://127.0.0.1:1",
                "https://127.0.0.1:1",
                "https://localhost:1",
            ),
            (
                "https://login.windows.net",
                "https://login.microsoftonline.com",
                "https://graph.microsoft.com",
                "https://outlook.office.com",
            ),
            (
                "https://dod-graph.microsoft.us",
                "https://login.microsoftonline.us",
                "https://dod-graph.microsoft.us",
                "https://outlook-dod.office365.us",
            ),
            (
                "https://login.chinacloudapi.cn",
                "https://login.partner.microsoftonline.cn",
                "https://microsoftgraph.chinacloudapi.cn",
                "https://partner.outlook.cn",
            ),
        ] {
            let origin = Origin(asked.to_owned());
            let found = (origin.login(), origin.graph(), origin.upload());
            assert_eq!(found, (login.into(), graph.into(), upload.into()));
            assert_eq!(origin.issuer(), login);
        }
    }

    #[test]
    fn scopes_are_of_the_cloud_s_own_graph() {
        let long = "https://graph.microsoft.com/Mail.Send openid";
        for (asked, graph) in [
            ("http://127.0.0.1:1", "graph.microsoft.com"),
            ("https://login.windows.net", "graph.microsoft.com"),
            ("https://login.microsoftonline.us", "graph.microsoft.us"),
        ] {
            let origin = Origin(asked.to_owned());
            let expected = format!("https://{graph}/Mail.Send openid");
            assert_eq!(origin.in_own_words(long), expected);
            assert_eq!(origin.in_own_words("Mail.Send"), "Mail.Send");
        }
    }
}
