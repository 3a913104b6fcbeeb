//! The session's Secret Service, as gnome-keyring gives it.

use anyhow::{Context, Result};

use crate::process::Process;
use crate::session::Session;
use crate::wait::{SOON, until};

/// What a story finds as its keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Unlocked, as after a login with a password.
    Open,
    /// There, but locked: reading it makes the desktop ask.
    Locked,
    /// No Secret Service on the bus at all.
    Absent,
}

/// The password of the keyring.
pub const PASSWORD: &str = "walk";

const SERVICE: &str = "org.freedesktop.secrets";

/// A running keyring.
#[derive(Debug)]
pub struct Keyring {
    daemon: Option<Process>,
}

impl Keyring {
    /// Starts the keyring in the wanted state.
    pub async fn start(session: &Session, lock: Lock) -> Result<Self> {
        let mut keyring = Self { daemon: None };
        match lock {
            Lock::Absent => {}
            Lock::Open => keyring.open(session).await?,
            Lock::Locked => keyring.lock(session).await?,
        }
        Ok(keyring)
    }

    /// Starts it again, unlocked.
    pub async fn open(&mut self, session: &Session) -> Result<()> {
        self.daemon = None;
        let daemon = session
            .program("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .input(PASSWORD)
            .log_to(&session.log("keyring"))?;
        self.daemon = Some(daemon);
        session.until_owned(SERVICE).await?;
        until_default_exists(session).await
    }

    /// Starts it again, locked. The keyring itself exists: nobody is asked to make one.
    pub async fn lock(&mut self, session: &Session) -> Result<()> {
        self.open(session).await?;
        session
            .call(
                SERVICE,
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.Lock",
                &["['/org/freedesktop/secrets/collection/login']"],
            )
            .await
            .context("cannot lock the keyring")
            .map(drop)
    }

    /// How many secrets the keyring holds, in whatever collection.
    pub async fn secrets(&self, session: &Session) -> Result<usize> {
        let found = session
            .call(
                SERVICE,
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.SearchItems",
                &["@a{ss} {}"],
            )
            .await?;
        Ok(found
            .matches("/org/freedesktop/secrets/collection/")
            .count())
    }

    /// Everything the keyring tells about its items without unlocking a
    /// secret: paths, labels and attributes, which are stored in the clear.
    pub async fn attributes(&self, session: &Session) -> Result<String> {
        session
            .program("secret-tool")
            .args([
                "search",
                "--all",
                "--unlock",
                "xdg:schema",
                "org.freedesktop.Secret.Generic",
            ])
            .output(SOON)
            .await
    }
}

async fn until_default_exists(session: &Session) -> Result<()> {
    until("the default keyring", SOON, async || {
        let alias = session
            .call(
                SERVICE,
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.ReadAlias",
                &["default"],
            )
            .await?;
        Ok(alias.contains("collection").then_some(()))
    })
    .await
}
