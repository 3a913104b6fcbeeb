//! Faults of what was typed, as the fields show them.

use message::{DraftFault, RecipientField};

use crate::views::{self, Args, CommandError, ConfigFault, Field};

/// All faults of a draft.
pub fn of_draft(faults: &[DraftFault]) -> CommandError {
    CommandError {
        message: "compose-faults".to_owned(),
        args: Args::new(),
        faults: faults.iter().map(view).collect(),
    }
}

/// The first fault of settings to be saved: each of the two fields has one at most.
pub fn of_config(faults: &[ConfigFault]) -> CommandError {
    let first = faults.first();
    CommandError {
        message: first
            .map_or("config-not-saved", |fault| &fault.message)
            .to_owned(),
        args: first.map(|fault| fault.args.clone()).unwrap_or_default(),
        faults: Vec::new(),
    }
}

fn view(fault: &DraftFault) -> views::DraftFault {
    let (field, message, args): (Field, &str, Vec<(&str, String)>) = match fault {
        DraftFault::NoRecipient => (Field::To, "draft-no-recipient", Vec::new()),
        DraftFault::BadAddress { field, text, fault } => (
            match field {
                RecipientField::To => Field::To,
                RecipientField::Cc => Field::Cc,
                RecipientField::Bcc => Field::Bcc,
                RecipientField::ReplyTo => Field::ReplyTo,
            },
            "draft-bad-address",
            vec![("text", text.clone()), ("fault", fault.code().to_owned())],
        ),
        DraftFault::TooManyRecipients { count, max } => (
            Field::To,
            "draft-too-many-recipients",
            vec![("count", count.to_string()), ("max", max.to_string())],
        ),
        DraftFault::TooManyReplyTo { count, max } => (
            Field::ReplyTo,
            "draft-too-many-reply-to",
            vec![("count", count.to_string()), ("max", max.to_string())],
        ),
        DraftFault::SubjectTooLong { chars, max } => (
            Field::Subject,
            "draft-subject-too-long",
            vec![("chars", chars.to_string()), ("max", max.to_string())],
        ),
        DraftFault::BodyTooLong { bytes, max } => (
            Field::Body,
            "draft-body-too-long",
            vec![("bytes", bytes.to_string()), ("max", max.to_string())],
        ),
        DraftFault::PicturesMissing { count } => (
            Field::Body,
            "draft-pictures-missing",
            vec![("count", count.to_string())],
        ),
        DraftFault::AttachmentsTooLarge { bytes, max } => (
            Field::Attachments,
            "draft-attachments-too-large",
            vec![("bytes", bytes.to_string()), ("max", max.to_string())],
        ),
    };
    views::DraftFault {
        field,
        message: message.to_owned(),
        args: args
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}
