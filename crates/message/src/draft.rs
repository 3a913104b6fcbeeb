//! What a person writes, and how it becomes a message.

mod empty;
mod signature;
mod words;

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::message::{BODY_BYTES_MAX, RECIPIENTS_MAX, REPLY_TO_MAX, SUBJECT_CHARS_MAX};
use crate::{
    ATTACHMENTS_BYTES_MAX, Address, AddressFault, Attachment, Message, Options, Recipients,
    attachment_name, html, parse_addresses,
};

/// The body as it was written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "content")]
pub enum Body {
    /// Plain text.
    Text(String),
    /// HTML from the editor, not yet cleaned.
    Html(String),
}

impl Default for Body {
    fn default() -> Self {
        Self::Html(String::new())
    }
}

impl Body {
    fn bytes(&self) -> usize {
        match self {
            Self::Text(content) | Self::Html(content) => content.len(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(content) => write!(out, "Text({} bytes)", content.len()),
            Self::Html(content) => write!(out, "Html({} bytes)", content.len()),
        }
    }
}

/// What a person writes. Anything is allowed: a draft is kept as typed, and judged when it is to be sent.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// To, one entry a chip; an entry may still hold a list.
    pub to: Vec<String>,
    /// Cc, likewise.
    pub cc: Vec<String>,
    /// Bcc, likewise.
    pub bcc: Vec<String>,
    /// Where answers are to go, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reply_to: Vec<String>,
    /// Subject, as typed.
    pub subject: String,
    /// Body, as typed.
    pub body: Body,
    /// In the order they were added.
    pub attachments: Vec<Attachment>,
    /// What is asked for with it.
    #[serde(skip_serializing_if = "Options::is_default")]
    pub options: Options,
}

impl fmt::Debug for Draft {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Draft")
            .field(
                "recipients",
                &(self.to.len() + self.cc.len() + self.bcc.len()),
            )
            .field("body", &self.body)
            .field("attachments", &self.attachments)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// A field that holds addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientField {
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc.
    Bcc,
    /// Reply-To.
    ReplyTo,
}

/// One reason why a draft cannot be sent as it is.
#[derive(Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DraftFault {
    /// Nobody to send it to.
    #[error("there is no recipient")]
    NoRecipient,
    /// An entry that is no address.
    #[error("a recipient is not a mail address: {fault}")]
    BadAddress {
        /// Where it stands.
        field: RecipientField,
        /// What was written, cut to what a field can show.
        text: String,
        /// What is wrong with it.
        fault: AddressFault,
    },
    /// More than Exchange takes in one message.
    #[error("{count} recipients, at most {max} can be sent to at once")]
    TooManyRecipients {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// Answers would go to more addresses than anybody means.
    #[error("answers go to {count} addresses, at most {max} can be named")]
    TooManyReplyTo {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// The subject is longer than Exchange keeps.
    #[error("the subject has {chars} characters, at most {max} are kept")]
    SubjectTooLong {
        /// Its length in UTF-16 units.
        chars: usize,
        /// How long it may be.
        max: usize,
    },
    /// The body does not fit into one request.
    #[error("the body has {bytes} bytes, at most {max} can be sent")]
    BodyTooLong {
        /// Its length.
        bytes: usize,
        /// How long it may be.
        max: usize,
    },
    /// The text shows pictures that are not there any more.
    #[error("{count} pictures of the text are missing")]
    PicturesMissing {
        /// How many.
        count: usize,
    },
    /// The attachments weigh more than any mailbox takes.
    #[error("the attachments have {bytes} bytes, at most {max} can be sent")]
    AttachmentsTooLarge {
        /// What they weigh together.
        bytes: u64,
        /// What they may weigh.
        max: u64,
    },
}

impl fmt::Debug for DraftFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "DraftFault({self})")
    }
}

impl TryFrom<Draft> for Message {
    type Error = Vec<DraftFault>;

    /// Judges and cleans a draft. All faults come at once, so that a person mends them in one go.
    ///
    /// Line breaks and control characters in the subject become spaces; the same address twice in one field is kept
    /// once; HTML is cleaned and a text alternative made of it. A picture that the text does not show any more stays
    /// behind.
    fn try_from(draft: Draft) -> Result<Self, Vec<DraftFault>> {
        let mut faults = Vec::new();
        let recipients = recipients(&draft, &mut faults);
        let reply_to = reply_to(&draft.reply_to, &mut faults);
        let subject = subject(&draft.subject, &mut faults);
        let written = written(draft.body, &draft.attachments, &mut faults);
        let is_sent = |attachment: &Attachment| match &attachment.content_id {
            Some(id) => written.shown.contains(id.as_str()),
            None => true,
        };
        let sent = draft.attachments.into_iter().filter(is_sent);
        let attachments = sent.map(named_safely).collect();
        let message = Self {
            recipients,
            reply_to,
            subject,
            html: written.html,
            text: written.text,
            attachments,
            options: draft.options,
        };
        check_size(&message, &mut faults);
        if faults.is_empty() {
            Ok(message)
        } else {
            Err(faults)
        }
    }
}

fn recipients(draft: &Draft, faults: &mut Vec<DraftFault>) -> Recipients {
    let faults_before = faults.len();
    let recipients = Recipients {
        to: addresses(RecipientField::To, &draft.to, faults),
        cc: addresses(RecipientField::Cc, &draft.cc, faults),
        bcc: addresses(RecipientField::Bcc, &draft.bcc, faults),
    };
    if recipients.is_empty() && faults.len() == faults_before {
        faults.push(DraftFault::NoRecipient);
    }
    if recipients.len() > RECIPIENTS_MAX {
        faults.push(DraftFault::TooManyRecipients {
            count: recipients.len(),
            max: RECIPIENTS_MAX,
        });
    }
    recipients
}

fn reply_to(entries: &[String], faults: &mut Vec<DraftFault>) -> Vec<Address> {
    let addresses = addresses(RecipientField::ReplyTo, entries, faults);
    let (count, max) = (addresses.len(), REPLY_TO_MAX);
    if count > max {
        faults.push(DraftFault::TooManyReplyTo { count, max });
    }
    addresses
}

fn addresses(
    field: RecipientField,
    entries: &[String],
    faults: &mut Vec<DraftFault>,
) -> Vec<Address> {
    let mut seen = HashSet::new();
    let mut addresses = Vec::new();
    for parsed in entries.iter().flat_map(|entry| parse_addresses(entry)) {
        match parsed {
            Ok(address) if seen.insert(address.address().to_lowercase()) => addresses.push(address),
            Ok(_) => {}
            Err(error) => {
                faults.push(DraftFault::BadAddress {
                    field,
                    text: error.text().to_owned(),
                    fault: error.fault(),
                });
            }
        }
    }
    addresses
}

fn subject(typed: &str, faults: &mut Vec<DraftFault>) -> String {
    let chars = typed.encode_utf16().count();
    if chars > SUBJECT_CHARS_MAX {
        faults.push(DraftFault::SubjectTooLong {
            chars,
            max: SUBJECT_CHARS_MAX,
        });
        return String::new();
    }
    one_line(typed)
}

/// A text as one line: a line break in a subject would begin another header (RFC 5322 §2.2).
pub(crate) fn one_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace("\r\n", " ")
        .chars()
        .map(|c| if is_break(c) { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// The body of a message, and the content ids of the pictures it shows.
#[derive(Default)]
struct Written {
    html: Option<String>,
    text: String,
    shown: HashSet<String>,
}

fn written(body: Body, attachments: &[Attachment], faults: &mut Vec<DraftFault>) -> Written {
    let bytes = body.bytes();
    if bytes > BODY_BYTES_MAX {
        faults.push(DraftFault::BodyTooLong {
            bytes,
            max: BODY_BYTES_MAX,
        });
        return Written::default();
    }
    match body {
        Body::Text(text) => Written {
            text: visible_text(&text),
            ..Written::default()
        },
        Body::Html(html) => {
            let pictures = attachments.iter().filter_map(|one| one.content_id.as_ref());
            let clean = html::clean(&html, pictures.map(ToString::to_string).collect());
            if clean.lost > 0 {
                faults.push(DraftFault::PicturesMissing { count: clean.lost });
            }
            Written {
                text: html::text_alternative(&clean.html),
                html: Some(clean.html),
                shown: clean.shown,
            }
        }
    }
}

// Line breaks and tabs are text; other control characters are not, and JSON would spend six bytes on each.
fn visible_text(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

fn named_safely(attachment: Attachment) -> Attachment {
    Attachment {
        name: attachment_name(&attachment.name),
        ..attachment
    }
}

fn check_size(message: &Message, faults: &mut Vec<DraftFault>) {
    let (bytes, max) = (message.attachment_bytes(), ATTACHMENTS_BYTES_MAX);
    if bytes > max {
        faults.push(DraftFault::AttachmentsTooLarge { bytes, max });
    }
}

#[cfg(test)]
mod tests;
