//! The windows: the main one, and one for each message that is being written.

use std::path::PathBuf;

use message::Draft;
use outbox::DraftId;
use tauri::{
    AppHandle, DragDropEvent, Manager, PhysicalPosition, Url, WebviewUrl, WebviewWindowBuilder,
    Window, WindowEvent,
};

use crate::{
    app::App,
    composers::{Composer, LABEL_PREFIX, Label},
    pictures,
    preferences::Theme,
    views::CommandError,
};

const MAIN: &str = "main";

/// Shows the main window, making it where it is not there.
pub fn main(app: &AppHandle) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(MAIN) {
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    builder(app, MAIN, "index.html")
        .title("Signet")
        .inner_size(480.0, 720.0)
        .min_inner_size(360.0, 420.0)
        .build()
        .map(drop)
}

/// Opens a compose window on a new mail, with the signature of whoever sends it below.
pub async fn begin(app: &AppHandle, mut draft: Draft) -> Result<(), CommandError> {
    let chosen = app.state::<App>().chosen_soon().await;
    draft.sign(&app.state::<App>().signature_of(chosen).await);
    compose(app, DraftId::generate(), draft).await
}

/// Opens a compose window on a draft, or brings the one forward that writes it already.
pub async fn compose(app: &AppHandle, id: DraftId, draft: Draft) -> Result<(), CommandError> {
    let state = app.state::<App>();
    let account = state.chosen();
    let signature = state.signature_of(account.clone()).await;
    let nothing_written = draft.is_empty_but_for(&signature);
    let label = match state.composers.open(&id, account, signature, &draft) {
        Ok(Label::Open(label)) => {
            if let Some(window) = app.get_webview_window(&label) {
                // A window manager may refuse the focus; the window is there all the same.
                let _ = window.set_focus();
            }
            return Ok(());
        }
        Ok(Label::New(label)) => label,
        Err(_) => return Err(CommandError::plain("command-too-many-windows")),
    };
    let saved = if nothing_written {
        Ok(())
    } else {
        state
            .mail
            .with(move |outbox| outbox.save_draft(&id, &draft))
            .await
    };
    let built = builder(app, &label, "compose.html")
        .title("Signet")
        .inner_size(860.0, 700.0)
        .min_inner_size(480.0, 420.0)
        .build();
    match built {
        #[cfg(target_os = "linux")]
        Ok(window) => crate::spelling::check(window),
        #[cfg(not(target_os = "linux"))]
        Ok(_) => {}
        Err(_) => {
            state.composers.close(&label);
            return Err(CommandError::plain("command-no-window"));
        }
    }
    saved
}

/// Closes a compose window whose draft has been saved, queued or given up.
pub async fn settle(app: &AppHandle, label: &str) {
    let state = app.state::<App>();
    if let Some(composer) = state.composers.close(label) {
        let Composer {
            draft: id,
            signature,
            ..
        } = composer.clone();
        let saved = state.mail.with(move |outbox| outbox.draft(&id)).await;
        let nothing_written = |draft: Draft| draft.is_empty_but_for(&signature);
        if saved.is_ok_and(|draft| draft.is_some_and(nothing_written)) {
            // An empty draft that stays is a line in a list, no loss.
            let _ = state.mail.discard(composer.draft).await;
        }
    }
    if let Some(window) = app.get_webview_window(label) {
        let _ = window.destroy();
    }
}

/// Closes every compose window, and keeps nothing of what is written there.
pub fn abandon(app: &AppHandle) {
    let composers = &app.state::<App>().composers;
    for label in composers.labels() {
        composers.close(&label);
        if let Some(window) = app.get_webview_window(&label) {
            let _ = window.destroy();
        }
    }
}

/// What happens to windows from outside.
pub fn on_event(window: &Window, event: &WindowEvent) {
    let label = window.label();
    if !label.starts_with(LABEL_PREFIX) {
        return;
    }
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            close(window.app_handle(), label);
        }
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, position }) => {
            drop_files(window, paths.clone(), *position);
        }
        _ => {}
    }
}

/// The page is asked first: it saves what was typed last and then says that it may close. Asked twice, it is not waited for.
fn close(app: &AppHandle, label: &str) {
    let mut asked_before = true;
    let composer = app.state::<App>().composers.change(label, |composer| {
        asked_before = std::mem::replace(&mut composer.closing, true);
    });
    if composer.is_none() || asked_before {
        let (app, label) = (app.clone(), label.to_owned());
        tauri::async_runtime::spawn(async move { settle(&app, &label).await });
    }
}

fn drop_files(window: &Window, paths: Vec<PathBuf>, position: PhysicalPosition<f64>) {
    // What is called physical here is so on Windows alone: GTK and AppKit tell points of the page.
    let scale = match cfg!(windows) {
        true => window.scale_factor().unwrap_or(1.0),
        false => 1.0,
    };
    let at = position.to_logical::<i32>(scale).into();
    let (app, label) = (window.app_handle().clone(), window.label().to_owned());
    tauri::async_runtime::spawn(async move { pictures::drop_on(&app, &label, paths, at).await });
}

fn builder<'a>(
    app: &'a AppHandle,
    label: &str,
    page: &str,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    let window = WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .on_navigation(is_own_page);
    match begin_in(app.state::<App>().preferences().theme) {
        Some(script) => window.initialization_script(script),
        None => window,
    }
}

/// Colours that the person has chosen stand on the page before it draws anything. `theme.svelte.ts` keeps them up.
fn begin_in(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::System => None,
        Theme::Light => Some("document.documentElement.dataset.theme = 'light'"),
        Theme::Dark => Some("document.documentElement.dataset.theme = 'dark'"),
    }
}

/// A page never leaves the program: no link, no dropped file, no redirect takes the window elsewhere.
fn is_own_page(url: &Url) -> bool {
    // On Windows the scheme is played by a host of its own; elsewhere that host would be a stranger's.
    let windows = cfg!(target_os = "windows")
        && url.host_str() == Some("tauri.localhost")
        && matches!(url.scheme(), "http" | "https");
    windows || url.scheme() == "tauri"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_navigated_to() {
        for (url, expected) in [
            ("tauri://localhost/compose.html", true),
            ("http://tauri.localhost/index.html", cfg!(windows)),
            ("file:///etc/passwd", false),
            ("https://example.com/", false),
            ("http://tauri.localhost.example/", false),
            ("data:text/html,x", false),
        ] {
            assert_eq!(is_own_page(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
