//! "Try the sandbox tenant": nothing to configure, and an account that survives a restart.

use std::time::Duration;

use anyhow::{Result, ensure};
use walk::letter::Letter;
use walk::places::program;
use walk::sandbox::{ADA, GRACE};
use walk::stage::APP_SANDBOX;
use walk::wait::{SOON, until_true};
use walk::webdriver::id;
use walk::{Setting, Stage, Told, story};

#[test]
fn the_sandbox_tenant_can_be_tried_with_nothing_configured() -> Told {
    story("own-sandbox", Setting::default(), async |stage| {
        stage.sandbox.stop();
        for name in ["SIGNET_CLIENT_ID", "SIGNET_AUTHORITY", "SIGNET_GRAPH"] {
            stage.session.unset(name);
        }
        stage.open_app().await?;
        stage.main().await?.click(&id("sign-in-sandbox")).await?;
        stage.browser()?.sign_in(ADA).await?;
        let pages = stage.main().await?;
        pages.see("[data-testid=card][aria-busy=false]").await?;
        pages.see(&id("sandbox-label")).await?;
        stage.picture("card-sandbox", "^Signet$").await?;

        let letter = Letter {
            to: &[(None, GRACE)],
            subject: "Nothing leaves this computer",
            body: &["A line."],
            ..Letter::default()
        };
        stage.send(&letter).await?;
        stage.allow_sending().await?;
        stage.outbox_shows(letter.subject, "accepted").await?;
        let pages = stage.back().await?;
        stage.browser()?.tidy().await?;
        pages.click(&id("open-sandbox-mailbox")).await?;
        read_on_the_mailbox_page(stage, letter.subject).await?;

        stage.close_app().await?;
        until_true("its sandbox to end with it", SOON, async || {
            Ok(!sandbox_runs(stage)?)
        })
        .await?;
        stage.open_app().await?;
        let pages = stage.main().await?;
        pages.see("[data-testid=card][aria-busy=false]").await?;
        ensure!(
            pages.shown(&id("card-trouble")).await?.is_none(),
            "the account did not survive"
        );
        ensure!(
            pages.shown(&id("needs")).await?.is_none(),
            "the account did not survive"
        );
        stage.kill_app().await?;
        until_true("its sandbox to end with a killed one", SOON, async || {
            Ok(!sandbox_runs(stage)?)
        })
        .await
    })
}

/// What was delivered, as the sandbox shows it to a person.
async fn read_on_the_mailbox_page(stage: &Stage, subject: &str) -> Result<()> {
    let pages = stage.browser()?.pages();
    pages.go_to_window_with("a[href^='/mailbox/']").await?;
    let page = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(5))
        .build()?;
    let text = page
        .get(format!("{APP_SANDBOX}/mailbox/{GRACE}"))
        .send()
        .await?
        .text()
        .await?;
    ensure!(text.contains(subject), "Grace's mailbox does not show it");
    Ok(())
}

fn sandbox_runs(stage: &Stage) -> Result<bool> {
    Ok(!stage
        .session
        .processes_of(&program("signet-sandbox")?)
        .is_empty())
}
