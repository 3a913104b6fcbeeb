//! What windows may ask about drafts that are kept in the mailbox too.

use message::Draft;
use outbox::{DraftId, Outbox};
use tauri::{State, WebviewWindow};

use super::{Outcome, composer};
use crate::{
    app::App,
    composers::Composer,
    faults,
    session::Event,
    views::{ConfigView, DraftForm},
};

/// Keeps drafts in the mailbox too, or no more. The person is asked for the permission where it is not granted.
#[tauri::command]
#[specta::specta]
pub async fn keep_drafts_in_mailbox(app: State<'_, App>, on: bool) -> Outcome<ConfigView> {
    app.ask(|done| Event::KeepDrafts { on, done })
        .await?
        .map_err(|faults| faults::of_config(&faults))
}

/// Writes the calling window's draft over what was changed elsewhere.
#[tauri::command]
#[specta::specta]
pub async fn keep_mine(app: State<'_, App>, window: WebviewWindow) -> Outcome<()> {
    let draft = composer(&app, &window)?.draft;
    app.mail
        .with(move |outbox| outbox.keep_mine(&draft))
        .await?;
    app.mail.twins.wake();
    Ok(())
}

/// Puts what was changed elsewhere in the place of the calling window's text, and gives it.
#[tauri::command]
#[specta::specta]
pub async fn take_theirs(app: State<'_, App>, window: WebviewWindow) -> Outcome<DraftForm> {
    let Composer {
        draft: id,
        account,
        signature,
        attachments,
        ..
    } = composer(&app, &window)?;
    let theirs = app.mail.theirs(&id).await?;
    let draft = Draft {
        attachments,
        ..theirs
    }
    .with_pictures_shown();
    set_attachments(&app, &window, &draft);
    Ok(DraftForm::from_draft(&id, account, signature, draft))
}

/// Takes that back: the text is `form` again, and the person is asked again.
#[tauri::command]
#[specta::specta]
pub async fn undo_theirs(
    app: State<'_, App>,
    window: WebviewWindow,
    form: DraftForm,
) -> Outcome<()> {
    let Composer {
        draft: id,
        attachments,
        ..
    } = composer(&app, &window)?;
    let mine = form.into_draft(attachments).with_pictures_shown();
    set_attachments(&app, &window, &mine);
    app.mail
        .with(move |outbox| outbox.undo_theirs(&id, &mine))
        .await
}

/// What is a picture in the text, and what is a file, follows the text.
fn set_attachments(app: &App, window: &WebviewWindow, draft: &Draft) {
    app.composers.change(window.label(), |composer| {
        composer.attachments.clone_from(&draft.attachments);
    });
}

/// The calling window has told its person that the draft is no longer in the mailbox.
#[tauri::command]
#[specta::specta]
pub async fn twin_told(app: State<'_, App>, window: WebviewWindow) -> Outcome<()> {
    let id = composer(&app, &window)?.draft;
    app.mail.with(move |outbox| outbox.twin_told(&id)).await
}

/// From now on the draft is kept in this account's mailbox too, if there is one that keeps drafts. What is written is safe
/// here, so that a fault in this is none of its own.
pub(super) fn begin(outbox: &Outbox, draft: &DraftId, keeper: Option<&str>) {
    let begun = keeper.map(|account| outbox.begin_twin(draft, account));
    if let Some(Err(error)) = begun {
        tracing::warn!(%error, "a draft is kept on this computer alone");
    }
}
