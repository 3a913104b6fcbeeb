//! The card, given to others: as a file, as a code to be scanned, with a mail.
//!
//! The window says what is to be done and names neither a file nor a person: the card is the chosen account's, as it is drawn.

use std::{io, path::PathBuf};

use message::Draft;
use outbox::{DraftId, Outbox};
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::{
    app::App,
    card::Card,
    folders, messages,
    session::Event,
    views::{CodeView, CommandError},
    windows,
};

type Outcome<T> = Result<T, CommandError>;

/// Lets the person say where, and saves the card there as a vCard. Whether it was saved: they may think better of it.
#[tauri::command]
#[specta::specta]
pub async fn save_card(
    handle: AppHandle,
    app: State<'_, App>,
    window: WebviewWindow,
) -> Outcome<bool> {
    let card = card(&app).await?;
    let Some(path) = ask_where(&handle, &window, &card.file_name()).await else {
        return Ok(false);
    };
    let vcard = card.vcard();
    let written =
        tokio::task::spawn_blocking(move || folders::write_for_person(&path, vcard.as_bytes()));
    match written.await {
        Ok(Ok(())) => Ok(true),
        Ok(Err(error)) => Err(not_saved(&error)),
        Err(_) => Err(CommandError::plain("command-failed")),
    }
}

/// The card as a code for others to scan.
#[tauri::command]
#[specta::specta]
pub async fn card_code(app: State<'_, App>) -> Outcome<CodeView> {
    let code = card(&app).await?.code();
    code.ok_or_else(|| CommandError::plain("command-failed"))
}

/// Opens a compose window with the card attached as a vCard, to nobody yet.
#[tauri::command]
#[specta::specta]
pub async fn attach_card(handle: AppHandle, app: State<'_, App>) -> Outcome<()> {
    let card = card(&app).await?;
    let attach =
        move |outbox: &Outbox| outbox.attach_made(&card.file_name(), card.vcard().as_bytes());
    let attachment = app.mail.with(attach).await?;
    let draft = Draft {
        attachments: vec![attachment],
        ..Draft::default()
    };
    // Where no window opens, the outbox sweeps the copy away as one that nothing uses.
    windows::compose(&handle, DraftId::generate(), draft).await
}

async fn card(app: &App) -> Outcome<Card> {
    let card = app.ask(Event::OwnCard).await?;
    card.ok_or_else(|| CommandError::plain("command-not-signed-in"))
}

async fn ask_where(handle: &AppHandle, window: &WebviewWindow, name: &str) -> Option<PathBuf> {
    let kind = messages::text("card-file", &[]).unwrap_or_default();
    let (picked, place) = oneshot::channel();
    handle
        .dialog()
        .file()
        .set_parent(window)
        .set_file_name(name)
        .add_filter(kind, &["vcf"])
        .save_file(move |file| {
            // The window may have been closed behind the picker.
            let _ = picked.send(file);
        });
    place.await.ok().flatten()?.into_path().ok()
}

fn not_saved(error: &io::Error) -> CommandError {
    tracing::info!(kind = ?error.kind(), "the card was not saved");
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            CommandError::plain("command-disk-full")
        }
        _ => CommandError::plain("command-card-not-saved"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_folder_that_is_closed() {
        for (kind, expected) in [
            (io::ErrorKind::StorageFull, "command-disk-full"),
            (io::ErrorKind::QuotaExceeded, "command-disk-full"),
            (io::ErrorKind::PermissionDenied, "command-card-not-saved"),
            (io::ErrorKind::NotFound, "command-card-not-saved"),
        ] {
            assert_eq!(not_saved(&kind.into()).message, expected);
        }
    }
}
