//! Sending when something goes wrong: no permission, an answer nobody can trust, a crash.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fantoccini::key::Key;
use serde_json::json;
use walk::letter::{Letter, choose, pick};
use walk::sandbox::{ADA, GRACE};
use walk::wait::{SOON, until};
use walk::webdriver::id;
use walk::{Setting, Stage, Told, story};

/// The waiting view, with the browser open.
pub const WAITING: &str = "[data-testid=signing-in][data-stage=browser]";

#[test]
fn mail_without_permission_waits_and_the_permission_can_be_asked_for_again() -> Told {
    story("sending-declined", Setting::default(), async |stage| {
        stage.sign_in(ADA).await?;
        let letter = letter("Not yet allowed");
        stage.send(&letter).await?;
        stage.main().await?.see(WAITING).await?;
        stage.browser()?.decline().await?;
        stage
            .told("needs-message", "was not given the permission")
            .await?;
        stage.main().await?.see(&id("card")).await?;
        stage.picture("permission-declined", "^Signet$").await?;
        let words = stage.outbox_shows(letter.subject, "waiting").await?;
        ensure!(words.contains("your permission"), "it says {words}");
        ensure!(
            stage.sandbox.requests_to("sendMail").await? == 0,
            "something was submitted"
        );

        // What waits and what was declined are asked about before anything of it is lost.
        let pages = stage.main().await?;
        pages.click(&id("account-menu")).await?;
        pages.click(&id("menu-sign-out")).await?;
        pages.see(&id("sign-out-dialog")).await?;
        stage.picture("sign-out", "^Signet$").await?;
        pages.click(&id("sign-out-cancel")).await?;

        let pages = stage.back().await?;
        pages.click(&id("needs-sign-in-again")).await?;
        pages.see(WAITING).await?;
        stage.allow_sending().await?;
        stage.outbox_shows(letter.subject, "accepted").await?;
        let mail = letter.delivered(&stage.sandbox, GRACE).await?;
        letter.check(ADA, &mail, false)
    })
}

#[test]
fn a_mail_of_unclear_fate_is_shown_as_unconfirmed_and_delivered_once() -> Told {
    story("sending-unclear", Setting::default(), async |stage| {
        stage.sign_in(ADA).await?;
        let first = letter("The first one");
        stage.send(&first).await?;
        stage.allow_sending().await?;
        stage.outbox_shows(first.subject, "accepted").await?;
        stage.back().await?;

        stored_then_503(stage).await?;
        killed_while_sending(stage).await?;
        kept_while_the_server_is_down(stage).await
    })
}

#[test]
fn a_window_killed_ten_times_sends_no_mail_twice_and_loses_none() -> Told {
    story("sending-killed", Setting::default(), async |stage| {
        stage.session.set("SIGNET_UNDO_SEND", "0");
        stage.sign_in(ADA).await?;
        let first = letter("The first one");
        stage.send(&first).await?;
        stage.allow_sending().await?;
        stage.outbox_shows(first.subject, "accepted").await?;
        stage.back().await?;
        let subjects: Vec<String> = (1..=KILLS).map(|kill| format!("Killed {kill}")).collect();
        for (at, subject) in subjects.iter().enumerate() {
            // Under way at the server, on the way there or on the way back, or not yet begun.
            let ms = [60_000, 0, 300][at % 3];
            let late = json!({"kind": "delay", "ms": ms});
            stage.sandbox.fault_after_work("sendMail", 1, late).await?;
            stage.send(&letter(subject)).await?;
            tokio::time::sleep(Duration::from_millis([400, 0, 100, 20][at % 4])).await;
            stage.kill_app().await?;
            stage.sandbox.heal().await?;
            stage.open_app().await?;
        }
        let rows = settled(stage, &subjects).await?;
        let arrived = stage.sandbox.mailbox(GRACE).await?.delivered;
        for (subject, (state, _)) in subjects.iter().zip(&rows) {
            let copies = arrived
                .iter()
                .filter(|mail| mail.subject == *subject)
                .count();
            match state.as_str() {
                "accepted" => ensure!(copies == 1, "“{subject}” arrived {copies} times"),
                _ => ensure!(copies <= 1, "“{subject}” arrived {copies} times"),
            }
        }
        let unclear = rows
            .iter()
            .filter(|(state, _)| state == "unconfirmed")
            .count();
        ensure!(unclear > 0, "no kill hit a mail under way");
        Ok(())
    })
}

/// How often the window is killed.
const KILLS: usize = 10;

/// Where each of these mails ends: accepted, or unconfirmed before the person.
async fn settled(stage: &Stage, subjects: &[String]) -> Result<Vec<(String, String)>> {
    let pages = stage.main().await?;
    pages.click(&id("open-outbox")).await?;
    until("every mail to end", SOON, async || {
        let rows = pages.rows(&id("outbox-item"), "data-state").await?;
        let of = |subject: &String| {
            let words = format!("{subject} ");
            let is_of = |words_of: &str| format!("{words_of} ").replace('\n', " ").contains(&words);
            rows.iter().find(|(_, words)| is_of(words)).cloned()
        };
        let found: Option<Vec<_>> = subjects.iter().map(of).collect();
        let found = found.context("a mail is gone")?;
        let ended =
            |(state, _): &(String, String)| ["accepted", "unconfirmed"].contains(&state.as_str());
        Ok(found.iter().all(ended).then_some(found))
    })
    .await
}

#[test]
fn a_large_file_follows_its_mail_and_goes_on_after_a_crash() -> Told {
    story("sending-large", Setting::default(), async |stage| {
        stage.sign_in(ADA).await?;
        let file = stage.session.home().join("Zeichnungen 計画 👋.bin");
        std::fs::write(&file, vec![7; 26_000_000])?;
        let mut letter = Letter {
            body: &["The drawings are attached."],
            ..letter("Drawings")
        };
        stage.main().await?.click(&id("write-mail")).await?;
        let pages = stage.pages()?;
        letter.write(pages, &stage.display).await?;
        pages
            .press(&id("subject"), &[Key::Control, Key::Enter])
            .await?;
        pages.read(&id("check-attachments"), "attached").await?;
        stage.picture("check-attachments", "^Drawings ").await?;
        let pages = stage.pages()?;
        pages.click(&id("check-mend")).await?;
        pick(pages, &stage.display, &file).await?;
        letter.file = Some(file);
        pages.read(&id("attachments-large"), "25 MB").await?;
        stage.picture("compose-large", "^Drawings ").await?;

        // The permission that only a file like this needs is asked for.
        stage.press_send().await?;
        stage.main().await?.see(WAITING).await?;
        stage.picture("allow-attach", "^Signet$").await?;
        let slow = json!({"kind": "delay", "ms": 1_000});
        stage
            .sandbox
            .fault_after_work("attachments.upload", 100, slow)
            .await?;
        stage.allow_sending().await?;
        let words = stage.outbox_shows(letter.subject, "attaching").await?;
        ensure!(words.contains("are in your mailbox"), "it says {words}");
        until("a range to be there", SOON, async || {
            let words = stage.outbox_shows(letter.subject, "attaching").await?;
            Ok((!words.contains("0 bytes of")).then_some(()))
        })
        .await?;
        stage.picture("outbox-attaching", "^Signet$").await?;
        stage.kill_app().await?;
        stage.sandbox.heal().await?;
        stage.open_app().await?;
        stage.outbox_shows(letter.subject, "accepted").await?;
        let mail = letter.delivered(&stage.sandbox, GRACE).await?;
        letter.check(ADA, &mail, false)?;
        ensure!(
            stage.sandbox.requests_to("messages.send").await? == 1,
            "it was submitted twice"
        );
        Ok(())
    })
}

#[test]
fn a_picture_stands_in_the_text_outlives_a_crash_and_arrives_there() -> Told {
    story("sending-picture", Setting::default(), async |stage| {
        stage.sign_in(ADA).await?;
        // What it is called says nothing of what it is.
        let file = stage.session.home().join("Maschine 計画.jpeg");
        std::fs::write(&file, PICTURE)?;
        let letter = letter("A picture");
        stage.main().await?.click(&id("write-mail")).await?;
        let pages = stage.pages()?;
        letter.write(pages, &stage.display).await?;
        pages.click(&id("format-picture")).await?;
        choose(&stage.display, &file).await?;
        pages.see(SHOWN).await?;
        pages.read(&id("pictures-total"), "One picture").await?;
        pages.click(SHOWN).await?;
        pages.click(&id("picture-describe")).await?;
        pages.write(&id("picture-words"), "The engine").await?;
        pages.press(&id("picture-words"), &[Key::Enter]).await?;
        pages.see("#body img[alt='The engine']").await?;
        stage.picture("compose-picture", "^A picture ").await?;
        stage
            .pages()?
            .see(&format!("{}[data-state=saved]", id("save-state")))
            .await?;
        stage.kill_app().await?;

        stage.open_app().await?;
        let pages = stage.main().await?;
        pages.click(&id("open-outbox")).await?;
        pages.click(&id("draft-edit")).await?;
        pages.go_to_window_with(&id("compose")).await?;
        pages.see(&format!("{SHOWN}[alt='The engine']")).await?;
        stage.press_send().await?;
        stage.allow_sending().await?;
        stage.outbox_shows(letter.subject, "accepted").await?;
        let mail = letter.delivered(&stage.sandbox, GRACE).await?;
        let html = mail.html.context("there is no formatted body")?;
        let [picture] = mail.attachments.as_slice() else {
            anyhow::bail!("{} files are attached", mail.attachments.len());
        };
        let content_id = picture.content_id.as_deref();
        let content_id = content_id.context("it has no content id")?;
        ensure!(picture.inline, "it stands beside the text");
        ensure!(
            picture.content_type == "image/png" && picture.bytes == PICTURE.len() as u64,
            "it arrived as {picture:?}"
        );
        ensure!(
            html.contains(&format!("src=\"cid:{content_id}\"")) && html.contains("The engine"),
            "the text does not show it: {html}"
        );
        Ok(())
    })
}

/// A picture: the program's own icon.
const PICTURE: &[u8] = include_bytes!("../../../icons/128x128.png");

/// The picture in the text, as the window shows it.
const SHOWN: &str = "#body img[src^='blob:']";

#[test]
fn a_mail_is_taken_back_changed_and_sent_once() -> Told {
    story("sending-undo", Setting::default(), async |stage| {
        stage.session.set("SIGNET_UNDO_SEND", "60");
        stage.sign_in(ADA).await?;
        let pages = stage.main().await?;
        pages.click(&id("write-mail")).await?;
        letter("Sent").write(pages, &stage.display).await?;
        for (chosen, mark) in [
            ("importance-high", "mark-importance"),
            ("receipt-read", "mark-read"),
        ] {
            pages.click(&id("options")).await?;
            pages.click(&id(chosen)).await?;
            pages.see(&id(mark)).await?;
        }
        pages.click(&id("mark-read-remove")).await?;
        pages.see_gone(&id("mark-read")).await?;
        pages.click(&id("options")).await?;
        pages.click(&id("preview")).await?;
        let shown = pages.read(&id("preview-dialog"), "High importance").await?;
        ensure!(!shown.contains("Read receipt"), "it shows {shown}");
        stage.picture("compose-preview", "^Sent ").await?;
        let pages = stage.pages()?;
        pages.click(&id("preview-close")).await?;
        pages.see_gone(&id("preview-dialog")).await?;
        // Before anything else is told that would lie over it.
        pages.click(&id("later")).await?;
        pages.see(&id("later-dialog")).await?;
        stage.picture("compose-later", "^Sent ").await?;
        let pages = stage.pages()?;
        pages.click(&id("later-cancel")).await?;
        pages
            .press(&id("subject"), &[Key::Control, Key::Enter])
            .await?;
        pages.read(&id("held-seconds"), "leaves in").await?;
        stage.picture("compose-held", "^Sent ").await?;
        stage.outbox_shows("Sent", "held").await?;
        stage.picture("outbox-held", "^Signet$").await?;

        let pages = stage.pages()?;
        pages.go_to_window_with(&id("held")).await?;
        pages.click(&id("held-undo")).await?;
        pages.see_gone(&id("held")).await?;
        let mended = letter("Sent in time");
        pages.write(&id("subject"), " in time").await?;
        pages
            .press(&id("subject"), &[Key::Control, Key::Enter])
            .await?;
        pages.click(&id("held-now")).await?;
        pages.no_window_with(&id("compose")).await?;
        stage.allow_sending().await?;
        stage.outbox_shows(mended.subject, "accepted").await?;
        let mail = mended.delivered(&stage.sandbox, GRACE).await?;
        mended.check(ADA, &mail, false)?;
        ensure!(mail.importance == "high", "it matters {}", mail.importance);
        ensure!(
            stage.sandbox.requests_to("sendMail").await? == 1,
            "what was taken back was sent"
        );
        stage.back().await?;
        suggested_and_sent(stage).await?;
        stage.back().await?;
        sent_later(stage).await
    })
}

/// Two letters, and the keyboard takes who was written to before; who was not is named while the mail is held.
async fn suggested_and_sent(stage: &mut Stage) -> Result<()> {
    let letter = Letter {
        cc: &[(None, "nora@cc.example")],
        ..letter("Once more")
    };
    stage.main().await?.click(&id("write-mail")).await?;
    let pages = stage.pages()?;
    pages.go_to_window_with(&id("compose")).await?;
    pages.see("#body").await?;
    // A line that loses the focus takes what stands there, so the window has it first.
    stage.display.focus("^New message").await?;
    let to = id("to-input");
    pages.write(&to, "gr").await?;
    let grace = |list: &str| format!("{} [data-address=\"{GRACE}\"]", id(list));
    pages.see(&grace("to-suggestions")).await?;
    stage.picture("compose-suggestions", "^New message").await?;
    let pages = stage.pages()?;
    pages.press(&to, &[Key::Down]).await?;
    pages.press(&to, &[Key::Enter]).await?;
    pages.see(&grace("to-chips")).await?;
    pages.see_gone(&id("to-suggestions")).await?;
    Letter {
        to: &[],
        ..letter.clone()
    }
    .write(pages, &stage.display)
    .await?;
    pages
        .press(&id("subject"), &[Key::Control, Key::Enter])
        .await?;
    let named = pages.read(&id("held-first"), "nora@cc.example").await?;
    ensure!(!named.contains(GRACE), "it says {named}");
    stage.picture("compose-first-time", "^Once more ").await?;
    let pages = stage.pages()?;
    pages.click(&id("held-now")).await?;
    pages.no_window_with(&id("compose")).await?;
    stage.outbox_shows(letter.subject, "accepted").await?;
    let mail = letter.delivered(&stage.sandbox, GRACE).await?;
    letter.check(ADA, &mail, false)
}

/// It waits for the time that was chosen, and goes earlier when the person says so.
async fn sent_later(stage: &mut Stage) -> Result<()> {
    let letter = letter("Not before tomorrow");
    stage.main().await?.click(&id("write-mail")).await?;
    let pages = stage.pages()?;
    letter.write(pages, &stage.display).await?;
    pages.click(&id("later")).await?;
    pages.click(&id("later-send")).await?;
    pages.no_window_with(&id("compose")).await?;
    let words = stage.outbox_shows(letter.subject, "scheduled").await?;
    ensure!(words.contains("It leaves on"), "it says {words}");
    stage.picture("outbox-scheduled", "^Signet$").await?;
    // Whoever closes the last window is told what waits.
    stage.display.focus("^Signet$").await?;
    stage.display.tool(&["key", "alt+F4"]).await?;
    until("the notification", SOON, async || {
        let told = stage.notifications()?;
        Ok(told.contains("One message waits").then_some(()))
    })
    .await?;
    stage.until_app_gone().await?;
    // Only the driver's session is left.
    stage.kill_app().await?;
    stage.open_app().await?;
    stage.outbox_shows(letter.subject, "scheduled").await?;
    stage.outbox_act(letter.subject, "retry").await?;
    stage.outbox_shows(letter.subject, "accepted").await?;
    letter.delivered(&stage.sandbox, GRACE).await.map(drop)
}

async fn stored_then_503(stage: &mut Stage) -> Result<()> {
    let letter = letter("Stored, then 503");
    stage
        .sandbox
        .fault_after_work("sendMail", 1, json!({"kind": "status", "status": 503}))
        .await?;
    stage.send(&letter).await?;
    let words = stage.outbox_shows(letter.subject, "unconfirmed").await?;
    ensure!(words.contains("may have been sent"), "it says {words}");
    letter.delivered(&stage.sandbox, GRACE).await?;
    ensure!(
        stage.sandbox.requests_to("sendMail").await? == 2,
        "it was submitted again"
    );

    stage.picture("outbox-unconfirmed", "^Signet$").await?;

    // Only the person may send it again, and is warned.
    stage.outbox_act(letter.subject, "again").await?;
    stage
        .main()
        .await?
        .read(&id("outbox-dialog"), "get it twice")
        .await?;
    stage.picture("send-again", "^Signet$").await?;
    stage
        .main()
        .await?
        .click(&id("outbox-dialog-cancel"))
        .await?;
    stage.back().await.map(drop)
}

async fn killed_while_sending(stage: &mut Stage) -> Result<()> {
    let (letter, queued) = (letter("Killed under way"), letter("Killed in the queue"));
    let late = json!({"kind": "delay", "ms": 60_000});
    stage.sandbox.fault_after_work("sendMail", 1, late).await?;
    stage.send(&letter).await?;
    letter.delivered(&stage.sandbox, GRACE).await?;
    stage.outbox_shows(letter.subject, "sending").await?;
    stage.picture("outbox-sending", "^Signet$").await?;
    stage.back().await?;
    stage.send(&queued).await?;
    stage.outbox_shows(queued.subject, "queued").await?;
    stage.kill_app().await?;

    stage.open_app().await?;
    let words = stage.outbox_shows(letter.subject, "unconfirmed").await?;
    ensure!(words.contains("may have been sent"), "it says {words}");
    letter.delivered(&stage.sandbox, GRACE).await?;
    stage.outbox_shows(queued.subject, "accepted").await?;
    queued.delivered(&stage.sandbox, GRACE).await?;
    stage.back().await.map(drop)
}

async fn kept_while_the_server_is_down(stage: &mut Stage) -> Result<()> {
    let letters = [letter("Nobody there"), letter("Still nobody there")];
    stage.sandbox.stop();
    for letter in &letters {
        stage.send(letter).await?;
        let words = stage.outbox_shows(letter.subject, "waiting").await?;
        ensure!(words.contains("for the network"), "it says {words}");
        stage.back().await?;
    }
    stage.sandbox.start_again(&stage.session).await?;
    let pages = stage.main().await?;
    pages.click(&id("open-outbox")).await?;
    pages.click(&id("outbox-send-all")).await?;
    for letter in &letters {
        stage.outbox_shows(letter.subject, "accepted").await?;
        letter.delivered(&stage.sandbox, GRACE).await?;
    }
    let [other, wanted] = letters;
    found_again(stage, wanted.subject, other.subject).await
}

/// Of all that was sent the search shows what is looked for, and Esc shows the rest again.
async fn found_again(stage: &Stage, wanted: &str, other: &str) -> Result<()> {
    let pages = stage.main().await?;
    let field = id("history-search");
    pages.write(&field, "GRACE@ stíll").await?;
    pages
        .read(&id("history-found"), "One message found")
        .await?;
    let rows = format!("{} {}", id("history"), id("outbox-item"));
    let rows = pages.rows(&rows, "data-state").await?;
    ensure!(
        matches!(rows.as_slice(), [(_, words)] if words.contains(wanted)),
        "it finds {rows:?}"
    );
    stage.picture("outbox-search", "^Signet$").await?;
    let pages = stage.main().await?;
    pages.press(&field, &[Key::Escape]).await?;
    pages.see_gone(&id("history-found")).await?;
    stage.outbox_shows(other, "accepted").await.map(drop)
}

/// A mail of one line to Grace.
pub fn letter(subject: &str) -> Letter<'_> {
    Letter {
        to: &[(None, GRACE)],
        subject,
        body: &["A line that must arrive once."],
        ..Letter::default()
    }
}
