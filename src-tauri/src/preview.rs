//! What exactly will be sent, to be looked at before it is. Nothing is queued, saved or asked of anybody else.

use std::time::Duration;

use message::{Address, Message};
use tauri::{State, WebviewWindow};

use crate::{
    app::App,
    composers::Composer,
    views::{AttachmentView, CommandError, DraftForm, PreviewView, Way},
};

/// So long the window waits to hear whether a draft may be made in the mailbox. Where nothing is heard by then, the
/// message is said to go in one request, as it does where no draft can be made.
const KNOWN_MAX: Duration = Duration::from_secs(2);

/// The message that the calling window's draft becomes, as [`queue_message`](crate::commands::queue_message) would make it.
///
/// # Errors
/// Those of sending: every fault at its field, and files that are still being copied.
#[tauri::command]
#[specta::specta]
pub async fn preview_message(
    app: State<'_, App>,
    window: WebviewWindow,
    form: DraftForm,
) -> Result<PreviewView, CommandError> {
    let composer = app.composers.get(window.label());
    let Composer {
        account,
        attachments,
        copying,
        ..
    } = composer.ok_or_else(|| CommandError::plain("command-gone"))?;
    if copying > 0 {
        return Err(CommandError::plain("command-attaching"));
    }
    let message = form.into_message(attachments)?;
    let account = app.account_of(account.as_deref());
    let may_make_drafts = async {
        match account {
            Some(account) => app.mail.may_look(&account).await,
            None => false,
        }
    };
    let may_make_drafts = tokio::time::timeout(KNOWN_MAX, may_make_drafts).await;
    Ok(PreviewView::new(message, may_make_drafts.unwrap_or(false)))
}

impl PreviewView {
    fn new(message: Message, may_make_drafts: bool) -> Self {
        let people = |list: &[Address]| list.iter().map(ToString::to_string).collect();
        Self {
            to: people(&message.recipients.to),
            cc: people(&message.recipients.cc),
            bcc: people(&message.recipients.bcc),
            reply_to: people(&message.reply_to),
            options: message.options.into(),
            attachments: message
                .attachments
                .iter()
                .map(AttachmentView::from)
                .collect(),
            bytes: message.sent_bytes(),
            way: match (message.fits_one_request(), may_make_drafts) {
                (true, false) => Way::Request,
                (true, true) => Way::Draft,
                (false, _) => Way::Uploads,
            },
            subject: message.subject,
            html: message.html,
            text: message.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use message::{Attachment, AttachmentId, Body, Draft};

    use super::*;

    fn view(bytes: u64, may_make_drafts: bool) -> PreviewView {
        let draft = Draft {
            to: vec!["Ada <ada@signet.example>, ADA@signet.example".to_owned()],
            reply_to: vec!["grace@signet.example".to_owned()],
            subject: " Größe\n".to_owned(),
            body: Body::Html("<p onclick=\"x()\">Hi<script>x()</script></p>".to_owned()),
            attachments: vec![Attachment {
                id: AttachmentId::new("a1").unwrap(),
                name: "../plan.pdf".to_owned(),
                content_type: "application/pdf".to_owned(),
                bytes,
                sha256: String::new(),
                content_id: None,
            }],
            ..Draft::default()
        };
        PreviewView::new(Message::try_from(draft).unwrap(), may_make_drafts)
    }

    #[test]
    fn it_is_what_the_message_is_and_not_what_was_typed() {
        let view = view(3, false);
        assert_eq!(view.to, ["\"Ada\" <ada@signet.example>"]);
        assert_eq!(view.reply_to, ["grace@signet.example"]);
        assert_eq!(view.subject, "Größe");
        assert_eq!(view.html.as_deref(), Some("<p>Hi</p>"));
        assert_eq!(view.text, "Hi");
        assert_eq!(view.attachments[0].name, "plan.pdf");
        assert_eq!(view.bytes, "<p>Hi</p>".len() as u64 + 4);
    }

    #[test]
    fn it_says_how_the_message_goes() {
        for (bytes, may_make_drafts, expected) in [
            (3, false, Way::Request),
            (3, true, Way::Draft),
            (4_000_000, false, Way::Uploads),
            (4_000_000, true, Way::Uploads),
        ] {
            assert_eq!(view(bytes, may_make_drafts).way, expected);
        }
    }
}
