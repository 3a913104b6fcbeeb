//! Between what the compose window holds and what `message` knows.

use message::{Address, AddressError, Attachment, Body, Draft, Importance, Message, Options};
use outbox::DraftId;

use crate::{
    faults,
    views::{
        AddressView, AttachmentView, BodyForm, CommandError, DraftForm, ImportanceForm, OptionsForm,
    },
};

impl DraftForm {
    /// The form of a draft that `account` sends, with what it may end with.
    pub fn from_draft(
        id: &DraftId,
        account: Option<String>,
        signature: String,
        draft: Draft,
    ) -> Self {
        Self {
            id: id.to_string(),
            account,
            signature,
            to: draft.to,
            cc: draft.cc,
            bcc: draft.bcc,
            reply_to: draft.reply_to,
            subject: draft.subject,
            body: match draft.body {
                Body::Html(html) => BodyForm::Html(html),
                Body::Text(text) => BodyForm::Text(text),
            },
            attachments: draft.attachments.iter().map(AttachmentView::from).collect(),
            options: draft.options.into(),
        }
    }

    /// The draft of a form, with the attachments that are really there.
    pub fn into_draft(self, attachments: Vec<Attachment>) -> Draft {
        Draft {
            to: self.to,
            cc: self.cc,
            bcc: self.bcc,
            reply_to: self.reply_to,
            subject: self.subject,
            body: match self.body {
                BodyForm::Html(html) => Body::Html(html),
                BodyForm::Text(text) => Body::Text(text),
            },
            attachments,
            options: self.options.into(),
        }
    }

    /// The message of a form, with the attachments that are really there.
    ///
    /// # Errors
    /// Every fault at its field.
    pub fn into_message(self, attachments: Vec<Attachment>) -> Result<Message, CommandError> {
        let message = Message::try_from(self.into_draft(attachments));
        message.map_err(|found| faults::of_draft(&found))
    }
}

impl From<Options> for OptionsForm {
    fn from(options: Options) -> Self {
        Self {
            importance: match options.importance {
                Importance::Low => ImportanceForm::Low,
                Importance::Normal => ImportanceForm::Normal,
                Importance::High => ImportanceForm::High,
            },
            read_receipt: options.read_receipt,
            delivery_receipt: options.delivery_receipt,
        }
    }
}

impl From<OptionsForm> for Options {
    fn from(form: OptionsForm) -> Self {
        Self {
            importance: match form.importance {
                ImportanceForm::Low => Importance::Low,
                ImportanceForm::Normal => Importance::Normal,
                ImportanceForm::High => Importance::High,
            },
            read_receipt: form.read_receipt,
            delivery_receipt: form.delivery_receipt,
        }
    }
}

impl From<&Attachment> for AttachmentView {
    fn from(attachment: &Attachment) -> Self {
        Self {
            id: attachment.id.to_string(),
            name: attachment.name.clone(),
            content_type: attachment.content_type.clone(),
            bytes: attachment.bytes,
            content_id: attachment.content_id.as_ref().map(ToString::to_string),
        }
    }
}

impl From<Result<Address, AddressError>> for AddressView {
    fn from(read: Result<Address, AddressError>) -> Self {
        match read {
            Ok(address) => Self {
                text: address.to_string(),
                name: address.name().map(str::to_owned),
                address: Some(address.address().to_owned()),
                fault: None,
            },
            Err(error) => Self {
                text: error.text().to_owned(),
                name: None,
                address: None,
                fault: Some(format!("address-{}", error.fault().code())),
            },
        }
    }
}
