//! A disk that refuses.

use message::{Body, Draft};
use tempfile::TempDir;

use super::*;

fn message(bytes: usize) -> Message {
    let draft = Draft {
        to: vec!["zoe@signet.example".to_owned()],
        body: Body::Text("x".repeat(bytes)),
        ..Draft::default()
    };
    Message::try_from(draft).unwrap()
}

#[test]
fn a_refused_write_is_told_and_takes_nothing_away() {
    let folder = TempDir::new().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap().outbox;
    let draft = DraftId::generate();
    outbox.save_draft(&draft, &Draft::default()).unwrap();
    let pragma = |sql: &str| outbox.connection().execute_batch(sql).unwrap();
    for (refuse, allow, is_told) in [
        (
            "PRAGMA max_page_count = 1",
            "PRAGMA max_page_count = 1000000",
            (|error| matches!(error, OutboxError::DiskFull)) as fn(&OutboxError) -> bool,
        ),
        (
            "PRAGMA query_only = on",
            "PRAGMA query_only = off",
            |error| matches!(error, OutboxError::NotWritable),
        ),
    ] {
        pragma(refuse);
        let error = outbox
            .enqueue("ada", Some(&draft), &message(500_000))
            .unwrap_err();
        assert!(is_told(&error), "{refuse}: {error:?}");
        pragma(allow);
        assert!(outbox.items().unwrap().is_empty());
        assert!(outbox.draft(&draft).unwrap().is_some());
    }
    outbox
        .enqueue("ada", Some(&draft), &message(500_000))
        .unwrap();
    assert_eq!(outbox.items().unwrap().len(), 1);
}

#[test]
fn no_error_shows_what_somebody_wrote() {
    let folder = TempDir::new().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap().outbox;
    let failed = outbox.write(|transaction| {
        let quoting = "INSERT INTO drafts (id, saved_at_ms, sha256, draft) VALUES ('secret', 'secret', x'', '')";
        Ok(transaction.execute(quoting, [])?)
    });
    let error = failed.unwrap_err();
    assert!(
        !format!("{error} {error:?}").contains("secret"),
        "{error:?}"
    );
}
