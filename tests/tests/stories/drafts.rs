//! A draft that is kept in the mailbox too, where the person wants that.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;
use walk::sandbox::ADA;
use walk::wait::until_true;
use walk::webdriver::id;
use walk::{Setting, Stage, Told, story};

/// The waiting view, with the browser open.
const WAITING: &str = "[data-testid=signing-in][data-stage=browser]";

/// A draft rests for ten seconds before it is written to the mailbox.
const RESTED: Duration = Duration::from_secs(40);

#[test]
fn a_draft_is_kept_in_the_mailbox_once_that_is_turned_on_and_allowed() -> Told {
    story("drafts", Setting::default(), async |stage| {
        stage.sign_in(ADA).await?;
        turned_on(stage).await?;
        written_there(stage).await?;
        gone_from_there(stage).await
    })
}

async fn turned_on(stage: &Stage) -> Result<()> {
    let pages = stage.main().await?;
    pages.click(&id("account-menu")).await?;
    pages.click(&id("menu-settings")).await?;
    pages.see(&id("settings-drafts-in-mailbox")).await?;
    stage.picture("settings-drafts", "^Signet$").await?;
    pages.click(&id("settings-drafts-in-mailbox")).await?;
    pages.see(WAITING).await?;
    stage.picture("drafts-allow", "^Signet$").await?;
    stage.allow_sending().await?;
    stage.main().await?.see_gone(&id("signing-in")).await
}

async fn written_there(stage: &Stage) -> Result<()> {
    let pages = stage.main().await?;
    if pages.shown(&id("back")).await?.is_some() {
        pages.click(&id("back")).await?;
    }
    pages.click(&id("write-mail")).await?;
    pages.go_to_window_with(&id("compose")).await?;
    pages.write(&id("subject"), "Half a thought").await?;
    until_asked(stage, "messages.create", 1).await?;
    pages.write(&id("subject"), ", and the rest").await?;
    until_asked(stage, "messages.update", 1).await?;
    ensure!(
        stage.sandbox.requests_to("messages.create").await? == 1,
        "a second draft was made"
    );
    closed(stage).await
}

/// The draft here stays, and the person is told once.
async fn gone_from_there(stage: &Stage) -> Result<()> {
    let gone = json!({"kind": "status", "status": 404, "code": "ErrorItemNotFound"});
    stage.sandbox.fault("messages.get", 1, gone).await?;
    let pages = stage.main().await?;
    pages.click(&id("open-outbox")).await?;
    pages.click(&id("draft-edit")).await?;
    pages.go_to_window_with(&id("compose")).await?;
    pages
        .read(&id("twin-gone"), "no longer among the drafts")
        .await?;
    stage.picture("compose-twin-gone", "thought").await?;
    closed(stage).await?;
    stage.main().await?.click(&id("draft-edit")).await?;
    pages.go_to_window_with(&id("compose")).await?;
    pages.see("#body:not([aria-busy=true])").await?;
    ensure!(
        pages.shown(&id("twin-gone")).await?.is_none(),
        "it is told a second time"
    );
    ensure!(
        pages.value(&id("subject")).await? == "Half a thought, and the rest",
        "the draft is another one"
    );
    Ok(())
}

async fn until_asked(stage: &Stage, route: &str, times: usize) -> Result<()> {
    until_true("the draft to be in the mailbox", RESTED, async || {
        Ok(stage.sandbox.requests_to(route).await? == times)
    })
    .await
}

/// Closing keeps the draft.
async fn closed(stage: &Stage) -> Result<()> {
    stage.display.focus("thought").await?;
    stage.display.tool(&["key", "alt+F4"]).await?;
    stage.pages()?.no_window_with(&id("compose")).await
}
