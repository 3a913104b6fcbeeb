//! The sandbox tenant as a process, and its control API.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::places::program;
use crate::process::Process;
use crate::session::Session;
use crate::wait::{SOON, until};

/// The application every tenant of the sandbox knows.
pub const CLIENT_ID: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";

/// A colleague with a photo and a manager.
pub const ADA: &str = "ada@signet.example";
/// Ada's manager, who has no photo.
pub const GRACE: &str = "grace@signet.example";
/// Somebody with a personal account.
pub const NOOR: &str = "noor@outlook.example";

/// A running sandbox.
#[derive(Debug)]
pub struct Sandbox {
    process: Option<Process>,
    http: String,
    control: String,
    client: reqwest::Client,
    ready: PathBuf,
    /// Its proxy and the file with its certificate, where it stands in for Microsoft.
    stand_in: Option<(String, PathBuf)>,
}

/// What the sandbox writes once it listens.
#[derive(Debug, Deserialize)]
struct Ready {
    http: String,
    control: String,
    proxy: Option<String>,
}

impl Sandbox {
    /// Starts it on free ports; with `stands_in` also as a proxy that leads Microsoft's own names to it.
    pub async fn start(session: &Session, stands_in: bool) -> Result<Self> {
        let mut sandbox = Self {
            process: None,
            http: String::new(),
            control: String::new(),
            // The sandbox is on this machine: no proxy of the machine's is asked.
            client: reqwest::Client::builder()
                .no_proxy()
                .timeout(SOON)
                .build()?,
            ready: session.home().join("sandbox-ready.json"),
            stand_in: stands_in.then(|| (String::new(), session.home().join("sandbox-ca.pem"))),
        };
        sandbox.run(session, "127.0.0.1:0", "127.0.0.1:0").await?;
        Ok(sandbox)
    }

    /// Ends it: from now on its port refuses connections.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again where it was. What it had been told is forgotten.
    pub async fn start_again(&mut self, session: &Session) -> Result<()> {
        let (http, control) = (host(&self.http)?, host(&self.control)?);
        self.run(session, &http, &control).await
    }

    async fn run(&mut self, session: &Session, http: &str, control: &str) -> Result<()> {
        let _ = fs::remove_file(&self.ready);
        let mut process = session
            .program(program("signet-sandbox")?)
            .args([
                "--http",
                http,
                "--control",
                control,
                "--seed",
                "7",
                "--ready",
            ])
            .args([&self.ready])
            .args(self.stand_in.iter().flat_map(|(_, ca)| {
                let proxy = ["--proxy", "127.0.0.1:0", "--ca"].map(PathBuf::from);
                proxy.into_iter().chain([ca.clone()])
            }))
            .log_to(&session.log("sandbox"))?;
        let ready: Ready = until("the sandbox to listen", SOON, async || {
            process.must_run()?;
            let Ok(written) = fs::read(&self.ready) else {
                return Ok(None);
            };
            Ok(Some(serde_json::from_slice(&written)?))
        })
        .await?;
        self.http = with_scheme(&ready.http);
        self.control = with_scheme(&ready.control);
        if let (Some((proxy, _)), Some(ready)) = (&mut self.stand_in, ready.proxy) {
            *proxy = with_scheme(&ready);
        }
        self.process = Some(process);
        Ok(())
    }

    /// Where it answers, as `http://127.0.0.1:port`.
    pub fn http(&self) -> &str {
        &self.http
    }

    /// The proxy that leads Microsoft's names to it.
    pub fn proxy(&self) -> Option<&str> {
        self.stand_in.as_ref().map(|(proxy, _)| proxy.as_str())
    }

    /// The environment that points the product at it.
    pub fn settings(&self) -> [(&'static str, String); 4] {
        let client_id = ("SIGNET_CLIENT_ID", CLIENT_ID.to_owned());
        // A story that is about taking mail back says so.
        let undo_send = ("SIGNET_UNDO_SEND", "0".to_owned());
        if let Some((proxy, ca)) = &self.stand_in {
            return [
                client_id,
                undo_send,
                ("SIGNET_PROXY", proxy.clone()),
                ("SIGNET_CA_FILE", ca.display().to_string()),
            ];
        }
        [
            client_id,
            undo_send,
            ("SIGNET_AUTHORITY", self.http.clone()),
            ("SIGNET_GRAPH", format!("{}/v1.0", self.http)),
        ]
    }

    /// Makes the next `count` requests to `route` answer so.
    pub async fn fault(&self, route: &str, count: u32, answer: Value) -> Result<()> {
        self.post(
            "faults",
            json!({"route": route, "count": count, "answer": answer}),
        )
        .await
    }

    /// The same, after the real work has been done.
    pub async fn fault_after_work(&self, route: &str, count: u32, answer: Value) -> Result<()> {
        let fault = json!({"route": route, "count": count, "answer": answer, "after_work": true});
        self.post("faults", fault).await
    }

    /// Forgets every fault that still waits.
    pub async fn heal(&self) -> Result<()> {
        let url = format!("{}/faults", self.control);
        self.client.delete(&url).send().await?.error_for_status()?;
        Ok(())
    }

    /// Ends a person's sessions: refresh tokens and access tokens die.
    pub async fn revoke(&self, address: &str) -> Result<()> {
        self.post("revoke", json!({"user": address})).await
    }

    /// What was delivered to, and sent by, one address.
    pub async fn mailbox(&self, address: &str) -> Result<Mailbox> {
        Ok(serde_json::from_value(
            self.get(&format!("mailboxes/{address}")).await?,
        )?)
    }

    /// The requests it has answered, oldest first.
    pub async fn requests(&self) -> Result<Vec<Request>> {
        let answer = self.get("requests").await?;
        let list = answer
            .get("requests")
            .context("the sandbox lists no requests")?;
        Ok(serde_json::from_value(list.clone())?)
    }

    /// How many requests reached a route.
    pub async fn requests_to(&self, route: &str) -> Result<usize> {
        Ok(self
            .requests()
            .await?
            .iter()
            .filter(|one| one.route.as_deref() == Some(route))
            .count())
    }

    async fn post(&self, path: &str, body: Value) -> Result<()> {
        let url = format!("{}/{path}", self.control);
        let answer = self.client.post(&url).json(&body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(
            status.is_success(),
            "the sandbox refuses {path} {body}: {status} {text}"
        );
        Ok(())
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let url = format!("{}/{path}", self.control);
        let answer = self.client.get(&url).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }
}

fn with_scheme(address: &str) -> String {
    match address.starts_with("http") {
        true => address.trim_end_matches('/').to_owned(),
        false => format!("http://{address}"),
    }
}

fn host(address: &str) -> Result<String> {
    Ok(address
        .strip_prefix("http://")
        .context("not an address of the sandbox")?
        .to_owned())
}

/// One mailbox.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Mailbox {
    /// What arrived in it.
    pub delivered: Vec<Mail>,
    /// Its sent items.
    pub sent: Vec<Mail>,
}

/// One mail, as it lies in a mailbox.
#[derive(Clone, Debug, Deserialize)]
pub struct Mail {
    /// The sender.
    pub from: Person,
    /// The recipients.
    #[serde(default)]
    pub to: Vec<Person>,
    /// Those who get a copy.
    #[serde(default)]
    pub cc: Vec<Person>,
    /// Those who get one unseen by the others: only in the sender's copy.
    #[serde(default)]
    pub bcc: Vec<Person>,
    /// Where answers go.
    #[serde(default)]
    pub reply_to: Vec<Person>,
    /// How much it matters: `low`, `normal` or `high`.
    #[serde(default)]
    pub importance: String,
    /// The subject.
    pub subject: String,
    /// The body as HTML.
    pub html: Option<String>,
    /// The body as text.
    pub text: Option<String>,
    /// What is attached.
    #[serde(default)]
    pub attachments: Vec<Attached>,
    /// The key the outbox stamped it with.
    pub key: Option<String>,
}

/// A name and an address.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Person {
    /// The name, where there is one.
    #[serde(default)]
    pub name: Option<String>,
    /// The address.
    pub address: String,
}

/// An attachment as it arrived.
#[derive(Clone, Debug, Deserialize)]
pub struct Attached {
    /// The file name.
    pub name: String,
    /// The media type.
    pub content_type: String,
    /// The length.
    pub bytes: u64,
    /// The SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// How the text shows it, where it is a picture in the text.
    pub content_id: Option<String>,
    /// Whether it stands in the text.
    pub inline: bool,
}

/// A request the sandbox has answered.
#[derive(Clone, Debug, Deserialize)]
pub struct Request {
    /// The route it reached, by the name faults are set with.
    pub route: Option<String>,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The status it was answered with.
    pub status: u16,
}
