//! Pictures in the text of a compose window. Their bytes lie in the outbox's spool, as those of files do; the text names
//! them by content id, and the page asks for the bytes to show them.
//!
//! A picture that the text does not show stays with the draft, since it may come back by Undo, and is not sent.

use std::{collections::HashSet, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use message::{Attachment, PICTURE_BYTES_MAX};
use outbox::Outbox;
use tauri::{AppHandle, Manager, State, WebviewWindow};
use tauri_plugin_dialog::FileDialogBuilder;

use crate::{
    app::App,
    attachments,
    events::{AttachmentRefused, PicturesDropped},
    messages,
    views::{AttachmentView, CommandError},
};

type Outcome<T> = Result<T, CommandError>;

/// The names by which a picker offers pictures. What is picked is judged by its bytes.
const ENDINGS: &[&str] = &["png", "jpg", "jpeg", "gif", "webp"];

/// Lets the person pick pictures for the text. What cannot stand in it is attached as a file. Gives what was added.
#[tauri::command]
#[specta::specta]
pub async fn pick_pictures(
    handle: AppHandle,
    window: WebviewWindow,
) -> Outcome<Vec<AttachmentView>> {
    let called = messages::text("pictures", &[]).unwrap_or_default();
    let narrowed = |picker: FileDialogBuilder<_>| picker.add_filter(called, ENDINGS);
    let paths = attachments::picked(&handle, &window, narrowed).await;
    Ok(add(&handle, window.label(), paths).await)
}

/// Keeps a picture that was pasted, in Base64 (RFC 4648 §4).
///
/// # Errors
/// Where it is no picture, or one of more than [`PICTURE_BYTES_MAX`].
#[tauri::command]
#[specta::specta]
pub async fn paste_picture(
    handle: AppHandle,
    app: State<'_, App>,
    window: WebviewWindow,
    base64: String,
) -> Outcome<AttachmentView> {
    let label = window.label();
    if base64.len() as u64 > message::base64_bytes(PICTURE_BYTES_MAX) {
        return Err(too_large());
    }
    let contents = STANDARD.decode(base64);
    let contents = contents.map_err(|_| CommandError::plain("picture-unknown"))?;
    let mut kept = None;
    let keeping = async {
        let keep = move |outbox: &Outbox| outbox.keep_picture(&contents);
        let picture = app.mail.with(keep).await?;
        kept = Some(AttachmentView::from(&picture));
        app.composers
            .change(label, |composer| composer.attachments.push(picture));
        Ok(())
    };
    attachments::join(&handle, label, 1, keeping).await?;
    kept.ok_or_else(|| CommandError::plain("command-gone"))
}

/// The bytes of a picture of the calling window's draft, in Base64.
///
/// # Errors
/// Where the draft has none by this id, or its copy is gone.
#[tauri::command]
#[specta::specta]
pub async fn picture(app: State<'_, App>, window: WebviewWindow, id: String) -> Outcome<String> {
    let composer = app.composers.get(window.label());
    let composer = composer.ok_or_else(|| CommandError::plain("command-gone"))?;
    let mut attachments = composer.attachments.into_iter();
    let is_it = |one: &Attachment| one.id.as_str() == id && one.content_id.is_some();
    let found = attachments.find(is_it);
    let found = found.ok_or_else(|| CommandError::plain("command-gone"))?;
    if found.bytes > PICTURE_BYTES_MAX {
        return Err(too_large());
    }
    app.mail
        .with(move |outbox| Ok(STANDARD.encode(outbox.contents(&found)?)))
        .await
}

/// Takes pictures out of the text: from now on they are attached beside it. Gives all attachments.
#[tauri::command]
#[specta::specta]
pub async fn attach_pictures(
    handle: AppHandle,
    app: State<'_, App>,
    window: WebviewWindow,
    ids: Vec<String>,
) -> Outcome<Vec<AttachmentView>> {
    let ids: HashSet<String> = ids.into_iter().collect();
    let changed = app.composers.change(window.label(), |composer| {
        if composer.queueing {
            return;
        }
        let chosen = |one: &&mut Attachment| ids.contains(one.id.as_str());
        for attachment in composer.attachments.iter_mut().filter(chosen) {
            attachment.content_id = None;
        }
    });
    if changed.is_none_or(|composer| composer.queueing) {
        return Err(CommandError::plain("command-too-late"));
    }
    attachments::changed(&handle, window.label()).await
}

/// Adds what was dropped at a point of the window's page. Files are attached; where pictures go is the page's to say.
pub async fn drop_on(app: &AppHandle, label: &str, paths: Vec<PathBuf>, at: (i32, i32)) {
    let mut pictures = add(app, label, paths).await;
    pictures.retain(|added| added.content_id.is_some());
    if !pictures.is_empty() {
        let (x, y) = at;
        attachments::tell(app, label, PicturesDropped { pictures, x, y });
    }
}

/// Copies files, pictures among them for the text. Gives what was added; what is wrong with the rest is told.
async fn add(app: &AppHandle, label: &str, paths: Vec<PathBuf>) -> Vec<AttachmentView> {
    let before: HashSet<String> = here(app, label).into_iter().map(|one| one.id).collect();
    if let Err(error) = attachments::add(app, label, paths, Outbox::attach_picture).await {
        attachments::tell(app, label, AttachmentRefused(error));
    }
    let mut added = here(app, label);
    added.retain(|one| !before.contains(&one.id));
    added
}

fn here(app: &AppHandle, label: &str) -> Vec<AttachmentView> {
    let composer = app.state::<App>().composers.get(label);
    let attachments = composer.map(|composer| composer.attachments);
    let attachments = attachments.unwrap_or_default();
    attachments.iter().map(AttachmentView::from).collect()
}

fn too_large() -> CommandError {
    let mut error = CommandError::plain("picture-too-large");
    let max = PICTURE_BYTES_MAX.to_string();
    error.args.insert("max".to_owned(), max);
    error
}
