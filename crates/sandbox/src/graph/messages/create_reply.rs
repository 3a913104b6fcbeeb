//! `POST …/createReply`, `createReplyAll` and `createForward`.
//!
//! Source: Graph v1.0 reference, "message: createReply" and its sisters;
//! "Known issues with Microsoft Graph": the comment does not reach the body.

use axum::http::StatusCode;

use super::super::body::Parameters;
use super::super::fault::GraphFault;
use super::super::mail_access::{Desk, WRITE, Work, enter};
use super::super::message::json::{list, object};
use super::super::message::safe_html::{QUOTE_MARK, TEXT_QUOTE_MARK};
use super::super::message::{self, Purpose, transport_headers};
use super::super::reply::Reply;
use super::super::request::Call;
use super::super::submission::check_size;
use super::Kind;
use crate::mailboxes::{Body, Message, Recipient, folder};
use crate::world::World;

/// A draft that answers or forwards: 201, and the draft.
pub fn post(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
    kind: Kind,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Store)?;
    let original = desk.message(world, folder, id)?;
    let (mut draft, _) = write(&desk, call, &original, kind)?;
    draft.is_draft = true;
    draft.is_read = true;
    let made = desk.mailbox(world, |mailbox| {
        mailbox.insert(draft, folder::DRAFTS, desk.now_ms)
    });
    Ok(desk.entity(call, StatusCode::CREATED, &made))
}

/// The answer, and the comment, which only the actions that send put into it.
pub fn write(
    desk: &Desk,
    call: &Call,
    original: &Message,
    kind: Kind,
) -> Result<(Message, Option<String>), GraphFault> {
    if original.is_draft {
        return Err(GraphFault::bad_request(
            "ErrorInvalidReferenceItem",
            "The reference item does not support the requested operation.",
        ));
    }
    let mut parameters = Parameters::read(call)?;
    let comment = parameters.text("comment")?;
    let changes = parameters.take("message");
    let to = match kind {
        Kind::Forward => parameters.take("toRecipients"),
        Kind::Reply | Kind::ReplyAll => None,
    };
    parameters.end(name(kind))?;
    let mut draft = begin(desk, original, kind);
    let changes = changes.map_or_else(
        || Ok(serde_json::Map::new()),
        |changes| object(changes, "message"),
    )?;
    if comment.is_some() && changes.get("body").is_some_and(|body| !body.is_null()) {
        return Err(both("Comment", "Message.Body"));
    }
    if to.is_some() && changes.contains_key("toRecipients") {
        return Err(both("ToRecipients", "Message.ToRecipients"));
    }
    message::apply(changes, &mut draft, Purpose::Create)?;
    if let Some(to) = to {
        draft.to = list(to, message::read_recipient)?;
    }
    check_size(&draft, &desk.switches)?;
    Ok((draft, comment))
}

fn begin(desk: &Desk, original: &Message, kind: Kind) -> Message {
    let mark = if kind == Kind::Forward { "FW" } else { "RE" };
    let (to, cc) = recipients(desk, original, kind);
    let mut references = original.references.clone();
    references.push(original.internet_message_id.clone());
    let mut attachments = match kind {
        Kind::Forward => original.attachments.clone(),
        Kind::Reply | Kind::ReplyAll => Vec::new(),
    };
    for attachment in &mut attachments {
        attachment.id.clear();
    }
    Message {
        subject: format!("{mark}: {}", transport_headers::topic(&original.subject)),
        to,
        cc,
        body: quote(original, None),
        attachments,
        thread: original.thread,
        depth: original.depth + 1,
        in_reply_to: Some(original.internet_message_id.clone()),
        references,
        importance: original.importance,
        ..Message::default()
    }
}

/// A reply goes to where the sender wants it; one to all leaves oneself out.
fn recipients(desk: &Desk, original: &Message, kind: Kind) -> (Vec<Recipient>, Vec<Recipient>) {
    let back = if original.reply_to.is_empty() {
        original.from.clone().into_iter().collect()
    } else {
        original.reply_to.clone()
    };
    let own = [Some(desk.person.address), desk.person.mail];
    let others = |list: &[Recipient]| -> Vec<Recipient> {
        list.iter()
            .filter(|one| {
                !own.iter()
                    .flatten()
                    .any(|own| own.eq_ignore_ascii_case(&one.address))
            })
            .cloned()
            .collect()
    };
    match kind {
        Kind::Reply => (back, Vec::new()),
        Kind::ReplyAll => {
            let mut to = others(&back);
            to.extend(others(&original.to));
            (to, others(&original.cc))
        }
        Kind::Forward => (Vec::new(), Vec::new()),
    }
}

/// The original below a mark, and what is said above it.
pub fn quote(original: &Message, comment: Option<&str>) -> Body {
    let lines = [
        ("From", written(original.from.as_slice())),
        ("Sent", transport_headers::date(original.sent_ms)),
        ("To", written(&original.to)),
        ("Subject", original.subject.clone()),
    ];
    match original.body.html() {
        Some(html) => {
            let comment = ammonia::clean_text(comment.unwrap_or_default());
            let lines: String = lines
                .iter()
                .map(|(name, value)| format!("<b>{name}:</b> {}<br>", ammonia::clean_text(value)))
                .collect();
            Body::of_html(format!(
                "<html><body>{comment}<hr>{QUOTE_MARK} dir=\"ltr\">{lines}</div><div>{html}</div></body></html>"
            ))
        }
        None => {
            let lines: String = lines
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect();
            Body::of_text(format!(
                "{}\r\n{TEXT_QUOTE_MARK}\r\n{lines}\r\n{}",
                comment.unwrap_or_default(),
                original.body.text()
            ))
        }
    }
}

fn written(people: &[Recipient]) -> String {
    let names: Vec<String> = people
        .iter()
        .map(|person| match &person.name {
            Some(name) => format!("{name} <{}>", person.address),
            None => person.address.clone(),
        })
        .collect();
    names.join("; ")
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Reply => "reply",
        Kind::ReplyAll => "replyAll",
        Kind::Forward => "forward",
    }
}

fn both(one: &str, other: &str) -> GraphFault {
    GraphFault::bad_request(
        "ErrorInvalidArgument",
        format!("{one} and {other} cannot both be given."),
    )
}
