//! A private desktop session: a home, a runtime folder, a bus, its colours.
//!
//! The bus starts nothing by itself. Whatever a story wants on it (a keyring, a
//! notification service) it starts and owns, so "there is no keyring" is really so.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::display::{Display, path};
use crate::process::{Process, Start, of_session, signal};
use crate::theme::{Colours, Theme};
use crate::wait::{SOON, until};

/// How long what is left of a session may take to go once its bus has gone.
const LEAVING: Duration = Duration::from_secs(3);

/// A session, ended with everything in it when dropped.
#[derive(Debug)]
pub struct Session {
    variables: BTreeMap<String, String>,
    logs: PathBuf,
    // Before the folder they work in.
    bus: Option<Process>,
    colours: Option<Colours>,
    folder: TempDir,
}

impl Session {
    /// Starts a session on a display. `prompts` lets the bus start the desktop's
    /// own keyring prompt.
    pub async fn start(
        display: &Display,
        theme: Theme,
        prompts: bool,
        logs: &Path,
    ) -> Result<Self> {
        // A short path: a socket's may have 107 bytes.
        let folder = tempfile::Builder::new().prefix("walk-").tempdir()?;
        let home = folder.path().join("home");
        let runtime = folder.path().join("run");
        for made in [&home, &runtime] {
            fs::create_dir(made)?;
            fs::set_permissions(made, fs::Permissions::from_mode(0o700))?;
        }
        still_animations(&home)?;
        let address = format!("unix:path={}/bus", runtime.display());
        let mut variables: BTreeMap<String, String> = path()
            .into_iter()
            .chain([
                ("HOME", home.display().to_string()),
                ("XDG_RUNTIME_DIR", runtime.display().to_string()),
                ("DISPLAY", display.name().to_owned()),
                ("DBUS_SESSION_BUS_ADDRESS", address.clone()),
                ("XDG_CURRENT_DESKTOP", "GNOME".to_owned()),
                ("XDG_SESSION_TYPE", "x11".to_owned()),
                ("LANG", "C.UTF-8".to_owned()),
                ("NO_AT_BRIDGE", "1".to_owned()),
                ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
            ])
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        if let Ok(user) = std::env::var("USER") {
            variables.insert("USER".to_owned(), user);
        }
        let mut session = Self {
            variables,
            logs: logs.to_owned(),
            bus: None,
            colours: None,
            folder,
        };
        session.start_bus(&address, prompts).await?;
        session.colours = Some(Colours::start(&session, theme).await?);
        Ok(session)
    }

    /// Changes the desktop's colours, for what runs and for what is started from now on.
    pub fn show_in(&self, theme: Theme) -> Result<()> {
        self.colours
            .as_ref()
            .context("the desktop has no colours")?
            .change(theme)
    }

    /// A program of this session, not yet started.
    pub fn program(&self, program: impl AsRef<Path>) -> Start {
        Start::new(program).env(&self.variables)
    }

    /// Sets a variable for whatever is started from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Removes a variable for whatever is started from now on.
    pub fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    /// The home folder.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The folder that holds everything of the session.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The runtime folder: every process of the session has it in its environment.
    pub fn runtime(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// Where the app keeps its data.
    pub fn data(&self) -> PathBuf {
        self.home().join(".local/share/io.github.signetmail")
    }

    /// Where the app keeps what it can fetch again.
    pub fn cache(&self) -> PathBuf {
        self.home().join(".cache/io.github.signetmail")
    }

    /// The files the app keeps that contain a word.
    pub fn files_with(&self, word: impl AsRef<[u8]>) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let config = self.home().join(".config/io.github.signetmail");
        for folder in [config, self.data(), self.cache()] {
            if folder.exists() {
                search(&folder, word.as_ref(), &mut found)?;
            }
        }
        Ok(found)
    }

    /// A log file by name.
    pub fn log(&self, name: &str) -> PathBuf {
        self.logs.join(format!("{name}.log"))
    }

    /// The processes of this session that run `program`.
    pub fn processes_of(&self, program: &Path) -> Vec<u32> {
        of_session(self.folder.path())
            .into_iter()
            .filter(|(_, running)| running == program)
            .map(|(process, _)| process)
            .collect()
    }

    /// Opens a link as the desktop does for any program.
    pub async fn open_link(&self, link: &str) -> Result<()> {
        self.program("xdg-open")
            .args([link])
            .output(SOON)
            .await
            .map(drop)
    }

    /// A call on the session's bus; gives what came back, as `gdbus` prints it.
    pub async fn call(
        &self,
        to: &str,
        object: &str,
        method: &str,
        arguments: &[&str],
    ) -> Result<String> {
        self.program("gdbus")
            .args([
                "call",
                "--session",
                "--timeout",
                "5",
                "-d",
                to,
                "-o",
                object,
                "-m",
                method,
            ])
            .args(arguments)
            .output(SOON)
            .await
    }

    /// Waits until somebody owns a name on the bus.
    pub async fn until_owned(&self, name: &str) -> Result<()> {
        until(&format!("{name} on the bus"), SOON, async || {
            let owned = self
                .call(
                    "org.freedesktop.DBus",
                    "/org/freedesktop/DBus",
                    "org.freedesktop.DBus.NameHasOwner",
                    &[name],
                )
                .await?;
            Ok(owned.contains("true").then_some(()))
        })
        .await
    }

    async fn start_bus(&mut self, address: &str, prompts: bool) -> Result<()> {
        let services = self.folder.path().join("services");
        fs::create_dir(&services)?;
        if prompts {
            for name in [
                "org.gnome.keyring.SystemPrompter",
                "org.gnome.keyring.PrivatePrompter",
            ] {
                let file = format!("{name}.service");
                fs::copy(
                    Path::new("/usr/share/dbus-1/services").join(&file),
                    services.join(&file),
                )
                .context("the desktop's keyring prompt is not installed")?;
            }
        }
        let config = self.folder.path().join("bus.conf");
        fs::write(&config, bus_config(address, &services))?;
        self.bus = Some(
            self.program("dbus-daemon")
                .args(["--nofork", "--nopidfile", "--config-file"])
                .args([&config])
                .log_to(&self.log("bus"))?,
        );
        self.until_owned("org.freedesktop.DBus").await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.bus.take());
        for name in ["TERM", "KILL"] {
            for (process, _) in of_session(self.folder.path()) {
                signal(name, process);
            }
            let begun = std::time::Instant::now();
            while begun.elapsed() < LEAVING && !of_session(self.folder.path()).is_empty() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

fn search(folder: &Path, word: &[u8], found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            search(&path, word, found)?;
        } else if fs::read(&path)?
            .windows(word.len())
            .any(|part| part == word)
        {
            found.push(path);
        }
    }
    Ok(())
}

fn bus_config(address: &str, services: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        services.display()
    )
}

/// GTK's own settings file: a picture is of a view at rest.
fn still_animations(home: &Path) -> Result<()> {
    let folder = home.join(".config/gtk-3.0");
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join("settings.ini"),
        "[Settings]\ngtk-enable-animations=0\n",
    )?;
    Ok(())
}
