//! Where data lies, that it is copied out, and that it goes.

use std::io;

use outbox::Outbox;
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use super::Outcome;
use crate::{
    app::App,
    export,
    session::Event,
    views::{CommandError, Folder, FoldersView},
    windows,
};

/// Where things lie.
#[tauri::command]
#[specta::specta]
pub async fn folders(app: State<'_, App>) -> Outcome<FoldersView> {
    let folders = &app.folders;
    let [config, data, cache] =
        [&folders.config, &folders.data, &folders.cache].map(|folder| folder.display().to_string());
    Ok(FoldersView {
        config,
        data,
        cache,
    })
}

/// Shows one of the folders in the desktop's file manager.
#[tauri::command]
#[specta::specta]
pub async fn open_folder(app: State<'_, App>, folder: Folder) -> Outcome<()> {
    let path = match folder {
        Folder::Config => app.folders.config.clone(),
        Folder::Data => app.folders.data.clone(),
        Folder::Cache => app.folders.cache.clone(),
    };
    let open = move || tauri_plugin_opener::open_path(path, None::<&str>);
    let opened = tokio::task::spawn_blocking(open).await;
    opened
        .unwrap_or_else(|_| Err(io::Error::other("the opener failed").into()))
        .map_err(|_| CommandError::plain("command-folder"))
}

/// Lets the person choose a folder, and copies everything into a fresh one inside: that is given, or `None` where they chose
/// none.
#[tauri::command]
#[specta::specta]
pub async fn export_everything(
    handle: AppHandle,
    app: State<'_, App>,
    window: WebviewWindow,
) -> Outcome<Option<String>> {
    let (picked, folder) = oneshot::channel();
    handle
        .dialog()
        .file()
        .set_parent(&window)
        .pick_folder(move |folder| {
            // The window may have been closed behind the picker.
            let _ = picked.send(folder);
        });
    let folder = folder.await.ok().flatten();
    let Some(into) = folder.and_then(|folder| folder.into_path().ok()) else {
        return Ok(None);
    };
    let folders = app.folders.clone();
    let write = move |outbox: &Outbox| Ok(export::write(&into, &folders, outbox));
    let exported = app.mail.with(write).await?.map_err(|error| {
        tracing::warn!(%error, "nothing was exported");
        CommandError::plain("command-not-exported")
    })?;
    Ok(Some(exported.display().to_string()))
}

/// Signs everybody out and erases drafts, outbox, history, cards, signatures and settings. A message that is being sent at this
/// moment stays. What an administrator has set holds on.
#[tauri::command]
#[specta::specta]
pub async fn delete_everything(handle: AppHandle, app: State<'_, App>) -> Outcome<()> {
    windows::abandon(&handle);
    // One that fails does not keep the other.
    let kept = app.ask(Event::Erase).await?;
    app.mail.with(Outbox::erase).await?;
    kept.map_err(|error| {
        tracing::warn!(%error, "not everything was erased");
        CommandError::plain("command-not-deleted")
    })
}
