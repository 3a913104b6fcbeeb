//! The app, in a real window under WebDriver.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::json;

use crate::places::program;
use crate::process::{Process, signal};
use crate::session::Session;
use crate::wait::{SOON, until, until_true};
use crate::webdriver::{Pages, free_port};

/// A running app and the driver that started it.
#[derive(Debug)]
pub struct App {
    pages: Option<Pages>,
    _driver: Process,
    program: PathBuf,
}

impl App {
    /// Starts the app in the session and waits for its window.
    pub async fn start(session: &Session) -> Result<Self> {
        let program = program("signet")?;
        let port = free_port()?;
        let driver = session
            .program("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .env([
                ("TAURI_WEBVIEW_AUTOMATION", "true"),
                ("RUST_BACKTRACE", "1"),
            ])
            .log_to(&session.log("app"))?;
        let options = json!({"binary": program, "args": []});
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)]
            .into_iter()
            .collect();
        let pages = Pages::connect(port, capabilities)
            .await
            .context("the app did not start")?;
        Ok(Self {
            pages: Some(pages),
            _driver: driver,
            program,
        })
    }

    /// Its windows' pages.
    pub fn pages(&self) -> Result<&Pages> {
        self.pages.as_ref().context("the app has been ended")
    }

    /// The processes that run its program: one, but for the moment in which a
    /// second hands over what it was started with.
    pub fn processes(&self, session: &Session) -> Vec<u32> {
        session.processes_of(&self.program)
    }

    /// Ends it through its driver, and waits until it is really gone: the next
    /// one would otherwise find it still on the bus.
    pub async fn close(mut self, session: &Session) -> Result<()> {
        if let Some(pages) = self.pages.take() {
            pages.close().await?;
        }
        until_gone(session).await
    }

    /// Kills it, as a power cut would: no handler of its own runs.
    pub async fn kill(mut self, session: &Session) -> Result<()> {
        for process in self.processes(session) {
            signal("KILL", process);
        }
        // The driver's session has lost its program; there is nobody to say goodbye to.
        self.pages = None;
        until_gone(session).await
    }
}

/// Waits until no app runs in the session.
pub async fn until_gone(session: &Session) -> Result<()> {
    let program = program("signet")?;
    until_true("the app to be gone", SOON, async || {
        Ok(session.processes_of(&program).is_empty())
    })
    .await
}

/// Waits until an app that no driver started runs, and gives its process.
pub async fn until_running(session: &Session) -> Result<u32> {
    let program = program("signet")?;
    until("the app to run", SOON, async || {
        Ok(session.processes_of(&program).first().copied())
    })
    .await
}
