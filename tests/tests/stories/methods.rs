//! A desktop that cannot open Signet from the browser: a port of this computer, and a code.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result, ensure};
use walk::sandbox::{ADA, GRACE};
use walk::webdriver::id;
use walk::{Setting, Stage, Told, story};

#[test]
fn without_a_scheme_the_browser_answers_through_a_port_and_a_code_does_too() -> Told {
    story("sign-in-methods", Setting::default(), async |stage| {
        take_no_scheme(stage)?;
        stage.open_app().await?;
        by_loopback(stage).await?;
        by_code(stage).await?;
        out_of_the_browser_too(stage).await
    })
}

/// The desktop opens links, and takes no new scheme.
fn take_no_scheme(stage: &mut Stage) -> Result<()> {
    let folder = stage.session.home().join("stubborn");
    fs::create_dir_all(&folder)?;
    let script = folder.join("xdg-mime");
    fs::write(
        &script,
        "#!/bin/sh\n[ \"$1\" = default ] && exit 1\nexec /usr/bin/xdg-mime \"$@\"\n",
    )?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    let path = std::env::var("PATH").unwrap_or_default();
    stage
        .session
        .set("PATH", &format!("{}:{path}", folder.display()));
    Ok(())
}

async fn by_loopback(stage: &Stage) -> Result<()> {
    let pages = stage.main().await?;
    pages.click(&id("sign-in-microsoft")).await?;
    pages
        .read(&id("sign-in-reason"), "port of this computer")
        .await?;
    stage.picture("signing-in-loopback", "^Signet$").await?;
    let browser = stage.browser()?;
    browser.give_password(ADA).await?;
    browser.accept().await?;
    browser.pages().read("main h1", "Signing in").await?;
    let address = browser.pages().run("return location.href", Vec::new());
    let address = address.await?;
    let address = address.as_str().context("the page has no address")?;
    ensure!(
        address.starts_with("http://localhost:") && !address.contains("code="),
        "a code lies in the browser's history: {address}"
    );
    let pages = stage.main().await?;
    pages.see("[data-testid=card][aria-busy=false]").await?;
    pages.read(&id("card-mail"), ADA).await.map(drop)
}

async fn by_code(stage: &Stage) -> Result<()> {
    let pages = stage.main().await?;
    pages.click(&id("account-menu")).await?;
    pages.click(&id("menu-add-account")).await?;
    pages.click(&id("use-code")).await?;
    let code = pages.read(&id("user-code"), "").await?;
    stage.picture("signing-in-code", "^Signet$").await?;
    // The tab of the sign-in that was left for the code would be taken for this one's.
    let browser = stage.browser()?;
    browser.tidy().await?;
    stage.main().await?.click(&id("open-again")).await?;

    let tabs = browser.pages();
    tabs.go_to_window_with("#otc").await?;
    tabs.write("#otc", &code).await?;
    tabs.click("#next").await?;
    browser.give_password(GRACE).await?;
    browser.accept().await?;
    browser.go_on().await?;
    let pages = stage.main().await?;
    pages.read(&id("card-mail"), GRACE).await.map(drop)
}

/// Two have signed in there: the page asks which of them leaves.
async fn out_of_the_browser_too(stage: &Stage) -> Result<()> {
    let pages = stage.main().await?;
    pages.click(&id("account-menu")).await?;
    pages.see(&id("menu-sign-out-in-browser")).await?;
    stage.picture("account-menu-sign-out", "^Signet$").await?;
    pages.click(&id("menu-sign-out-in-browser")).await?;
    pages.read(&id("card-mail"), ADA).await?;
    let tabs = stage.browser()?.pages();
    let hers = format!("[id=\"sign-out-{GRACE}\"]");
    tabs.go_to_window_with(&hers).await?;
    tabs.click(&hers).await?;
    tabs.read("h1", "You signed out").await.map(drop)
}
