//! Who works on which mailbox, what their token lets them do, and what is the
//! matter with the mailbox.
//!
//! Source: "Microsoft Graph permissions reference", mail permissions; "Microsoft
//! Graph error responses and resource types" for the conditions' codes.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::access::{self, Caller};
use super::fault::GraphFault;
use super::message::{self, View};
use super::reply::Reply;
use super::request::Call;
use crate::directory::{Person, by_address, by_oid};
use crate::mailboxes::{Mailbox, Message, ids};
use crate::switches::{MailboxState, Switches};
use crate::tokens::AccessToken;
use crate::world::World;
use std::sync::Arc;

/// Scopes of which one is enough to read mail.
pub const READ: [&str; 6] = [
    "Mail.ReadBasic",
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.ReadBasic.Shared",
    "Mail.Read.Shared",
    "Mail.ReadWrite.Shared",
];
/// Scopes of which one is enough to read bodies and files.
pub const READ_BODIES: [&str; 4] = [
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.Read.Shared",
    "Mail.ReadWrite.Shared",
];
/// Scopes of which one is enough to change mail.
pub const WRITE: [&str; 2] = ["Mail.ReadWrite", "Mail.ReadWrite.Shared"];
/// Scopes of which one is enough to send.
pub const SEND: [&str; 2] = ["Mail.Send", "Mail.Send.Shared"];

/// What an operation does to the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It looks.
    Read,
    /// It changes what is there, and needs no more room.
    Change,
    /// It adds something.
    Store,
    /// It sends.
    Send,
}

/// One request's place at a mailbox.
pub struct Desk {
    /// Whose mailbox it is.
    pub person: &'static Person,
    /// Who works on it.
    pub caller: &'static Person,
    /// What they work with; none at an upload URL.
    pub token: Option<Arc<AccessToken>>,
    /// How the sandbox behaves for the mailbox.
    pub switches: Switches,
    /// Whether whoever works here is refused every foreign sender.
    pub send_as_denied: bool,
    /// How messages are to be written.
    pub view: View,
    /// Now.
    pub now_ms: i64,
}

/// Lets a request to a mailbox in, or says why not.
pub fn enter(world: &World, call: &Call, scopes: &[&str], work: Work) -> Result<Desk, GraphFault> {
    let caller = access::caller(world, call, scopes, GraphFault::mail_access_denied)?;
    let person = opened(&caller, call, scopes)?;
    let switches = world.switches.for_person(person.address);
    let send_as_denied = world
        .switches
        .for_person(caller.person.address)
        .send_as_denied;
    // A guest's mail is at home, not in the tenant that invited them.
    let state = if person.has_mailbox && caller.seat.oid == caller.person.oid {
        switches.mailbox
    } else {
        MailboxState::None
    };
    condition(state, work)?;
    Ok(Desk {
        view: View::of(call, person, &switches),
        person,
        caller: caller.person,
        token: Some(caller.token),
        switches,
        send_as_denied,
        now_ms: world.clock.now_ms(),
    })
}

/// Whose mailbox the path names: the caller's own, or one that they have Full
/// Access to and that the token lets them share.
fn opened(caller: &Caller, call: &Call, scopes: &[&str]) -> Result<&'static Person, GraphFault> {
    let [first, who, ..] = call.resolved.segments.as_slice() else {
        return Ok(caller.person);
    };
    if first != "users" {
        return Ok(caller.person);
    }
    let owner = by_address(who).or_else(|| by_oid(who)).ok_or_else(|| {
        GraphFault::new(
            StatusCode::NOT_FOUND,
            "ErrorInvalidUser",
            format!("The requested user '{who}' is invalid."),
        )
    })?;
    let own = owner.oid == caller.person.oid;
    let shares = scopes
        .iter()
        .any(|scope| is_for_shared(scope) && caller.token.scopes.contains(scope));
    if own || (shares && caller.person.opens_mailbox_of(owner)) {
        Ok(owner)
    } else {
        Err(GraphFault::mail_access_denied())
    }
}

/// Scopes for mailboxes that are shared with one have names of their own.
fn is_for_shared(scope: &str) -> bool {
    scope.ends_with(".Shared")
}

fn condition(state: MailboxState, work: Work) -> Result<(), GraphFault> {
    let sends = work == Work::Send;
    let (status, code, message) = match state {
        MailboxState::None => return Err(GraphFault::no_mailbox()),
        MailboxState::Moving => (
            StatusCode::SERVICE_UNAVAILABLE,
            "ErrorMailboxMoveInProgress",
            "Mailbox move in progress. Try again later.",
        ),
        MailboxState::Full if sends || work == Work::Store => (
            StatusCode::INSUFFICIENT_STORAGE,
            "ErrorQuotaExceeded",
            "The mailbox has exceeded its storage quota.",
        ),
        MailboxState::Suspended if sends => (
            StatusCode::FORBIDDEN,
            "ErrorAccountSuspend",
            "Account suspended. Follow the instructions in your Inbox to verify your account.",
        ),
        MailboxState::SubmissionBlocked if sends => (
            StatusCode::FORBIDDEN,
            "ErrorMessageSubmissionBlocked",
            "Message submission is blocked for this account.",
        ),
        MailboxState::MessageLimit if sends => (
            StatusCode::FORBIDDEN,
            "ErrorExceededMessageLimit",
            "The message limit of this account has been exceeded. Verify your account to go on.",
        ),
        MailboxState::Hybrid if work != Work::Read => (
            StatusCode::BAD_REQUEST,
            "RequestBodyRead",
            "The property 'Message' does not exist on the type that this mailbox server knows.",
        ),
        _ => return Ok(()),
    };
    Err(GraphFault::new(status, code, message))
}

impl Desk {
    /// Works on the mailbox.
    pub fn mailbox<T>(&self, world: &World, work: impl FnOnce(&mut Mailbox) -> T) -> T {
        world.mailboxes.with(self.person, self.now_ms, work)
    }

    /// The message with this id, mutable or immutable. With a folder named, it
    /// must lie there.
    pub fn message(
        &self,
        world: &World,
        folder: Option<&str>,
        id: &str,
    ) -> Result<Arc<Message>, GraphFault> {
        if !ids::is_well_formed(id) {
            return Err(malformed_id());
        }
        self.mailbox(world, |mailbox| {
            let message = mailbox.message(id).cloned().ok_or_else(item_not_found)?;
            match folder {
                None => Ok(message),
                Some(name) => match mailbox.folder_called(name) {
                    Some(folder) if folder.number == message.folder => Ok(message),
                    Some(_) => Err(item_not_found()),
                    None => Err(folder_not_found(name)),
                },
            }
        })
    }

    /// Whether the token carries `scope`.
    pub fn allows(&self, scope: &str) -> bool {
        let token = self.token.as_ref();
        token.is_some_and(|token| token.scopes.contains(scope))
    }

    /// Whether the token lets bodies and files be read.
    pub fn reads_bodies(&self) -> bool {
        READ_BODIES
            .iter()
            .filter(|scope| !self.is_shared() || is_for_shared(scope))
            .any(|scope| self.allows(scope))
    }

    /// Whether the mailbox is another's than the one's who works on it.
    pub fn is_shared(&self) -> bool {
        self.person.oid != self.caller.oid
    }

    /// A single message as an answer, with its context and its etag.
    pub fn entity(&self, call: &Call, status: StatusCode, message: &Message) -> Reply {
        let mut fields = message::write_shown(message, &self.view);
        let context = format!("{}/$entity", self.context(call, "messages"));
        fields.insert("@odata.context".to_owned(), Value::String(context));
        let mut reply = self.reply(status, &Value::Object(fields));
        if status == StatusCode::CREATED {
            let place = format!(
                "{}/v1.0/users('{}')/messages('{}')",
                call.origin(),
                self.person.oid,
                self.view.id(message)
            );
            reply = with(reply, axum::http::header::LOCATION, &place);
        }
        with(reply, axum::http::header::ETAG, &message::etag(message))
    }

    /// `@odata.context` of what lies in this mailbox.
    pub fn context(&self, call: &Call, what: &str) -> String {
        format!(
            "{}/v1.0/$metadata#users('{}')/{what}",
            call.origin(),
            self.person.oid
        )
    }

    /// JSON, with the preferences that were kept.
    pub fn reply(&self, status: StatusCode, body: &Value) -> Reply {
        let reply = Reply::json(status, body);
        match self.view.applied() {
            Some(applied) => with(
                reply,
                HeaderName::from_static("preference-applied"),
                &applied,
            ),
            None => reply,
        }
    }
}

/// 404: moved, deleted, or its id changed.
pub fn item_not_found() -> GraphFault {
    GraphFault::new(
        StatusCode::NOT_FOUND,
        "ErrorItemNotFound",
        "The specified object was not found in the store.",
    )
}

/// 400 for what is no id at all.
pub fn malformed_id() -> GraphFault {
    GraphFault::bad_request("ErrorInvalidIdMalformed", "Id is malformed.")
}

/// 404, or 400 for what is neither an id nor a well-known name.
pub fn folder_not_found(name: &str) -> GraphFault {
    if ids::is_well_formed(name) {
        GraphFault::new(
            StatusCode::NOT_FOUND,
            "ErrorItemNotFound",
            "The specified folder could not be found in the store.",
        )
    } else {
        malformed_id()
    }
}

fn with(reply: Reply, name: HeaderName, value: &str) -> Reply {
    match HeaderValue::from_str(value) {
        Ok(value) => reply.with_headers(vec![(name, value)]),
        Err(_) => reply,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
    use axum::http::{HeaderMap, Method};
    use serde_json::json;

    use super::super::answer;
    use super::super::request::{GraphIds, Target};
    use super::*;
    use crate::origin::Origin;
    use crate::scopes::Audience;

    const ADA: &str = "ada@signet.example";
    const CHARLES: &str = "charles@signet.example";
    const TEAM: &str = "/users/team@signet.example/messages";

    fn ask(
        world: &World,
        (who, scopes): (&str, &str),
        (method, path): (Method, &str),
        body: &Value,
    ) -> (u16, Value) {
        let person = by_address(who).unwrap();
        let now_ms = world.clock.now_ms();
        let scopes: Vec<&str> = scopes.split(' ').collect();
        let token = AccessToken {
            oid: person.oid.to_owned(),
            tenant_id: person.tenant_id.to_owned(),
            client_id: "app".to_owned(),
            graph_host: "graph.microsoft.com".to_owned(),
            audience: Audience::Graph,
            scopes: serde_json::from_value(json!(scopes)).unwrap(),
            issued_ms: now_ms,
            expires_ms: now_ms + 60_000,
            cp1: false,
            acrs: Vec::new(),
        };
        let bearer = format!("Bearer {}", token.write(world, Some(&json!({}))).unwrap());
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, HeaderValue::from_str(&bearer).unwrap()),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        ]);
        let origin = Origin("http://127.0.0.1".to_owned());
        let ids = GraphIds::new(world, &HeaderMap::new());
        let call = Call {
            headers,
            body: body.to_string().into_bytes(),
            ..Call::to(Target { path, query: "" }, method, origin, ids)
        };
        let reply = answer(world, &call);
        let body = serde_json::from_slice(&reply.body).unwrap_or_default();
        (reply.status.as_u16(), body)
    }

    /// "Get Outlook messages in a shared or delegated folder".
    #[test]
    fn a_shared_mailbox_wants_its_own_scopes_and_full_access() {
        let world = World::new(1, false).unwrap();
        for (caller, path, status) in [
            ((ADA, "Mail.Read.Shared"), TEAM, 200),
            ((ADA, "Mail.ReadBasic.Shared"), TEAM, 200),
            ((ADA, "Mail.Read Mail.ReadWrite"), TEAM, 403),
            ((CHARLES, "Mail.Read.Shared"), TEAM, 403),
            ((ADA, "Mail.Read.Shared"), "/me/messages", 200),
            (
                (ADA, "Mail.Read.Shared"),
                "/users/grace@signet.example/messages",
                403,
            ),
        ] {
            let (found, _) = ask(&world, caller, (Method::GET, path), &Value::Null);
            assert_eq!(found, status, "{caller:?} {path}");
        }
    }

    /// Bodies of one's own and headers of what is shared are not the bodies of
    /// what is shared; and "Known issues with Microsoft Graph", large attachments.
    #[test]
    fn less_is_allowed_in_a_shared_mailbox_than_in_ones_own() {
        let world = World::new(1, false).unwrap();
        let writer = (ADA, "Mail.ReadWrite.Shared");
        let draft = json!({"subject": "Shared", "body": {"contentType": "text", "content": "x"}});
        let (status, made) = ask(&world, writer, (Method::POST, TEAM), &draft);
        assert_eq!(status, 201);
        let reader = (ADA, "Mail.Read Mail.ReadBasic.Shared");
        let (_, listed) = ask(&world, reader, (Method::GET, TEAM), &Value::Null);
        let first = &listed["value"][0];
        assert_eq!(first["subject"], "Shared");
        assert!(first.get("body").is_none());
        let id = made["id"].as_str().unwrap();
        let path = format!("{TEAM}/{id}/attachments/createUploadSession");
        let item =
            json!({"AttachmentItem": {"attachmentType": "file", "name": "a", "size": 4_000_000}});
        let (status, refused) = ask(&world, writer, (Method::POST, &path), &item);
        assert_eq!(
            (status, &refused["error"]["code"]),
            (403, &json!("ErrorAccessDenied"))
        );
    }
}
