//! What the desktop says of colours, and says again while programs run.
//!
//! GTK on X11 hears of its theme from the desktop's XSETTINGS manager, here
//! xsettingsd, and WebKitGTK takes `prefers-color-scheme` from the theme's name.
//! So a change of theme reaches an open window as it does on a person's desktop.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::process::{Process, signal};
use crate::session::Session;
use crate::wait::{SOON, until_true};

/// What the desktop says of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Its name in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }

    /// Whether a picture of that brightness, from 0 to 1, can be a view in this theme.
    pub fn is_that_of(self, brightness: f64) -> bool {
        match self {
            Self::Light => brightness > 0.5,
            Self::Dark => brightness < 0.5,
        }
    }

    /// GTK's theme of this kind. WebKitGTK takes `-dark` at its end for dark.
    fn gtk(self) -> &'static str {
        match self {
            Self::Light => "Adwaita",
            Self::Dark => "Adwaita-dark",
        }
    }
}

/// The manager of a session's settings.
#[derive(Debug)]
pub(crate) struct Colours {
    file: PathBuf,
    manager: Process,
}

impl Colours {
    /// Starts the manager and waits until a program that starts would hear it.
    pub(crate) async fn start(session: &Session, theme: Theme) -> Result<Self> {
        let file = session.folder().join("xsettingsd.conf");
        write(&file, theme)?;
        let manager = session
            .program("xsettingsd")
            .args([PathBuf::from("--config"), file.clone()])
            .log_to(&session.log("colours"))?;
        until_true("the desktop's settings", SOON, async || {
            let said = session.program("dump_xsettings").output(SOON).await?;
            Ok(said.contains(theme.gtk()))
        })
        .await?;
        Ok(Self { file, manager })
    }

    /// Says another theme from now on.
    pub(crate) fn change(&self, theme: Theme) -> Result<()> {
        write(&self.file, theme)?;
        signal("HUP", self.manager.id());
        Ok(())
    }
}

fn write(file: &PathBuf, theme: Theme) -> Result<()> {
    Ok(fs::write(
        file,
        format!("Net/ThemeName \"{}\"\n", theme.gtk()),
    )?)
}
