//! An open outbox, until the program ends.

use std::{fs, path::Path, time::Duration};

use message::{Body, Draft, Message};
use outbox::Outbox;
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

use crate::{mail::Mail, session::Sending};

fn message(subject: &str) -> Message {
    Message::try_from(Draft {
        to: vec!["grace@signet.example".to_owned()],
        subject: subject.to_owned(),
        body: Body::Text("x".repeat(2_000)),
        ..Draft::default()
    })
    .unwrap()
}

/// Keeps an outbox, and hands out the keys of what the person is told.
fn keep(folder: &Path) -> (Mail, mpsc::UnboundedReceiver<String>) {
    let (told, tellings) = mpsc::unbounded_channel();
    let nobody = watch::channel(Sending::Known(Vec::new())).1;
    let mail = Mail::start(folder.to_owned(), nobody, move |notices| {
        for notice in notices {
            told.send(notice.message).unwrap();
        }
    });
    (mail, tellings)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_the_program_is_a_clean_end_of_the_outbox() {
    let folder = TempDir::new().unwrap();
    let (mail, mut tellings) = keep(folder.path());
    let outbox = mail.outbox().await.unwrap();
    outbox.enqueue("ada", None, &message("Hello")).unwrap();
    let log_bytes = || {
        let log = fs::metadata(folder.path().join("outbox.db-wal"));
        log.unwrap().len()
    };
    assert!(log_bytes() > 0);
    mail.end().await;
    assert_eq!(log_bytes(), 0);
    assert!(tellings.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_that_a_look_finds_is_told_at_once_and_mended_at_the_next_start() {
    let folder = TempDir::new().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap().outbox;
    for number in 0..60 {
        let subject = format!("message {number}");
        let id = outbox.enqueue("ada", None, &message(&subject)).unwrap();
        outbox.cancel(id).unwrap();
    }
    drop(outbox);
    let database = folder.path().join("outbox.db");
    let mut bytes = fs::read(&database).unwrap();
    let text = br#""subject":"message 30""#;
    let mut places = bytes.windows(text.len());
    let at = places.position(|window| window == text).unwrap() / 4096 * 4096;
    bytes[at..at + 4096].fill(0xa5);
    fs::write(&database, bytes).unwrap();

    for told in ["trouble-outbox-damaged", "trouble-outbox-set-aside"] {
        let (mail, mut tellings) = keep(folder.path());
        let telling = tokio::time::timeout(Duration::from_secs(30), tellings.recv());
        assert_eq!(telling.await.unwrap().as_deref(), Some(told));
        mail.end().await;
        // Whoever looks on from elsewhere would keep the next from mending it.
        drop(mail);
    }
}
