//! A server, a person's mail and a folder for them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use message::{Attachment, Body, Draft, Message};
use outbox::{
    Attached, CODE_ATTACHMENT_DAMAGED, Clock, Contents, Creation, Followed, Item, Look, Mailboxes,
    OpenReport, Opened, Outbox, Outgoing, State, Submission, Uploading, WaitReason,
};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

pub const ADA: &str = "ada.tenant";
pub const GRACE: &str = "grace.tenant";

/// Names that break whoever counts bytes as characters.
pub fn message(subject: &str, attachments: Vec<Attachment>) -> Message {
    Message::try_from(Draft {
        to: vec!["\"Zoë Ångström\" <zoe@signet.example>".to_owned()],
        bcc: vec!["noor@outlook.example".to_owned()],
        subject: subject.to_owned(),
        body: Body::Html("<p>Grüße, 你好, שלום, 🎉</p>".to_owned()),
        attachments,
        ..Draft::default()
    })
    .unwrap()
}

pub fn open(folder: &Path) -> Outbox {
    let Opened { outbox, report } = Outbox::open(folder).unwrap();
    assert_eq!(report, OpenReport::Sound);
    outbox
}

/// Subject and state code of every item, oldest first.
pub fn told(outbox: &Outbox) -> Vec<(String, &'static str)> {
    outbox
        .items()
        .unwrap()
        .into_iter()
        .map(|item| (item.message.subject, item.state.code()))
        .collect()
}

pub fn check_told(outbox: &Outbox, expected: &[(&str, &str)]) {
    let found = told(outbox);
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(subject, state)| (subject.as_str(), *state))
        .collect();
    assert_eq!(found, expected);
}

pub fn item(outbox: &Outbox, subject: &str) -> Item {
    outbox
        .items()
        .unwrap()
        .into_iter()
        .find(|item| item.message.subject == subject)
        .unwrap()
}

/// A clock moved by hand.
#[derive(Clone)]
pub struct HandClock(Arc<Mutex<SystemTime>>);

impl HandClock {
    pub fn new() -> HandClock {
        HandClock(Arc::new(Mutex::new(
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        )))
    }

    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }

    pub fn clock(&self) -> Clock {
        let now = self.0.clone();
        Arc::new(move || *now.lock().unwrap())
    }
}

/// What one answer does: whether the mail is stored, and what is said then.
#[derive(Clone, Debug)]
pub enum Answer {
    Accept,
    Unclear {
        stored: bool,
    },
    /// Refuses every mail for a while, in words that do not say what became of this one.
    Throttle {
        retry_after: Duration,
    },
    Refuse,
    Wait(WaitReason),
    /// Stores the mail and never answers.
    Silence,
    Panic,
}

impl Answer {
    /// Whether the server does what it is asked before it answers.
    fn is_done(&self) -> bool {
        matches!(
            self,
            Answer::Accept | Answer::Unclear { stored: true } | Answer::Silence
        )
    }
}

/// A server that answers by a list, then accepts.
#[derive(Default)]
pub struct Server {
    pub answers: Mutex<Vec<Answer>>,
    pub seen: Mutex<Vec<Seen>>,
    /// How often each message was delivered, by key.
    pub stored: Mutex<HashMap<String, u32>>,
    /// Whether drafts are allowed.
    pub is_open: AtomicBool,
    /// The drafts' keys; a draft's id is its place.
    pub drafts: Mutex<Vec<String>>,
    /// How often was looked.
    pub looks: AtomicU32,
    /// What was attached to drafts afterwards, by their ids.
    pub attached: Mutex<HashMap<String, Vec<Vec<u8>>>>,
    /// The ids of drafts that were removed.
    pub discarded: Mutex<Vec<String>>,
    /// Whether the mailbox tells what became of sent mail.
    pub is_followed: AtomicBool,
    /// What comes back to whoever sent anything.
    pub report: Mutex<Option<String>>,
}

/// A message that was handed over, as a draft or to be sent.
#[derive(Clone)]
pub struct Seen {
    pub account: String,
    pub key: String,
    pub message: Message,
    /// What is attached to it, where it went with the message.
    pub contents: Vec<Vec<u8>>,
    pub defer_to_ms: Option<i64>,
}

impl Server {
    /// Answers `answers` in order.
    pub fn answering(answers: impl IntoIterator<Item = Answer>) -> Arc<Server> {
        let server = Server::default();
        *server.answers.lock().unwrap() = answers.into_iter().collect();
        Arc::new(server)
    }

    /// The same, and drafts are allowed.
    pub fn with_drafts(answers: impl IntoIterator<Item = Answer>) -> Arc<Server> {
        let server = Server::answering(answers);
        server.is_open.store(true, Ordering::Relaxed);
        server
    }

    pub fn subjects(&self) -> Vec<String> {
        self.seen
            .lock()
            .unwrap()
            .iter()
            .map(|seen| seen.message.subject.clone())
            .collect()
    }

    /// How often anything was delivered.
    pub fn deliveries(&self) -> u32 {
        self.stored.lock().unwrap().values().sum()
    }

    fn next(&self) -> Answer {
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() {
            Answer::Accept
        } else {
            answers.remove(0)
        }
    }

    fn see(&self, outgoing: &Outgoing) {
        self.seen.lock().unwrap().push(Seen {
            account: outgoing.account.clone(),
            key: outgoing.key.clone(),
            message: outgoing.message.clone(),
            contents: match &outgoing.contents {
                Contents::Direct(contents) => contents.clone(),
                Contents::Apart(_) => Vec::new(),
            },
            defer_to_ms: outgoing.defer_to_ms,
        });
    }

    fn store(&self, key: &str) {
        *self
            .stored
            .lock()
            .unwrap()
            .entry(key.to_owned())
            .or_default() += 1;
    }

    fn add_draft(&self, key: &str) -> String {
        let mut drafts = self.drafts.lock().unwrap();
        drafts.push(key.to_owned());
        (drafts.len() - 1).to_string()
    }

    fn found(&self, key: &str) -> Look {
        if self.stored.lock().unwrap().contains_key(key) {
            return Look::Sent {
                message_id: Some(format!("<{key}@signet.example>")),
            };
        }
        let drafts = self.drafts.lock().unwrap();
        match drafts.iter().position(|draft| draft == key) {
            Some(place) => Look::Draft {
                ids: vec![place.to_string()],
                submitted: false,
            },
            None => Look::Nothing,
        }
    }
}

/// The way to a [`Server`].
pub struct Line(pub Arc<Server>);

impl Mailboxes for Line {
    fn is_open(&self, _: String) -> outbox::Answer<bool> {
        let is_open = self.0.is_open.load(Ordering::Relaxed);
        Box::pin(async move { is_open })
    }

    fn create(&self, outgoing: Arc<Outgoing>, look_first: bool) -> outbox::Answer<Creation> {
        let server = self.0.clone();
        Box::pin(async move {
            let is_whole = matches!(outgoing.contents, Contents::Direct(_));
            match (server.is_open.load(Ordering::Relaxed), is_whole) {
                (false, true) => return Creation::Plain,
                (false, false) => return Creation::Waiting(WaitReason::Drafts),
                (true, _) => {}
            }
            match server.found(&outgoing.key) {
                Look::Sent { message_id } if look_first => return Creation::Sent { message_id },
                Look::Draft { ids, .. } if look_first => {
                    return Creation::Draft { ids, is_whole };
                }
                _ => server.see(&outgoing),
            }
            let answer = server.next();
            tokio::task::yield_now().await;
            let id = match answer.is_done() {
                true => server.add_draft(&outgoing.key),
                false => String::new(),
            };
            tokio::task::yield_now().await;
            match submission(answer).await {
                Submission::Accepted { .. } => Creation::Draft {
                    ids: vec![id],
                    is_whole,
                },
                Submission::Waiting(reason) => Creation::Waiting(reason),
                Submission::Unconfirmed {
                    why,
                    request_id,
                    hold,
                } => Creation::Unclear {
                    why,
                    request_id,
                    hold,
                },
                Submission::Failed { code, request_id } => Creation::Failed { code, request_id },
            }
        })
    }

    fn attach(
        &self,
        outgoing: Arc<Outgoing>,
        draft: String,
        uploading: Uploading,
    ) -> outbox::Answer<Attached> {
        let server = self.0.clone();
        Box::pin(async move {
            let Contents::Apart(copies) = &outgoing.contents else {
                panic!("nothing is to be attached");
            };
            let of = |server: &Server| {
                let attached = server.attached.lock().unwrap();
                attached.get(&draft).map_or(0, Vec::len)
            };
            let Some(copy) = copies.get(of(&server)) else {
                return Attached::All;
            };
            let answer = server.next();
            let (mut reader, mut bytes) = (copy.open().unwrap(), Vec::new());
            loop {
                let piece = match reader.next(1_000_000) {
                    Ok(piece) if piece.is_empty() => break,
                    Ok(piece) => piece,
                    Err(_) => {
                        return Attached::Failed {
                            code: CODE_ATTACHMENT_DAMAGED.to_owned(),
                            request_id: None,
                        };
                    }
                };
                bytes.extend(piece);
                tokio::task::yield_now().await;
                if !uploading.goes_on_after(bytes.len() as u64) {
                    return Attached::Changed;
                }
            }
            if answer.is_done() {
                let mut attached = server.attached.lock().unwrap();
                attached.entry(draft.clone()).or_default().push(bytes);
            }
            let is_all = of(&server) == copies.len();
            match submission(answer).await {
                Submission::Accepted { .. } if is_all => Attached::All,
                Submission::Accepted { .. } => Attached::More,
                Submission::Waiting(reason) => Attached::Waiting(reason),
                Submission::Unconfirmed {
                    why,
                    request_id,
                    hold,
                } => Attached::Unclear {
                    why,
                    request_id,
                    hold,
                },
                Submission::Failed { code, request_id } => Attached::Failed { code, request_id },
            }
        })
    }

    fn submit_draft(&self, _: String, draft: String) -> outbox::Answer<Submission> {
        let server = self.0.clone();
        Box::pin(async move {
            let place: usize = draft.parse().unwrap();
            let key = server.drafts.lock().unwrap()[place].clone();
            handed_over(&server, &key).await
        })
    }

    fn submit(&self, outgoing: Arc<Outgoing>) -> outbox::Answer<Submission> {
        let server = self.0.clone();
        Box::pin(async move {
            server.see(&outgoing);
            handed_over(&server, &outgoing.key).await
        })
    }

    fn discard(&self, _: String, draft: String) -> outbox::Answer<bool> {
        let server = self.0.clone();
        Box::pin(async move {
            let answer = server.next();
            let is_done = answer.is_done();
            if is_done {
                server.discarded.lock().unwrap().push(draft);
            }
            is_done
        })
    }

    fn follow(&self, _: String, key: String, _: Option<String>) -> outbox::Answer<Followed> {
        let server = self.0.clone();
        let followed = match server.found(&key) {
            _ if !server.is_followed.load(Ordering::Relaxed) => Followed::NotAllowed,
            Look::Sent { message_id } => match server.report.lock().unwrap().clone() {
                Some(report) => Followed::Bounced { report },
                None => Followed::Sent { message_id },
            },
            _ => Followed::Nothing,
        };
        Box::pin(async move { followed })
    }

    fn look(&self, _: String, key: String) -> outbox::Answer<Look> {
        self.0.looks.fetch_add(1, Ordering::Relaxed);
        let look = self.0.found(&key);
        Box::pin(async move { look })
    }
}

async fn handed_over(server: &Server, key: &str) -> Submission {
    let answer = server.next();
    tokio::task::yield_now().await;
    if answer.is_done() {
        server.store(key);
    }
    tokio::task::yield_now().await;
    submission(answer).await
}

async fn submission(answer: Answer) -> Submission {
    match answer {
        Answer::Accept => Submission::Accepted {
            request_id: Some("r1".to_owned()),
        },
        Answer::Unclear { .. } => Submission::Unconfirmed {
            why: "server-failed".to_owned(),
            request_id: None,
            hold: None,
        },
        Answer::Throttle { retry_after } => Submission::Unconfirmed {
            why: "throttled".to_owned(),
            request_id: None,
            hold: Some(retry_after),
        },
        Answer::Refuse => Submission::Failed {
            code: "ErrorInvalidRecipients".to_owned(),
            request_id: None,
        },
        Answer::Wait(reason) => Submission::Waiting(reason),
        Answer::Silence => std::future::pending().await,
        Answer::Panic => panic!("as asked"),
    }
}

/// A running worker.
pub struct Worker {
    pub wake: Arc<Notify>,
    pub task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Worker {
    pub fn start(outbox: &Outbox, server: &Arc<Server>, clock: Clock) -> Worker {
        let (wake, (stop, stopped)) = (Arc::new(Notify::new()), watch::channel(false));
        let line = Arc::new(Line(server.clone()));
        let task = tokio::spawn(outbox::deliver(
            outbox.clone(),
            line,
            clock,
            wake.clone(),
            stopped,
        ));
        Worker { wake, task, stop }
    }

    pub async fn stop(self) {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
    }

    /// Switched off: nothing is tidied.
    pub async fn switch_off(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// Lets the clock run, a second in each millisecond, and wakes the worker on the way, until it is dropped.
pub fn moving(clock: &HandClock, worker: &Worker) -> Moving {
    let (clock, wake) = (clock.clone(), worker.wake.clone());
    Moving(tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(2)).await;
            clock.advance(Duration::from_secs(2));
            wake.notify_one();
        }
    }))
}

/// A clock that runs.
pub struct Moving(JoinHandle<()>);

impl Drop for Moving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until the items stand as expected.
pub async fn until_told(outbox: &Outbox, expected: &[(&str, &str)]) {
    let as_expected = |items: &[(String, &str)]| {
        items.len() == expected.len()
            && items
                .iter()
                .zip(expected)
                .all(|((subject, state), expected)| (subject.as_str(), *state) == *expected)
    };
    until(
        outbox,
        |outbox| as_expected(&told(outbox)),
        || format!("{:?} instead of {expected:?}", told(outbox)),
    )
    .await;
}

/// Waits until a condition holds, looking at each change.
pub async fn until(
    outbox: &Outbox,
    holds: impl Fn(&Outbox) -> bool,
    otherwise: impl Fn() -> String,
) {
    let mut changes = outbox.changes();
    let wait = async {
        while !holds(outbox) {
            let _ = tokio::time::timeout(Duration::from_millis(50), changes.changed()).await;
        }
    };
    assert!(
        tokio::time::timeout(PATIENCE, wait).await.is_ok(),
        "{}",
        otherwise()
    );
}

/// Whether nothing is left to be done without a person.
pub fn at_rest(outbox: &Outbox) -> bool {
    outbox.summaries().unwrap().iter().all(|item| {
        !matches!(
            item.state,
            State::Queued
                | State::Creating
                | State::Attaching
                | State::Sending
                | State::Checking { .. }
                | State::Waiting { .. }
        )
    })
}

/// Half of a mail.
pub fn draft(subject: &str) -> Draft {
    Draft {
        to: vec!["not an address yet".to_owned()],
        subject: subject.to_owned(),
        body: Body::Html("<b>half a sent".to_owned()),
        ..Draft::default()
    }
}

/// What no program of ours writes.
pub fn execute(folder: &std::path::Path, sql: &str) {
    rusqlite::Connection::open(folder.join("outbox.db"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

/// Makes a database, which nobody has open, one of an earlier program.
pub fn as_of_version(folder: &Path, version: u32) {
    for (from, undone) in [
        (6, "DROP TABLE known_addresses;"),
        (5, "DROP TABLE twins;"),
        (
            4,
            "DROP INDEX item_traces_to_follow; ALTER TABLE item_traces DROP COLUMN follow_at_ms;
            ALTER TABLE item_traces DROP COLUMN defer_to_ms;",
        ),
        (
            3,
            "DROP TABLE item_traces; DROP TABLE leftovers; DROP INDEX items_open; DROP INDEX items_closed;
            CREATE INDEX items_open ON items (id) WHERE state NOT IN ('accepted', 'cancelled');
            CREATE INDEX items_closed ON items (id) WHERE state IN ('accepted', 'cancelled');",
        ),
        (2, "DROP TABLE item_summaries; DROP TABLE draft_summaries;"),
    ] {
        if version < from {
            execute(folder, undone);
        }
    }
    execute(folder, &format!("PRAGMA user_version = {version};"));
}
