//! Mailboxes for people to look at: what was delivered, shown as it came.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::frame::{Page, text};
use super::notice::not_found;
use crate::clock;
use crate::directory::{PEOPLE, by_address};
use crate::mailboxes::{FolderNumber, Message, Recipient, folder};
use crate::world::World;

/// How many mails one page lists, the newest.
const LISTED_MAX: usize = 200;

/// `GET /mailbox`: everybody's, and the last mail to anybody.
pub fn mailboxes(world: &World) -> Response {
    let people: String = PEOPLE
        .iter()
        .map(|person| {
            let (delivered, sent) = counts(world, person.address);
            format!(
                "<tr><td>{name}</td><td><a href=\"/mailbox/{address}\">{address}</a></td><td>{delivered}</td><td>{sent}</td></tr>",
                name = text(person.name),
                address = text(person.address),
            )
        })
        .collect();
    let body = format!(
        "<div class=\"mark\"><i></i><a href=\"/\">Sandbox tenant</a></div><h1>Mailboxes</h1>\
         <table><thead><tr><th>Name<th>Address<th>Inbox<th>Sent</thead><tbody>{people}</tbody></table>\
         <h2>Last mail, to anybody</h2>{}",
        list(&world.mailboxes.deliveries(), "all")
    );
    Page::wide("Mailboxes · Sandbox tenant", body).into_response()
}

/// `GET /mailbox/{address}`
pub fn mailbox(world: &World, address: &str) -> Response {
    let body = format!(
        "<div class=\"mark\"><i></i><a href=\"/mailbox\">Mailboxes</a></div><h1>{address}</h1>\
         <h2>Inbox</h2>{inbox}<h2>Sent Items</h2>{sent}",
        address = text(address),
        inbox = list(&lying_in(world, address, folder::INBOX), "inbox"),
        sent = list(&lying_in(world, address, folder::SENT_ITEMS), "sent"),
    );
    Page::wide(&format!("{address} · Mailbox"), body).into_response()
}

/// `GET /mailbox/message/{id}`: one mail with everything that came with it.
pub fn message(world: &World, id: u64) -> Response {
    let Some(mail) = world.mailboxes.by_serial(id) else {
        return not_found();
    };
    let body = format!(
        "<div class=\"mark\"><i></i><a href=\"/mailbox\">Mailboxes</a></div><h1 dir=\"auto\" id=\"subject\">{subject}</h1>\
         <dl><dt>From</dt><dd>{from}</dd>{to}{cc}{bcc}{reply_to}<dt>Received</dt><dd>{received}</dd></dl>\
         {attachments}{html}<h2>{text_title}</h2><pre id=\"text\" dir=\"auto\">{text}</pre>{more}",
        subject = text(subject(&mail)),
        from = people(mail.from.as_slice()),
        to = line("To", &mail.to),
        cc = line("Cc", &mail.cc),
        bcc = line("Bcc", &mail.bcc),
        reply_to = line("Reply-To", &mail.reply_to),
        received = text(&clock::readable(mail.received_ms)),
        attachments = attachments(&mail),
        html = mail.body.html().map(html_body).unwrap_or_default(),
        text_title = if mail.body.html().is_some() {
            "Text alternative"
        } else {
            "Text"
        },
        text = text(mail.body.text()),
        more = more(&mail),
    );
    Page::wide(&format!("{} · Mail", subject(&mail)), body)
        .shows_mail()
        .into_response()
}

/// `GET /mailbox/message/{id}/attachment/{index}`: always a download, never shown.
pub fn attachment(world: &World, id: u64, index: usize) -> Response {
    let Some(mail) = world.mailboxes.by_serial(id) else {
        return not_found();
    };
    let Some(file) = mail.attachments.get(index) else {
        return not_found();
    };
    let mut answer = file.file().unwrap_or_default().to_vec().into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        answer
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// What lies in a folder of one of the people here, or what was delivered to an
/// address elsewhere.
fn lying_in(world: &World, address: &str, folder: FolderNumber) -> Vec<Arc<Message>> {
    let now_ms = world.clock.now_ms();
    match by_address(address) {
        Some(person) => world.mailboxes.lying_in(person, folder, now_ms),
        None if folder == folder::INBOX => world.mailboxes.delivered(address),
        None => Vec::new(),
    }
}

/// How many mails lie in the Inbox and in Sent Items of `address`.
pub fn counts(world: &World, address: &str) -> (usize, usize) {
    (
        lying_in(world, address, folder::INBOX).len(),
        lying_in(world, address, folder::SENT_ITEMS).len(),
    )
}

/// The body in a frame without scripts, forms, or an origin, under a policy that
/// loads nothing; the page's own policy holds for it as well.
fn html_body(html: &str) -> String {
    const POLICY: &str = "<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">";
    format!(
        "<iframe id=\"html\" title=\"Message body\" sandbox=\"\" srcdoc=\"{}\"></iframe>\
         <details><summary>HTML source</summary><pre id=\"html-source\">{}</pre></details>",
        text(&format!("{POLICY}{html}")),
        text(html)
    )
}

fn list(mails: &[Arc<Message>], id: &str) -> String {
    if mails.is_empty() {
        return format!("<p class=\"soft\" id=\"{id}\">Nothing yet.</p>");
    }
    let rows: String = mails
        .iter()
        .rev()
        .take(LISTED_MAX)
        .map(|mail| {
            format!(
                "<tr><td><a href=\"/mailbox/message/{id}\" dir=\"auto\">{subject}</a></td><td>{from}</td><td>{to}</td><td class=\"when\">{when}</td></tr>",
                id = mail.serial,
                subject = text(subject(mail)),
                from = people(mail.from.as_slice()),
                to = people(&mail.to),
                when = text(&clock::readable(mail.received_ms)),
            )
        })
        .collect();
    format!(
        "<table id=\"{id}\" class=\"mails\"><thead><tr><th>Subject<th>From<th>To<th>Received</thead><tbody>{rows}</tbody></table>"
    )
}

fn subject(mail: &Message) -> &str {
    if mail.subject.is_empty() {
        "(no subject)"
    } else {
        &mail.subject
    }
}

fn line(label: &str, mailboxes: &[Recipient]) -> String {
    if mailboxes.is_empty() {
        String::new()
    } else {
        format!("<dt>{label}</dt><dd>{}</dd>", people(mailboxes))
    }
}

fn people(mailboxes: &[Recipient]) -> String {
    mailboxes
        .iter()
        .map(|mailbox| match &mailbox.name {
            Some(name) if *name != mailbox.address => {
                format!(
                    "<bdi>{}</bdi> &lt;{}&gt;",
                    text(name),
                    text(&mailbox.address)
                )
            }
            _ => text(&mailbox.address).to_string(),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

fn attachments(mail: &Message) -> String {
    if mail.attachments.is_empty() {
        return String::new();
    }
    let items: String = mail
        .attachments
        .iter()
        .enumerate()
        .map(|(index, file)| {
            format!(
                "<li><a href=\"/mailbox/message/{id}/attachment/{index}\" download=\"{name}\"><bdi>{name}</bdi></a> <span class=\"soft\">{kind}, {bytes} bytes</span></li>",
                id = mail.serial,
                name = text(&file.name),
                kind = text(&file.content_type),
                bytes = file.size(),
            )
        })
        .collect();
    format!("<h2>Attachments</h2><ul id=\"attachments\">{items}</ul>")
}

fn more(mail: &Message) -> String {
    let headers: String = mail
        .headers
        .iter()
        .map(|header| {
            format!(
                "<dt>{}</dt><dd><code>{}</code></dd>",
                text(&header.name),
                text(&header.value)
            )
        })
        .collect();
    let properties: String = mail
        .properties
        .iter()
        .map(|(id, value)| {
            format!(
                "<dt><code>{}</code></dt><dd><code>{}</code></dd>",
                text(id),
                text(value)
            )
        })
        .collect();
    if headers.is_empty() && properties.is_empty() {
        return String::new();
    }
    format!(
        "<details><summary>Headers and extended properties</summary><dl>{headers}{properties}</dl></details>"
    )
}
