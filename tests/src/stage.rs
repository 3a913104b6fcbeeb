//! Everything a story happens on, put up in order and taken down in reverse.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::app::{App, until_gone};
use crate::browser::Browser;
use crate::display::Display;
use crate::keyring::{Keyring, Lock};
use crate::pictures::brightness;
use crate::places::{logs_of, screenshots};
use crate::process::Process;
use crate::sandbox::Sandbox;
use crate::session::Session;
use crate::theme::Theme;
use crate::wait::{SOON, until_true};
use crate::webdriver::Pages;

/// Where the app starts a sandbox of its own.
pub const APP_SANDBOX: &str = "http://127.0.0.1:27541";

/// Microsoft's own, which the sandbox may stand in for.
const MICROSOFT: &str = "https://login.microsoftonline.com";

/// What a story wants to find.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The state of the keyring.
    pub keyring: Lock,
    /// What the desktop says of colours.
    pub theme: Theme,
    /// Whether there is a browser, and the sandbox to sign in at.
    pub browser: bool,
    /// Whether the sandbox stands in for Microsoft behind a proxy, so that the app keeps to Microsoft's own names.
    pub stands_in: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            keyring: Lock::Open,
            theme: Theme::Light,
            browser: true,
            stands_in: false,
        }
    }
}

/// A stage. The fields are dropped in this order: what depends on another first.
#[derive(Debug)]
pub struct Stage {
    app: Option<App>,
    browser: Option<Browser>,
    /// The sandbox tenant.
    pub sandbox: Sandbox,
    /// The keyring.
    pub keyring: Keyring,
    _notifications: Vec<Process>,
    /// The session.
    pub session: Session,
    /// The display.
    pub display: Display,
    theme: Theme,
    logs: PathBuf,
}

impl Stage {
    /// Puts it up. `display` is the display to use instead of a private one.
    pub async fn put_up(story: &str, setting: Setting, display: Option<&str>) -> Result<Self> {
        let logs = logs_of(story)?;
        let display = match display {
            Some(name) => Display::given(name),
            None => Display::start(&logs).await?,
        };
        let prompts = setting.keyring == Lock::Locked;
        let mut session = Session::start(&display, setting.theme, prompts, &logs).await?;
        let keyring = Keyring::start(&session, setting.keyring).await?;
        let notifications = start_notifications(&session).await?;
        let sandbox = Sandbox::start(&session, setting.stands_in).await?;
        for (name, value) in sandbox.settings() {
            session.set(name, &value);
        }
        let browser = match setting.browser {
            true => Some(
                Browser::start(
                    &session,
                    &[sandbox.http(), APP_SANDBOX, MICROSOFT],
                    sandbox.proxy(),
                )
                .await?,
            ),
            false => None,
        };
        Ok(Self {
            app: None,
            browser,
            sandbox,
            keyring,
            _notifications: notifications,
            session,
            display,
            theme: setting.theme,
            logs,
        })
    }

    /// Starts the app and gives its pages.
    pub async fn open_app(&mut self) -> Result<Pages> {
        let app = App::start(&self.session).await?;
        let pages = app.pages()?.clone();
        self.app = Some(app);
        Ok(pages)
    }

    /// The running app.
    pub fn app(&self) -> Result<&App> {
        self.app.as_ref().context("the app does not run")
    }

    /// Its pages.
    pub fn pages(&self) -> Result<&Pages> {
        self.app()?.pages()
    }

    /// Ends the app as closing its last window does.
    pub async fn close_app(&mut self) -> Result<()> {
        let app = self.app.take().context("the app does not run")?;
        app.close(&self.session).await
    }

    /// Kills the app without a word.
    pub async fn kill_app(&mut self) -> Result<()> {
        let app = self.app.take().context("the app does not run")?;
        app.kill(&self.session).await
    }

    /// Waits until no app runs in the session, whoever started it.
    pub async fn until_app_gone(&self) -> Result<()> {
        until_gone(&self.session).await
    }

    /// The person's browser.
    pub fn browser(&self) -> Result<&Browser> {
        self.browser.as_ref().context("this story has no browser")
    }

    /// Keeps pictures of the app's window whose title matches, one in each theme.
    /// The story goes on in its own.
    pub async fn picture(&self, name: &str, title: &str) -> Result<()> {
        self.display.focus(title).await?;
        for theme in [self.theme.other(), self.theme] {
            self.session.show_in(theme)?;
            self.until_shown_in(theme).await?;
            let file = screenshots(theme)?.join(format!("{name}.png"));
            // A page hears of the theme before its new colours are on the screen.
            until_true(
                &format!("{name} to be painted {}", theme.name()),
                SOON,
                async || {
                    self.display.picture_of(title, &file).await?;
                    Ok(theme.is_that_of(brightness(&file).await?))
                },
            )
            .await?;
        }
        Ok(())
    }

    /// Waits until the current page has heard of a change of the desktop's theme.
    async fn until_shown_in(&self, theme: Theme) -> Result<()> {
        let pages = self.pages()?;
        until_true(
            &format!("the window to be {}", theme.name()),
            SOON,
            async || {
                let asked = "return matchMedia('(prefers-color-scheme: dark)').matches";
                let dark = pages.run(asked, Vec::new()).await?;
                Ok(dark == (theme == Theme::Dark))
            },
        )
        .await
    }

    /// Where this story's logs lie.
    pub fn logs(&self) -> &Path {
        &self.logs
    }

    /// What was said to the notification service, as the bus saw it.
    pub fn notifications(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.session.log("notifications"))?)
    }

    /// Keeps what can be seen at the moment of a failure.
    pub async fn keep_evidence(&self) {
        // Each of these may be what is broken: what can be had is kept.
        let _ = self.display.picture(&self.logs.join("screen.png")).await;
        if let Ok(pages) = self.pages() {
            let _ = pages.keep_source(&self.logs.join("app.html")).await;
        }
        if let Some(browser) = &self.browser {
            let _ = browser
                .pages()
                .keep_source(&self.logs.join("browser.html"))
                .await;
        }
    }
}

/// A notification service, and an ear on what it is told.
async fn start_notifications(session: &Session) -> Result<Vec<Process>> {
    let service = session
        .program("/usr/lib/notification-daemon/notification-daemon")
        .log_to(&session.log("notification-daemon"))?;
    let ear = session
        .program("dbus-monitor")
        .args([
            "--session",
            "interface='org.freedesktop.Notifications',member='Notify'",
        ])
        .log_to(&session.log("notifications"))?;
    session.until_owned("org.freedesktop.Notifications").await?;
    Ok(vec![service, ear])
}
