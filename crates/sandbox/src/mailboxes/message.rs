//! One message, from what a client wrote to what lies in a folder.
//!
//! Source: Graph v1.0 reference, "message resource type".

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Serialize;

use super::folder::FolderNumber;
use super::ids;
use super::room::{Charge, Kept, Room};
use crate::html::shallow;

/// Wide enough that text made of HTML is not wrapped, as Exchange leaves it.
const TEXT_WIDTH: usize = 10_000;
/// What one message costs beside its texts: the struct, its ids, its places in
/// the mailbox's indexes.
const MESSAGE_BYTES: usize = 2048;
/// What one recipient, header, property or value of a list costs beside its
/// text: the struct and its share of the allocator.
const ENTRY_BYTES: usize = 128;
/// What one attachment costs beside its texts and its content.
const ATTACHMENT_BYTES: usize = 512;

/// A name and an address as they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recipient {
    /// Display name, if one was given.
    pub name: Option<String>,
    /// Address.
    pub address: String,
}

/// A header a client asked for, or one that transport wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Header {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// What hangs on a message.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its id, given when the message is put into a mailbox.
    pub id: String,
    /// File name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// `Content-ID` of an inline part.
    pub content_id: Option<String>,
    /// `Content-Location`.
    pub content_location: Option<String>,
    /// Whether it is shown inline.
    pub inline: bool,
    /// When it last changed.
    pub modified_ms: i64,
    /// The thing itself.
    pub content: AttachmentContent,
}

/// The two kinds that v1.0 takes.
#[derive(Debug, Clone)]
pub enum AttachmentContent {
    /// `fileAttachment`.
    File(Arc<Kept<Vec<u8>>>),
    /// `itemAttachment` with a message in it.
    Item(Arc<Message>),
}

impl Attachment {
    /// `size`: the content, and what its properties take beside it.
    pub fn size(&self) -> usize {
        match &self.content {
            AttachmentContent::File(file) => file.len(),
            AttachmentContent::Item(message) => message.size(),
        }
    }

    /// What it takes beside its content.
    fn own_bytes(&self) -> usize {
        let optional = [&self.content_id, &self.content_location];
        let optional: usize = optional.into_iter().flatten().map(String::len).sum();
        ATTACHMENT_BYTES + self.name.len() + self.content_type.len() + optional
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&[u8]> {
        match &self.content {
            AttachmentContent::File(file) => Some(file),
            AttachmentContent::Item(_) => None,
        }
    }
}

/// The body in the forms that came. With HTML alone, text is made of it when
/// somebody asks, once for all who share the body.
#[derive(Debug, Clone, Default)]
pub struct Body {
    /// HTML, if that is what was sent.
    html: Option<Arc<Kept<String>>>,
    /// Text, if that is what was sent, alone or as the alternative.
    text: Option<Arc<Kept<String>>>,
    /// The text that was made of the HTML.
    made: Arc<OnceLock<Kept<String>>>,
}

impl Body {
    /// A body in the forms that came.
    pub fn new(html: Option<String>, text: Option<String>) -> Self {
        Self {
            html: html.map(Kept::new),
            text: text.map(Kept::new),
            made: Arc::default(),
        }
    }

    /// A body of HTML.
    pub fn of_html(html: String) -> Self {
        Self::new(Some(html), None)
    }

    /// A body of text.
    pub fn of_text(text: String) -> Self {
        Self::new(None, Some(text))
    }

    /// The HTML, if there is any.
    pub fn html(&self) -> Option<&str> {
        self.html.as_ref().map(|html| html.as_str())
    }

    /// The text, or what a mail server makes of the HTML.
    pub fn text(&self) -> &str {
        match (&self.text, &self.html) {
            (Some(text), _) => text,
            (None, Some(html)) => self.made.get_or_init(|| html.beside(text_of_html(html))),
            (None, None) => "",
        }
    }

    fn len(&self) -> usize {
        let length = |part: &Option<Arc<Kept<String>>>| part.as_ref().map_or(0, |part| part.len());
        length(&self.html) + length(&self.text)
    }

    fn settle(&self, room: &Arc<Room>) {
        for part in [&self.html, &self.text].into_iter().flatten() {
            part.settle(room);
        }
        if let Some(made) = self.made.get() {
            made.settle(room);
        }
    }
}

/// `importance`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    /// `low`.
    Low,
    /// `normal`.
    #[default]
    Normal,
    /// `high`.
    High,
}

/// `inferenceClassification`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Inference {
    /// `focused`.
    #[default]
    Focused,
    /// `other`.
    Other,
}

/// `flagStatus` of a `followupFlag`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FlagStatus {
    /// `notFlagged`.
    #[default]
    NotFlagged,
    /// `complete`.
    Complete,
    /// `flagged`.
    Flagged,
}

/// A `dateTimeTimeZone`, as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZonedTime {
    /// `dateTime`.
    pub date_time: String,
    /// `timeZone`.
    pub time_zone: String,
}

/// A `followupFlag`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flag {
    /// Whether it is raised.
    pub status: FlagStatus,
    /// `startDateTime`.
    pub start: Option<ZonedTime>,
    /// `dueDateTime`.
    pub due: Option<ZonedTime>,
    /// `completedDateTime`.
    pub completed: Option<ZonedTime>,
}

impl Flag {
    fn len(&self) -> usize {
        [&self.start, &self.due, &self.completed]
            .into_iter()
            .flatten()
            .map(|time| time.date_time.len() + time.time_zone.len())
            .sum()
    }
}

/// What a report of non-delivery tells (RFC 3464).
#[derive(Debug, Clone)]
pub struct Report {
    /// Addresses that were not reached.
    pub failed: Vec<String>,
    /// The message that did not arrive.
    pub original: Arc<Message>,
}

/// One message. What the mailbox gives (ids, times, folder) is empty until it
/// lies in one.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// Number in the sandbox, in the order of creation; the mailbox's own key.
    pub serial: u64,
    /// Object id of the person in whose mailbox it is an item.
    pub owner: &'static str,
    /// The id that a sent copy took over from its draft, folder or not.
    pub fixed_id: Option<String>,
    /// Folder.
    pub folder: FolderNumber,
    /// The mailbox's sequence when it came into the folder.
    pub entered_seq: u64,
    /// The mailbox's sequence when it last changed.
    pub changed_seq: u64,
    /// `createdDateTime`.
    pub created_ms: i64,
    /// `receivedDateTime`.
    pub received_ms: i64,
    /// `sentDateTime`.
    pub sent_ms: i64,
    /// `lastModifiedDateTime`.
    pub modified_ms: i64,
    /// Whether it was not sent yet.
    pub is_draft: bool,
    /// Whether it was handed over and waits: a deferred message, or one that
    /// lingers in Drafts after it was sent.
    pub submitted: bool,
    /// Whether transport brought it: then it has the headers of one that
    /// travelled.
    pub delivered: bool,
    /// Whether it was read.
    pub is_read: bool,
    /// The conversation, the same in every mailbox.
    pub thread: u64,
    /// How many answers deep it lies in its conversation.
    pub depth: u32,
    /// `internetMessageId`, with its angle brackets.
    pub internet_message_id: String,
    /// The ids of the draft that this is the sent copy of.
    pub sent_from: Option<[String; 2]>,
    /// `In-Reply-To`: the id of the message that is answered.
    pub in_reply_to: Option<String>,
    /// `References`, oldest first.
    pub references: Vec<String>,
    /// From, if it was set.
    pub from: Option<Recipient>,
    /// Who really sent it.
    pub sender: Option<Recipient>,
    /// To.
    pub to: Vec<Recipient>,
    /// Cc.
    pub cc: Vec<Recipient>,
    /// Bcc.
    pub bcc: Vec<Recipient>,
    /// Where answers go.
    pub reply_to: Vec<Recipient>,
    /// Subject.
    pub subject: String,
    /// Body.
    pub body: Body,
    /// Attachments.
    pub attachments: Vec<Attachment>,
    /// Headers that the client asked for.
    pub headers: Vec<Header>,
    /// Single-value extended properties by id.
    pub properties: BTreeMap<String, String>,
    /// Multi-value extended properties by id.
    pub list_properties: BTreeMap<String, Vec<String>>,
    /// Categories.
    pub categories: Vec<String>,
    /// Importance.
    pub importance: Importance,
    /// Focused or other.
    pub inference: Inference,
    /// Follow-up flag.
    pub flag: Flag,
    /// Whether a delivery receipt is wanted.
    pub delivery_receipt: Option<bool>,
    /// Whether a read receipt is wanted.
    pub read_receipt: Option<bool>,
    /// What it reports, if it is a report.
    pub report: Option<Box<Report>>,
    /// How large it was when it was put where it lies.
    pub kept_bytes: usize,
    /// What of it is counted beside its body and files.
    pub charge: Option<Charge>,
}

impl Message {
    /// `id`: changes with the folder; empty until it lies in one.
    pub fn id(&self) -> String {
        ids::current(
            self.fixed_id.as_deref(),
            self.owner,
            self.folder,
            self.serial,
        )
    }

    /// The id that stays; empty until it lies in a mailbox.
    pub fn immutable_id(&self) -> String {
        ids::immutable(self.owner, self.serial)
    }

    /// `changeKey`: its version, new on every change.
    pub fn change_key(&self) -> String {
        ids::change_key(self.serial, self.changed_seq)
    }

    /// Everybody it goes to.
    pub fn recipients(&self) -> impl Iterator<Item = &Recipient> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    /// Whether `address` is among the recipients.
    pub fn is_for(&self, address: &str) -> bool {
        self.recipients()
            .any(|recipient| recipient.address.eq_ignore_ascii_case(address))
    }

    /// `hasAttachments`: files beside those that the body shows.
    pub fn has_attachments(&self) -> bool {
        self.attachments.iter().any(|attachment| !attachment.inline)
    }

    /// How large it is as mail: texts, files, and what names them.
    pub fn size(&self) -> usize {
        let files: usize = self.attachments.iter().map(Attachment::size).sum();
        self.body.len() + files + self.own_bytes()
    }

    /// Counts all of it against `room`.
    pub(super) fn settle(&mut self, room: &Arc<Room>) {
        self.charge = Some(room.charge(self.settle_parts(room)));
    }

    /// Counts bodies and files, also those of attached messages, and says what
    /// there is beside them.
    fn settle_parts(&self, room: &Arc<Room>) -> usize {
        self.body.settle(room);
        let mut beside = self.own_bytes();
        for attachment in &self.attachments {
            match &attachment.content {
                AttachmentContent::File(file) => file.settle(room),
                AttachmentContent::Item(message) => beside += message.settle_parts(room),
            }
        }
        beside
    }

    fn own_bytes(&self) -> usize {
        let recipients = self
            .recipients()
            .chain(&self.reply_to)
            .chain(&self.from)
            .chain(&self.sender)
            .map(|recipient| {
                recipient.address.len() + recipient.name.as_ref().map_or(0, String::len)
            });
        let headers = self
            .headers
            .iter()
            .map(|header| header.name.len() + header.value.len());
        let properties = self
            .properties
            .iter()
            .map(|(id, value)| id.len() + value.len())
            .chain(self.list_properties.iter().map(|(id, values)| {
                let values = values.iter().map(|value| value.len() + ENTRY_BYTES);
                id.len() + values.sum::<usize>()
            }));
        let failed = self.report.iter().flat_map(|report| &report.failed);
        let texts = self
            .categories
            .iter()
            .chain(&self.references)
            .chain(&self.in_reply_to)
            .chain(failed)
            .map(String::len);
        let entries: usize = recipients
            .chain(headers)
            .chain(properties)
            .chain(texts)
            .map(|bytes| bytes + ENTRY_BYTES)
            .sum();
        let attachments: usize = self.attachments.iter().map(Attachment::own_bytes).sum();
        MESSAGE_BYTES
            + self.subject.len()
            + self.internet_message_id.len()
            + self.flag.len()
            + entries
            + attachments
    }
}

/// The text alternative of an HTML body, as a mail server makes it.
fn text_of_html(html: &str) -> String {
    html2text::config::plain_no_decorate()
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(shallow(html).as_bytes(), TEXT_WIDTH)
        .map(|text| text.trim_end().to_owned())
        .unwrap_or_default()
}
