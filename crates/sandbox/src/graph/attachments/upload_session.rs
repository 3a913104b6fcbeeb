//! `POST …/attachments/createUploadSession`.
//!
//! Source: Graph v1.0 reference, "attachment: createUploadSession"; "Attach
//! large files to Outlook messages as attachments".

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::body::Parameters;
use super::super::fault::GraphFault;
use super::super::mail_access::{WRITE, Work, enter};
use super::super::message::json::{boolean, is_annotation, line, literal, object, text, unknown};
use super::super::message::{
    CONTENT_ID_CHARS_MAX, CONTENT_TYPE_CHARS_MAX, NAME_CHARS_MAX, empty_attachment, time,
};
use super::super::reply::Reply;
use super::super::request::Call;
use crate::mailboxes::{Attachment, AttachmentContent, Kept};
use crate::uploads::Upload;
use crate::world::World;

/// Smaller files are attached directly. A file one byte smaller is the largest
/// whose base64 fits into the 4 MB of a request.
const BYTES_MIN: u64 = 3 * 1024 * 1024;
/// Larger files are not taken at all.
const BYTES_MAX: u64 = 150 * 1024 * 1024;

/// Opens a session: 201, and where to write to.
pub fn post(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Store)?;
    // "Known issues with Microsoft Graph": attaching large files to messages in
    // shared or delegated mailboxes is refused.
    if desk.is_shared() {
        return Err(GraphFault::mail_access_denied());
    }
    let message = desk.message(world, folder, id)?;
    let mut parameters = Parameters::read(call)?;
    let item = parameters.take("AttachmentItem").ok_or_else(|| {
        GraphFault::bad_request(
            "ErrorInvalidParameter",
            "The parameter 'AttachmentItem' is required.",
        )
    })?;
    parameters.end("createUploadSession")?;
    let (attachment, size) = read(item)?;
    check(size, message.size(), desk.switches.message_size_limit_bytes)?;
    let seconds = i64::from(desk.switches.upload_session_seconds);
    let expires_ms = desk.now_ms + seconds * 1000;
    let upload = Upload {
        person: desk.person,
        client_id: call
            .caller(world)
            .map(|caller| caller.client_id)
            .unwrap_or_default(),
        serial: message.serial,
        message_id: message.id(),
        attachment,
        size: usize::try_from(size).unwrap_or(usize::MAX),
        expires_ms,
        received: Vec::new(),
    };
    let token = world.uploads.open(&world.dice, upload);
    let answer = json!({
        "@odata.context": format!("{}/v1.0/$metadata#microsoft.graph.uploadSession", call.origin()),
        "uploadUrl": super::upload::url(call, desk.person.oid, &message.id(), &token),
        "expirationDateTime": time(expires_ms),
        "nextExpectedRanges": ["0-"],
    });
    Ok(desk.reply(StatusCode::CREATED, &answer))
}

/// Reads an `attachmentItem`.
fn read(item: Value) -> Result<(Attachment, u64), GraphFault> {
    let mut attachment = empty_attachment(AttachmentContent::File(Kept::new(Vec::new())));
    let mut size = None;
    for (name, value) in object(item, "attachmentItem")? {
        match name.as_str() {
            "attachmentType" => is_file(text(value, &name)?.as_deref())?,
            "name" => {
                attachment.name = line(value, &name, NAME_CHARS_MAX)?.unwrap_or_default();
            }
            "size" => size = Some(value.as_u64().ok_or_else(|| literal(&name, "Edm.Int64"))?),
            "contentType" => {
                if let Some(kind) = line(value, &name, CONTENT_TYPE_CHARS_MAX)? {
                    attachment.content_type = kind;
                }
            }
            "contentId" => attachment.content_id = line(value, &name, CONTENT_ID_CHARS_MAX)?,
            "isInline" => attachment.inline = boolean(&value, &name)?.unwrap_or_default(),
            other if is_annotation(other) => {}
            other => return Err(unknown(other, "attachmentItem")),
        }
    }
    if attachment.name.is_empty() {
        return Err(GraphFault::bad_request(
            "ErrorInvalidArgument",
            "The attachment's name is required.",
        ));
    }
    Ok((attachment, size.unwrap_or_default()))
}

fn is_file(kind: Option<&str>) -> Result<(), GraphFault> {
    match kind {
        None => Ok(()),
        Some(kind) if kind.eq_ignore_ascii_case("file") => Ok(()),
        Some(kind)
            if kind.eq_ignore_ascii_case("item") || kind.eq_ignore_ascii_case("reference") =>
        {
            Err(GraphFault::bad_request(
                "ErrorInvalidRequest",
                "Only attachments of the type 'file' can be uploaded.",
            ))
        }
        Some(kind) => Err(GraphFault::bad_request(
            "RequestBodyRead",
            format!("Requested value '{kind}' was not found."),
        )),
    }
}

fn check(size: u64, message: usize, limit: u64) -> Result<(), GraphFault> {
    if size < BYTES_MIN {
        return Err(GraphFault::bad_request(
            "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
            format!("The attachment size should be at least {BYTES_MIN} bytes."),
        ));
    }
    let message = u64::try_from(message).unwrap_or(u64::MAX);
    if size > BYTES_MAX || message.saturating_add(size) > limit {
        return Err(GraphFault::bad_request(
            "ErrorMessageSizeExceeded",
            "The message exceeds the maximum supported size.",
        ));
    }
    Ok(())
}
