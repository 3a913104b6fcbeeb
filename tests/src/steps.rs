//! What a person does again and again: sign in, look at the card, write, look
//! into the outbox.

use anyhow::{Context, Result};
use fantoccini::key::Key;

use crate::letter::Letter;
use crate::stage::Stage;
use crate::wait::{SOON, until};
use crate::webdriver::{Pages, id};

/// What only the main window shows.
const MAIN: &str = "nav";

impl Stage {
    /// The main window's page.
    pub async fn main(&self) -> Result<&Pages> {
        let pages = self.pages()?;
        pages.go_to_window_with(MAIN).await?;
        Ok(pages)
    }

    /// Opens the app and signs in for the first time, up to the card.
    pub async fn sign_in(&mut self, address: &str) -> Result<()> {
        self.open_app().await?;
        self.main().await?.click(&id("sign-in-microsoft")).await?;
        self.browser()?.sign_in(address).await?;
        // A card that still grows moves what is clicked next.
        let pages = self.main().await?;
        pages
            .see("[data-testid=card][aria-busy=false]")
            .await
            .map(drop)
    }

    /// Writes a letter from the card and presses Ctrl+Enter. Its window closes.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<()> {
        self.main().await?.click(&id("write-mail")).await?;
        let pages = self.pages()?;
        letter.write(pages, &self.display).await?;
        self.press_send().await
    }

    /// Presses Ctrl+Enter in the compose window and waits until it has closed.
    pub async fn press_send(&self) -> Result<()> {
        let pages = self.pages()?;
        // The window may be gone before the driver has released the keys.
        let _ = pages
            .press(&id("subject"), &[Key::Control, Key::Enter])
            .await;
        pages.no_window_with(&id("compose")).await?;
        self.main().await.map(drop)
    }

    /// Gives the permission to send that the first send asks for in the browser.
    pub async fn allow_sending(&self) -> Result<()> {
        let browser = self.browser()?;
        browser.accept().await?;
        browser.go_on().await
    }

    /// Shows the outbox, and waits until the message with this subject is in this
    /// state. Gives the row's own words.
    pub async fn outbox_shows(&self, subject: &str, state: &str) -> Result<String> {
        let pages = self.main().await?;
        if pages.shown(&id("outbox")).await?.is_none() {
            pages.click(&id("open-outbox")).await?;
        }
        until(
            &format!("“{subject}” to be {state}"),
            SOON,
            async || {
                let mut found = Vec::new();
                for (now, words) in pages.rows(&id("outbox-item"), "data-state").await? {
                    // What was accepted is looked for where that is allowed, and soon seen to be sent.
                    let is_there = now == state || (now == "sent" && state == "accepted");
                    if words.contains(subject) && is_there {
                        return Ok(Some(words));
                    }
                    found.push(now);
                }
                anyhow::bail!("the outbox holds {found:?}")
            },
        )
        .await
    }

    /// Clicks a button of the message with this subject.
    pub async fn outbox_act(&self, subject: &str, act: &str) -> Result<()> {
        let button = format!(
            "{}[aria-label*=\"{subject}\"]",
            id(&format!("outbox-{act}"))
        );
        self.main().await?.click(&button).await
    }

    /// Goes back to the card.
    pub async fn back(&self) -> Result<&Pages> {
        let pages = self.main().await?;
        pages.click(&id("back")).await?;
        Ok(pages)
    }

    /// Signs out from the account's menu.
    pub async fn sign_out(&self) -> Result<()> {
        let pages = self.main().await?;
        pages.click(&id("account-menu")).await?;
        pages.click(&id("menu-sign-out")).await?;
        pages.see(&id("welcome")).await.map(drop)
    }

    /// Waits until a notice of this name says `part`, and gives its words.
    pub async fn told(&self, notice: &str, part: &str) -> Result<String> {
        let pages = self.main().await?;
        pages
            .read(&id(notice), part)
            .await
            .with_context(|| format!("the notice `{notice}`"))
    }
}
