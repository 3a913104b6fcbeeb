//! How a message's progress and text stand in columns. Reading never fails on
//! what it finds: what cannot be understood is `damaged`.

use message::{Attachment, Draft, Message, Recipients};
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{bytes, integer, text};
use crate::error::OutboxError;
use crate::machine::{CODE_ATTACHMENT_DAMAGED, Progress, State, Trace, WaitReason};

/// The columns that hold a state.
pub(crate) struct StateColumns {
    pub(crate) state: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) next_attempt_at_ms: Option<i64>,
}

impl StateColumns {
    pub(crate) fn of(state: &State) -> StateColumns {
        let (reason, request_id, next_attempt_at_ms) = match state.clone() {
            State::Queued
            | State::Creating
            | State::Attaching
            | State::Sending
            | State::Cancelled => (None, None, None),
            State::Checking { next_look_at_ms } => (None, None, next_look_at_ms),
            State::Sent { message_id } => (message_id, None, None),
            State::Bounced { report } => (Some(report), None, None),
            State::Deferred { until_ms } => (None, None, Some(until_ms)),
            State::Held { until_ms } => (None, None, Some(until_ms)),
            State::Scheduled { at_ms } => (None, None, Some(at_ms)),
            State::Accepted { request_id } => (None, request_id, None),
            State::Waiting {
                reason,
                next_attempt_at_ms,
            } => (
                Some(reason_code(reason).to_owned()),
                None,
                next_attempt_at_ms,
            ),
            State::Unconfirmed { why, request_id } => (Some(why), request_id, None),
            State::Failed { code, request_id } => (Some(code), request_id, None),
            State::Damaged { last } => (Some(last), None, None),
        };
        StateColumns {
            state: state.code(),
            reason,
            request_id,
            next_attempt_at_ms,
        }
    }
}

/// Reads all that the machine knows of a row.
pub(crate) fn progress(row: &Row<'_>) -> rusqlite::Result<Progress> {
    Ok(Progress {
        state: state(row)?,
        attempts: counted(row, "attempts")?,
        trace: Trace {
            draft: text(row, "mailbox_draft")?,
            sends: counted(row, "sends")?,
            sent_at_ms: integer(row, "sent_at_ms")?.unwrap_or_default(),
            looks: counted(row, "looks")?,
            unanswered: counted(row, "unanswered")?,
            defer_to_ms: integer(row, "defer_to_ms")?,
            follow_at_ms: integer(row, "follow_at_ms")?,
        },
    })
}

/// Reads a column that counts.
pub(crate) fn counted(row: &Row<'_>, column: &str) -> rusqlite::Result<u32> {
    let count = integer(row, column)?.unwrap_or_default();
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Reads where a row stands.
pub(crate) fn state(row: &Row<'_>) -> rusqlite::Result<State> {
    let code = text(row, "state")?.unwrap_or_default();
    let reason = text(row, "reason")?;
    let request_id = text(row, "request_id")?;
    let unknown = || State::Damaged {
        last: "unknown".to_owned(),
    };
    Ok(match code.as_str() {
        // Without its time it is held no longer.
        "held" => State::Held {
            until_ms: integer(row, "next_attempt_at_ms")?.unwrap_or(i64::MIN),
        },
        // Without its time nobody knows when it was meant to go.
        "scheduled" => match integer(row, "next_attempt_at_ms")? {
            Some(at_ms) => State::Scheduled { at_ms },
            None => State::Damaged { last: code },
        },
        "queued" => State::Queued,
        "creating" => State::Creating,
        "attaching" => State::Attaching,
        "sending" => State::Sending,
        "checking" => State::Checking {
            next_look_at_ms: integer(row, "next_attempt_at_ms")?,
        },
        "sent" => State::Sent { message_id: reason },
        "bounced" => State::Bounced {
            report: reason.unwrap_or_default(),
        },
        // Without its time it is looked for now.
        "deferred" => State::Deferred {
            until_ms: integer(row, "next_attempt_at_ms")?.unwrap_or(i64::MIN),
        },
        "accepted" => State::Accepted { request_id },
        "waiting" => match reason.as_deref().and_then(reason_of) {
            Some(reason) => State::Waiting {
                reason,
                next_attempt_at_ms: integer(row, "next_attempt_at_ms")?,
            },
            None => State::Damaged { last: code },
        },
        "unconfirmed" => State::Unconfirmed {
            why: reason.unwrap_or_default().replace('_', "-"),
            request_id,
        },
        "failed" => State::Failed {
            code: reason.map(failure_code).unwrap_or_default(),
            request_id,
        },
        "cancelled" => State::Cancelled,
        "damaged" => State::Damaged {
            last: reason.unwrap_or_default(),
        },
        _ => unknown(),
    })
}

/// The codes in `unconfirmed` and our own among those in `failed` were once
/// written with underscores; what a server calls its refusals is left as it is.
fn failure_code(written: String) -> String {
    match written.as_str() {
        "attachment_damaged" => CODE_ATTACHMENT_DAMAGED.to_owned(),
        _ => written,
    }
}

fn reason_code(reason: WaitReason) -> &'static str {
    match reason {
        WaitReason::Network => "network",
        WaitReason::SignIn => "sign_in",
        WaitReason::Consent => "consent",
        WaitReason::Drafts => "drafts",
        WaitReason::MailboxFull => "mailbox_full",
        WaitReason::Paused => "paused",
        WaitReason::Blocked => "blocked",
    }
}

fn reason_of(code: &str) -> Option<WaitReason> {
    [
        WaitReason::Network,
        WaitReason::SignIn,
        WaitReason::Consent,
        WaitReason::Drafts,
        WaitReason::MailboxFull,
        WaitReason::Paused,
        WaitReason::Blocked,
    ]
    .into_iter()
    .find(|reason| reason_code(*reason) == code)
}

/// What a person wrote, as it is stored: JSON and its digest.
pub(crate) struct Written {
    pub(crate) json: String,
    pub(crate) sha256: Vec<u8>,
}

impl Written {
    pub(crate) fn of(value: &impl Serialize) -> Result<Written, OutboxError> {
        let json = serde_json::to_string(value).map_err(|error| OutboxError::Disk(error.into()))?;
        let sha256 = Sha256::digest(json.as_bytes()).to_vec();
        Ok(Written { json, sha256 })
    }
}

/// What could be read of a stored message or draft.
pub(crate) enum Read<T> {
    /// All of it, as it was written.
    Sound(T),
    /// It has its form, but is not what was written.
    Altered(T),
    /// Only text without form.
    Lost(String),
}

/// Reads the JSON in `column`, checked against `sha256`.
pub(crate) fn written<T: DeserializeOwned>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Read<T>> {
    let json = bytes(row, column)?;
    let as_written = bytes(row, "sha256")? == Sha256::digest(&json).to_vec();
    Ok(match serde_json::from_slice(&json) {
        Ok(value) if as_written => Read::Sound(value),
        Ok(value) => Read::Altered(value),
        Err(_) => Read::Lost(String::from_utf8_lossy(&json).into_owned()),
    })
}

/// What is shown of a message that has lost its form: its raw text.
pub(crate) fn formless(text: String) -> Message {
    Message {
        recipients: Recipients::default(),
        subject: String::new(),
        html: None,
        text,
        attachments: Vec::<Attachment>::new(),
        reply_to: Vec::new(),
        options: message::Options::default(),
    }
}

/// A message as the draft it can be made from again.
pub(crate) fn draft_of(message: Message) -> Draft {
    let addresses = |list: &[message::Address]| list.iter().map(ToString::to_string).collect();
    Draft {
        to: addresses(&message.recipients.to),
        cc: addresses(&message.recipients.cc),
        bcc: addresses(&message.recipients.bcc),
        reply_to: addresses(&message.reply_to),
        subject: message.subject,
        body: match message.html {
            Some(html) => message::Body::Html(html),
            None => message::Body::Text(message.text),
        },
        attachments: message.attachments,
        options: message.options,
    }
}
