//! The operations of both services, each with the name that faults, limits and
//! the journal know it by.
//!
//! One table says what there is; everything that lists routes is derived from
//! it. What an operation does is said where it is done.

mod table;

use axum::http::Method;

use crate::graph::{Segment, segments};
use table::{BESIDE, ENTRA, GRAPH};

/// The name under which a fault stands in for every operation of Graph.
pub const ANY_GRAPH: &str = "graph";
/// The name under which a fault stands in for every endpoint of Entra ID.
pub const ANY_ENTRA: &str = "entra";

/// Which service an operation belongs to, and so the shape of its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Microsoft Entra ID.
    Entra,
    /// Microsoft Graph, and the host that takes uploads for it.
    Graph,
}

/// Whose limit a request counts against ("Microsoft Graph service-specific
/// throttling limits").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meter {
    /// Outlook service limits, for one app and one mailbox.
    Outlook,
    /// Limits of people and insights, for one app and one person.
    Insights,
    /// Limits of presence, for one app in one tenant.
    Presence,
    /// None that a single mail client could reach.
    None,
}

/// One operation.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// Methods, parted by a space.
    methods: &'static str,
    /// Path: `{}` is any one segment, `**` any rest. Graph's `me` also stands
    /// for `users/{id}`.
    path: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its service.
    pub service: Service,
    /// Its limits.
    pub meter: Meter,
    /// The query options of OData that it serves, without `$`.
    pub options: &'static [&'static str],
}

/// What a method and a path ask for.
#[derive(Debug, Clone, Default)]
pub struct Resolved {
    /// The operation, if it is one.
    pub operation: Option<&'static Operation>,
    /// The segments of a path of Graph's, below `/v1.0`.
    pub segments: Vec<Segment>,
}

impl Resolved {
    /// Of either service.
    pub fn by(method: &Method, path: &str) -> Self {
        match path.strip_prefix("/v1.0/") {
            Some(below) => Self::of_graph(method, below),
            None => Self {
                operation: beside_graph(method, path),
                segments: Vec::new(),
            },
        }
    }

    /// Of Graph, below `/v1.0`.
    pub fn of_graph(method: &Method, path: &str) -> Self {
        let segments = segments(path);
        let shortest = in_my_mailbox(segments.iter().map(AsRef::as_ref).collect());
        Self {
            operation: first(GRAPH, method, &shortest),
            segments,
        }
    }
}

fn beside_graph(method: &Method, path: &str) -> Option<&'static Operation> {
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    first(BESIDE, method, &segments).or_else(|| first(ENTRA, method, segments.get(1..)?))
}

/// Every name that a fault can give.
pub fn names() -> Vec<&'static str> {
    let mut names = vec![ANY_GRAPH, ANY_ENTRA];
    for operation in Operation::all() {
        if !names.contains(&operation.name) {
            names.push(operation.name);
        }
    }
    names
}

impl Operation {
    /// All there are.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        ENTRA.iter().chain(GRAPH).chain(BESIDE)
    }

    /// Whether a fault for `route` concerns it.
    pub fn answers_to(&self, route: &str) -> bool {
        self.name == route
            || match self.service {
                Service::Entra => route == ANY_ENTRA,
                Service::Graph => route == ANY_GRAPH,
            }
    }

    const fn serving(self, options: &'static [&'static str]) -> Self {
        Self { options, ..self }
    }

    fn is(&self, method: &Method, segments: &[&str]) -> bool {
        // The ends differ more often than the beginnings.
        if let Some(last) = segments.last()
            && ![*last, "{}", "**"]
                .iter()
                .any(|end| self.path.ends_with(end))
        {
            return false;
        }
        let mut wanted = self.path.split('/');
        let mut given = segments.iter();
        let fits = loop {
            match (wanted.next(), given.next()) {
                (Some("**"), _) | (None, None) => break true,
                (Some("{}"), Some(_)) => {}
                (Some(literal), Some(segment)) if literal == *segment => {}
                _ => break false,
            }
        };
        fits && self
            .methods
            .split(' ')
            .any(|known| known == method.as_str())
    }
}

fn first(
    table: &'static [Operation],
    method: &Method,
    segments: &[&str],
) -> Option<&'static Operation> {
    table
        .iter()
        .find(|operation| operation.is(method, segments))
}

/// A message has the same operations wherever it lies, and other people's
/// mailboxes the same as one's own: the path is brought to its shortest form.
fn in_my_mailbox(mut segments: Vec<&str>) -> Vec<&str> {
    if segments.len() > 2 && is(&segments, 0, "users") {
        segments.splice(..2, ["me"]);
    }
    while is(&segments, 1, "mailFolders") && is(&segments, 3, "childFolders") && segments.len() > 4
    {
        segments.drain(2..4);
    }
    if is(&segments, 1, "mailFolders") && is(&segments, 3, "messages") {
        segments.drain(1..3);
    }
    segments
}

fn is(segments: &[&str], index: usize, name: &str) -> bool {
    segments.get(index).is_some_and(|segment| *segment == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_finds_its_operation() {
        for (request, expected) in [
            ("POST /common/oauth2/v2.0/token", Some("token")),
            ("POST /common/oauth2/token", Some("token")),
            ("GET /common/oauth2/v2.0/token", None),
            (
                "GET /organizations/oauth2/v2.0/authorize",
                Some("authorize"),
            ),
            ("POST /common/oauth2/v2.0/authorize", Some("authorize")),
            (
                "GET /common/v2.0/.well-known/openid-configuration",
                Some("metadata"),
            ),
            ("GET /common/discovery/instance", Some("instance")),
            ("GET /common/discovery/v2.0/keys", Some("keys")),
            ("POST /common/oauth2/v2.0/devicecode", Some("devicecode")),
            ("POST /oidc/userinfo", Some("userinfo")),
            ("POST /common/second-factor", Some("second-factor")),
            ("POST /common/stay", Some("stay")),
            ("GET /common/cancel", Some("cancel")),
            ("GET /common/decline", Some("decline")),
            ("GET /common/other-account", Some("other-account")),
            ("POST /devicelogin", Some("devicelogin")),
            ("GET /deviceloginus", Some("devicelogin")),
            ("GET /deviceloginchina", Some("devicelogin")),
            ("GET /device", Some("devicelogin")),
            ("GET /common/oauth2/deviceauth", Some("deviceauth")),
            ("GET /common/oauth2/deviceauth/done", Some("deviceauth")),
            ("POST /common/oauth2/deviceauth/confirm", Some("deviceauth")),
            ("GET /v1.0/me", Some("me")),
            ("GET /v1.0/me/", Some("me")),
            ("GET /v1.0/users/ada@signet.example", Some("users.get")),
            (
                "GET /v1.0/users/ada@signet.example/manager",
                Some("manager"),
            ),
            ("GET /v1.0/me/photo/$value", Some("photo")),
            ("GET /v1.0/me/photo/%24value", Some("photo")),
            ("GET /v1.0/me/photos/48x48/$value", Some("photo")),
            ("GET /v1.0/me/manager", Some("manager")),
            ("POST /v1.0/$batch", Some("batch")),
            ("POST /v1.0/me/sendMail", Some("sendMail")),
            ("POST /v1.0/me/microsoft.graph.sendMail", Some("sendMail")),
            ("POST /v1.0/users/a/sendMail", Some("sendMail")),
            ("POST /v1.0/me/messages/AAMk=/send", Some("messages.send")),
            ("GET /v1.0/me/messages", Some("messages.list")),
            (
                "GET /v1.0/me/mailFolders/SentItems/messages",
                Some("messages.list"),
            ),
            (
                "GET /v1.0/me/mailFolders/a/childFolders/b/messages/c",
                Some("messages.get"),
            ),
            (
                "GET /v1.0/me/mailFolders/inbox/messages/delta()",
                Some("messages.delta"),
            ),
            ("GET /v1.0/me/mailFolders/delta", Some("mailFolders.delta")),
            (
                "POST /v1.0/me/messages/m/attachments/createUploadSession",
                Some("attachments.createUploadSession"),
            ),
            ("GET /v1.0/me/messages/m/$value", Some("messages.mime")),
            (
                "PUT /upload/api/v2.0/Users('a')/x",
                Some("attachments.upload"),
            ),
            (
                "DELETE /api/v2.0/Users('a')/x",
                Some("attachments.cancelUpload"),
            ),
            (
                "GET /common//v2.0/.well-known/openid-configuration",
                Some("metadata"),
            ),
            ("GET /v1.0/me/nonsense", None),
            ("GET /mailbox", None),
            ("GET /", None),
        ] {
            let (method, path) = request.split_once(' ').unwrap();
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let resolved = Resolved::by(&method, path);
            let found = resolved.operation.map(|operation| operation.name);
            assert_eq!(found, expected, "{request}");
        }
    }

    #[test]
    fn a_class_name_stands_for_every_operation_of_its_service() {
        let me = Resolved::of_graph(&Method::GET, "/me").operation.unwrap();
        for (route, expected) in [
            ("me", true),
            (ANY_GRAPH, true),
            (ANY_ENTRA, false),
            ("photo", false),
        ] {
            assert_eq!(me.answers_to(route), expected, "{route}");
        }
        let names = names();
        for name in [
            "token",
            "authorize",
            "metadata",
            "keys",
            "me",
            "photo",
            "manager",
            "batch",
            "sendMail",
        ] {
            assert!(names.contains(&name), "{name}");
        }
    }
}
