//! The person's browser: a real Chromium, which is also what the session opens
//! web links with, so that what the app hands to the desktop arrives as a tab.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::process::Process;
use crate::session::Session;
use crate::webdriver::{Pages, free_port};

/// What a Chromium in a test should leave alone, and what it needs without a GPU.
const SWITCHES: &[&str] = &[
    "--no-first-run",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    "--window-size=1000,800",
    "--window-position=260,60",
];

/// The scheme of the app's redirect URI.
pub const SCHEME: &str = "io.github.signetmail";

/// A Chromium under chromedriver.
#[derive(Debug)]
pub struct Browser {
    pages: Pages,
    _driver: Process,
}

impl Browser {
    /// Starts it with a fresh profile, and makes it the session's browser. Pages
    /// of `authority` may open the app's scheme without being asked each time, as
    /// after "always allow". Behind a proxy it takes any certificate: it is not what is tested.
    pub async fn start(
        session: &Session,
        authorities: &[&str],
        proxy: Option<&str>,
    ) -> Result<Self> {
        let tabs = free_port()?;
        make_default(session, tabs)?;
        let port = free_port()?;
        let driver = session
            .program("chromedriver")
            .args([format!("--port={port}")])
            .log_to(&session.log("chromedriver"))?;
        let allowed: serde_json::Map<String, Value> = authorities
            .iter()
            .map(|one| ((*one).to_owned(), json!({SCHEME: true})))
            .collect();
        let options = json!({
            "binary": "/usr/bin/chromium",
            "args": switches(session, tabs, proxy),
            "prefs": {"protocol_handler": {"allowed_origin_protocol_pairs": allowed}},
        });
        let capabilities = [("goog:chromeOptions".to_owned(), options)]
            .into_iter()
            .collect();
        let pages = Pages::connect(port, capabilities)
            .await
            .context("Chromium did not start")?;
        Ok(Self {
            pages,
            _driver: driver,
        })
    }

    /// Its pages.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Signs in at the sandbox as one of its people, up to the page after the password.
    pub async fn give_password(&self, address: &str) -> Result<()> {
        self.pick(address).await?;
        // The list of accounts has a password field too.
        self.pages.see("#other-account").await?;
        self.pages.write("#password", "signet").await?;
        self.pages.click("#sign-in").await
    }

    /// Closes the tabs that earlier sign-ins left.
    pub async fn tidy(&self) -> Result<()> {
        self.pages.keep_one_window().await
    }

    /// Picks an account; who has signed in here before needs no password.
    pub async fn pick(&self, address: &str) -> Result<()> {
        let account = format!("[id=\"account-{address}\"]");
        self.pages.go_to_window_with(&account).await?;
        self.pages.click(&account).await
    }

    /// Refuses on the consent page.
    pub async fn decline(&self) -> Result<()> {
        self.pages.go_to_window_with("#decline").await?;
        self.pages.click("#decline").await
    }

    /// Cancels, on the first page that offers it.
    pub async fn cancel(&self) -> Result<()> {
        self.pages.go_to_window_with("#cancel").await?;
        self.pages.click("#cancel").await
    }

    /// Where the confirmation page would send the browser: the redirect itself.
    pub async fn redirect(&self) -> Result<String> {
        self.pages.go_to_window_with("#continue").await?;
        let script = "return document.querySelector('#continue').href";
        let redirect = self.pages.run(script, Vec::new()).await?;
        Ok(redirect
            .as_str()
            .context("the page has no redirect")?
            .to_owned())
    }

    /// Agrees on the consent page.
    pub async fn accept(&self) -> Result<()> {
        self.pages.go_to_window_with("#accept").await?;
        self.pages.click("#accept").await
    }

    /// "Are you trying to sign in to …?": yes. Chromium then hands the redirect
    /// to the desktop.
    pub async fn go_on(&self) -> Result<()> {
        self.pages.go_to_window_with("#continue").await?;
        self.pages.click("#continue").await
    }

    /// The whole way through a first sign-in.
    pub async fn sign_in(&self, address: &str) -> Result<()> {
        self.give_password(address).await?;
        self.accept().await?;
        self.go_on().await
    }
}

fn switches(session: &Session, tabs: u16, proxy: Option<&str>) -> Vec<String> {
    let mut switches: Vec<String> = SWITCHES.iter().map(|one| (*one).to_owned()).collect();
    if let Some(proxy) = proxy {
        switches.push(format!("--proxy-server={proxy}"));
        switches.push("--ignore-certificate-errors".to_owned());
    }
    switches.push(format!(
        "--user-data-dir={}/chromium",
        session.home().display()
    ));
    switches.push(format!("--remote-debugging-port={tabs}"));
    if is_root() {
        // Chromium's own sandbox refuses to run as root, as in most containers.
        switches.push("--no-sandbox".to_owned());
    }
    switches
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Makes a script the session's handler of web links. It asks the running
/// Chromium for a tab through its debugging port: a Chromium that chromedriver
/// has started does not take links from a second one.
fn make_default(session: &Session, tabs: u16) -> Result<()> {
    let script = session.home().join("open-tab");
    fs::write(
        &script,
        format!(
            "#!/bin/sh\nexec curl -fsS -o /dev/null --noproxy '*' -G -X PUT --data-urlencode \"=$1\" \
             http://127.0.0.1:{tabs}/json/new\n"
        ),
    )?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    let types = "x-scheme-handler/http;x-scheme-handler/https;text/html;";
    write_entry(
        session,
        "browser",
        &format!("{} %u", script.display()),
        types,
    )?;
    let config = session.home().join(".config");
    fs::create_dir_all(&config)?;
    fs::write(
        config.join("mimeapps.list"),
        "[Default Applications]\nx-scheme-handler/http=browser.desktop\n\
         x-scheme-handler/https=browser.desktop\ntext/html=browser.desktop\n",
    )?;
    Ok(())
}

/// A desktop entry of the session's own home.
pub fn write_entry(session: &Session, name: &str, exec: &str, types: &str) -> Result<()> {
    let applications = session.home().join(".local/share/applications");
    fs::create_dir_all(&applications)?;
    fs::write(
        applications.join(format!("{name}.desktop")),
        format!("[Desktop Entry]\nType=Application\nName={name}\nMimeType={types}\nExec={exec}\n"),
    )?;
    Ok(())
}
