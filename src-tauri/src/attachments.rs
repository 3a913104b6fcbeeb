//! Attachments of a compose window: picked or dropped files, copied into the outbox's spool at once.

use std::{
    future::Future,
    path::{Path, PathBuf},
};

use message::Attachment;
use outbox::{Outbox, OutboxError};
use tauri::{AppHandle, Manager, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder};
use tauri_specta::Event;
use tokio::sync::oneshot;

use crate::{
    app::App,
    events::AttachmentsChanged,
    views::{AttachmentView, CommandError},
};

/// Files that a message may have. Outlook takes 250 attachments in a message.
pub const FILES_MAX: usize = 250;

/// How a file is copied into the outbox: [`Outbox::attach`] or [`Outbox::attach_picture`].
type Attach = fn(&Outbox, &Path) -> Result<Attachment, OutboxError>;

/// Files that the person picks, in a picker that `offer` may narrow; none where they pick none.
pub async fn picked(
    app: &AppHandle,
    window: &WebviewWindow,
    offer: impl FnOnce(FileDialogBuilder<tauri::Wry>) -> FileDialogBuilder<tauri::Wry>,
) -> Vec<PathBuf> {
    let (picked, paths) = oneshot::channel();
    offer(app.dialog().file().set_parent(window)).pick_files(move |files| {
        // The window may have been closed behind the picker.
        let _ = picked.send(files);
    });
    let files = paths.await.ok().flatten().unwrap_or_default();
    let paths = files.into_iter().filter_map(|file| file.into_path().ok());
    paths.collect()
}

/// Copies the files and adds them to the window's draft. One that cannot be copied stops the rest, and is named.
pub async fn add(
    app: &AppHandle,
    label: &str,
    paths: Vec<PathBuf>,
    attach: Attach,
) -> Result<Vec<AttachmentView>, CommandError> {
    let state = app.state::<App>();
    join(app, label, paths.len(), copy(&state, label, paths, attach)).await
}

/// Lets `count` attachments join the window's draft by `copying`; the message waits for it. Gives all of them.
pub async fn join(
    app: &AppHandle,
    label: &str,
    count: usize,
    copying: impl Future<Output = Result<(), CommandError>>,
) -> Result<Vec<AttachmentView>, CommandError> {
    let state = app.state::<App>();
    let here = state.composers.get(label);
    let here = here.map_or(0, |composer| composer.attachments.len());
    if here.saturating_add(count) > FILES_MAX {
        return Err(CommandError::plain("attachment-too-many"));
    }
    let begun = state.composers.change(label, |composer| {
        composer.copying += u32::from(!composer.queueing);
    });
    if begun.is_none_or(|composer| composer.queueing) {
        return Err(CommandError::plain("command-too-late"));
    }
    let copied = copying.await;
    state.composers.change(label, |composer| {
        composer.copying = composer.copying.saturating_sub(1)
    });
    // What was copied before a fault is attached, and is shown.
    let shown = changed(app, label).await?;
    copied.map(|()| shown)
}

async fn copy(
    state: &App,
    label: &str,
    paths: Vec<PathBuf>,
    attach: Attach,
) -> Result<(), CommandError> {
    for path in paths {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let attachment = state.mail.with(move |outbox| attach(outbox, &path)).await;
        let attachment = attachment.map_err(|error| named(error, name.unwrap_or_default()))?;
        state
            .composers
            .change(label, |composer| composer.attachments.push(attachment));
    }
    Ok(())
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
pub async fn changed(app: &AppHandle, label: &str) -> Result<Vec<AttachmentView>, CommandError> {
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

/// Tells the page of one window.
pub fn tell<E: Event + serde::Serialize + Clone>(app: &AppHandle, label: &str, event: E) {
    // A window that was just closed need not hear it.
    let _ = event.emit_to(app, label);
}

fn named(mut error: CommandError, name: String) -> CommandError {
    error.args.insert("name".to_owned(), name);
    error
}
