//! What the mailbox shows of a message after it was taken over, at the sandbox tenant.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

use graph::BaseUrl;
use message::{Body, Draft, Message};
use outbox::{Clock, ItemId, Outbox, State, system_clock};
use serde_json::json;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

use super::{
    sandbox::Tenant,
    stub::{ACCOUNT, Tokens, mailboxes_at},
};

const PATIENCE: Duration = Duration::from_secs(30);
const GRACE: &str = "grace@signet.example";
const NOBODY: &str = "nobody@signet.example";

/// An outbox at work, and the clocks of both sides.
struct Stage {
    tenant: Tenant,
    outbox: Outbox,
    ahead_s: Arc<AtomicU64>,
    wake: Arc<Notify>,
    stop: watch::Sender<bool>,
    delivering: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tenant = Tenant::start(folder.path()).await;
        let token = tenant.token("Mail.Send Mail.ReadWrite").await;
        let base = BaseUrl::parse(&format!("{}/v1.0", tenant.http)).unwrap();
        let outbox = Outbox::open(&folder.path().join("outbox")).unwrap().outbox;
        let (wake, (stop, stopped)) = (Arc::new(Notify::new()), watch::channel(false));
        let ahead_s = Arc::new(AtomicU64::new(0));
        let ahead = Arc::clone(&ahead_s);
        let clock: Clock =
            Arc::new(move || system_clock()() + Duration::from_secs(ahead.load(Ordering::SeqCst)));
        let tokens = Tokens {
            drafts: true,
            token,
        };
        let delivering = tokio::spawn(outbox::deliver(
            outbox.clone(),
            Arc::new(mailboxes_at(base, tokens)),
            clock,
            Arc::clone(&wake),
            stopped,
        ));
        Self {
            tenant,
            outbox,
            ahead_s,
            wake,
            stop,
            delivering,
            _folder: folder,
        }
    }

    async fn advance(&self, seconds: u64) {
        self.ahead_s.fetch_add(seconds, Ordering::SeqCst);
        let passed = json!({"advance_seconds": seconds});
        self.tenant.tell("clock", &passed).await;
        self.wake.notify_one();
    }

    async fn until(&self, id: ItemId, expected: &str) -> State {
        let state = || self.outbox.item(id).unwrap().state;
        let reached = async {
            while state().code() != expected {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, reached).await;
        assert!(ended.is_ok(), "{:?} instead of {expected}", state());
        state()
    }

    async fn strike(self) {
        self.stop.send_replace(true);
        self.delivering.await.unwrap();
    }
}

fn message(to: &[&str]) -> Message {
    Message::try_from(Draft {
        to: to.iter().map(|to| (*to).to_owned()).collect(),
        subject: "Minutes".to_owned(),
        body: Body::Text("As agreed.".to_owned()),
        ..Draft::default()
    })
    .unwrap()
}

#[tokio::test]
async fn what_was_sent_is_seen_and_what_comes_back_is_told() {
    let stage = Stage::set().await;
    let send = |to: &[&str]| {
        let message = message(to);
        stage.outbox.enqueue(ACCOUNT, None, &message).unwrap()
    };
    let (arrives, bounces) = (send(&[GRACE]), send(&[GRACE, NOBODY]));
    for id in [arrives, bounces] {
        stage.until(id, "accepted").await;
    }
    stage.advance(11).await;
    let State::Sent {
        message_id: Some(message_id),
    } = stage.until(arrives, "sent").await
    else {
        panic!("its Message-ID is known");
    };
    assert!(message_id.contains('@'), "{message_id}");
    let State::Bounced { report } = stage.until(bounces, "bounced").await else {
        panic!("it came back");
    };
    assert!(report.contains(NOBODY), "{report}");
    // An answer of a person's is no report, and two days later nobody asks any more.
    for seconds in [60, 300, 1_800] {
        stage.advance(seconds).await;
    }
    stage.until(arrives, "sent").await;
    let arrived = stage.tenant.delivered(GRACE).await;
    assert_eq!(arrived.len(), 2, "each once");
    stage.strike().await;
}

#[tokio::test]
async fn what_the_server_is_to_send_later_leaves_at_its_time() {
    let stage = Stage::set().await;
    let now = system_clock()().duration_since(UNIX_EPOCH).unwrap();
    let at_ms = i64::try_from(now.as_millis()).unwrap() + 600_000;
    let message = message(&[GRACE]);
    let enqueued = stage
        .outbox
        .enqueue_deferred(ACCOUNT, None, &message, at_ms);
    let id = enqueued.unwrap();
    let until_ms = at_ms;
    assert_eq!(
        stage.until(id, "deferred").await,
        State::Deferred { until_ms }
    );
    stage.advance(500).await;
    assert_eq!(stage.tenant.delivered(GRACE).await.len(), 0);
    stage.advance(105).await;
    stage.until(id, "sent").await;
    assert_eq!(stage.tenant.delivered(GRACE).await.len(), 1);
    stage.strike().await;
}
