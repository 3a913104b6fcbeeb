//! Input that is wrong, hostile or broken: it is named, and nothing typed is lost.

use std::fs;

use anyhow::{Result, ensure};
use walk::browser::write_entry;
use walk::places::program;
use walk::sandbox::{ADA, CLIENT_ID};
use walk::wait::{SOON, until_true};
use walk::webdriver::{Pages, id};
use walk::{Setting, Stage, Told, story};

/// Far beyond what any server takes as a subject, and beyond the 524,288 characters at which WebKit cuts what is put into
/// an `<input>`.
const LONG: usize = 3 * 1024 * 1024;

/// What the beginning of a database is overwritten with.
const DAMAGE: [u8; 100] = [0xA5; 100];

#[test]
fn what_cannot_be_sent_is_named_at_its_field_and_nothing_is_lost() -> Told {
    story("bad-fields", Setting::default(), async |stage| {
        stage.sign_in(ADA).await?;
        stage.main().await?.click(&id("write-mail")).await?;
        let pages = stage.pages()?;
        pages.go_to_window_with(&id("compose")).await?;
        let subject = format!("Beyond {}", "ü".repeat(LONG / 2));
        pages.see("#body").await?;
        pages
            .write(
                &id("to-input"),
                "grace@signet@example, Grace <grace@signet.example>\n",
            )
            .await?;
        pages
            .see(&format!("{} [data-fault]", id("to-chips")))
            .await?;
        pages.write("#body", "Words that must stay 👋").await?;
        pages.paste(&id("subject"), &subject).await?;
        holds(pages, &subject).await?;
        pages.click(&id("send")).await?;

        pages
            .read(&id("compose-trouble"), "need your attention")
            .await?;
        pages.read(&id("to-faults"), "one @").await?;
        let fault = pages.read(&id("subject-faults"), "too long").await?;
        ensure!(fault.contains("255"), "the limit is not named: {fault}");
        holds(pages, &subject).await?;
        pages.read("#body", "Words that must stay 👋").await?;
        ensure!(
            stage.sandbox.requests_to("sendMail").await? == 0,
            "it was sent all the same"
        );

        comes_back_whole(stage, &subject).await?;
        let pages = stage.pages()?;
        pages.paste(&id("subject"), "Shorter").await?;
        pages.click(&id("send")).await?;
        pages.read(&id("to-faults"), "one @").await?;
        stage.picture("compose-faults", "Shorter").await?;
        close_compose_window(stage, "Shorter").await?;
        drafts_come_back(stage).await?;
        a_damaged_outbox_is_set_aside(stage).await
    })
}

async fn holds(pages: &Pages, subject: &str) -> Result<()> {
    let held = pages.value(&id("subject")).await?;
    let chars = held.chars().count();
    ensure!(
        held == subject,
        "the subject is another one, of {chars} characters"
    );
    Ok(())
}

/// The draft is kept with its whole subject, and the list shows the beginning.
async fn comes_back_whole(stage: &Stage, subject: &str) -> Result<()> {
    close_compose_window(stage, "^Beyond").await?;
    let pages = stage.main().await?;
    pages.click(&id("open-outbox")).await?;
    let listed = pages.read(&id("draft-subject"), "Beyond").await?;
    let chars = listed.chars().count();
    ensure!(chars < 300, "the list shows {chars} characters of it");
    pages.click(&id("draft-edit")).await?;
    pages.go_to_window_with(&id("compose")).await?;
    until_true("the subject to be whole", SOON, async || {
        Ok(pages.value(&id("subject")).await? == subject)
    })
    .await
}

/// Closing keeps the draft, faults and all.
async fn close_compose_window(stage: &Stage, title: &str) -> Result<()> {
    stage.display.focus(title).await?;
    stage.display.tool(&["key", "alt+F4"]).await?;
    stage.pages()?.no_window_with(&id("compose")).await
}

async fn drafts_come_back(stage: &Stage) -> Result<()> {
    let pages = stage.main().await?;
    pages.read(&id("draft-subject"), "Shorter").await?;
    stage.picture("outbox-drafts", "^Signet$").await?;
    pages.click(&id("draft-edit")).await?;
    pages.go_to_window_with(&id("compose")).await?;
    ensure!(
        pages.value(&id("subject")).await? == "Shorter",
        "the draft has another subject"
    );
    pages.read("#body", "Words that must stay 👋").await?;
    pages
        .see(&format!("{} [data-fault]", id("to-chips")))
        .await?;
    close_compose_window(stage, "Shorter").await
}

async fn a_damaged_outbox_is_set_aside(stage: &mut Stage) -> Result<()> {
    stage.close_app().await?;
    let database = stage.session.data().join("outbox.db");
    let mut bytes = fs::read(&database)?;
    bytes
        .iter_mut()
        .take(DAMAGE.len())
        .for_each(|byte| *byte = DAMAGE[0]);
    fs::write(&database, bytes)?;

    stage.open_app().await?;
    stage.main().await?.read(&id("card-name"), "Ada").await?;
    stage
        .told("notice-message", "damaged and has been set aside")
        .await?;
    stage.picture("outbox-set-aside", "^Signet$").await?;
    let kept = stage.session.files_with(DAMAGE)?;
    ensure!(
        kept.len() == 1 && kept[0] != database,
        "the damaged file is kept at {kept:?}"
    );
    // What could be read of it is there, and the new one works.
    let pages = stage.main().await?;
    pages.click(&id("open-outbox")).await?;
    pages.read(&id("draft-subject"), "Shorter").await?;
    pages.click(&id("draft-edit")).await?;
    pages.go_to_window_with(&id("compose")).await?;
    pages.read("#body", "Words that must stay 👋").await?;
    pages.write(&id("subject"), " still").await?;
    saved(pages).await
}

#[test]
fn a_mailto_link_fills_a_form_and_does_nothing_by_itself() -> Told {
    story("bad-links", Setting::default(), async |stage| {
        // The person has made Signet their mail program.
        let exec = format!("{} %u", program("signet")?.display());
        write_entry(
            &stage.session,
            "signet-mailto",
            &exec,
            "x-scheme-handler/mailto;",
        )?;
        stage.sign_in(ADA).await?;
        stage
            .session
            .open_link(
                "mailto:grace@signet.example?cc=nora@cc.example&subject=Gr%C3%BC%C3%9Fe%20%F0%9F%91%8B\
                 &body=Eins%0D%0A%3Cscript%3Ealert(1)%3C/script%3E&attach=/etc/passwd&bcc=unseen@bcc.example",
            )
            .await?;
        let pages = stage.pages()?;
        pages.go_to_window_with(&id("compose")).await?;
        for (field, address) in [
            ("to", "grace@signet.example"),
            ("cc", "nora@cc.example"),
            ("bcc", "unseen@bcc.example"),
        ] {
            let chip = format!(
                "{} [data-address=\"{address}\"]",
                id(&format!("{field}-chips"))
            );
            pages.see(&chip).await?;
        }
        ensure!(
            pages.value(&id("subject")).await? == "Grüße 👋",
            "the subject is another one"
        );
        let body = pages.value("#body").await?;
        ensure!(
            body == "Eins\n<script>alert(1)</script>",
            "the body is {body}"
        );
        ensure!(
            pages.shown(&id("attachment")).await?.is_none(),
            "a link has attached a file"
        );
        stage.picture("compose-mailto", "signet.example").await?;
        ensure!(
            stage.sandbox.requests_to("sendMail").await? == 0,
            "a link has sent a mail"
        );
        Ok(())
    })
}

#[test]
fn a_faulty_configuration_is_named_and_the_rest_holds() -> Told {
    let setting = Setting {
        browser: false,
        ..Setting::default()
    };
    story("bad-configuration", setting, async |stage| {
        let folder = stage.session.home().join(".config/io.github.signetmail");
        fs::create_dir_all(&folder)?;
        fs::write(
            folder.join("settings.toml"),
            "tenant = 7\ncolour = \"red\"\n",
        )?;
        stage.session.set("SIGNET_CLIENT_ID", "no id at all");
        stage.open_app().await?;
        let pages = stage.main().await?;
        let faults = pages.rows(&id("config-fault"), "data-testid").await?;
        ensure!(faults.len() == 3, "the faults are {faults:?}");
        stage.picture("configuration-faults", "^Signet$").await?;
        stage.close_app().await?;

        stage.session.set("SIGNET_CLIENT_ID", CLIENT_ID);
        fs::write(folder.join("settings.toml"), [0xFF, 0x00, b'='])?;
        stage.open_app().await?;
        stage.main().await?.see(&id("config-fault")).await?;
        stage
            .main()
            .await?
            .see(&id("sign-in-microsoft"))
            .await
            .map(drop)
    })
}

async fn saved(pages: &Pages) -> Result<()> {
    until_true("the draft to be saved", SOON, async || {
        Ok(pages
            .attribute(&id("save-state"), "data-state")
            .await?
            .as_deref()
            == Some("saved"))
    })
    .await
}
