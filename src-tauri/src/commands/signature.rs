//! The signature of an account, as Settings shows and changes it.

use std::io;

use tauri::State;

use super::Outcome;
use crate::{
    app::App,
    signatures::{self, SIGNATURE_CHARS_MAX},
    views::{Args, CommandError},
};

/// The signature of an account; empty where there is none.
#[tauri::command]
#[specta::specta]
pub async fn signature(app: State<'_, App>, account: String) -> Outcome<String> {
    Ok(app.signature_of(Some(account)).await)
}

/// Keeps the signature of an account; it stands below what is begun from now on.
#[tauri::command]
#[specta::specta]
pub async fn save_signature(
    app: State<'_, App>,
    account: String,
    signature: String,
) -> Outcome<()> {
    let account = app
        .signed_in(&account)
        .ok_or_else(|| CommandError::plain("command-not-signed-in"))?;
    let folder = app.folders.config.clone();
    let keep = move || signatures::keep(&folder, &account, &signature);
    let kept = tokio::task::spawn_blocking(keep).await;
    kept.unwrap_or_else(|_| Err(io::Error::other("nothing was written")))
        .map_err(|error| why(&error))
}

fn why(error: &io::Error) -> CommandError {
    if error.kind() != io::ErrorKind::InvalidInput {
        return CommandError::plain("config-not-saved");
    }
    let max = ("max".to_owned(), SIGNATURE_CHARS_MAX.to_string());
    CommandError {
        args: Args::from([max]),
        ..CommandError::plain("command-signature-too-long")
    }
}
