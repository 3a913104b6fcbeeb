//! Several accounts side by side: added, switched, written from, and signed out one by one.

use anyhow::{Result, ensure};
use walk::letter::Letter;
use walk::sandbox::{ADA, GRACE, NOOR};
use walk::webdriver::id;
use walk::{Setting, Stage, Told, story};

const ADA_NAME: &str = "Ada Lovelace-Núñez";
const GRACE_NAME: &str = "Grace Hopper";

#[test]
fn a_second_account_stands_beside_the_first_and_outlives_it() -> Told {
    story("accounts", Setting::default(), async |stage| {
        stage.sign_in(ADA).await?;
        add(stage, GRACE).await?;
        card_is_of(stage, GRACE_NAME).await?;
        menu_lists(stage, &[(GRACE, "true"), (ADA, "false")]).await?;
        mail_leaves_from_the_chosen_one(stage).await?;
        switch(stage).await?;
        card_is_of(stage, ADA_NAME).await?;
        stage.close_app().await?;
        stage.open_app().await?;
        card_is_of(stage, ADA_NAME).await?;
        menu_lists(stage, &[(ADA, "true"), (GRACE, "false")]).await?;
        sign_one_out(stage).await?;
        card_is_of(stage, GRACE_NAME).await?;
        menu_lists(stage, &[(GRACE, "true")]).await
    })
}

async fn add(stage: &mut Stage, address: &str) -> Result<()> {
    let browser = stage.browser()?;
    browser.tidy().await?;
    let pages = stage.main().await?;
    pages.click(&id("account-menu")).await?;
    pages.click(&id("menu-add-account")).await?;
    pages
        .see("[data-testid=signing-in][data-stage=browser]")
        .await?;
    stage.browser()?.sign_in(address).await
}

async fn card_is_of(stage: &Stage, name: &str) -> Result<()> {
    let pages = stage.main().await?;
    pages.see("[data-testid=card][aria-busy=false]").await?;
    pages.read(&id("card-name"), name).await.map(drop)
}

/// Opens the menu, reads who is in it and who is chosen, and closes it again.
async fn menu_lists(stage: &Stage, expected: &[(&str, &str)]) -> Result<()> {
    let pages = stage.main().await?;
    pages.click(&id("account-menu")).await?;
    pages.see(&id("menu-account")).await?;
    let rows = pages.rows(&id("menu-account"), "aria-checked").await?;
    let fits = rows.len() == expected.len()
        && rows
            .iter()
            .zip(expected)
            .all(|((chosen, words), (address, mark))| chosen == mark && words.contains(address));
    ensure!(fits, "the menu lists {rows:?}");
    if expected.len() > 1 {
        stage.picture("account-menu-two", "^Signet$").await?;
    }
    pages.click(&id("account-menu")).await
}

async fn mail_leaves_from_the_chosen_one(stage: &Stage) -> Result<()> {
    let letter = Letter {
        to: &[(None, NOOR)],
        subject: "From the second account",
        body: &["It leaves from whoever was chosen."],
        ..Letter::default()
    };
    stage.send(&letter).await?;
    stage.allow_sending().await?;
    stage.outbox_shows(letter.subject, "accepted").await?;
    let mail = letter.delivered(&stage.sandbox, NOOR).await?;
    letter.check(GRACE, &mail, false)?;
    stage.back().await.map(drop)
}

async fn switch(stage: &Stage) -> Result<()> {
    let pages = stage.main().await?;
    pages.click(&id("account-menu")).await?;
    pages
        .click("[data-testid=menu-account][aria-checked=false]")
        .await
}

async fn sign_one_out(stage: &Stage) -> Result<()> {
    let pages = stage.main().await?;
    pages.click(&id("account-menu")).await?;
    pages.click(&id("menu-sign-out")).await
}
