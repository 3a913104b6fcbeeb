//! What is shown of rows, sound and damaged.

use std::fs;

use message::{Body, Draft};
use outbox::{DraftId, OutboxError, State};
use tempfile::TempDir;

use crate::world::{ADA, as_of_version, draft, execute, item, message, open};

#[test]
fn damaged_rows_are_shown_and_never_lost() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let draft_id = DraftId::generate();
    outbox
        .save_draft(&draft_id, &draft("typed with care"))
        .unwrap();
    let id = outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    for (damage, last) in [
        ("UPDATE items SET state = 'asleep'", "unknown"),
        (
            "UPDATE items SET state = 'waiting', reason = 'elsewhere'",
            "waiting",
        ),
        (
            "UPDATE items SET state = 'queued', message = replace(message, 'Hello', 'Hallo')",
            "queued",
        ),
        (
            "UPDATE items SET state = 'accepted', message = substr(message, 9)",
            "accepted",
        ),
        ("UPDATE items SET account = CAST(x'ff' AS TEXT)", "accepted"),
    ] {
        execute(folder.path(), damage);
        let items = outbox.items().unwrap();
        assert_eq!(items.len(), 1, "{damage}");
        assert_eq!(
            items[0].state,
            State::Damaged {
                last: last.to_owned()
            },
            "{damage}"
        );
        assert!(matches!(
            outbox.retry(id),
            Ok(()) | Err(OutboxError::Refused(_))
        ));
    }
    execute(folder.path(), "UPDATE items SET state = 'damaged'");
    let edited = outbox.edit(id).unwrap();
    assert!(format!("{:?}", outbox.draft(&edited).unwrap().unwrap().body).starts_with("Text"));

    execute(folder.path(), "UPDATE drafts SET draft = substr(draft, 2)");
    assert_eq!(outbox.draft_summaries().unwrap().len(), 2);
    let draft = outbox.draft(&draft_id).unwrap().unwrap();
    assert!(matches!(&draft.body, Body::Text(text) if text.contains("typed with care")));
}

#[test]
fn codes_written_with_underscores_are_read_as_they_are_spelled_now() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    for (state, written, read) in [
        ("unconfirmed", "timed_out", "timed-out"),
        ("unconfirmed", "attempt_lost", "attempt-lost"),
        ("unconfirmed", "server-failed", "server-failed"),
        (
            "failed",
            "attachment_damaged",
            outbox::CODE_ATTACHMENT_DAMAGED,
        ),
        // A server's own word.
        ("failed", "Error_Of_Somebody", "Error_Of_Somebody"),
    ] {
        execute(
            folder.path(),
            &format!("UPDATE items SET state = '{state}', reason = '{written}'"),
        );
        match item(&outbox, "Hello").state {
            State::Unconfirmed { why: code, .. } | State::Failed { code, .. } => {
                assert_eq!(code, read);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn lists_show_what_was_written_without_reading_it() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let outbox = open(folder.path());
    fs::write(files.path().join("a"), "contents").unwrap();
    let attachment = outbox.attach(&files.path().join("a")).unwrap();
    let id = outbox
        .enqueue(ADA, None, &message("Hello", vec![attachment.clone()]))
        .unwrap();
    let draft_id = DraftId::generate();
    let typed = Draft {
        cc: vec!["Zoë <zoe@signet.example>".to_owned()],
        ..draft("second\u{0}🎉")
    };
    outbox.save_draft(&draft_id, &draft("first")).unwrap();
    outbox.set_attachments(&draft_id, &[attachment]).unwrap();
    outbox.save_draft(&draft_id, &typed).unwrap();
    let check = |outbox: &outbox::Outbox| {
        let [summary] = &outbox.summaries().unwrap()[..] else {
            panic!()
        };
        let item = item(outbox, "Hello");
        assert_eq!((summary.id, &summary.state), (id, &item.state));
        assert_eq!(summary.created_at_ms, item.created_at_ms);
        assert_eq!(
            (summary.subject.as_str(), summary.attachments),
            ("Hello", 1)
        );
        assert_eq!(summary.recipients, ["Zoë Ångström", "noor@outlook.example"]);
        let [summary] = &outbox.draft_summaries().unwrap()[..] else {
            panic!()
        };
        assert_eq!((&summary.id, summary.damaged), (&draft_id, false));
        assert_eq!(
            (summary.subject.as_str(), summary.attachments),
            ("second\u{0}🎉", 1)
        );
        assert_eq!(
            summary.recipients,
            ["not an address yet", "Zoë <zoe@signet.example>"]
        );
    };
    check(&outbox);
    // Rows of a program that wrote no summaries, and then its whole database.
    execute(
        folder.path(),
        "DELETE FROM item_summaries; DELETE FROM draft_summaries;",
    );
    check(&outbox);
    drop(outbox);
    for version in [5, 4, 3, 2, 1] {
        as_of_version(folder.path(), version);
        check(&open(folder.path()));
    }
    let outbox = open(folder.path());
    // What was written is noise now: a list that shows it has not read it.
    let summarised = "UPDATE items SET message = ''; UPDATE drafts SET draft = '';";
    check(&outbox);
    execute(folder.path(), summarised);
    assert_eq!(outbox.summaries().unwrap()[0].subject, "Hello");
    assert!(!outbox.draft_summaries().unwrap()[0].damaged);
}

#[test]
fn a_subject_of_megabytes_is_kept_and_cut_in_the_list() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let long = "ü".repeat(3 * 1024 * 1024 / 2);
    let id = DraftId::generate();
    outbox.save_draft(&id, &draft(&long)).unwrap();
    assert_eq!(outbox.draft(&id).unwrap().unwrap().subject, long);
    let listed = format!("{}…", "ü".repeat(message::SUBJECT_CHARS_MAX));
    assert_eq!(outbox.draft_summaries().unwrap()[0].subject, listed);
    execute(folder.path(), "DELETE FROM draft_summaries;");
    assert_eq!(outbox.draft_summaries().unwrap()[0].subject, listed);
}

#[test]
fn damaged_rows_are_in_the_lists() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    outbox
        .save_draft(&DraftId::generate(), &draft("typed"))
        .unwrap();
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    for (damage, last) in [
        ("UPDATE items SET state = 'asleep'", "unknown"),
        (
            "UPDATE items SET state = 'waiting', reason = 'elsewhere'",
            "waiting",
        ),
        (
            "UPDATE items SET state = 'queued'; UPDATE item_summaries SET recipients = '[';
             UPDATE items SET message = replace(message, 'Hello', 'Hallo')",
            "queued",
        ),
        (
            "UPDATE items SET account = CAST(x'ff' AS TEXT), message = substr(message, 9)",
            "queued",
        ),
    ] {
        execute(folder.path(), damage);
        let summaries = outbox.summaries().unwrap();
        assert_eq!(summaries.len(), 1, "{damage}");
        assert_eq!(
            summaries[0].state,
            State::Damaged {
                last: last.to_owned()
            },
            "{damage}"
        );
    }
    execute(
        folder.path(),
        "DELETE FROM draft_summaries; UPDATE drafts SET draft = substr(draft, 2)",
    );
    assert!(outbox.draft_summaries().unwrap()[0].damaged);
}
