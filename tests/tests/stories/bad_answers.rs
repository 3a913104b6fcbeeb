//! Servers that answer HTML, half a JSON, nothing, or not at all.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use walk::sandbox::ADA;
use walk::webdriver::id;
use walk::{Setting, Stage, Told, story};

/// How often a fault answers: whatever is tried again meets it again.
const ALWAYS: u32 = 1_000;

#[test]
fn a_sign_in_with_a_server_that_talks_nonsense_says_so_and_can_be_tried_again() -> Told {
    story("bad-answers-sign-in", Setting::default(), async |stage| {
        stage.open_app().await?;
        for (answer, sentence) in nonsense() {
            stage
                .sandbox
                .fault("metadata", ALWAYS, answer.clone())
                .await?;
            stage.main().await?.click(&id("sign-in-microsoft")).await?;
            said(stage, sentence)
                .await
                .with_context(|| format!("metadata: {answer}"))?;
            stage.sandbox.heal().await?;
        }
        stage.sandbox.stop();
        stage.main().await?.click(&id("sign-in-microsoft")).await?;
        said(stage, "").await.context("nobody there")?;
        stage.picture("server-down", "^Signet$").await?;
        stage.sandbox.start_again(&stage.session).await?;

        for (at, (answer, sentence)) in nonsense().into_iter().enumerate() {
            stage.main().await?.click(&id("sign-in-microsoft")).await?;
            let browser = stage.browser()?;
            match at {
                0 => {
                    browser.give_password(ADA).await?;
                    browser.accept().await?;
                }
                _ => browser.pick(ADA).await?,
            }
            stage.sandbox.fault("token", ALWAYS, answer.clone()).await?;
            browser.go_on().await?;
            said(stage, sentence)
                .await
                .with_context(|| format!("token: {answer}"))?;
            stage.sandbox.heal().await?;
            browser.tidy().await?;
        }

        stage.main().await?.click(&id("trouble-try-again")).await?;
        stage.browser()?.pick(ADA).await?;
        stage.browser()?.go_on().await?;
        stage
            .main()
            .await?
            .see("[data-testid=card][aria-busy=false]")
            .await?;
        a_card_is_never_emptied(stage).await
    })
}

/// The same nonsense from Graph, once there is a card.
async fn a_card_is_never_emptied(stage: &Stage) -> Result<()> {
    for (answer, _) in nonsense() {
        stage.sandbox.fault("batch", ALWAYS, answer.clone()).await?;
        let pages = stage.main().await?;
        pages.click(&id("refresh-card")).await?;
        pages
            .see(&id("card-trouble"))
            .await
            .with_context(|| format!("card: {answer}"))?;
        pages.read(&id("card-name"), "Ada Lovelace-Núñez").await?;
        stage.sandbox.heal().await?;
        pages.click(&id("card-trouble-try-again")).await?;
        pages.see_gone(&id("card-trouble")).await?;
    }
    Ok(())
}

/// What is answered, and what is said of it.
fn nonsense() -> [(Value, &'static str); 4] {
    [
        (
            json!({"kind": "html", "status": 200}),
            "could not be understood",
        ),
        (json!({"kind": "half_json"}), "could not be understood"),
        (json!({"kind": "empty"}), "could not be understood"),
        (json!({"kind": "close"}), ""),
    ]
}

/// Waits for the notice on the welcome view. Where a dropped connection is told
/// from a server that is down is the product's own to say.
async fn said(stage: &Stage, sentence: &str) -> Result<()> {
    let pages = stage.main().await?;
    pages.see(&id("welcome")).await?;
    pages.read(&id("trouble-message"), sentence).await?;
    pages.see(&id("trouble-try-again")).await.map(drop)
}
