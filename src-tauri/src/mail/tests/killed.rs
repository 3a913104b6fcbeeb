//! A program that delivers, really killed, again and again, while the sandbox tenant stores and then answers badly.
//!
//! The test program starts itself again as the one that is killed. Its clock runs faster than the mailbox's, so that what
//! is looked for for minutes takes seconds.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use graph::BaseUrl;
use message::{Body, Draft, Message};
use outbox::{Clock, Outbox, State};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use super::sandbox::Tenant;
use crate::mail::tests::stub::{ACCOUNT, Tokens, mailboxes_at};

/// For each way to send.
const KILLS: usize = 100;
const MESSAGES: usize = 250;

/// What the killed one does, by these variables; without them it does nothing.
const FOLDER: &str = "SIGNET_TEST_KILLED_FOLDER";
const GRAPH: &str = "SIGNET_TEST_KILLED_GRAPH";
const TOKEN: &str = "SIGNET_TEST_KILLED_TOKEN";
const DRAFTS: &str = "SIGNET_TEST_KILLED_DRAFTS";
const SINCE_MS: &str = "SIGNET_TEST_KILLED_SINCE_MS";

/// So many of the outbox's seconds pass in one.
const FASTER: u64 = 60;

/// How long the last one has to bring everything to rest.
const PATIENCE: Duration = Duration::from_secs(180);

/// The program that is killed: this one again, asked for this test alone. In a plain run there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let told = |name| std::env::var(name).unwrap();
    let tokens = Tokens {
        drafts: told(DRAFTS) == "true",
        token: told(TOKEN),
    };
    let base = BaseUrl::parse(&told(GRAPH)).unwrap();
    let outbox = Outbox::open(Path::new(&folder)).unwrap().outbox;
    let (wake, (_stop, stopped)) = (Arc::new(Notify::new()), watch::channel(false));
    tokio::spawn(outbox::deliver(
        outbox.clone(),
        Arc::new(mailboxes_at(base, tokens)),
        fast_clock(told(SINCE_MS).parse().unwrap()),
        Arc::clone(&wake),
        stopped,
    ));
    while !is_at_rest(&outbox) {
        tokio::time::sleep(Duration::from_millis(200)).await;
        wake.notify_one();
    }
}

fn is_at_rest(outbox: &Outbox) -> bool {
    outbox.summaries().unwrap().iter().all(|item| {
        matches!(
            item.state,
            State::Accepted { .. }
                | State::Sent { .. }
                | State::Unconfirmed { .. }
                | State::Failed { .. }
        )
    })
}

#[allow(
    clippy::disallowed_methods,
    reason = "killed processes have no other clock in common"
)]
fn system_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

fn fast_clock(since_ms: u64) -> Clock {
    Arc::new(move || {
        let passed_ms = system_ms().saturating_sub(since_ms);
        UNIX_EPOCH + Duration::from_millis(since_ms + passed_ms * FASTER)
    })
}

#[tokio::test]
async fn sent_surely_everything_arrives_once() {
    let ended = killed_again_and_again(true).await;
    assert_eq!(ended.arrived.len(), MESSAGES);
    assert!(ended.arrived.values().all(|copies| *copies == 1));
    for (key, state) in &ended.states {
        assert!(["accepted", "sent"].contains(state), "{key} is {state}");
    }
    // Enough went wrong to mean something.
    let in_doubt = ended.in_doubt;
    assert!(in_doubt > MESSAGES / 20, "{in_doubt} were in doubt");
}

#[tokio::test]
async fn sent_in_one_request_nothing_arrives_twice_and_the_rest_is_shown() {
    let ended = killed_again_and_again(false).await;
    assert!(ended.arrived.values().all(|copies| *copies == 1));
    for (key, state) in &ended.states {
        match *state {
            "accepted" => assert!(ended.arrived.contains_key(key), "{key} did not arrive"),
            "unconfirmed" => {}
            state => panic!("{key} is {state}"),
        }
    }
    let unclear = ended.count("unconfirmed");
    assert!(unclear > MESSAGES / 20, "{unclear} were unclear");
}

/// How it ended.
struct Ended {
    /// Where each message stands, by its key. Of what is finished the newest two hundred.
    states: Vec<(String, &'static str)>,
    /// How often each key arrived.
    arrived: HashMap<String, usize>,
    /// How many were being sent or looked for when the program was killed, over all kills.
    in_doubt: usize,
}

impl Ended {
    fn count(&self, state: &str) -> usize {
        self.states
            .iter()
            .filter(|(_, found)| *found == state)
            .count()
    }
}

/// Queues messages while the delivering program is killed.
async fn killed_again_and_again(drafts: bool) -> Ended {
    let (folder, mut random) = (tempfile::tempdir().unwrap(), StdRng::seed_from_u64(1));
    let tenant = Tenant::start(folder.path()).await;
    let run = Run {
        folder: folder.path().join("outbox"),
        graph: format!("{}/v1.0", tenant.http),
        token: tenant.token("Mail.Send Mail.ReadWrite").await,
        drafts,
        since_ms: system_ms(),
    };
    unreliable(&tenant).await;
    let attached = folder.path().join("Größe 計画.txt");
    fs::write(&attached, "what is attached").unwrap();
    let outbox = Outbox::open(&run.folder).unwrap().outbox;
    let mut in_doubt = 0;
    for kill in 0..KILLS {
        for number in MESSAGES * kill / KILLS..MESSAGES * (kill + 1) / KILLS {
            queue(&outbox, number, &attached);
        }
        let mut killed = run.start();
        tokio::time::sleep(Duration::from_millis(random.random_range(30..250))).await;
        killed.kill().unwrap();
        killed.wait().unwrap();
        let items = outbox.summaries().unwrap();
        let left = items
            .iter()
            .filter(|item| matches!(item.state, State::Sending | State::Checking { .. }));
        in_doubt += left.count();
    }
    tenant.heal().await;
    let (mut last, begun) = (run.start(), Instant::now());
    while last.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < PATIENCE, "it does not come to rest");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let items = outbox.items().unwrap();
    Ended {
        states: items
            .into_iter()
            .map(|item| (item.key, item.state.code()))
            .collect(),
        arrived: tenant.arrived("grace@signet.example").await,
        in_doubt,
    }
}

fn queue(outbox: &Outbox, number: usize, attached: &Path) {
    let attachment = outbox.attach(attached).unwrap();
    let message = Message::try_from(Draft {
        to: vec!["grace@signet.example".to_owned()],
        subject: format!("Message {number}"),
        body: Body::Text("Once.".to_owned()),
        attachments: vec![attachment],
        ..Draft::default()
    });
    outbox.enqueue(ACCOUNT, None, &message.unwrap()).unwrap();
}

/// Everything answers badly now and then, before or after it has done what it was asked.
async fn unreliable(tenant: &Tenant) {
    let failed = || json!({"kind": "status", "status": 503});
    let gone = || json!({"kind": "close"});
    for (route, permille, answer, after_work) in [
        ("sendMail", 80, failed(), true),
        ("sendMail", 40, gone(), true),
        ("sendMail", 60, failed(), false),
        ("messages.send", 120, failed(), true),
        ("messages.send", 60, gone(), true),
        ("messages.send", 80, failed(), false),
        ("messages.create", 80, failed(), true),
        ("messages.create", 40, gone(), true),
        ("messages.create", 60, failed(), false),
        ("messages.list", 100, failed(), false),
    ] {
        let fault: Value = json!({
            "route": route, "probability_permille": permille, "count": 100_000,
            "answer": answer, "after_work": after_work,
        });
        tenant.tell("faults", &fault).await;
    }
}

/// What is killed, and started again.
struct Run {
    folder: PathBuf,
    graph: String,
    token: String,
    drafts: bool,
    since_ms: u64,
}

impl Run {
    fn start(&self) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "mail::tests::killed::child"])
            .env(FOLDER, &self.folder)
            .env(GRAPH, &self.graph)
            .env(TOKEN, &self.token)
            .env(DRAFTS, self.drafts.to_string())
            .env(SINCE_MS, self.since_ms.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }
}
