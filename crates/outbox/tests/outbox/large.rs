//! Messages whose files are too large to go with them: the files follow, one by one.

use std::fs;
use std::path::Path;

use message::{Attachment, DIRECT_ATTACHMENTS_BYTES_MAX};
use outbox::{Outbox, State, Upload, WaitReason, system_clock};
use tempfile::TempDir;

use crate::world::{
    ADA, Answer, HandClock, Server, Worker, item, message, moving, open, until, until_told,
};

const LARGE: usize = DIRECT_ATTACHMENTS_BYTES_MAX as usize + 1;

fn contents(seed: u8, bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at / 1000) as u8 ^ seed).collect()
}

fn attach(outbox: &Outbox, folder: &Path, name: &str, contents: &[u8]) -> Attachment {
    fs::write(folder.join(name), contents).unwrap();
    let attachment = outbox.attach(&folder.join(name)).unwrap();
    // The original may change or go.
    fs::remove_file(folder.join(name)).unwrap();
    attachment
}

/// A message with a large and a small file.
fn enqueue(outbox: &Outbox, subject: &str) {
    let files = TempDir::new().unwrap();
    let attachments = vec![
        attach(outbox, files.path(), "large", &contents(1, LARGE)),
        attach(outbox, files.path(), "small", b"small"),
    ];
    outbox
        .enqueue(ADA, None, &message(subject, attachments))
        .unwrap();
}

/// What the server does with the draft, each file and then the message, and where it ends by the clock alone.
#[tokio::test]
async fn whatever_is_unclear_each_file_is_attached_once_and_the_mail_delivered_once() {
    let unclear = |stored| Answer::Unclear { stored };
    let accept = || Answer::Accept;
    for (answers, expected) in [
        (vec![], "accepted"),
        (vec![accept(), unclear(true)], "accepted"),
        (vec![accept(), unclear(false)], "accepted"),
        (vec![accept(), accept(), unclear(true)], "accepted"),
        (vec![accept(), Answer::Panic], "accepted"),
        (
            vec![accept(), accept(), Answer::Wait(WaitReason::Network)],
            "accepted",
        ),
        (vec![accept(), Answer::Refuse], "failed"),
        (vec![accept(), accept(), accept(), unclear(true)], "sent"),
        (
            vec![accept(), accept(), accept(), unclear(false)],
            "accepted",
        ),
    ] {
        let case = format!("{answers:?}");
        let (folder, clock) = (TempDir::new().unwrap(), HandClock::new());
        let (outbox, server) = (open(folder.path()), Server::with_drafts(answers));
        enqueue(&outbox, "Hello");
        let worker = Worker::start(&outbox, &server, clock.clock());
        let _moving = moving(&clock, &worker);
        let ended = || {
            matches!(
                item(&outbox, "Hello").state.code(),
                "accepted" | "sent" | "failed"
            )
        };
        until(&outbox, |_| ended(), || case.clone()).await;
        assert_eq!(item(&outbox, "Hello").state.code(), expected, "{case}");
        let is_delivered = expected != "failed";
        assert_eq!(server.deliveries(), u32::from(is_delivered), "{case}");
        if is_delivered {
            let attached = server.attached.lock().unwrap();
            assert_eq!(attached.len(), 1, "{case}");
            let files = [contents(1, LARGE), b"small".to_vec()];
            assert!(attached.values().all(|found| *found == files), "{case}");
        }
    }
}

#[tokio::test]
async fn a_crash_between_the_files_goes_on_with_the_next() {
    let folder = TempDir::new().unwrap();
    let server = Server::with_drafts([Answer::Accept, Answer::Accept, Answer::Silence]);
    let outbox = open(folder.path());
    enqueue(&outbox, "Hello");
    let worker = Worker::start(&outbox, &server, system_clock());
    let is_out = || {
        server
            .attached
            .lock()
            .unwrap()
            .values()
            .any(|files| files.len() == 2)
    };
    until(&outbox, |_| is_out(), || "two files".to_owned()).await;
    worker.switch_off().await;
    until_told(&outbox, &[("Hello", "attaching")]).await;
    drop(outbox);
    let outbox = open(folder.path());
    let worker = Worker::start(&outbox, &server, system_clock());
    until_told(&outbox, &[("Hello", "accepted")]).await;
    worker.stop().await;
    assert_eq!(server.deliveries(), 1);
    assert_eq!(server.drafts.lock().unwrap().len(), 1);
    assert!(
        server
            .attached
            .lock()
            .unwrap()
            .values()
            .all(|files| files.len() == 2)
    );
}

/// Nothing else of the account waits for a permission that only the large one needs.
#[tokio::test]
async fn without_drafts_it_waits_alone() {
    let folder = TempDir::new().unwrap();
    let (outbox, server) = (open(folder.path()), Server::answering([]));
    enqueue(&outbox, "large");
    outbox
        .enqueue(ADA, None, &message("short", vec![]))
        .unwrap();
    let worker = Worker::start(&outbox, &server, system_clock());
    until_told(&outbox, &[("large", "waiting"), ("short", "accepted")]).await;
    let waits = State::Waiting {
        reason: WaitReason::Drafts,
        next_attempt_at_ms: None,
    };
    assert_eq!(item(&outbox, "large").state, waits);
    server
        .is_open
        .store(true, std::sync::atomic::Ordering::Relaxed);
    worker.wake.notify_one();
    until_told(&outbox, &[("large", "accepted"), ("short", "accepted")]).await;
    worker.stop().await;
}

/// How far it is is told; and what is taken back is not attached to the end.
#[tokio::test]
async fn a_file_on_its_way_is_counted_and_can_be_taken_back() {
    let folder = TempDir::new().unwrap();
    let server = Server::with_drafts([Answer::Accept, Answer::Accept, Answer::Silence]);
    let outbox = open(folder.path());
    enqueue(&outbox, "Hello");
    let worker = Worker::start(&outbox, &server, system_clock());
    let upload = || outbox.summaries().unwrap()[0].upload;
    let of = LARGE as u64 + 5;
    // The stub counts each file from its own beginning.
    let is_told = || upload() == Some(Upload { bytes: 5, of });
    until(&outbox, |_| is_told(), || format!("{:?}", upload())).await;
    let id = outbox.items().unwrap()[0].id;
    outbox.cancel(id).unwrap();
    assert_eq!(upload(), None);
    until_told(&outbox, &[("Hello", "cancelled")]).await;
    worker.switch_off().await;
    assert_eq!(server.deliveries(), 0);

    // Edited, it leaves no draft in the mailbox.
    let again = Worker::start(&outbox, &server, system_clock());
    outbox.edit(id).unwrap();
    let gone = || server.discarded.lock().unwrap().len() == 1;
    until(&outbox, |_| gone(), || "no leftover".to_owned()).await;
    again.stop().await;
}

#[tokio::test]
async fn a_copy_that_was_altered_is_not_sent() {
    let folder = TempDir::new().unwrap();
    let (outbox, server) = (open(folder.path()), Server::with_drafts([]));
    enqueue(&outbox, "Hello");
    let id = outbox.items().unwrap()[0].message.attachments[0].id.clone();
    let copy = walk(folder.path(), id.as_str()).expect("a copy");
    let mut bytes = fs::read(&copy).unwrap();
    bytes[17] ^= 1;
    fs::write(&copy, bytes).unwrap();
    let worker = Worker::start(&outbox, &server, system_clock());
    until_told(&outbox, &[("Hello", "failed")]).await;
    worker.stop().await;
    let State::Failed { code, .. } = item(&outbox, "Hello").state else {
        panic!("not failed");
    };
    assert_eq!(code, outbox::CODE_ATTACHMENT_DAMAGED);
    assert_eq!(server.deliveries(), 0);
    let attached = server.attached.lock().unwrap();
    assert!(attached.is_empty(), "an altered file was attached");
}

fn walk(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    fs::read_dir(folder).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => walk(&path, name),
            false => (path.file_name()?.to_str()? == name).then_some(path),
        }
    })
}
