//! A mail as a person writes it: typed into a compose window, and looked for in
//! the sandbox's mailboxes afterwards.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use sha2::{Digest, Sha256};

use crate::display::Display;
use crate::sandbox::{Attached, Mail, Person, Sandbox};
use crate::wait::{SOON, until};
use crate::webdriver::{Pages, id};

/// What is written into one compose window.
#[derive(Clone, Debug, Default)]
pub struct Letter<'a> {
    /// To: names, where given, and addresses.
    pub to: &'a [(Option<&'a str>, &'a str)],
    /// Cc.
    pub cc: &'a [(Option<&'a str>, &'a str)],
    /// Bcc.
    pub bcc: &'a [(Option<&'a str>, &'a str)],
    /// Subject.
    pub subject: &'a str,
    /// The paragraphs of the body.
    pub body: &'a [&'a str],
    /// A file to attach through the desktop's own picker.
    pub file: Option<PathBuf>,
}

impl Letter<'_> {
    /// Writes it into the current compose window.
    pub async fn write(&self, pages: &Pages, display: &Display) -> Result<()> {
        pages.go_to_window_with(&id("compose")).await?;
        pages.see("#body").await?;
        write_recipients(pages, "to", self.to).await?;
        for (field, recipients) in [("cc", self.cc), ("bcc", self.bcc)] {
            if !recipients.is_empty() {
                pages.click(&id(&format!("show-{field}"))).await?;
                write_recipients(pages, field, recipients).await?;
            }
        }
        pages.write(&id("subject"), self.subject).await?;
        pages.click("#body").await?;
        for (at, paragraph) in self.body.iter().enumerate() {
            if at > 0 {
                pages.press("#body", &[Key::Enter]).await?;
            }
            pages.write("#body", paragraph).await?;
        }
        match &self.file {
            Some(file) => attach(pages, display, file).await,
            None => Ok(()),
        }
    }

    /// Checks one delivered mail against what was typed, field by field. Bcc is
    /// looked for in the sender's copy.
    pub fn check(&self, from: &str, mail: &Mail, sent: bool) -> Result<()> {
        ensure!(
            mail.from.address == from,
            "it comes from {}",
            mail.from.address
        );
        check_recipients("To", &mail.to, self.to)?;
        check_recipients("Cc", &mail.cc, self.cc)?;
        check_recipients("Bcc", &mail.bcc, if sent { self.bcc } else { &[] })?;
        ensure!(
            mail.subject == self.subject,
            "the subject is “{}”",
            mail.subject
        );
        let html = mail.html.as_deref().context("there is no formatted body")?;
        let text = mail.text.as_deref().context("there is no plain body")?;
        for paragraph in self.body {
            ensure!(
                html.contains(paragraph),
                "“{paragraph}” is missing from {html}"
            );
            ensure!(
                text.contains(paragraph),
                "“{paragraph}” is missing from {text}"
            );
        }
        ensure!(
            mail.key.as_deref().is_some_and(|key| key.len() == 26),
            "it carries no key"
        );
        check_file(self.file.as_deref(), &mail.attachments)
    }

    /// Waits for it in a mailbox, and finds it there exactly once.
    pub async fn delivered(&self, sandbox: &Sandbox, address: &str) -> Result<Mail> {
        until(&format!("the mail to reach {address}"), SOON, async || {
            let mails = sandbox.mailbox(address).await?.delivered;
            let mut mine = mails
                .into_iter()
                .filter(|mail| mail.subject == self.subject);
            let first = mine.next();
            ensure!(mine.next().is_none(), "it was delivered more than once");
            Ok(first)
        })
        .await
    }
}

async fn write_recipients(
    pages: &Pages,
    field: &str,
    recipients: &[(Option<&str>, &str)],
) -> Result<()> {
    let input = id(&format!("{field}-input"));
    for (name, address) in recipients {
        let typed = match name {
            Some(name) => format!("\"{name}\" <{address}>"),
            None => (*address).to_owned(),
        };
        pages.write(&input, &typed).await?;
        pages.press(&input, &[Key::Enter]).await?;
        let chip = format!(
            "{} [data-address=\"{address}\"]",
            id(&format!("{field}-chips"))
        );
        pages.see(&chip).await?;
    }
    Ok(())
}

/// Attaches a file through the desktop's file picker, as somebody who types its path.
pub async fn attach(pages: &Pages, display: &Display, file: &Path) -> Result<()> {
    pages.click(&id("attach")).await?;
    pick(pages, display, file).await
}

/// Types a file's path into the picker that is open.
pub async fn choose(display: &Display, file: &Path) -> Result<()> {
    display.focus("^(Open|Select|Choose)").await?;
    let path = file.to_str().context("the path is not text")?;
    display.tool(&["type", "--delay", "30", path]).await?;
    display.tool(&["key", "Return"]).await.map(drop)
}

/// Picks a file to attach in the picker that is open.
pub async fn pick(pages: &Pages, display: &Display, file: &Path) -> Result<()> {
    choose(display, file).await?;
    let name = file
        .file_name()
        .context("the file has no name")?
        .to_string_lossy();
    // WebKit's driver takes a name that may be cut short for hidden: the row is looked for.
    let row = format!("{}:has([title=\"{name}\"])", id("attachment"));
    pages.see(&row).await.map(drop)
}

fn check_recipients(line: &str, found: &[Person], typed: &[(Option<&str>, &str)]) -> Result<()> {
    let typed: Vec<Person> = typed
        .iter()
        .map(|(name, address)| Person {
            name: name.map(str::to_owned),
            address: (*address).to_owned(),
        })
        .collect();
    ensure!(found == typed, "{line} is {found:?} instead of {typed:?}");
    Ok(())
}

fn check_file(file: Option<&Path>, found: &[Attached]) -> Result<()> {
    let Some(file) = file else {
        ensure!(found.is_empty(), "something is attached: {found:?}");
        return Ok(());
    };
    let [attached] = found else {
        anyhow::bail!("{} files are attached", found.len());
    };
    let bytes = std::fs::read(file)?;
    let sha256: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let name = file
        .file_name()
        .context("the file has no name")?
        .to_string_lossy();
    ensure!(
        attached.name == name,
        "the file is called {}",
        attached.name
    );
    ensure!(
        attached.sha256 == sha256,
        "the file's content is another one"
    );
    ensure!(
        attached.bytes == u64::try_from(bytes.len())?,
        "the file has another length"
    );
    Ok(())
}
