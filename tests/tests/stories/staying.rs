//! Staying signed in: restarts, signing out, and what the keyring allows.

use anyhow::{Result, ensure};
use walk::keyring::{Lock, PASSWORD};
use walk::sandbox::ADA;
use walk::wait::{SOON, until_true};
use walk::webdriver::{Pages, id};
use walk::{Setting, Stage, Told, story};

#[test]
fn who_signed_in_still_is_after_a_restart_and_nothing_is_left_after_signing_out() -> Told {
    story("staying", Setting::default(), async |stage| {
        stage.sign_in(ADA).await?;
        stage
            .main()
            .await?
            .see("[data-testid=card][aria-busy=false]")
            .await?;
        restart_draws_the_card_and_asks_nobody(stage).await?;
        preferences_hold_after_a_restart(stage).await?;
        restart_without_a_server_draws_the_card_too(stage).await?;
        ended_sessions_are_asked_for_again(stage).await?;
        signing_out_leaves_nothing(stage).await?;
        deleting_everything_forgets_the_settings_too(stage).await
    })
}

async fn restart_draws_the_card_and_asks_nobody(stage: &mut Stage) -> Result<()> {
    stage.close_app().await?;
    let before = asked(stage).await?;
    let tabs = stage.browser()?.pages().windows().await?;
    stage.open_app().await?;
    let pages = stage.main().await?;
    pages.read(&id("card-name"), "Ada Lovelace-Núñez").await?;
    pages.see("[data-testid=card][aria-busy=false]").await?;
    ensure!(
        asked(stage).await? == before,
        "the authority was asked for a sign-in or a token"
    );
    ensure!(
        stage.browser()?.pages().windows().await? == tabs,
        "the browser was opened"
    );
    pages.click(&id("account-menu")).await?;
    pages.click(&id("menu-settings")).await?;
    pages
        .read(&id("settings-persistence"), "You stay signed in")
        .await?;
    stage.back().await.map(drop)
}

async fn preferences_hold_after_a_restart(stage: &mut Stage) -> Result<()> {
    stage.close_app().await?;
    // What the environment says could only be read.
    stage.session.unset("SIGNET_UNDO_SEND");
    stage.open_app().await?;
    let pages = open_settings(stage).await?;
    choose(pages, "settings-undo-send", "20").await?;
    choose(pages, "settings-theme", "dark").await?;
    pages.see("html[data-theme=dark]").await?;
    stage.close_app().await?;
    stage.open_app().await?;
    let pages = open_settings(stage).await?;
    pages.see("html[data-theme=dark]").await?;
    for (field, expected) in [("settings-undo-send", "20"), ("settings-theme", "dark")] {
        let value = pages.value(&id(field)).await?;
        ensure!(value == expected, "{field} is {value} after a restart");
    }
    choose(pages, "settings-theme", "system").await?;
    stage.picture("settings-signed-in", "^Signet$").await?;
    stage.back().await.map(drop)
}

async fn open_settings(stage: &Stage) -> Result<&Pages> {
    let pages = stage.main().await?;
    pages.click(&id("account-menu")).await?;
    pages.click(&id("menu-settings")).await?;
    Ok(pages)
}

/// Chooses a value, and waits until it is said to be kept.
async fn choose(pages: &Pages, field: &str, value: &str) -> Result<()> {
    let script = "const field = document.querySelector(arguments[0]);\
        field.value = arguments[1];\
        field.dispatchEvent(new Event('change', { bubbles: true }));";
    pages.see(&id(field)).await?;
    pages
        .run(script, vec![id(field).into(), value.into()])
        .await?;
    pages.see(&id(&format!("{field}-saved"))).await.map(drop)
}

async fn restart_without_a_server_draws_the_card_too(stage: &mut Stage) -> Result<()> {
    stage.close_app().await?;
    stage.sandbox.stop();
    stage.open_app().await?;
    stage
        .main()
        .await?
        .read(&id("card-name"), "Ada Lovelace-Núñez")
        .await?;
    stage
        .told("card-trouble-message", "cannot be reached")
        .await?;
    stage.picture("card-offline", "^Signet$").await?;
    stage.sandbox.start_again(&stage.session).await?;
    stage
        .main()
        .await?
        .click(&id("card-trouble-try-again"))
        .await?;
    stage.main().await?.see_gone(&id("card-trouble")).await
}

async fn ended_sessions_are_asked_for_again(stage: &mut Stage) -> Result<()> {
    stage.sandbox.revoke(ADA).await?;
    stage.main().await?.click(&id("refresh-card")).await?;
    stage.told("needs-message", "sign in again").await?;
    let pages = stage.main().await?;
    pages.read(&id("card-name"), "Ada Lovelace-Núñez").await?;
    stage.picture("card-sign-in-again", "^Signet$").await?;
    pages.click(&id("needs-sign-in-again")).await?;
    pages
        .see("[data-testid=signing-in][data-stage=browser]")
        .await?;
    let browser = stage.browser()?;
    browser.pages().go_to_window_with("#other-account").await?;
    browser.pages().write("#password", "signet").await?;
    browser.pages().click("#sign-in").await?;
    // This sandbox has been started anew since: it has forgotten the consent.
    browser.accept().await?;
    browser.go_on().await?;
    let pages = stage.main().await?;
    pages.see_gone(&id("signing-in")).await?;
    pages.see_gone(&id("needs")).await?;
    pages
        .see("[data-testid=card][aria-busy=false]")
        .await
        .map(drop)
}

async fn signing_out_leaves_nothing(stage: &mut Stage) -> Result<()> {
    ensure!(
        stage.keyring.secrets(&stage.session).await? > 0,
        "the keyring held nothing"
    );
    ensure!(
        !stage.session.files_with("Lovelace")?.is_empty(),
        "no card was kept to be shown at a start"
    );
    stage.sign_out().await?;
    until_true("the keyring to be empty", SOON, async || {
        Ok(stage.keyring.secrets(&stage.session).await? == 0)
    })
    .await?;
    for word in ["Lovelace", ADA, "a1da0000-1815"] {
        let files = stage.session.files_with(word)?;
        ensure!(files.is_empty(), "“{word}” is still in {files:?}");
    }
    stage.close_app().await?;
    stage.open_app().await?;
    stage.main().await?.see(&id("welcome")).await.map(drop)
}

#[test]
fn without_a_keyring_one_is_signed_in_until_the_app_is_closed_and_is_told_so() -> Told {
    let setting = Setting {
        keyring: Lock::Absent,
        ..Setting::default()
    };
    story("staying-no-keyring", setting, async |stage| {
        stage.sign_in(ADA).await?;
        stage
            .told("session-only", "only until Signet is closed")
            .await?;
        stage.picture("session-only", "^Signet$").await?;
        stage
            .main()
            .await?
            .see("[data-testid=card][aria-busy=false]")
            .await?;
        let files = stage.session.files_with("eyJ")?;
        ensure!(files.is_empty(), "a token may lie in {files:?}");
        stage.close_app().await?;
        stage.open_app().await?;
        // Who it was is still known, but not signed in.
        let pages = stage.main().await?;
        until_true("to be asked to sign in again", SOON, async || {
            let welcome = pages.shown(&id("welcome")).await?.is_some();
            Ok(welcome || pages.shown(&id("needs-sign-in-again")).await?.is_some())
        })
        .await
    })
}

#[test]
fn a_locked_keyring_is_said_and_unlocking_it_mends_everything() -> Told {
    let setting = Setting {
        keyring: Lock::Locked,
        ..Setting::default()
    };
    story("staying-locked", setting, async |stage| {
        stage.open_app().await?;
        let pages = stage.main().await?;
        pages.click(&id("sign-in-microsoft")).await?;
        stage.browser()?.sign_in(ADA).await?;
        // The keyring asks for its password; nobody answers at first.
        stage.display.focus("[Uu]nlock").await?;
        let pages = stage.main().await?;
        pages.see(&id("card")).await?;
        stage.told("notice-message", "keyring is locked").await?;
        stage.picture("keyring-locked", "^Signet$").await?;
        stage.display.focus("[Uu]nlock").await?;
        stage.display.tool(&["type", PASSWORD]).await?;
        stage.display.tool(&["key", "Return"]).await?;
        until_true("the sign-in to be kept", SOON, async || {
            Ok(stage.keyring.secrets(&stage.session).await? > 0)
        })
        .await?;
        stage.close_app().await?;
        stage.open_app().await?;
        stage
            .main()
            .await?
            .see("[data-testid=card][aria-busy=false]")
            .await
            .map(drop)
    })
}

async fn deleting_everything_forgets_the_settings_too(stage: &Stage) -> Result<()> {
    let undo_send = "undo_send = 20";
    ensure!(
        !stage.session.files_with(undo_send)?.is_empty(),
        "the settings were not kept"
    );
    let pages = stage.main().await?;
    pages.click(&id("open-settings")).await?;
    pages.click(&id("delete-everything")).await?;
    pages.read(&id("delete-unsent"), "No message waits").await?;
    stage.picture("delete-everything", "^Signet$").await?;
    pages.click(&id("delete-confirm")).await?;
    pages.see(&id("welcome")).await?;
    until_true("the settings to be gone", SOON, async || {
        Ok(stage.session.files_with(undo_send)?.is_empty())
    })
    .await
}

/// How often the authority was asked for a sign-in or a token.
async fn asked(stage: &Stage) -> Result<usize> {
    Ok(stage.sandbox.requests_to("authorize").await? + stage.sandbox.requests_to("token").await?)
}
