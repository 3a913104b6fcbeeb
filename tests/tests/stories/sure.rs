//! Sure delivery: what became of a mail is looked for in its mailbox, before it is sent again and after it was sent.

use anyhow::{Result, ensure};
use serde_json::json;
use walk::letter::Letter;
use walk::sandbox::{ADA, GRACE};
use walk::webdriver::id;
use walk::{Setting, Stage, Told, story};

use super::sending::{WAITING, letter};

/// A colleague whose mailbox answers by itself.
const CHARLES: &str = "charles@signet.example";

/// An address that nobody has.
const NOBODY: &str = "nobody@signet.example";

#[test]
fn what_became_of_a_mail_is_found_out_and_from_then_on_made_sure_of() -> Told {
    story("sending-sure", Setting::default(), async |stage| {
        stage.sign_in(ADA).await?;
        let first = letter("The first one");
        stage.send(&first).await?;
        stage.allow_sending().await?;
        stage.outbox_shows(first.subject, "accepted").await?;
        stage.back().await?;

        found_out(stage).await?;
        told_who_is_away(stage).await?;
        looked_for_after_an_unclear_answer(stage).await?;
        looked_for_after_a_crash(stage).await?;
        came_back(stage).await?;
        sent_later_by_outlook(stage).await
    })
}

/// A mail that went in one request, and of which nobody knows, is looked for with the person's permission.
async fn found_out(stage: &mut Stage) -> Result<()> {
    let letter = letter("Plain and unclear");
    let failed = json!({"kind": "status", "status": 503});
    stage
        .sandbox
        .fault_after_work("sendMail", 1, failed)
        .await?;
    stage.send(&letter).await?;
    stage.outbox_shows(letter.subject, "unconfirmed").await?;
    stage.outbox_act(letter.subject, "check").await?;
    stage.main().await?.see(WAITING).await?;
    stage.picture("allow-look", "^Signet$").await?;
    stage.allow_sending().await?;
    let words = stage.outbox_shows(letter.subject, "sent").await?;
    ensure!(words.contains("Message-ID"), "it says {words}");
    letter.delivered(&stage.sandbox, GRACE).await?;
    stage.back().await.map(drop)
}

/// Whoever may look is told about a recipient before they write a word.
async fn told_who_is_away(stage: &mut Stage) -> Result<()> {
    let letter = Letter {
        to: &[(None, CHARLES)],
        ..letter("To somebody who is away")
    };
    stage.main().await?.click(&id("write-mail")).await?;
    let pages = stage.pages()?;
    letter.write(pages, &stage.display).await?;
    let away = format!("{}[data-tone=away]", id("tip"));
    let words = pages.read(&away, "read mail on Fridays").await?;
    ensure!(words.contains("is away"), "it says {words}");
    pages.see(&format!("{}[data-tip=away]", id("chip"))).await?;
    stage.picture("compose-tip", "^To somebody who ").await?;
    // It is known, and stands in nobody's way.
    stage.pages()?.go_to_window_with(&id("compose")).await?;
    stage.press_send().await?;
    stage.outbox_shows(letter.subject, "accepted").await?;
    letter.delivered(&stage.sandbox, CHARLES).await?;
    stage.back().await.map(drop)
}

async fn looked_for_after_an_unclear_answer(stage: &mut Stage) -> Result<()> {
    let letter = letter("Sure and unclear");
    let failed = || json!({"kind": "status", "status": 503});
    let sandbox = &stage.sandbox;
    sandbox
        .fault_after_work("messages.send", 1, failed())
        .await?;
    sandbox.fault("messages.list", 1, failed()).await?;
    stage.send(&letter).await?;
    let words = stage.outbox_shows(letter.subject, "checking").await?;
    ensure!(words.contains("looks for it"), "it says {words}");
    stage.picture("outbox-checking", "^Signet$").await?;
    stage.outbox_shows(letter.subject, "sent").await?;
    stage.picture("outbox-sent", "^Signet$").await?;
    letter.delivered(&stage.sandbox, GRACE).await?;
    stage.back().await.map(drop)
}

async fn looked_for_after_a_crash(stage: &mut Stage) -> Result<()> {
    let letter = letter("Sure and killed");
    let late = json!({"kind": "delay", "ms": 60_000});
    stage
        .sandbox
        .fault_after_work("messages.send", 1, late)
        .await?;
    stage.send(&letter).await?;
    letter.delivered(&stage.sandbox, GRACE).await?;
    stage.outbox_shows(letter.subject, "sending").await?;
    stage.kill_app().await?;
    stage.open_app().await?;
    stage.outbox_shows(letter.subject, "sent").await?;
    letter.delivered(&stage.sandbox, GRACE).await?;
    ensure!(
        stage.sandbox.requests_to("messages.send").await? <= 2,
        "a draft was sent twice"
    );
    stage.back().await.map(drop)
}

/// One mail is killed between its request and its answer, another between "send" and its request.
/// Somebody whom nobody knows: the report is found, and told.
async fn came_back(stage: &mut Stage) -> Result<()> {
    let letter = Letter {
        to: &[(None, GRACE), (None, NOBODY)],
        ..letter("For two")
    };
    stage.send(&letter).await?;
    let words = stage.outbox_shows(letter.subject, "bounced").await?;
    ensure!(words.contains(NOBODY), "it says {words}");
    stage.picture("outbox-bounced", "^Signet$").await?;
    letter.delivered(&stage.sandbox, GRACE).await?;
    stage.back().await.map(drop)
}

/// It is handed over at once, and Outlook keeps it until its time.
async fn sent_later_by_outlook(stage: &mut Stage) -> Result<()> {
    let letter = letter("Tomorrow, from Outlook");
    stage.main().await?.click(&id("write-mail")).await?;
    let pages = stage.pages()?;
    letter.write(pages, &stage.display).await?;
    pages.click(&id("later")).await?;
    pages.click(&id("later-server")).await?;
    stage.picture("compose-later-outlook", "^Tomorrow").await?;
    let pages = stage.pages()?;
    pages.click(&id("later-send")).await?;
    pages.no_window_with(&id("compose")).await?;
    let words = stage.outbox_shows(letter.subject, "deferred").await?;
    ensure!(
        words.contains("even when this computer is off"),
        "it says {words}"
    );
    stage.picture("outbox-deferred", "^Signet$").await?;
    let arrived = stage.sandbox.mailbox(GRACE).await?.delivered;
    ensure!(
        arrived.iter().all(|mail| mail.subject != letter.subject),
        "it has left"
    );
    Ok(())
}
