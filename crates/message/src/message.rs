//! A message that may be sent: checked, cleaned, whole.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Address, Attachment, Options};

/// The most recipients of one message, To, Cc and Bcc together: Exchange Online's default.
/// Source: Exchange Online limits, "Recipient limit".
pub const RECIPIENTS_MAX: usize = 500;

/// The most addresses that answers go to. Two or three are meant where there are several; a longer list is a slip.
pub const REPLY_TO_MAX: usize = 10;

/// The longest subject, in UTF-16 units, as Exchange keeps it; a longer one would be cut on the way.
pub const SUBJECT_CHARS_MAX: usize = 255;

/// The longest body, in bytes. It travels in one request of 4 MB with everything else, and a mail that people read
/// is far below it.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Who a message goes to.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Recipients {
    /// To.
    #[serde(default)]
    pub to: Vec<Address>,
    /// Cc.
    #[serde(default)]
    pub cc: Vec<Address>,
    /// Bcc: seen by nobody but its own recipient.
    #[serde(default)]
    pub bcc: Vec<Address>,
}

impl Recipients {
    /// All of them, To first.
    pub fn iter(&self) -> impl Iterator<Item = &Address> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.to.len() + self.cc.len() + self.bcc.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a draft becomes once it is valid; made by `Message::try_from(draft)` only, or read back from disk.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who it goes to; at least one.
    pub recipients: Recipients,
    /// Where answers are to go, instead of to the sender; mostly nowhere else.
    // Left out where there is none, as are the options: rows without them are as they always were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reply_to: Vec<Address>,
    /// One line, perhaps empty.
    pub subject: String,
    /// The cleaned HTML, when it was written as HTML.
    #[serde(default)]
    pub html: Option<String>,
    /// The body as text: what was typed, or the alternative made of the HTML.
    pub text: String,
    /// In the order they were added.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// What is asked for with it.
    #[serde(default, skip_serializing_if = "Options::is_default")]
    pub options: Options,
}

impl fmt::Debug for Message {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Message")
            .field("recipients", &self.recipients.len())
            .field("html_bytes", &self.html.as_ref().map(String::len))
            .field("text_bytes", &self.text.len())
            .field("attachments", &self.attachments)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
