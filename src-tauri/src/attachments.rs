//! Attachments of a compose window: picked or dropped files, copied into the outbox's spool at once.

use std::path::PathBuf;

use tauri::{AppHandle, Manager};
use tauri_specta::Event;

use crate::{
    app::App,
    events::{AttachmentRefused, AttachmentsChanged},
    views::{AttachmentView, CommandError},
};

/// Files that one pick or drop may bring. Outlook takes 250 attachments in a message.
const FILES_MAX: usize = 250;

/// Copies the files and adds them to the window's draft. One that cannot be copied stops the rest, and is named.
pub async fn add(
    app: &AppHandle,
    label: &str,
    paths: Vec<PathBuf>,
) -> Result<Vec<AttachmentView>, CommandError> {
    if paths.len() > FILES_MAX {
        return Err(CommandError::plain("attachment-too-many"));
    }
    let state = app.state::<App>();
    let begun = state.composers.change(label, |composer| {
        composer.copying += u32::from(!composer.queueing);
    });
    if begun.is_none_or(|composer| composer.queueing) {
        return Err(CommandError::plain("command-too-late"));
    }
    let copied = copy(&state, label, paths).await;
    state.composers.change(label, |composer| {
        composer.copying = composer.copying.saturating_sub(1)
    });
    // What was copied before a fault is attached, and is shown.
    let shown = changed(app, label).await?;
    copied.map(|()| shown)
}

async fn copy(state: &App, label: &str, paths: Vec<PathBuf>) -> Result<(), CommandError> {
    for path in paths {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let attachment = state.mail.with(move |outbox| outbox.attach(&path)).await;
        let attachment = attachment.map_err(|error| named(error, name.unwrap_or_default()))?;
        state
            .composers
            .change(label, |composer| composer.attachments.push(attachment));
    }
    Ok(())
}

/// Adds what was dropped on the window; what is wrong is shown there.
pub async fn drop_on(app: &AppHandle, label: &str, paths: Vec<PathBuf>) {
    if let Err(error) = add(app, label, paths).await {
        tell(app, label, AttachmentRefused(error));
    }
}

/// Removes an attachment and its copy.
pub async fn remove(
    app: &AppHandle,
    label: &str,
    id: &str,
) -> Result<Vec<AttachmentView>, CommandError> {
    let state = app.state::<App>();
    let before = state
        .composers
        .get(label)
        .map(|composer| composer.attachments);
    let gone = before
        .into_iter()
        .flatten()
        .find(|attachment| attachment.id.as_str() == id);
    if let Some(gone) = gone {
        state.composers.change(label, |composer| {
            composer.attachments.retain(|a| a.id != gone.id)
        });
        let shown = changed(app, label).await?;
        state
            .mail
            .with(move |outbox| outbox.detach(&gone.id))
            .await?;
        return Ok(shown);
    }
    changed(app, label).await
}

/// The draft on disk names its attachments before the window does.
async fn changed(app: &AppHandle, label: &str) -> Result<Vec<AttachmentView>, CommandError> {
    let state = app.state::<App>();
    let composer = state.composers.get(label);
    let composer = composer.ok_or_else(|| CommandError::plain("command-gone"))?;
    let shown: Vec<_> = composer
        .attachments
        .iter()
        .map(AttachmentView::from)
        .collect();
    state
        .mail
        .with(move |outbox| outbox.set_attachments(&composer.draft, &composer.attachments))
        .await?;
    tell(app, label, AttachmentsChanged(shown.clone()));
    Ok(shown)
}

fn tell<E: Event + serde::Serialize + Clone>(app: &AppHandle, label: &str, event: E) {
    // A window that was just closed need not hear it.
    let _ = event.emit_to(app, label);
}

fn named(mut error: CommandError, name: String) -> CommandError {
    error.args.insert("name".to_owned(), name);
    error
}
