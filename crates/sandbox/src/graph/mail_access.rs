//! Who works on which mailbox, what their token lets them do, and what is the
//! matter with the mailbox.
//!
//! Source: "Microsoft Graph permissions reference", mail permissions; "Microsoft
//! Graph error responses and resource types" for the conditions' codes.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::access;
use super::fault::GraphFault;
use super::message::{self, View};
use super::path;
use super::reply::Reply;
use super::request::Call;
use crate::directory::{Person, by_address, by_oid};
use crate::mailboxes::{Mailbox, Message, ids};
use crate::scopes::ScopeSet;
use crate::switches::{MailboxState, Switches};
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
    /// What the token allows.
    pub scopes: ScopeSet,
    /// How the sandbox behaves for this person.
    pub switches: Switches,
    /// How messages are to be written.
    pub view: View,
    /// Now.
    pub now_ms: i64,
}

/// Lets a request to a mailbox in, or says why not.
pub fn enter(world: &World, call: &Call, scopes: &[&str], work: Work) -> Result<Desk, GraphFault> {
    let caller = access::caller(world, call, scopes, GraphFault::mail_access_denied)?;
    let person = caller.person;
    owns(person, call)?;
    let switches = world.switches.for_person(person.address);
    // A guest's mail is at home, not in the tenant that invited them.
    let state = if person.has_mailbox && caller.seat.oid == person.oid {
        switches.mailbox
    } else {
        MailboxState::None
    };
    condition(state, work)?;
    Ok(Desk {
        view: View::of(call, person, &switches),
        person,
        scopes: caller.scopes,
        switches,
        now_ms: world.clock.now_ms(),
    })
}

/// `/users/{id}` is one's own mailbox, or one that one has no rights on.
fn owns(person: &Person, call: &Call) -> Result<(), GraphFault> {
    let segments = path::segments(&call.path);
    let [first, who, ..] = segments.as_slice() else {
        return Ok(());
    };
    if first != "users" {
        return Ok(());
    }
    match by_address(who).or_else(|| by_oid(who)) {
        Some(owner) if owner.oid == person.oid => Ok(()),
        Some(_) => Err(GraphFault::mail_access_denied()),
        None => Err(GraphFault::new(
            StatusCode::NOT_FOUND,
            "ErrorInvalidUser",
            format!("The requested user '{who}' is invalid."),
        )),
    }
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

    /// Whether the token lets bodies and files be read.
    pub fn reads_bodies(&self) -> bool {
        READ_BODIES.iter().any(|scope| self.scopes.contains(scope))
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
