//! Drafts, messages and copies on a real disk.

use std::fs;

use message::Draft;
use outbox::{DraftId, OutboxError, Refused};
use tempfile::TempDir;

use crate::world::{ADA, GRACE, check_told, draft, execute, item, message, open};

#[test]
fn a_draft_is_kept_as_typed_and_comes_back() {
    let folder = TempDir::new().unwrap();
    let id = DraftId::generate();
    {
        let outbox = open(folder.path());
        outbox.save_draft(&id, &draft("first")).unwrap();
        outbox.save_draft(&id, &draft("second\u{0}🎉")).unwrap();
    }
    let outbox = open(folder.path());
    assert_eq!(outbox.draft(&id).unwrap(), Some(draft("second\u{0}🎉")));
    let drafts = outbox.draft_summaries().unwrap();
    assert_eq!(drafts.len(), 1);
    assert!(!drafts[0].damaged);
    outbox.discard_draft(&id).unwrap();
    outbox.discard_draft(&id).unwrap();
    assert_eq!(outbox.draft(&id).unwrap(), None);
}

#[test]
fn queueing_takes_the_draft_along_in_one_step() {
    let folder = TempDir::new().unwrap();
    let id = DraftId::generate();
    let (key, stored) = {
        let outbox = open(folder.path());
        outbox.save_draft(&id, &draft("Hello")).unwrap();
        let item_id = outbox
            .enqueue(ADA, Some(&id), &message("Hello", vec![]))
            .unwrap();
        // Ctrl+Enter pressed twice, and a save that comes late.
        assert_eq!(
            outbox
                .enqueue(ADA, Some(&id), &message("Hello", vec![]))
                .unwrap(),
            item_id
        );
        assert!(matches!(
            outbox.save_draft(&id, &draft("late")),
            Err(OutboxError::DraftQueued)
        ));
        let item = item(&outbox, "Hello");
        (item.key, item.message)
    };
    let outbox = open(folder.path());
    check_told(&outbox, &[("Hello", "queued")]);
    assert!(outbox.draft_summaries().unwrap().is_empty());
    let item = item(&outbox, "Hello");
    assert_eq!(
        (item.message, item.account.as_str(), item.attempts),
        (stored, ADA, 0)
    );
    assert_eq!(item.key, key);
    assert_eq!(key.len(), 26);
    assert_eq!(key, key.to_lowercase());
}

#[test]
fn a_person_takes_back_sends_again_edits_and_discards() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let id = outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    outbox.cancel(id).unwrap();
    check_told(&outbox, &[("Hello", "cancelled")]);
    outbox.retry(id).unwrap();
    check_told(&outbox, &[("Hello", "queued")]);

    let draft_id = outbox.edit(id).unwrap();
    check_told(&outbox, &[]);
    let draft = outbox.draft(&draft_id).unwrap().unwrap();
    assert_eq!(draft.to, ["\"Zoë Ångström\" <zoe@signet.example>"]);
    assert_eq!(
        message::Message::try_from(draft).unwrap(),
        message("Hello", vec![])
    );
    assert!(matches!(outbox.edit(id), Err(OutboxError::NotFound)));

    let id = outbox
        .enqueue(ADA, Some(&draft_id), &message("Hello again", vec![]))
        .unwrap();
    outbox.discard(id).unwrap();
    check_told(&outbox, &[]);
    assert!(matches!(outbox.retry(id), Err(OutboxError::NotFound)));
}

#[test]
fn what_is_asked_for_comes_back_with_the_text() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let asked = message::Message::try_from(Draft {
        to: vec!["zoe@signet.example".to_owned()],
        reply_to: vec!["\"Ångström, Zoë\" <zoe@signet.example>".to_owned()],
        options: message::Options {
            importance: message::Importance::High,
            read_receipt: true,
            delivery_receipt: true,
        },
        ..draft("Hello")
    })
    .unwrap();
    let id = outbox.enqueue(ADA, None, &asked).unwrap();
    outbox.cancel(id).unwrap();
    let draft_id = outbox.edit(id).unwrap();
    let draft = outbox.draft(&draft_id).unwrap().unwrap();
    assert_eq!(message::Message::try_from(draft).unwrap(), asked);
}

#[test]
fn numbers_are_never_given_out_again() {
    let folder = TempDir::new().unwrap();
    let first = {
        let outbox = open(folder.path());
        let first = outbox.enqueue(ADA, None, &message("one", vec![])).unwrap();
        outbox.discard(first).unwrap();
        first
    };
    let outbox = open(folder.path());
    assert_ne!(
        outbox.enqueue(ADA, None, &message("two", vec![])).unwrap(),
        first
    );
}

#[test]
fn signing_out_parks_or_removes_the_accounts_mail_alone() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    outbox.enqueue(ADA, None, &message("a1", vec![])).unwrap();
    let cancelled = outbox.enqueue(ADA, None, &message("a2", vec![])).unwrap();
    outbox.cancel(cancelled).unwrap();
    outbox.enqueue(GRACE, None, &message("g1", vec![])).unwrap();
    outbox.account_signed_out(ADA, true).unwrap();
    check_told(
        &outbox,
        &[("a1", "waiting"), ("a2", "cancelled"), ("g1", "queued")],
    );
    outbox.account_signed_out(ADA, false).unwrap();
    check_told(&outbox, &[("g1", "queued")]);
}

#[test]
fn an_attachment_lives_as_long_as_something_uses_it() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let outbox = open(folder.path());
    let original = files.path().join("Größe 计划.txt");
    fs::write(&original, "as it was").unwrap();
    let attachment = outbox.attach(&original).unwrap();
    // SHA-256 of "as it was" by coreutils' sha256sum.
    assert_eq!(attachment.sha256, SHA256_OF_AS_IT_WAS);
    assert_eq!(
        (attachment.name.as_str(), attachment.bytes),
        ("Größe 计划.txt", 9)
    );
    assert_eq!(attachment.content_type, "text/plain");
    fs::remove_file(&original).unwrap();

    let draft_id = DraftId::generate();
    let with = Draft {
        attachments: vec![attachment.clone()],
        ..draft("with")
    };
    outbox.save_draft(&draft_id, &with).unwrap();
    outbox.detach(&attachment.id).unwrap();
    assert_eq!(outbox.contents(&attachment).unwrap(), b"as it was");
    let id = outbox
        .enqueue(
            ADA,
            Some(&draft_id),
            &message("with", vec![attachment.clone()]),
        )
        .unwrap();
    outbox.cancel(id).unwrap();
    let draft_id = outbox.edit(id).unwrap();
    assert_eq!(outbox.contents(&attachment).unwrap(), b"as it was");
    outbox.set_attachments(&draft_id, &[]).unwrap();
    assert!(matches!(
        outbox.contents(&attachment),
        Err(OutboxError::AttachmentDamaged)
    ));
    assert_eq!(
        fs::read_dir(folder.path().join("spool")).unwrap().count(),
        0
    );
}

#[test]
fn text_and_attachments_of_a_draft_are_saved_apart() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let outbox = open(folder.path());
    fs::write(files.path().join("a"), "contents").unwrap();
    let [first, second, third] = [(); 3].map(|()| outbox.attach(&files.path().join("a")).unwrap());
    let id = DraftId::generate();
    let attached = || outbox.draft(&id).unwrap().unwrap().attachments;

    // Attached before anything was written.
    outbox
        .set_attachments(&id, &[first.clone(), second.clone()])
        .unwrap();
    assert_eq!(
        outbox.draft(&id).unwrap(),
        Some(Draft {
            attachments: vec![first.clone(), second.clone()],
            ..Draft::default()
        })
    );
    // A window that knows of no attachment, or of others, saves its text.
    for known in [vec![], vec![third.clone()]] {
        let typed = Draft {
            attachments: known,
            ..draft("typed")
        };
        outbox.save_draft(&id, &typed).unwrap();
        assert_eq!(outbox.draft(&id).unwrap().unwrap().subject, "typed");
        assert_eq!(attached(), [first.clone(), second.clone()]);
    }
    // One is taken off, the order changes, and the text stays.
    outbox
        .set_attachments(&id, &[third.clone(), first.clone()])
        .unwrap();
    assert_eq!(attached(), [third.clone(), first.clone()]);
    assert_eq!(outbox.draft(&id).unwrap().unwrap().subject, "typed");
    assert!(outbox.contents(&first).is_ok() && outbox.contents(&third).is_ok());
    assert!(outbox.contents(&second).is_err());

    // What has lost its form has lost its list: what the window knows counts.
    execute(folder.path(), "UPDATE drafts SET draft = substr(draft, 2)");
    let typed = Draft {
        attachments: vec![first.clone()],
        ..draft("typed again")
    };
    outbox.save_draft(&id, &typed).unwrap();
    assert_eq!(outbox.draft(&id).unwrap(), Some(typed));
    assert!(outbox.contents(&third).is_err());

    // Queued with it, and no late change brings the draft back.
    outbox
        .enqueue(ADA, Some(&id), &message("typed", vec![first]))
        .unwrap();
    assert!(matches!(
        outbox.set_attachments(&id, &[]),
        Err(OutboxError::DraftQueued)
    ));
    assert_eq!(outbox.draft(&id).unwrap(), None);
}

#[test]
fn busy_is_what_leaves_by_itself_now() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    assert!(!outbox.is_busy().unwrap());
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    for (state, busy) in [
        ("queued", true),
        ("sending", true),
        ("waiting", false),
        ("accepted", false),
        ("unconfirmed", false),
        ("failed", false),
        ("cancelled", false),
        ("damaged", false),
    ] {
        write_state(folder.path(), state);
        assert_eq!(outbox.is_busy().unwrap(), busy, "{state}");
    }
}

const SHA256_OF_AS_IT_WAS: &str =
    "369b74f2003ce39f5829ec7a2f84852b72b610d0312c8951d5d8f7316c9902ba";

#[test]
fn a_message_is_not_queued_without_its_attachments() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let outbox = open(folder.path());
    let original = files.path().join("a.bin");
    fs::write(&original, [7; 100_000]).unwrap();
    let attachment = outbox.attach(&original).unwrap();
    let copy = folder.path().join("spool").join(attachment.id.as_str());
    let draft_id = DraftId::generate();
    outbox.save_draft(&draft_id, &draft("kept")).unwrap();
    fs::write(&copy, [7; 99_999]).unwrap();
    let queued = outbox.enqueue(
        ADA,
        Some(&draft_id),
        &message("kept", vec![attachment.clone()]),
    );
    assert!(matches!(queued, Err(OutboxError::AttachmentDamaged)));
    assert!(outbox.draft(&draft_id).unwrap().is_some());
    check_told(&outbox, &[]);
    fs::write(&copy, [8; 100_000]).unwrap();
    assert!(matches!(
        outbox.contents(&attachment),
        Err(OutboxError::AttachmentDamaged)
    ));
}

#[test]
fn a_picture_is_kept_with_the_draft_that_shows_it() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let outbox = open(folder.path());
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice();
    let pasted = outbox.keep_picture(png).unwrap();
    assert_eq!(
        (pasted.name.as_str(), pasted.content_type.as_str()),
        ("image.png", "image/png")
    );
    assert_eq!(outbox.contents(&pasted).unwrap(), png);

    // What a file is called says nothing of what it is.
    let at = |name: &str, contents: &[u8]| {
        let path = files.path().join(name);
        fs::write(&path, contents).unwrap();
        outbox.attach_picture(&path).unwrap()
    };
    let picked = at("photo.txt", png);
    let page = at("page.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    assert_eq!((picked.content_id.is_some(), page.content_id), (true, None));
    assert!(
        outbox
            .attach(&files.path().join("photo.txt"))
            .unwrap()
            .content_id
            .is_none()
    );

    let draft_id = DraftId::generate();
    outbox
        .set_attachments(&draft_id, &[pasted.clone(), picked])
        .unwrap();
    drop(outbox);
    let outbox = open(folder.path());
    let saved = outbox.draft(&draft_id).unwrap().unwrap();
    assert_eq!(saved.attachments.first(), Some(&pasted));
}

#[test]
fn what_is_no_picture_is_not_kept_as_one() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let kept = outbox.keep_picture(b"<svg/>");
    assert!(matches!(kept, Err(OutboxError::NoPicture)));
    let mut large = b"\xff\xd8\xff\xe0".to_vec();
    large.resize(usize::try_from(message::PICTURE_BYTES_MAX).unwrap() + 1, 0);
    let kept = outbox.keep_picture(&large);
    assert!(matches!(kept, Err(OutboxError::FileTooLarge { .. })));
}

#[test]
fn what_the_program_has_made_is_attached_like_a_file() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let contents: Vec<u8> = (0..=255).cycle().take(150_000).collect();
    let attachment = outbox.attach_made("../Ada.vcf", &contents).unwrap();
    assert_eq!(attachment.name, "Ada.vcf");
    assert_eq!(attachment.content_type, "text/vcard");
    assert_eq!(attachment.bytes, 150_000);
    assert_eq!(outbox.contents(&attachment).unwrap(), contents);
    outbox.detach(&attachment.id).unwrap();
    assert!(outbox.contents(&attachment).is_err());
}

#[test]
fn what_is_no_ordinary_file_is_not_attached() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let outbox = open(folder.path());
    let big = files.path().join("big");
    fs::File::create(&big)
        .unwrap()
        .set_len(message::ATTACHMENTS_BYTES_MAX + 1)
        .unwrap();
    assert!(matches!(
        outbox.attach(files.path()),
        Err(OutboxError::NotAFile)
    ));
    // A pipe that nobody writes to: to open it the plain way is to wait for ever.
    let pipe = files.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert!(matches!(outbox.attach(&pipe), Err(OutboxError::NotAFile)));
    assert!(matches!(
        outbox.attach("/dev/zero".as_ref()),
        Err(OutboxError::NotAFile)
    ));
    assert!(matches!(
        outbox.attach(&big),
        Err(OutboxError::FileTooLarge { .. })
    ));
    assert!(matches!(
        outbox.attach(&files.path().join("none")),
        Err(OutboxError::FileUnreadable(_))
    ));
    // As long as its length says nothing, what is read counts.
    assert!(outbox.attach("/proc/self/status".as_ref()).unwrap().bytes > 0);
    assert_eq!(
        fs::read_dir(folder.path().join("spool")).unwrap().count(),
        1
    );
}

#[cfg(unix)]
#[test]
fn everything_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let (parent, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let folder = parent.path().join("a").join("b");
    let outbox = open(&folder);
    let original = files.path().join("a.txt");
    fs::write(&original, "text").unwrap();
    outbox.attach(&original).unwrap();
    outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("spool"))), (0o700, 0o700));
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)
        .unwrap()
        .chain(fs::read_dir(folder.join("spool")).unwrap())
    {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            assert_eq!(mode(&entry.path()), 0o600, "{:?}", entry.path());
            names.push(entry.file_name().into_string().unwrap());
        }
    }
    for name in ["outbox.db", "outbox.db-wal", "outbox.db-shm"] {
        assert!(
            names.iter().any(|found| found == name),
            "{name} in {names:?}"
        );
    }
}

#[test]
fn what_is_on_its_way_or_gone_cannot_be_taken_back() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let id = outbox
        .enqueue(ADA, None, &message("Hello", vec![]))
        .unwrap();
    for (state, expected) in [
        ("sending", Refused::BeingSent),
        ("accepted", Refused::AlreadyAccepted),
    ] {
        write_state(folder.path(), state);
        for result in [
            outbox.cancel(id),
            outbox.retry(id),
            outbox.edit(id).map(drop),
        ] {
            assert!(
                matches!(result, Err(OutboxError::Refused(refused)) if refused == expected),
                "{state}"
            );
        }
    }
    outbox.discard(id).unwrap();
}

fn write_state(folder: &std::path::Path, state: &str) {
    execute(folder, &format!("UPDATE items SET state = '{state}'"));
}
