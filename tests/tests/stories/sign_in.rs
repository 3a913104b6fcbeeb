//! Sign-in: refusals, redirects from anybody, and a redirect that finds no app running.

use std::time::Duration;

use anyhow::{Result, ensure};
use walk::app::until_running;
use walk::process::signal;
use walk::sandbox::ADA;
use walk::wait::{SOON, never, until_true};
use walk::webdriver::id;
use walk::{Setting, Stage, Told, story};

/// The waiting view, with the browser open.
const WAITING: &str = "[data-testid=signing-in][data-stage=browser]";

/// Long enough for a link to be opened by the desktop and dropped by the app.
const A_WHILE: Duration = Duration::from_millis(700);

#[test]
fn each_refusal_is_said_and_leaves_a_way_on() -> Told {
    story("sign-in-refusals", Setting::default(), async |stage| {
        stage.open_app().await?;
        begin(stage).await?;
        stage.browser()?.cancel().await?;
        stage
            .told("trouble-message", "The sign-in was cancelled")
            .await?;

        begin(stage).await?;
        stage.main().await?.click(&id("cancel-sign-in")).await?;
        let pages = stage.main().await?;
        pages.see(&id("welcome")).await?;
        ensure!(
            pages.shown(&id("trouble-message")).await?.is_none(),
            "an own Cancel is no trouble"
        );

        begin(stage).await?;
        stage.browser()?.give_password(ADA).await?;
        stage.browser()?.decline().await?;
        stage
            .told("trouble-message", "was not given the permission")
            .await?;
        stage.told("trouble-code", "AADSTS65004").await?;
        stage.told("trouble-correlation", "-").await?;
        stage.picture("refused", "^Signet$").await?;

        // The way on that the notice offers.
        stage.main().await?.click(&id("trouble-try-again")).await?;
        stage.main().await?.see(WAITING).await?;
        stage.browser()?.pick(ADA).await?;
        stage.browser()?.accept().await?;
        stage.browser()?.go_on().await?;
        stage.main().await?.see(&id("card")).await.map(drop)
    })
}

#[test]
fn links_from_anybody_neither_sign_in_nor_disturb_a_sign_in() -> Told {
    story("sign-in-links", Setting::default(), async |stage| {
        stage.open_app().await?;
        begin(stage).await?;
        stage.browser()?.give_password(ADA).await?;
        stage.browser()?.accept().await?;
        let redirect = stage.browser()?.redirect().await?;

        let before = stage.app()?.processes(&stage.session);
        for link in hostile(&redirect) {
            open(stage, &link).await?;
        }
        never(
            "a sign-in ended by a stranger's link",
            A_WHILE,
            async || Ok(stage.main().await?.shown(WAITING).await?.is_none()),
        )
        .await?;
        ensure!(
            stage.app()?.processes(&stage.session) == before,
            "another program runs now"
        );
        ensure!(
            stage.sandbox.requests_to("token").await? == 0,
            "a stranger's code was redeemed"
        );

        open(stage, &redirect).await?;
        stage
            .main()
            .await?
            .see("[data-testid=card][aria-busy=false]")
            .await?;
        let tokens = stage.sandbox.requests_to("token").await?;

        // The same redirect once more, and strangers', now that somebody is signed in.
        open(stage, &redirect).await?;
        for link in hostile(&redirect) {
            open(stage, &link).await?;
        }
        never(
            "something said about a link that was dropped",
            A_WHILE,
            async || {
                let pages = stage.main().await?;
                let quiet = pages.shown(&id("card")).await?.is_some()
                    && pages.shown(&id("needs")).await?.is_none()
                    && pages.shown(&id("card-trouble")).await?.is_none();
                Ok(!quiet)
            },
        )
        .await?;
        ensure!(
            stage.app()?.processes(&stage.session) == before,
            "another program runs now"
        );
        ensure!(
            stage.sandbox.requests_to("token").await? == tokens,
            "a code was redeemed again"
        );
        Ok(())
    })
}

#[test]
fn a_redirect_that_finds_no_app_starts_it_and_signs_in() -> Told {
    story("sign-in-cold", Setting::default(), async |stage| {
        stage.open_app().await?;
        begin(stage).await?;
        stage.browser()?.give_password(ADA).await?;
        stage.browser()?.accept().await?;
        stage.browser()?.redirect().await?;
        until_true("the sign-in to be sealed", SOON, async || {
            Ok(stage.keyring.secrets(&stage.session).await? == 1)
        })
        .await?;
        stage.kill_app().await?;

        stage.browser()?.go_on().await?;
        let process = until_running(&stage.session).await?;
        stage.display.focus("^Signet$").await?;
        let index = stage.session.data().join("accounts.json");
        until_true("the account to be kept", SOON, async || Ok(index.exists())).await?;
        until_true("the card to be fetched", SOON, async || {
            Ok(stage.sandbox.requests_to("batch").await? == 1)
        })
        .await?;
        signal("TERM", process);
        stage.until_app_gone().await?;

        stage.open_app().await?;
        stage
            .main()
            .await?
            .read(&id("card-name"), "Ada")
            .await
            .map(drop)
    })
}

async fn begin(stage: &Stage) -> Result<()> {
    stage.browser()?.tidy().await?;
    let pages = stage.main().await?;
    pages.click(&id("sign-in-microsoft")).await?;
    pages.see(WAITING).await?;
    // A tab that came late would be taken for the next sign-in's.
    let browser = stage.browser()?.pages();
    browser.go_to_window_with("#sign-in").await
}

/// Opens a link and waits until the program the desktop starts for it has
/// handed it over and ended.
async fn open(stage: &Stage, link: &str) -> Result<()> {
    // A desktop may refuse a link that is no URL: it then does not reach the app.
    let _ = stage.session.open_link(link).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    until_true("the second program to end", SOON, async || {
        Ok(stage.app()?.processes(&stage.session).len() == 1)
    })
    .await
}

/// Links of the scheme that do not answer the sign-in under way.
fn hostile(redirect: &str) -> Vec<String> {
    let scheme = "io.github.signetmail";
    vec![
        format!("{scheme}://auth/?code=stolen&state=guessed"),
        format!("{scheme}://auth/?error=access_denied&error_subcode=cancel"),
        redirect.replacen("code=", "code=other&code=", 1),
        redirect.replacen("://auth", "://elsewhere", 1),
        format!("{scheme}:"),
        format!("{scheme}://auth/?code=%00%ff%0a&state=%F0%9F%92%A9"),
        format!("{scheme}://auth/?state={}", "x".repeat(100_000)),
    ]
}
