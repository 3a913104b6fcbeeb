//! The program for mail links, as Settings shows and changes it.

use std::io;

use super::Outcome;
use crate::{
    mail_program::{self, MailProgram},
    views::CommandError,
};

/// Who opens mail links.
#[tauri::command]
#[specta::specta]
pub async fn mail_program() -> Outcome<MailProgram> {
    after(|| Ok(())).await
}

/// Makes Signet the program for mail links. Gives who it is then: a desktop may not take it.
#[tauri::command]
#[specta::specta]
pub async fn take_mail_links() -> Outcome<MailProgram> {
    after(mail_program::take).await
}

/// Gives the mail links back to whom they were taken from.
#[tauri::command]
#[specta::specta]
pub async fn give_back_mail_links() -> Outcome<MailProgram> {
    after(mail_program::give_back).await
}

/// Who it is once that is done.
async fn after(act: impl FnOnce() -> io::Result<()> + Send + 'static) -> Outcome<MailProgram> {
    let done = tokio::task::spawn_blocking(move || act().map(|()| mail_program::now())).await;
    done.unwrap_or_else(|_| Err(io::Error::other("nothing was done")))
        .map_err(|error| {
            tracing::warn!(%error, "the program for mail links was not changed");
            CommandError::plain("command-mail-program")
        })
}
