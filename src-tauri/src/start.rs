//! Wires the app at start: what is made once, who is told of what.

use std::{io, sync::Arc};

use keychain::Keychain;
use tauri::{AppHandle, Manager};
use tokio::sync::{mpsc, watch};

#[cfg(target_os = "linux")]
use crate::waking;
use crate::{
    app::App,
    arguments, browser,
    config::Configuration,
    events,
    folders::Folders,
    http,
    journal::Journal,
    mail::{Mail, Watcher},
    names, notifications,
    sandbox::Sandbox,
    session::{Announcement, EVENTS_MAX, Event, Sending, Session, World},
};

/// Announcements that may wait for the windows.
const ANNOUNCEMENTS_MAX: usize = 256;

/// Logs to standard error, at the level `SIGNET_LOG` names (`warn` without).
pub fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SIGNET_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    // A second subscriber is refused: the first one holds.
    let _ = subscriber.try_init();
}

/// Makes the parts, introduces them, and shows the window.
#[allow(
    clippy::disallowed_methods,
    reason = "this is where the clock comes from"
)]
pub fn start(app: &AppHandle) -> Result<(), Box<dyn std::error::Error>> {
    let folders = Folders {
        config: app.path().app_config_dir()?,
        data: app.path().app_data_dir()?,
        cache: app.path().app_cache_dir()?,
    };
    if let Err(error) = folders.prepare() {
        // The outbox and the settings say so themselves where the person can read it.
        tracing::error!(%error, "a folder could not be made");
    }
    let (events, inbox) = mpsc::channel(EVENTS_MAX);
    let (announce, announcements) = mpsc::channel(ANNOUNCEMENTS_MAX);
    let (sender, senders) = watch::channel(Sending::Unknown);
    // Windows, timers and workers live on Tauri's runtime.
    let mail = tauri::async_runtime::block_on(async {
        let opened = app.clone();
        Mail::start(folders.data.clone(), senders.clone(), move |notices| {
            let notices = opened.state::<App>().notice(notices);
            tell(&opened, events::NoticesChanged(notices));
        })
    });
    let configuration = Configuration::load(&folders.config);
    let preferences = configuration.preferences;
    app.manage(App::new(
        events.clone(),
        senders,
        mail.clone(),
        folders.clone(),
        preferences,
    ));
    let clock: entra::Clock = Arc::new(std::time::SystemTime::now);
    let world = World {
        http: http::client(&configuration)?,
        direct: http::direct_client()?,
        journal: Journal::new(Arc::clone(&clock)),
        clock,
        keychain: Keychain::open(names::IDENTIFIER),
        folders,
        sandbox: Arc::new(Sandbox::default()),
        announce,
        sender,
        events: events.clone(),
    };
    // Made on the runtime: it starts tasks of its own.
    tauri::async_runtime::spawn(async move { Session::new(world, configuration).run(inbox).await });
    tauri::async_runtime::spawn(pass_on(app.clone(), announcements, events));
    wake_with_the_computer(mail.clone());
    tauri::async_runtime::spawn(watch_outbox(app.clone(), mail));
    listen_to_links(app);
    arguments::take(
        app,
        std::env::args_os()
            .map(|a| a.to_string_lossy().into_owned())
            .collect(),
    );
    Ok(())
}

/// macOS hands links to the running program; Windows wants the scheme in its registry.
#[cfg(not(target_os = "linux"))]
fn listen_to_links(app: &AppHandle) {
    use tauri_plugin_deep_link::DeepLinkExt;
    #[cfg(target_os = "windows")]
    if let Err(error) = app.deep_link().register(names::IDENTIFIER) {
        tracing::warn!(%error, "the sign-in scheme could not be registered");
    }
    let handle = app.clone();
    app.deep_link().on_open_url(move |event| {
        let links = event.urls().into_iter().map(String::from);
        arguments::take(
            &handle,
            std::iter::once(String::new()).chain(links).collect(),
        );
    });
}

/// On Linux every link starts a program, and that one hands its arguments over.
#[cfg(target_os = "linux")]
fn listen_to_links(_: &AppHandle) {}

/// Waiting mail is tried when the network or the computer is back.
#[cfg(target_os = "linux")]
fn wake_with_the_computer(mail: Mail) {
    tauri::async_runtime::spawn(async move {
        let bus = zbus::Connection::system().await;
        waking::watch(bus, || mail.wake()).await;
    });
}

/// Elsewhere the outbox's own times have to do.
#[cfg(not(target_os = "linux"))]
fn wake_with_the_computer(_: Mail) {}

async fn pass_on(
    app: AppHandle,
    mut announcements: mpsc::Receiver<Announcement>,
    session: mpsc::Sender<Event>,
) {
    while let Some(announcement) = announcements.recv().await {
        match announcement {
            Announcement::Session(session) => tell(&app, events::SessionChanged(session)),
            Announcement::Accounts(accounts) => {
                tell(&app, events::AccountsChanged(accounts));
            }
            Announcement::Card(card) => tell(&app, events::CardChanged(card)),
            Announcement::Config(config) => {
                app.state::<App>().prefer(config.preferences);
                tell(&app, events::ConfigChanged(config));
            }
            Announcement::Persistence(persistence) => {
                tell(&app, events::PersistenceChanged(persistence));
            }
            Announcement::OpenBrowser { address, or_else } => {
                let session = session.clone();
                tokio::spawn(async move {
                    if browser::open(address).await.is_err() {
                        let _ = session.send(*or_else).await;
                    }
                });
            }
            Announcement::BringToFront => arguments::show_main(&app),
            Announcement::Deliver => app.state::<App>().mail.wake(),
            Announcement::Notice(notice) => {
                let notices = app.state::<App>().notice(vec![notice]);
                tell(&app, events::NoticesChanged(notices));
            }
        }
    }
}

/// Tells the windows when the outbox or the drafts are not what they were; a draft is saved twice a second while it is typed.
async fn watch_outbox(app: AppHandle, mail: Mail) {
    let Ok(outbox) = mail.outbox().await else {
        return;
    };
    let mut changes = outbox.changes();
    let mut watcher = Watcher::default();
    let (mut last_items, mut last_drafts) = (None, None);
    loop {
        if let Ok(items) = mail.items().await
            && last_items.as_ref() != Some(&items)
        {
            for (message, subject) in watcher.news(&items) {
                notifications::show(&app, message, subject);
            }
            tell(&app, events::OutboxChanged(items.clone()));
            last_items = Some(items);
        }
        if let Ok(drafts) = mail.drafts().await
            && last_drafts.as_ref() != Some(&drafts)
        {
            tell(&app, events::DraftsChanged(drafts.clone()));
            last_drafts = Some(drafts);
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn tell<E: tauri_specta::Event + serde::Serialize + Clone>(app: &AppHandle, event: E) {
    // No window need be there to hear it.
    let _ = event.emit(app);
}
