//! A Graph that answers as it is told, and tokens that are always there.

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc};

use graph::{BaseUrl, Graph, Rejected, TokenError, TokenSource};
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{
    mail::mailboxes::GraphMailboxes,
    session::{Sender, Sending},
};

pub(super) const ACCOUNT: &str = "ada.tenant";

/// What is asked of Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Create,
    Attach,
    SendDraft,
    SendPlain,
    Look,
}

/// A status and a body for each step.
pub(super) type Answers = HashMap<Step, (u16, String)>;

/// What a server that has no trouble answers. Nothing is ever found.
pub(super) fn well() -> Answers {
    HashMap::from([
        (Step::Create, (201, r#"{"id": "draft=="}"#.to_owned())),
        (Step::Attach, (201, "{}".to_owned())),
        (Step::SendDraft, (202, String::new())),
        (Step::SendPlain, (202, String::new())),
        (Step::Look, (200, r#"{"value": []}"#.to_owned())),
    ])
}

/// The mailboxes at a Graph that answers so, with drafts or without.
pub(super) async fn mailboxes(answers: Answers, drafts: bool) -> GraphMailboxes {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1.0", listener.local_addr().unwrap());
    let answers = Arc::new(answers);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&answers)));
        }
    });
    let token = "token".to_owned();
    mailboxes_at(BaseUrl::parse(&base).unwrap(), Tokens { drafts, token })
}

/// The mailboxes at a Graph.
pub(super) fn mailboxes_at(base: BaseUrl, tokens: Tokens) -> GraphMailboxes {
    let senders = Sending::Known(vec![sender_at(base, tokens)]);
    GraphMailboxes::new(watch::channel(senders).1)
}

/// Who sends there.
pub(super) fn sender_at(base: BaseUrl, tokens: Tokens) -> Sender {
    let http = crate::http::direct_client().unwrap();
    Sender::elsewhere(ACCOUNT, Graph::new(http, base, Arc::new(tokens)))
}

async fn serve(mut stream: TcpStream, answers: Arc<Answers>) {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 16 * 1024];
        let Ok(read @ 1..) = stream.read(&mut chunk).await else {
            return;
        };
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .filter_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(str::to_owned)
            })
            .find_map(|length| length.trim().parse().ok())
            .unwrap_or(0);
        if body.len() >= length {
            let (status, body) = &answers[&step(head)];
            let answer = format!(
                "HTTP/1.1 {status} As told\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            return;
        }
    }
}

fn step(head: &str) -> Step {
    let line = head.lines().next().unwrap_or_default();
    match line {
        _ if line.contains("/sendMail ") => Step::SendPlain,
        _ if line.contains("/send ") => Step::SendDraft,
        _ if line.starts_with("POST ") && line.contains("/attachments") => Step::Attach,
        _ if line.starts_with("POST ") => Step::Create,
        _ => Step::Look,
    }
}

/// One token, whatever for.
pub(super) struct Tokens {
    /// Whether drafts are allowed.
    pub(super) drafts: bool,
    pub(super) token: String,
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl TokenSource for Tokens {
    fn access_token<'a>(
        &'a self,
        _: &'a [&'a str],
        _: Option<Rejected<'a>>,
    ) -> Boxed<'a, Result<SecretString, TokenError>> {
        Box::pin(async { Ok(self.token.clone().into()) })
    }

    fn is_granted<'a>(&'a self, _: &'a [&'a str]) -> Boxed<'a, bool> {
        Box::pin(async { self.drafts })
    }

    fn refused_again<'a>(&'a self, _: &'a [&'a str], _: Option<String>) -> Boxed<'a, ()> {
        Box::pin(async {})
    }
}
