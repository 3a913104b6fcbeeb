//! Why a message was refused for good, in words, and with what a person needs to know to mend it.

use message::Message;
use outbox::{
    CODE_ATTACHMENT_DAMAGED, CODE_DRAFT_CHANGED, CODE_NOT_TAKEN_OVER, Outbox, State, Summary,
    WHY_ATTEMPT_LOST,
};

use crate::views::Args;

const TOO_LARGE: &str = "failed-too-large";

/// How large a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// What a mailbox counts of it, in bytes.
    bytes: u64,
    /// The largest file that is attached: its name, and its size in bytes.
    largest: Option<(String, u64)>,
}

impl Size {
    fn of(message: &Message) -> Self {
        let largest = message.attachments.iter().max_by_key(|file| file.bytes);
        Self {
            bytes: message.sent_bytes(),
            largest: largest.map(|file| (file.name.clone(), file.bytes)),
        }
    }
}

/// The size of a message that was too large. It is read from the whole row, which few need.
pub(super) fn size(outbox: &Outbox, item: &Summary) -> Option<Size> {
    match &item.state {
        State::Failed { code, .. } if sentence(code) == TOO_LARGE => {
            let whole = outbox.item(item.id).ok()?;
            Some(Size::of(&whole.message))
        }
        _ => None,
    }
}

/// The message id of a refusal's sentence, and its arguments.
pub(super) fn words(code: &str, size: Option<Size>) -> (&'static str, Args) {
    match (sentence(code), size) {
        (TOO_LARGE, Some(size)) => too_large(size),
        (sentence, _) => (sentence, Args::new()),
    }
}

fn too_large(Size { bytes, largest }: Size) -> (&'static str, Args) {
    let mut args = Args::from([("bytes".to_owned(), bytes.to_string())]);
    let Some((name, largest)) = largest else {
        return ("failed-too-large-text", args);
    };
    args.insert("name".to_owned(), name);
    args.insert("largest".to_owned(), largest.to_string());
    ("failed-too-large-file", args)
}

/// The sentence for a refusal. Source: the codes of Exchange's ResponseCode as Graph passes them on.
fn sentence(code: &str) -> &'static str {
    match code {
        "ErrorInvalidRecipients" => "failed-recipients",
        "ErrorSendAsDenied" => "failed-send-as-denied",
        "ErrorExceededMaxRecipientLimit" => "failed-too-many-recipients",
        "ErrorMessageSizeExceeded" | "RequestEntityTooLarge" | "too-large" => TOO_LARGE,
        "extensionError" => "failed-kept-out",
        "MailboxNotEnabledForRESTAPI"
        | "MailboxNotSupportedForRESTAPI"
        | "ErrorNonExistentMailbox"
        | "ErrorMissingEmailAddress"
        | "ErrorInvalidUser" => "failed-no-mailbox",
        CODE_ATTACHMENT_DAMAGED => "failed-attachment",
        CODE_NOT_TAKEN_OVER => "failed-not-taken-over",
        CODE_DRAFT_CHANGED => "failed-draft-changed",
        "forbidden" | "ErrorAccessDenied" | "accessDenied" => "failed-forbidden",
        "rejected" => "failed-rejected",
        code if code == WHY_ATTEMPT_LOST
            || graph::Why::ALL.iter().any(|why| why.code() == code) =>
        {
            "failed-no-answer"
        }
        _ => "failed-other",
    }
}

#[cfg(test)]
mod tests {
    use message::{Attachment, AttachmentId, Body, Draft};

    use super::*;

    fn message(files: &[(&str, u64)]) -> Message {
        let attachment = |(name, bytes): &(&str, u64)| Attachment {
            id: AttachmentId::new("a").unwrap(),
            name: (*name).to_owned(),
            content_type: "text/plain".to_owned(),
            bytes: *bytes,
            sha256: String::new(),
            content_id: None,
        };
        Message::try_from(Draft {
            to: vec!["ada@signet.example".to_owned()],
            body: Body::Text("four".to_owned()),
            attachments: files.iter().map(attachment).collect(),
            ..Draft::default()
        })
        .unwrap()
    }

    #[test]
    fn what_is_too_large_names_its_size_and_its_largest_file() {
        let said = |files: &[(&str, u64)]| words("too-large", Some(Size::of(&message(files))));
        let args = |args: &[(&str, &str)]| -> Args {
            let owned = args
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            owned.collect()
        };
        assert_eq!(
            said(&[("small.txt", 3), ("large.txt", 3_000_000), ("2026", 6)]),
            (
                "failed-too-large-file",
                args(&[
                    ("bytes", "4000016"),
                    ("largest", "3000000"),
                    ("name", "large.txt")
                ])
            )
        );
        assert_eq!(
            said(&[]),
            ("failed-too-large-text", args(&[("bytes", "4")]))
        );
        // A row that cannot be read says no size, and no other refusal does.
        assert_eq!(words("too-large", None), (TOO_LARGE, Args::new()));
        let size = Some(Size::of(&message(&[])));
        assert_eq!(words("ErrorSendAsDenied", size).0, "failed-send-as-denied");
    }
}
