//! Drafts that are kept in a mailbox too, as far as the disk knows.

use message::{Body, Draft};
use outbox::{Digest, DraftId, Outbox, OutboxError, There, TwinState};
use tempfile::TempDir;

use crate::world::{ADA, GRACE, as_of_version, draft, message, open};

fn there(etag: &str, says: &str) -> There {
    There {
        message: "AAMk==".to_owned(),
        etag: etag.to_owned(),
        folder: "AAFd==".to_owned(),
        seen: Digest::of(&draft(says)).unwrap(),
    }
}

/// A draft that was written to Ada's mailbox.
fn kept(outbox: &Outbox) -> DraftId {
    let id = DraftId::generate();
    outbox.save_draft(&id, &draft("first")).unwrap();
    outbox.begin_twin(&id, ADA).unwrap();
    let (_, digest) = outbox.draft_to_keep(&id).unwrap().unwrap();
    outbox
        .twin_kept(&id, &there("1", "first"), Some(&digest))
        .unwrap();
    id
}

fn due(outbox: &Outbox) -> Vec<(DraftId, bool)> {
    let due = outbox.due_twins().unwrap().into_iter();
    due.map(|due| (due.draft, due.saved_at_ms.is_some()))
        .collect()
}

fn state(outbox: &Outbox, id: &DraftId) -> TwinState {
    outbox.twin(id).unwrap().unwrap().state
}

#[test]
fn what_is_typed_is_due_until_it_is_written_and_what_is_known_survives_a_restart() {
    let folder = TempDir::new().unwrap();
    let id = DraftId::generate();
    let before = {
        let outbox = open(folder.path());
        outbox.begin_twin(&id, ADA).unwrap();
        assert_eq!(outbox.twin(&id).unwrap(), None, "there is no draft yet");
        outbox.save_draft(&id, &draft("first")).unwrap();
        outbox.begin_twin(&id, ADA).unwrap();
        // It stays in the mailbox where it was begun.
        outbox.begin_twin(&id, GRACE).unwrap();
        assert_eq!(due(&outbox), [(id.clone(), true)]);
        let words = Digest::of_words(&draft("first"));
        outbox.twin_tried(&id, &words).unwrap();
        let twin = outbox.twin(&id).unwrap().unwrap();
        assert_eq!(
            (twin.account.as_str(), &twin.tried, &twin.there),
            (ADA, &Some(words), &None)
        );
        assert_eq!(
            (twin.key.len(), twin.key.to_lowercase()),
            (26, twin.key.clone())
        );
        let (first, digest) = outbox.draft_to_keep(&id).unwrap().unwrap();
        assert_eq!(first, draft("first"));
        outbox.save_draft(&id, &draft("second")).unwrap();
        outbox
            .twin_kept(&id, &there("1", "first"), Some(&digest))
            .unwrap();
        assert_eq!(
            due(&outbox),
            [(id.clone(), true)],
            "something was typed meanwhile"
        );
        let (_, digest) = outbox.draft_to_keep(&id).unwrap().unwrap();
        outbox
            .twin_kept(&id, &there("2", "second"), Some(&digest))
            .unwrap();
        assert_eq!(due(&outbox), []);
        outbox.twin(&id).unwrap().unwrap()
    };
    let outbox = open(folder.path());
    assert_eq!(outbox.twin(&id).unwrap(), Some(before.clone()));
    assert_eq!(
        (before.there, before.tried),
        (Some(there("2", "second")), None)
    );
}

#[test]
fn a_twin_outlives_its_draft_until_it_is_settled() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let (sent, discarded) = (kept(&outbox), kept(&outbox));
    assert_eq!(due(&outbox), []);
    outbox
        .enqueue(ADA, Some(&sent), &message("Hello", vec![]))
        .unwrap();
    outbox.discard_draft(&discarded).unwrap();
    let mut left = due(&outbox);
    left.sort();
    let mut expected = vec![(sent.clone(), false), (discarded.clone(), false)];
    expected.sort();
    assert_eq!(left, expected);
    outbox.forget_twin(&sent).unwrap();
    outbox.forget_twin(&discarded).unwrap();
    assert_eq!(due(&outbox), []);
}

#[test]
fn nothing_is_written_before_the_person_has_decided() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let id = kept(&outbox);
    outbox.twin_changed(&id, &there("9", "theirs")).unwrap();
    outbox.save_draft(&id, &draft("mine")).unwrap();
    assert_eq!(due(&outbox), []);
    assert_eq!(outbox.twins_to_tell().unwrap()[&id], TwinState::Changed);
    outbox.keep_mine(&id).unwrap();
    assert_eq!(due(&outbox), [(id.clone(), true)]);
    assert_eq!(
        outbox.twin(&id).unwrap().unwrap().there,
        Some(there("9", "theirs"))
    );
    assert!(outbox.twins_to_tell().unwrap().is_empty());
    // Nobody is asked any more: a word that comes late changes nothing.
    assert!(matches!(
        outbox.take_theirs(&id, &draft("theirs"), &there("9", "theirs")),
        Err(OutboxError::NotFound)
    ));
    assert_eq!(outbox.draft(&id).unwrap(), Some(draft("mine")));
}

#[test]
fn theirs_takes_the_place_of_the_text_alone_and_can_be_taken_back() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let id = kept(&outbox);
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "a").unwrap();
    let attachments = vec![outbox.attach(&path).unwrap()];
    outbox.set_attachments(&id, &attachments).unwrap();
    let mine = outbox.draft(&id).unwrap().unwrap();
    let theirs = Draft {
        body: Body::Text("theirs".to_owned()),
        ..draft("theirs")
    };
    outbox.twin_changed(&id, &there("9", "theirs")).unwrap();
    outbox
        .take_theirs(&id, &theirs, &there("10", "theirs"))
        .unwrap();
    let taken = Draft {
        attachments: attachments.clone(),
        ..theirs
    };
    assert_eq!(outbox.draft(&id).unwrap(), Some(taken));
    assert_eq!(
        (state(&outbox, &id), due(&outbox)),
        (TwinState::Kept, vec![])
    );
    outbox.undo_theirs(&id, &mine).unwrap();
    assert_eq!(outbox.draft(&id).unwrap(), Some(mine));
    assert_eq!(
        (state(&outbox, &id), due(&outbox)),
        (TwinState::Changed, vec![])
    );
}

#[test]
fn who_was_told_once_that_it_is_gone_is_not_told_again() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let id = kept(&outbox);
    outbox.twin_gone(&id).unwrap();
    assert_eq!(outbox.twins_to_tell().unwrap()[&id], TwinState::Gone);
    outbox.twin_told(&id).unwrap();
    outbox.save_draft(&id, &draft("more")).unwrap();
    outbox.begin_twin(&id, ADA).unwrap();
    assert_eq!(state(&outbox, &id), TwinState::Parted);
    assert!(outbox.twins_to_tell().unwrap().is_empty());
    assert_eq!(due(&outbox), []);
}

#[test]
fn what_the_mailbox_does_not_take_waits_for_the_next_version() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let id = kept(&outbox);
    outbox.save_draft(&id, &draft("too large")).unwrap();
    let (_, digest) = outbox.draft_to_keep(&id).unwrap().unwrap();
    outbox.twin_refused(&id, &digest).unwrap();
    assert_eq!(due(&outbox), []);
    outbox.save_draft(&id, &draft("smaller")).unwrap();
    assert_eq!(due(&outbox), [(id, true)]);
}

#[test]
fn signing_out_leaves_the_draft_here_and_the_twin_there() {
    for keep in [true, false] {
        let folder = TempDir::new().unwrap();
        let outbox = open(folder.path());
        let id = kept(&outbox);
        outbox.account_signed_out(ADA, keep).unwrap();
        assert!(outbox.draft(&id).unwrap().is_some());
        assert_eq!(outbox.twin(&id).unwrap().is_some(), keep);
        assert_eq!(due(&outbox), []);
    }
}

#[test]
fn an_outbox_without_twins_gets_them() {
    let folder = TempDir::new().unwrap();
    drop(open(folder.path()));
    as_of_version(folder.path(), 3);
    kept(&open(folder.path()));
}
