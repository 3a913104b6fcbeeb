//! A private display with a window manager.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::process::{Process, Start};
use crate::wait::{SOON, until};

/// The size of the screen: a small laptop's.
const SCREEN: &str = "1280x900x24";

/// A display that does not come up at the third try has another reason than a taken number.
const STARTS_MAX: u32 = 3;

/// Two frames and a little: what has just changed is then on the screen.
const PAINTED: Duration = Duration::from_millis(250);

/// A virtual screen: Xvfb, which picks a free number itself, and openbox,
/// without which no window gets the focus.
#[derive(Debug)]
pub struct Display {
    name: String,
    // Dropped in this order: the manager before the screen it draws on.
    _manager: Option<Process>,
    _server: Option<Process>,
}

impl Display {
    /// Starts one. Two servers that begin in the same moment may pick the same
    /// number; the one that loses it is started again.
    pub async fn start(logs: &Path) -> Result<Self> {
        let mut tried = 1;
        loop {
            match Self::try_start(logs).await {
                Err(_) if tried < STARTS_MAX => tried += 1,
                settled => return settled,
            }
        }
    }

    async fn try_start(logs: &Path) -> Result<Self> {
        let log = logs.join("display.log");
        let mut server = Start::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                SCREEN,
                "-nolisten",
                "tcp",
            ])
            .env(path())
            .piped(&log)?;
        let output = server.take_output().context("Xvfb has no output")?;
        let number = tokio::time::timeout(
            SOON,
            tokio::task::spawn_blocking(move || {
                let mut line = String::new();
                BufReader::new(output).read_line(&mut line).map(|_| line)
            }),
        )
        .await???;
        ensure!(
            !number.trim().is_empty(),
            "Xvfb did not start: see {}",
            log.display()
        );
        let name = format!(":{}", number.trim());
        let mut manager = Start::new("openbox")
            .args(["--sm-disable"])
            .env(path())
            .env([
                ("DISPLAY", name.as_str()),
                ("HOME", &logs.to_string_lossy()),
            ])
            .log_to(&log)?;
        until_managed(&name, &mut manager).await?;
        Ok(Self {
            name,
            _manager: Some(manager),
            _server: Some(server),
        })
    }

    /// The display a person is already sitting at.
    pub fn given(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            _manager: None,
            _server: None,
        }
    }

    /// Its name, as `DISPLAY` wants it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole screen as a PNG file. Taken from the X server, it shows what
    /// a person would see, whatever renderer the app has chosen.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        self.import(&["-window", "root"], file).await
    }

    /// The window whose title matches, with its frame, as a PNG file. What takes the focus meanwhile, such as a browser
    /// that opens, would lie over it: that is an error.
    pub async fn picture_of(&self, title: &str, file: &Path) -> Result<()> {
        let window = self.focus(title).await?;
        tokio::time::sleep(PAINTED).await;
        self.import(&["-frame", "-window", &window], file).await?;
        let active = self.tool(&["getactivewindow"]).await?;
        ensure!(active.trim() == window.trim(), "another window came");
        Ok(())
    }

    async fn import(&self, what: &[&str], file: &Path) -> Result<()> {
        Start::new("import")
            .args(what)
            .args([file])
            .env(path())
            .env([("DISPLAY", self.name.as_str())])
            .output(SOON)
            .await
            .map(drop)
    }

    /// Runs xdotool: keys and clicks as the X server knows them, for what is
    /// no web page (a file chooser, a keyring prompt, a browser's own dialog).
    pub async fn tool(&self, arguments: &[&str]) -> Result<String> {
        Start::new("xdotool")
            .args(arguments)
            .env(path())
            .env([("DISPLAY", self.name.as_str()), ("LANG", "C.UTF-8")])
            .output(SOON)
            .await
    }

    /// Waits for a visible window whose title matches, and gives it the focus.
    pub async fn focus(&self, title: &str) -> Result<String> {
        let window = until(&format!("a window titled {title}"), SOON, async || {
            let found = self
                .tool(&["search", "--onlyvisible", "--name", title])
                .await?;
            Ok(found.lines().next().map(str::to_owned))
        })
        .await?;
        self.tool(&["windowactivate", "--sync", &window]).await?;
        Ok(window)
    }
}

async fn until_managed(display: &str, manager: &mut Process) -> Result<()> {
    until("the window manager", SOON, async || {
        if let Err(ended) = manager.must_run() {
            return Ok(Some(Err(ended)));
        }
        let root = Start::new("xprop")
            .args(["-root", "_NET_SUPPORTING_WM_CHECK"])
            .env(path())
            .env([("DISPLAY", display)])
            .output(Duration::from_secs(5))
            .await?;
        Ok(root.contains("window id").then_some(Ok(())))
    })
    .await?
}

/// Programs are found where this one finds them.
pub fn path() -> [(&'static str, String); 1] {
    [(
        "PATH",
        std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".to_owned()),
    )]
}
