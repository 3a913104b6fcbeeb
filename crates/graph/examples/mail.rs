//! Measures sending, for `script/bench mail`: seconds and the peak of memory in KiB on standard output.
//!
//! `mail plain|draft BASE CA TOKEN COUNT`: that many mails, one after the other. `mail upload BASE CA TOKEN FILE`: one mail with
//! that file by an upload session, its last range included, but not sent.

use std::error::Error;
use std::fs::File;
use std::future::Future;
use std::io::Read;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use graph::{
    BaseUrl, CreateOutcome, Graph, RANGE_BYTES_MAX, Rejected, SendOutcome, Stamp, TokenError,
    TokenSource, Written,
};
use message::{Attachment, AttachmentId, Body, Draft, Message};
use secrecy::SecretString;

/// As the app's own client has it.
const CONNECT_MAX: Duration = Duration::from_secs(20);

type Failure = Box<dyn Error>;

struct Token(String);

type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl TokenSource for Token {
    fn access_token<'a>(
        &'a self,
        _: &'a [&'a str],
        _: Option<Rejected<'a>>,
    ) -> Answer<'a, Result<SecretString, TokenError>> {
        Box::pin(async { Ok(self.0.clone().into()) })
    }

    fn is_granted<'a>(&'a self, _: &'a [&'a str]) -> Answer<'a, bool> {
        Box::pin(async { true })
    }

    fn refused_again<'a>(&'a self, _: &'a [&'a str], _: Option<String>) -> Answer<'a, ()> {
        Box::pin(async {})
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [what, base, ca, token, last] = words.as_slice() else {
        return Err("mail plain|draft|upload BASE CA TOKEN COUNT|FILE".into());
    };
    let certificate = reqwest::Certificate::from_pem(&std::fs::read(ca)?)?;
    #[allow(
        clippy::disallowed_methods,
        reason = "the world of this program begins here"
    )]
    let http = reqwest::Client::builder()
        .tls_certs_only([certificate])
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_MAX)
        .build()?;
    let graph = Graph::new(
        http,
        BaseUrl::parse(base)?,
        Arc::new(Token((*token).to_owned())),
    );
    let begun = Instant::now();
    match *what {
        "plain" => plain(&graph, last.parse()?).await?,
        "draft" => draft(&graph, last.parse()?).await?,
        "upload" => upload(&graph, last).await?,
        other => return Err(format!("{other} is nothing that is measured").into()),
    }
    println!("{} {}", begun.elapsed().as_secs_f64(), peak_kib()?);
    Ok(())
}

fn message(attachments: Vec<Attachment>) -> Result<Message, Failure> {
    let draft = Draft {
        to: vec!["grace@signet.example".to_owned()],
        subject: "A mail of the bench".to_owned(),
        body: Body::Html(format!("<p>{}</p>", "The quick brown fox. ".repeat(100))),
        attachments,
        ..Draft::default()
    };
    Message::try_from(draft).map_err(|faults| format!("{faults:?}").into())
}

async fn plain(graph: &Graph, count: u32) -> Result<(), Failure> {
    let message = message(Vec::new())?;
    for number in 0..count {
        accepted(
            graph
                .send_mail(&message, &format!("{number:026}"), Vec::new())
                .await,
        )?;
    }
    Ok(())
}

async fn draft(graph: &Graph, count: u32) -> Result<(), Failure> {
    let message = message(Vec::new())?;
    for number in 0..count {
        let key = format!("{number:026}");
        let id = created(
            graph
                .create_message(&message, Stamp::of(&key), Some(Vec::new()))
                .await,
        )?;
        accepted(graph.send_message(&id).await)?;
    }
    Ok(())
}

fn accepted(outcome: SendOutcome) -> Result<(), Failure> {
    match outcome {
        SendOutcome::Accepted { .. } => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

fn created(outcome: CreateOutcome) -> Result<String, Failure> {
    match outcome {
        CreateOutcome::Created { id } => Ok(id),
        other => Err(format!("{other:?}").into()),
    }
}

async fn upload(graph: &Graph, path: &str) -> Result<(), Failure> {
    let mut file = File::open(path)?;
    let attachment = Attachment {
        id: AttachmentId::new("bench")?,
        name: "bench.bin".to_owned(),
        content_type: "application/octet-stream".to_owned(),
        bytes: file.metadata()?.len(),
        sha256: String::new(),
        content_id: None,
    };
    let message = message(vec![attachment.clone()])?;
    let id = created(
        graph
            .create_message(&message, Stamp::of(&format!("{:026}", 1)), None)
            .await,
    )?;
    let session = graph.create_upload_session(&id, &attachment).await;
    let mut session = session.map_err(|outcome| format!("{outcome:?}"))?;
    loop {
        let mut range = Vec::with_capacity(RANGE_BYTES_MAX);
        (&mut file)
            .take(RANGE_BYTES_MAX as u64)
            .read_to_end(&mut range)?;
        match graph.upload(&mut session, range).await {
            Written::More => {}
            Written::Attached => return Ok(()),
            other => return Err(format!("{other:?}").into()),
        }
    }
}

/// Source: proc_pid_status(5), `VmHWM`.
fn peak_kib() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.ok_or("no peak is told")?.parse()?)
}
