//! Large files on their way to the sandbox tenant, which answers badly in between: what arrives is what was attached.

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use graph::{BaseUrl, RANGE_BYTES_MAX};
use message::{Body, Draft, Message};
use outbox::{Clock, Outbox, State};
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use super::{
    attach,
    sandbox::Tenant,
    sha256,
    stub::{ACCOUNT, Tokens, mailboxes_at},
};

/// Two whole ranges and a third that is not.
const LARGE: usize = 2 * RANGE_BYTES_MAX + 12_345;

/// So many of the outbox's seconds pass in one.
const FASTER: u32 = 60;

/// How long one message may take.
const PATIENCE: Duration = Duration::from_secs(60);

const GRACE: &str = "grace@signet.example";

fn fast_clock() -> Clock {
    let begun = Instant::now();
    Arc::new(move || UNIX_EPOCH + Duration::from_secs(1_800_000_000) + begun.elapsed() * FASTER)
}

/// What goes wrong on the way, and how many upload sessions it takes.
fn troubles() -> Vec<(&'static str, Value, Value, usize)> {
    let fault = |route: &str, count: u32, answer: Value, after_work: bool| json!({"route": route, "count": count, "answer": answer, "after_work": after_work});
    let status = |status: u16| json!({"kind": "status", "status": status});
    let close = || json!({"kind": "close"});
    let upload = "attachments.upload";
    let (none, all) = (Value::Null, json!({}));
    vec![
        ("nothing", none.clone(), all.clone(), 1),
        (
            "the answer to a range is lost",
            fault(upload, 1, close(), true),
            all.clone(),
            1,
        ),
        (
            "a range fails, and is there",
            fault(upload, 1, status(503), true),
            all.clone(),
            1,
        ),
        (
            "a range fails three times",
            fault(upload, 3, status(503), false),
            all.clone(),
            1,
        ),
        (
            "too many ranges",
            fault(upload, 1, status(429), false),
            all.clone(),
            1,
        ),
        (
            "uploads are refused for a while",
            fault(upload, 2, status(401), false),
            all.clone(),
            3,
        ),
        (
            "the session is gone",
            fault(upload, 1, status(404), false),
            all.clone(),
            2,
        ),
        (
            "there is no session",
            fault("attachments.createUploadSession", 2, status(503), false),
            all.clone(),
            3,
        ),
        (
            "a session that nobody heard of",
            fault("attachments.createUploadSession", 1, close(), true),
            all.clone(),
            2,
        ),
        (
            "a small file fails, and is there",
            fault("attachments.add", 1, status(504), true),
            all.clone(),
            1,
        ),
        (
            "nobody tells what is attached",
            fault("attachments.list", 2, status(503), false),
            all,
            1,
        ),
        (
            "capital letters",
            none.clone(),
            json!({"upload_pascal_case": true, "upload_next_range": "dash"}),
            1,
        ),
        (
            "whole ranges",
            none,
            json!({"upload_next_range": "range"}),
            1,
        ),
    ]
}

#[tokio::test]
async fn whatever_goes_wrong_between_the_ranges_the_files_arrive_whole_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = Tenant::start(folder.path()).await;
    let token = tenant.token("Mail.Send Mail.ReadWrite").await;
    let base = BaseUrl::parse(&format!("{}/v1.0", tenant.http)).unwrap();
    let outbox = Outbox::open(&folder.path().join("outbox")).unwrap().outbox;
    let files = [
        ("Größe 計画 👋.txt", b"small".to_vec()),
        ("שלום.bin", (0..=250).cycle().take(LARGE).collect()),
        ("last.txt", b"last".to_vec()),
    ];
    let (wake, (stop, stopped)) = (Arc::new(Notify::new()), watch::channel(false));
    let delivering = tokio::spawn(outbox::deliver(
        outbox.clone(),
        Arc::new(mailboxes_at(
            base,
            Tokens {
                drafts: true,
                token,
            },
        )),
        fast_clock(),
        Arc::clone(&wake),
        stopped,
    ));
    for (name, fault, switches, sessions) in troubles() {
        if !fault.is_null() {
            tenant.tell("faults", &fault).await;
        }
        tenant.tell("switches", &switches).await;
        let before = tenant.asked("attachments.createUploadSession").await;
        let attachments = files
            .iter()
            .map(|(name, contents)| attach(&outbox, folder.path(), name, contents));
        let message = Message::try_from(Draft {
            to: vec![GRACE.to_owned()],
            subject: name.to_owned(),
            body: Body::Text("Whole.".to_owned()),
            attachments: attachments.collect(),
            ..Draft::default()
        });
        let id = outbox.enqueue(ACCOUNT, None, &message.unwrap()).unwrap();
        let accepted = async {
            while !matches!(
                outbox.item(id).unwrap().state,
                State::Accepted { .. } | State::Sent { .. }
            ) {
                // The worker's own look at its clock is rarer.
                wake.notify_one();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, accepted).await;
        assert!(
            ended.is_ok(),
            "{name}: {:?}",
            outbox.item(id).unwrap().state
        );
        tenant.heal().await;
        let asked = tenant.asked("attachments.createUploadSession").await - before;
        assert_eq!(asked, sessions, "{name}: sessions");
        let mails = tenant.delivered(GRACE).await;
        let mut mine = mails.iter().filter(|mail| mail["subject"] == name);
        let (mail, second) = (mine.next().unwrap(), mine.next());
        assert!(second.is_none(), "{name}: it arrived twice");
        let arrived: Vec<(&str, &str)> = (mail["attachments"].as_array().unwrap().iter())
            .map(|file| {
                (
                    file["name"].as_str().unwrap(),
                    file["sha256"].as_str().unwrap(),
                )
            })
            .collect();
        let digests = files
            .each_ref()
            .map(|(name, contents)| (*name, sha256(contents)));
        let expected: Vec<(&str, &str)> = digests
            .iter()
            .map(|(name, digest)| (*name, digest.as_str()))
            .collect();
        assert_eq!(arrived, expected, "{name}");
    }
    stop.send_replace(true);
    delivering.await.unwrap();
}
