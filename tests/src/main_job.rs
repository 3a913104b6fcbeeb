//! The main job, from the first start to the delivered mail, with a picture of
//! every view on the way.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::letter::Letter;
use crate::sandbox::{ADA, CLIENT_ID, GRACE, NOOR};
use crate::stage::Stage;
use crate::wait::{SOON, until, until_true};
use crate::webdriver::{Pages, id};

/// Whose job it is, and what the card says of them.
#[derive(Clone, Copy, Debug)]
pub struct Me {
    /// The address they sign in with.
    pub address: &'static str,
    name: &'static str,
    title: Option<&'static str>,
    manager: Option<&'static str>,
    photo: bool,
    /// What the names of this person's pictures end with.
    mark: &'static str,
}

impl Me {
    /// What a picture of a view is called. What looks the same for everybody is
    /// pictured once, with the colleague.
    fn picture_of(&self, view: &str) -> Option<String> {
        let own = self.mark.is_empty() || OWN_VIEWS.contains(&view);
        own.then(|| format!("{view}{}", self.mark))
    }

    async fn picture(&self, stage: &Stage, view: &str, title: &str) -> Result<()> {
        match self.picture_of(view) {
            Some(name) => stage.picture(&name, title).await,
            None => Ok(()),
        }
    }
}

/// Views that show who is signed in.
const OWN_VIEWS: [&str; 2] = ["card", "account-menu"];

/// A colleague with everything on her card.
pub const COLLEAGUE: Me = Me {
    address: ADA,
    name: "Ada Lovelace-Núñez",
    title: Some("Principal Analyst"),
    manager: Some("Grace Hopper"),
    photo: true,
    mark: "",
};

/// Somebody with a personal account: no organisation, no photo.
pub const PRIVATE_PERSON: Me = Me {
    address: NOOR,
    name: "Noor Haddad",
    title: None,
    manager: None,
    photo: false,
    mark: "-personal",
};

/// What is attached: a name beyond ASCII, a content of every byte.
const FILE: &str = "Grüße 日本.bin";

/// Tells the main job. `say` hears of each step before it is made.
pub async fn tell(stage: &mut Stage, me: Me, say: &dyn Fn(&str)) -> Result<()> {
    configure(stage, me, say).await?;
    sign_in(stage, me, say).await?;
    let letter = Letter {
        to: &[(None, me.address), (Some("Grace Höpper 格蕾丝"), GRACE)],
        cc: &[(Some("Nóra 🌿 נועה"), "nora@cc.example")],
        bcc: &[(None, "unseen@bcc.example")],
        subject: "Grüße, 你好, שלום und 👋 an alle",
        body: &[
            "Ein Satz mit naïve façade und Ω.",
            "日本語の文と 한국어 🎉🧵.",
            "שורה מימין לשמאל ومن اليمين.",
        ],
        file: Some(file(stage)?),
    };
    write(stage, me, &letter, say).await?;
    send(stage, me, letter.subject, say).await?;
    check(stage, me, &letter, say).await?;
    inspect(stage, me, say).await
}

/// First start: there is no client id yet, and one is given.
async fn configure(stage: &mut Stage, me: Me, say: &dyn Fn(&str)) -> Result<()> {
    say("Signet opens and explains how to get a client id");
    stage.session.unset("SIGNET_CLIENT_ID");
    stage.open_app().await?;
    let pages = stage.main().await?;
    pages.see(&id("registration")).await?;
    pages
        .read(&id("redirect-uri"), "io.github.signetmail://auth")
        .await?;
    me.picture(stage, "welcome-first", "^Signet$").await?;
    pages.write(&id("client-id"), "my app").await?;
    pages.click(&id("save-client-id")).await?;
    pages.read(&id("client-id-faults"), "client id").await?;
    say("The client id is given");
    pages.paste(&id("client-id"), CLIENT_ID).await?;
    pages.click(&id("save-client-id")).await?;
    pages.see_gone(&id("registration")).await?;
    pages.see(&id("sign-in-microsoft")).await?;
    me.picture(stage, "welcome", "^Signet$").await?;
    pages.click(&id("open-settings")).await?;
    ensure!(
        pages.value(&id("settings-client-id")).await? == CLIENT_ID,
        "settings show another id"
    );
    me.picture(stage, "settings", "^Signet$").await?;
    stage.back().await.map(drop)
}

async fn sign_in(stage: &mut Stage, me: Me, say: &dyn Fn(&str)) -> Result<()> {
    say("“Sign in with Microsoft”: the system browser opens");
    let pages = stage.main().await?;
    pages.click(&id("sign-in-microsoft")).await?;
    pages
        .see("[data-testid=signing-in][data-stage=browser]")
        .await?;
    let browser = stage.browser()?;
    browser.give_password(me.address).await?;
    me.picture(stage, "signing-in", "^Signet$").await?;
    watch_the_card_come(stage).await?;
    say("Consent is given, and the confirmation page hands the redirect to the desktop");
    browser.accept().await?;
    browser.go_on().await?;
    say("The card is there");
    let pages = stage.main().await?;
    pages.see("[data-testid=card][aria-busy=false]").await?;
    pages.read(&id("card-name"), me.name).await?;
    pages.read(&id("card-mail"), me.address).await?;
    if let Some(title) = me.title {
        pages.read(&id("card-title"), title).await?;
    }
    if let Some(manager) = me.manager {
        pages.read(&id("card-manager"), manager).await?;
    }
    let photo = format!("{} {} img", id("card"), id("avatar"));
    ensure!(
        pages.shown(&photo).await?.is_some() == me.photo,
        "photo or initials: the other one"
    );
    nothing_has_moved(pages).await?;
    me.picture(stage, "card", "^Signet$").await?;
    pages.click(&id("account-menu")).await?;
    pages.read(&id("account-username"), me.address).await?;
    me.picture(stage, "account-menu", "^Signet$").await?;
    pages.click(&id("account-menu")).await?;
    if let Some(manager) = me.manager {
        look_up(stage, me, manager).await?;
    }
    share(stage, me, say).await
}

/// The manager's name leads to their card, and Back leads back.
async fn look_up(stage: &Stage, me: Me, manager: &str) -> Result<()> {
    let pages = stage.main().await?;
    pages.click(&id("open-card-manager")).await?;
    pages.read(&id("person-name"), manager).await?;
    pages.see(&id("person-write")).await?;
    me.picture(stage, "manager", "^Signet$").await?;
    stage.back().await?.see(&id("card")).await.map(drop)
}

/// The card is shown as a code, and taken along as text.
async fn share(stage: &Stage, me: Me, say: &dyn Fn(&str)) -> Result<()> {
    say("The card is shown as a QR code, and copied as text");
    let pages = stage.main().await?;
    pages.click(&id("share")).await?;
    pages.see(&id("share-code")).await?;
    me.picture(stage, "share-menu", "^Signet$").await?;
    pages.click(&id("share-code")).await?;
    pages.see(&id("code")).await?;
    pages.read(&id("code-holds"), me.name).await?;
    pages.read(&id("code-holds"), me.address).await?;
    me.picture(stage, "card-code", "^Signet$").await?;
    pages.click(&id("code-close")).await?;
    pages.see_gone(&id("code-dialog")).await?;
    pages.click(&id("share")).await?;
    pages.click(&id("share-copy")).await?;
    // Said where only a screen reader looks.
    let spoken = "return document.querySelector('[data-testid=live-region]').textContent";
    until_true("the copy to be announced", SOON, async || {
        let said = pages.run(spoken, Vec::new()).await?;
        Ok(said.as_str().is_some_and(|said| said.contains("Copied")))
    })
    .await
}

/// What can be pressed while the card comes.
const CONTROLS: [&str; 7] = [
    "write-mail",
    "send-test-mail",
    "share",
    "refresh-card",
    "copy-card-mail",
    "account-menu",
    "open-outbox",
];

/// The directory takes its time, so that the card is first drawn with what the sign-in alone has told.
async fn watch_the_card_come(stage: &Stage) -> Result<()> {
    let late = json!({"kind": "delay", "ms": 600});
    stage.sandbox.fault("batch", 1, late).await?;
    let controls = CONTROLS.map(id).join(",");
    stage.main().await?.watch_places(&controls).await
}

/// From the first frame that has it, every control stands where it stands in the end: who aims early does not miss.
async fn nothing_has_moved(pages: &Pages) -> Result<()> {
    let places = pages.watched_places().await?;
    for control in CONTROLS {
        let seen = places.get(control).map_or(0, Vec::len);
        ensure!(
            seen == 1,
            "{control} was drawn at {seen} places: {places:?}"
        );
    }
    Ok(())
}

async fn write(stage: &Stage, me: Me, letter: &Letter<'_>, say: &dyn Fn(&str)) -> Result<()> {
    say("“Send a test mail”: a compose window opens with the own address");
    let pages = stage.main().await?;
    pages.click(&id("send-test-mail")).await?;
    let (own, others) = letter
        .to
        .split_first()
        .context("the letter is for nobody")?;
    pages.go_to_window_with(&id("compose")).await?;
    pages
        .see(&format!("{} [data-address=\"{}\"]", id("to-chips"), own.1))
        .await?;
    me.picture(stage, "compose-empty", "^New message").await?;
    say("Recipients, subject and text are written, and a file is attached");
    Letter {
        to: others,
        ..letter.clone()
    }
    .write(pages, &stage.display)
    .await?;
    me.picture(stage, "compose", "alle").await?;
    until_true("the draft to be saved", SOON, async || {
        Ok(pages
            .attribute(&id("save-state"), "data-state")
            .await?
            .as_deref()
            == Some("saved"))
    })
    .await
}

async fn send(stage: &Stage, me: Me, subject: &str, say: &dyn Fn(&str)) -> Result<()> {
    say("Ctrl+Enter: the window closes, and the first send asks for permission");
    stage.press_send().await?;
    stage
        .main()
        .await?
        .see("[data-testid=signing-in][data-stage=browser]")
        .await?;
    me.picture(stage, "asking-permission", "^Signet$").await?;
    stage.outbox_shows(subject, "waiting").await?;
    me.picture(stage, "outbox-waiting", "^Signet$").await?;
    stage.allow_sending().await?;
    say("Permission is given, and the mail leaves");
    stage.outbox_shows(subject, "accepted").await?;
    me.picture(stage, "outbox", "^Signet$").await?;
    stage.back().await?.see(&id("card")).await?;
    until("the notification", SOON, async || {
        Ok(stage
            .notifications()?
            .contains("is on its way")
            .then_some(()))
    })
    .await
}

async fn check(stage: &Stage, me: Me, letter: &Letter<'_>, say: &dyn Fn(&str)) -> Result<()> {
    say("The sandbox delivered it: every field is compared with what was typed");
    for recipient in letter.to.iter().chain(letter.cc).chain(letter.bcc) {
        let mail = letter.delivered(&stage.sandbox, recipient.1).await?;
        letter
            .check(me.address, &mail, false)
            .with_context(|| format!("at {}", recipient.1))?;
    }
    let sent = stage.sandbox.mailbox(me.address).await?.sent;
    let [copy] = sent.as_slice() else {
        anyhow::bail!("{} mails lie in Sent Items", sent.len());
    };
    letter
        .check(me.address, copy, true)
        .context("in Sent Items")?;
    ensure!(
        stage.sandbox.requests_to("sendMail").await? == 1,
        "it was submitted more than once"
    );
    Ok(())
}

/// What was asked of Graph can be read and told to others, and no token with it.
async fn inspect(stage: &Stage, me: Me, say: &dyn Fn(&str)) -> Result<()> {
    say("The inspector shows the request that sent it, with its id, and copies it for curl");
    let pages = stage.main().await?;
    pages.click(&id("account-menu")).await?;
    pages.click(&id("menu-inspector")).await?;
    let sent = "[data-testid=inspector-request][data-path$=\"/sendMail\"][data-status=\"202\"]";
    pages.see(sent).await?;
    me.picture(stage, "inspector", "^Signet$").await?;
    pages.click(&format!("{sent} button")).await?;
    let request_id = pages.read(&id("inspector-request-id"), "-").await?;
    ensure!(request_id.len() == 36, "no request id: {request_id}");
    pages.click(&id("inspector-copy-curl")).await?;
    let line = pages.clipboard().await?;
    ensure!(
        line.starts_with("curl --request POST")
            && line.contains("/v1.0/me/sendMail'")
            && line.contains("\"Authorization: Bearer $TOKEN\""),
        "no request for curl: {line}"
    );
    pages.read(&id("inspector-token-left"), ":").await?;
    let granted = "[data-testid=permission][data-scope=\"Mail.Send\"][data-granted=true]";
    pages.see(granted).await?;
    pages.read(&id("inspector-profile-json"), me.name).await?;
    pages.see("[data-testid=claim][data-name=oid]").await?;
    stage.back().await.map(drop)
}

fn file(stage: &Stage) -> Result<std::path::PathBuf> {
    let file = stage.session.home().join(FILE);
    let content: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    fs::write(&file, content)?;
    Ok(file)
}
