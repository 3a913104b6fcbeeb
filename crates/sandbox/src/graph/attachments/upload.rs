//! The host that upload URLs lead to: `PUT` of ranges, `DELETE` to give up.
//!
//! Source: "Attach large files to Outlook messages as attachments", with its
//! samples' odd answers; "Microsoft Graph error responses and resource types"
//! for the codes of ranges. It is not Graph: it knows no bearer token.

use axum::http::header::{AUTHORIZATION, CONTENT_RANGE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use serde_json::{Map, json};

use super::super::fault::GraphFault;
use super::super::mail_access::{Desk, item_not_found};
use super::super::message::{View, time};
use super::super::reply::Reply;
use super::super::request::Call;
use super::add::attach;
use crate::mailboxes::folder::DRAFTS;
use crate::mailboxes::{AttachmentContent, Kept};
use crate::switches::{Switches, UploadNextRange};
use crate::uploads::{Finished, Put, Upload};
use crate::world::World;

/// Where Outlook's own resources are on loopback, whoever asks.
const OUTLOOK: &str = "https://outlook.office.com/api/v2.0";
/// The path below which uploads are taken on loopback, where Graph and Outlook
/// share one host.
const LOOPBACK_PREFIX: &str = "/upload";

/// Where a session is written to.
pub fn url(call: &Call, owner: &str, message: &str, token: &str) -> String {
    let origin = call.upload_origin();
    let prefix = if origin.contains("outlook") {
        ""
    } else {
        LOOPBACK_PREFIX
    };
    format!(
        "{origin}{prefix}/api/v2.0/Users('{owner}')/Messages('{message}')/AttachmentSessions('{token}')?authtoken={token}"
    )
}

/// Answers a request to an upload URL.
pub fn answer(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let token = call.query.get("authtoken").map_or("", String::as_str);
    let now_ms = world.clock.now_ms();
    let person = world.uploads.person(token, now_ms).ok_or_else(not_found)?;
    let switches = world.switches.for_person(person.address);
    if call.headers.contains_key(AUTHORIZATION) || switches.upload_refuses {
        return Err(GraphFault::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAudience",
            "The audience claim value is invalid for the current resource.",
        ));
    }
    match call.method.as_str() {
        "PUT" => put(world, call, token, &switches),
        "DELETE" => {
            world.uploads.close(token);
            Ok(Reply::no_content())
        }
        _ => Err(GraphFault::wrong_method()),
    }
}

fn put(world: &World, call: &Call, token: &str, switches: &Switches) -> Result<Reply, GraphFault> {
    let range = call
        .headers
        .get(CONTENT_RANGE)
        .and_then(|value| value.to_str().ok())
        .and_then(Range::parse)
        .ok_or_else(|| out_of_range("invalidRange"))?;
    let length = range.last.saturating_sub(range.first).saturating_add(1);
    if length != call.body.len() {
        return Err(out_of_range("fragmentLengthMismatch"));
    }
    let put = world
        .uploads
        .put(token, range.first, range.total, &call.body);
    match put {
        Put::Gone => Err(not_found()),
        Put::Overlaps => Err(out_of_range("fragmentOverlap")),
        Put::OutOfOrder => Err(out_of_range("fragmentOutOfOrder")),
        Put::Misfits => Err(out_of_range("invalidRange")),
        Put::More {
            next,
            size,
            expires_ms,
        } => Ok(more(
            &outlook(call),
            token,
            (next, size),
            expires_ms,
            switches,
        )),
        Put::Finished(Finished { upload }) => finish(world, &outlook(call), *upload),
    }
}

/// Where Outlook's own resources are: behind the proxy on the host that was asked.
fn outlook(call: &Call) -> String {
    match call.origin.cloud() {
        Some(_) => format!("{}/api/v2.0", call.upload_origin()),
        None => OUTLOOK.to_owned(),
    }
}

/// 200 in the middle, in the words of Outlook's samples: a capital where Graph
/// has none, and a bare number where a range was promised.
fn more(
    outlook: &str,
    token: &str,
    (next, size): (usize, usize),
    expires_ms: i64,
    switches: &Switches,
) -> Reply {
    let range = match switches.upload_next_range {
        UploadNextRange::Bare => next.to_string(),
        UploadNextRange::Dash => format!("{next}-"),
        UploadNextRange::Range => format!("{next}-{}", size.saturating_sub(1)),
    };
    let name = if switches.upload_pascal_case {
        "NextExpectedRanges"
    } else {
        "nextExpectedRanges"
    };
    let mut fields = Map::new();
    fields.insert(
        "@odata.context".to_owned(),
        json!(format!(
            "{outlook}/$metadata#AttachmentSessions('{token}')/$entity"
        )),
    );
    fields.insert("ExpirationDateTime".to_owned(), time(expires_ms));
    fields.insert(name.to_owned(), json!([range]));
    Reply::json(StatusCode::OK, &fields.into())
}

/// 201, and in `Location` where the attachment is. The draft must still be one,
/// and lie where it lay.
fn finish(world: &World, outlook: &str, upload: Upload) -> Result<Reply, GraphFault> {
    let switches = world.switches.for_person(upload.person.address);
    let desk = Desk {
        person: upload.person,
        caller: upload.person,
        send_as_denied: switches.send_as_denied,
        token: None,
        view: View::plain(upload.person),
        switches,
        now_ms: world.clock.now_ms(),
    };
    let waits = desk.mailbox(world, |mailbox| {
        mailbox
            .by_serial(upload.serial)
            .is_some_and(|message| !message.is_draft || message.folder == DRAFTS)
    });
    if !waits {
        return Err(item_not_found());
    }
    let mut attachment = upload.attachment;
    attachment.content = AttachmentContent::File(Kept::new(upload.received));
    let added = attach(world, &desk, upload.serial, attachment)?;
    let place = format!(
        "{outlook}/Users('{}')/Messages('{}')/Attachments('{}')",
        upload.person.oid, upload.message_id, added.id
    );
    let headers = HeaderValue::from_str(&place)
        .map(|place| vec![(LOCATION, place)])
        .unwrap_or_default();
    Ok(Reply::empty(StatusCode::CREATED).with_headers(headers))
}

/// `bytes 0-4194303/10000000` (RFC 9110 §14.4).
struct Range {
    first: usize,
    last: usize,
    total: usize,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (unit, rest) = text.trim().split_once(' ')?;
        let (range, total) = rest.trim().split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let range = Self {
            first: digits(first)?,
            last: digits(last)?,
            total: digits(total)?,
        };
        let fits = range.first <= range.last && range.last < range.total;
        (unit.eq_ignore_ascii_case("bytes") && fits).then_some(range)
    }
}

/// A number without a sign, which `parse` alone would take.
fn digits(text: &str) -> Option<usize> {
    let all = text.bytes().all(|letter| letter.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// 416; what is wrong with the range is said further in.
fn out_of_range(inner: &'static str) -> GraphFault {
    GraphFault::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "invalidRange",
        "The uploaded byte range does not fit into the upload session.",
    )
    .inner(inner)
}

fn not_found() -> GraphFault {
    GraphFault::new(
        StatusCode::NOT_FOUND,
        "uploadSessionNotFound",
        "The upload session was not found.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_written() {
        for (text, expected) in [
            ("bytes 0-1/2", Some((0, 1, 2))),
            ("Bytes 5-9/10", Some((5, 9, 10))),
            ("bytes 0-2/2", None),
            ("bytes 1-0/2", None),
            ("bytes +1-+1/2", None),
            ("bytes 0-1/+2", None),
            ("bytes */2", None),
            ("bytes 0-1", None),
            ("items 0-1/2", None),
            ("bytes 0-99999999999999999999999/2", None),
        ] {
            let read = Range::parse(text).map(|range| (range.first, range.last, range.total));
            assert_eq!(read, expected, "{text}");
        }
    }
}
