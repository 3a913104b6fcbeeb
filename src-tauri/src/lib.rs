//! Signet's shell: the only part that knows Tauri. It introduces the neighbours to each other and to the windows.
//!
//! `session` owns who is signed in; `mail` owns the outbox; `commands`, `recipients` and `events` are all that the interface can
//! say and hear; the rest is what the desktop needs: windows, arguments, the sign-in scheme, notifications.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

mod app;
mod arguments;
mod attachments;
mod bindings;
mod browser;
mod card;
mod clouds;
mod commands;
mod composers;
mod config;
#[cfg(target_os = "linux")]
mod desktop_entry;
mod events;
mod export;
mod faults;
mod folders;
mod forms;
mod http;
mod inspector;
#[cfg(target_os = "linux")]
mod instance;
mod journal;
mod mail;
mod mail_program;
mod messages;
mod names;
mod notifications;
mod pictures;
mod preferences;
mod preview;
mod recipients;
pub mod rendering;
mod sandbox;
mod scheme;
mod session;
mod sharing;
mod signatures;
#[cfg(target_os = "linux")]
mod spelling;
mod start;
mod tips;
mod tokens;
mod trouble;
mod views;
#[cfg(target_os = "linux")]
mod waking;
mod windows;

use std::{process::ExitCode, time::Duration};

use tauri::{AppHandle, Manager, RunEvent};

/// How long the program stays without a window while mail is leaving: a large file takes its time on a slow line. A send ends
/// by itself well before. What has not left by then goes on at the next start.
const LEAVING_TIME_MAX: Duration = Duration::from_secs(2 * 60 * 60);

/// How long the desktop has to take the last notification.
const TELLING_TIME_MAX: Duration = Duration::from_secs(2);

/// How often it looks whether the mail has left.
const LEAVING_POLL: Duration = Duration::from_millis(200);

/// Runs the app until it ends.
pub fn run() -> ExitCode {
    start::log();
    #[cfg(target_os = "linux")]
    let claim = instance::claim();
    #[cfg(target_os = "linux")]
    if matches!(claim, instance::Instance::Second) {
        return ExitCode::SUCCESS;
    }
    let bindings = bindings::builder();
    let builder = with_platform_plugins(tauri::Builder::default())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(bindings.invoke_handler())
        .on_window_event(windows::on_event)
        .setup(move |app| {
            bindings.mount_events(app);
            start::start(app.handle())?;
            #[cfg(target_os = "linux")]
            if let instance::Instance::First(first) = claim {
                let handle = app.handle().clone();
                first.answer(move |arguments| arguments::take(&handle, arguments));
            }
            Ok(())
        });
    match builder.build(tauri::generate_context!()) {
        Ok(app) => {
            app.run(on_run_event);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("Signet could not start: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Windows and macOS: the plugins know the registry, the bundle and the running program. On Linux they would need a session
/// bus and show every redirect to every web view; `instance` and `scheme` do without.
#[cfg(not(target_os = "linux"))]
fn with_platform_plugins(builder: tauri::Builder<tauri::Wry>) -> tauri::Builder<tauri::Wry> {
    builder
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            arguments::take(app, arguments);
        }))
        .plugin(tauri_plugin_deep_link::init())
}

/// See `instance` and `scheme`.
#[cfg(target_os = "linux")]
fn with_platform_plugins(builder: tauri::Builder<tauri::Wry>) -> tauri::Builder<tauri::Wry> {
    builder
}

fn on_run_event(app: &AppHandle, event: RunEvent) {
    if let RunEvent::ExitRequested {
        code: None, api, ..
    } = event
    {
        api.prevent_exit();
        let app = app.clone();
        tauri::async_runtime::spawn(async move { exit_when_mail_has_left(app).await });
    }
}

/// The last window is closed: what is leaving leaves first, and its notification too. What waits goes on at the next start, and
/// the person is told.
async fn exit_when_mail_has_left(app: AppHandle) {
    let mail = app.state::<app::App>().mail.clone();
    let left = async {
        while mail.is_busy().await {
            tokio::time::sleep(LEAVING_POLL).await;
        }
        // The outcome is told a moment after it is written down.
        tokio::time::sleep(LEAVING_POLL).await;
        told().await;
    };
    let _ = tokio::time::timeout(LEAVING_TIME_MAX, left).await;
    if app.webview_windows().is_empty() {
        notifications::show_left(&app, mail.left().await);
        let _ = tokio::time::timeout(TELLING_TIME_MAX, told()).await;
        mail.end().await;
        app.exit(0);
    }
}

/// Waits until the desktop has taken every notification.
async fn told() {
    while notifications::on_their_way() {
        tokio::time::sleep(LEAVING_POLL).await;
    }
}
