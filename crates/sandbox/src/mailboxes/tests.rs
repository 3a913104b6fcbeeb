use super::folder::{DELETED_ITEMS, DRAFTS, INBOX, SENT_ITEMS};
use super::*;
use crate::directory::by_address;

const ADA: &str = "ada@signet.example";
const GRACE: &str = "grace@signet.example";

fn person(address: &str) -> &'static Person {
    by_address(address).unwrap()
}

fn message(to: &str) -> Message {
    Message {
        subject: "Hello".to_owned(),
        from: Some(Recipient {
            name: None,
            address: ADA.to_owned(),
        }),
        to: vec![Recipient {
            name: None,
            address: to.to_owned(),
        }],
        body: Body::of_text("Hello".to_owned()),
        ..Message::default()
    }
}

fn subjects(
    mailboxes: &Mailboxes,
    address: &str,
    folder: FolderNumber,
    now_ms: i64,
) -> Vec<String> {
    mailboxes
        .lying_in(person(address), folder, now_ms)
        .iter()
        .map(|message| message.subject.clone())
        .collect()
}

#[test]
fn the_oldest_message_makes_room_in_its_mailbox() {
    let mailboxes = Mailboxes::default();
    let kept = mailboxes.with(person(ADA), 1, |mailbox| {
        for _ in 0..=mailbox::MESSAGES_MAX {
            mailbox.insert(message(GRACE), INBOX, 1);
        }
        let first = mailbox.messages().next().unwrap().serial;
        (mailbox.messages().count(), first)
    });
    assert_eq!(kept, (mailbox::MESSAGES_MAX, 2));
}

#[test]
fn large_messages_make_room_by_their_bytes() {
    const LARGE: usize = 32 * 1024 * 1024;
    let mailboxes = Mailboxes::default();
    for _ in 0..9 {
        let mut large = message("someone@elsewhere.example");
        large.attachments.push(Attachment {
            id: String::new(),
            name: "a".to_owned(),
            content_type: String::new(),
            content_id: None,
            content_location: None,
            inline: false,
            modified_ms: 0,
            content: AttachmentContent::File(Kept::new(vec![0; LARGE])),
        });
        let done = mailboxes.submit(person(ADA), large, Sending::default(), 1);
        assert_eq!(done, Ok(()));
        assert!(lock(&mailboxes.store).room.bytes() <= BYTES_MAX);
    }
    // The mailbox's own bound is met first: six files of 32 MiB, less what names them.
    assert_eq!(mailboxes.lying_in(person(ADA), SENT_ITEMS, 1).len(), 5);
}

#[test]
fn what_is_sent_lies_in_sent_items_and_in_the_other_inbox() {
    let mailboxes = Mailboxes::default();
    let mut mail = message(GRACE);
    mail.bcc = vec![Recipient {
        name: None,
        address: ADA.to_owned(),
    }];
    mail.properties
        .insert("String 0x1".to_owned(), "k".to_owned());
    mailboxes
        .submit(person(ADA), mail, Sending::default(), 5)
        .unwrap();
    let sent = mailboxes.lying_in(person(ADA), SENT_ITEMS, 5);
    let inbox = mailboxes.lying_in(person(GRACE), INBOX, 5);
    assert_eq!((sent.len(), inbox.len()), (1, 1));
    assert_eq!((sent[0].bcc.len(), inbox[0].bcc.len()), (1, 0));
    assert_eq!(
        (sent[0].properties.len(), inbox[0].properties.len()),
        (1, 0)
    );
    assert_eq!(sent[0].internet_message_id, inbox[0].internet_message_id);
    assert_ne!(sent[0].immutable_id(), inbox[0].immutable_id());
    assert_eq!(mailboxes.lying_in(person(ADA), INBOX, 5).len(), 1);
}

#[test]
fn an_address_nobody_has_comes_back_as_a_report() {
    let mailboxes = Mailboxes::default();
    for (address, reports) in [
        ("nobody@elsewhere.example", 0),
        ("nobody@signet.example", 1),
    ] {
        mailboxes.clear();
        mailboxes
            .submit(person(ADA), message(address), Sending::default(), 5)
            .unwrap();
        let expected = vec!["Undeliverable: Hello".to_owned(); reports];
        assert_eq!(subjects(&mailboxes, ADA, INBOX, 5), expected, "{address}");
    }
}

#[test]
fn a_deferred_message_waits_for_its_time_or_its_deletion() {
    let mailboxes = Mailboxes::default();
    let at = "1970-01-01T00:01:00Z";
    for deleted in [false, true] {
        mailboxes.clear();
        let mut mail = message(GRACE);
        mail.properties
            .insert("SystemTime 0x3FEF".to_owned(), at.to_owned());
        mailboxes
            .submit(person(ADA), mail, Sending::default(), 5)
            .unwrap();
        assert!(subjects(&mailboxes, GRACE, INBOX, 59_999).is_empty());
        let drafts = mailboxes.lying_in(person(ADA), DRAFTS, 59_999);
        assert!(drafts[0].is_draft && drafts[0].submitted);
        if deleted {
            mailboxes.with(person(ADA), 59_999, |mailbox| {
                mailbox.move_to(drafts[0].serial, DELETED_ITEMS, 59_999)
            });
        }
        let arrived = subjects(&mailboxes, GRACE, INBOX, 60_000).len();
        assert_eq!(arrived, usize::from(!deleted));
        assert_eq!(
            subjects(&mailboxes, ADA, SENT_ITEMS, 60_000).len(),
            usize::from(!deleted)
        );
    }
}

#[test]
fn the_sent_copy_can_come_late_and_as_another_item() {
    use SentIds::{Changed, Kept, KeptIfImmutable};
    for (linger_ms, ids, new_message_id) in [
        (0, KeptIfImmutable, false),
        (500, Kept, true),
        (1000, KeptIfImmutable, true),
        (1000, Changed, false),
        (0, Changed, true),
    ] {
        let mailboxes = Mailboxes::default();
        let ada = person(ADA);
        let draft = mailboxes.with(ada, 1, |mailbox| {
            let mut draft = message(GRACE);
            draft.is_draft = true;
            mailbox.insert(draft, DRAFTS, 1)
        });
        let sending = Sending {
            copy_delay_ms: 1000,
            linger_ms,
            ids,
            new_message_id,
            ..Sending::default()
        };
        let ready = Message::clone(&draft);
        assert_eq!(mailboxes.submit_draft(ada, ready, sending, 1), Ok(true));
        assert_eq!(subjects(&mailboxes, GRACE, INBOX, 1).len(), 1);
        for (at_ms, lingers) in [(1, linger_ms > 0), (900, linger_ms > 899)] {
            let drafts = subjects(&mailboxes, ADA, DRAFTS, at_ms).len();
            assert_eq!(drafts, usize::from(lingers), "{sending:?} {at_ms}");
        }
        assert!(subjects(&mailboxes, ADA, SENT_ITEMS, 1000).is_empty());
        let sent = &mailboxes.lying_in(ada, SENT_ITEMS, 1001)[0];
        assert!(!sent.is_draft && !sent.submitted);
        assert_eq!(sent.id() == draft.id(), ids == Kept);
        assert_eq!(sent.immutable_id() != draft.immutable_id(), ids == Changed);
        assert_eq!(
            sent.internet_message_id != draft.internet_message_id,
            new_message_id
        );
        assert!(subjects(&mailboxes, ADA, DRAFTS, 1001).is_empty());
    }
}

#[test]
fn changes_are_told_in_order_and_only_once() {
    let mailboxes = Mailboxes::default();
    mailboxes.with(person(ADA), 1, |mailbox| {
        let told = |mailbox: &Mailbox, since| -> Vec<String> {
            let changes = mailbox.changes(INBOX, since).unwrap();
            changes
                .iter()
                .map(|change| match change {
                    Change::Created(message) => format!("created {}", message.serial),
                    Change::Updated(message) => format!("updated {}", message.serial),
                    Change::Removed(trace) => format!("{} {}", trace.gone.reason(), trace.id()),
                })
                .collect()
        };
        let [a, b, c] = [(); 3].map(|()| mailbox.insert(message(GRACE), INBOX, 1));
        let start = mailbox.seq();
        assert_eq!(told(mailbox, start), Vec::<String>::new());
        mailbox.update(b.serial, 2, |message| message.is_read = true);
        mailbox.move_to(a.serial, DELETED_ITEMS, 2);
        mailbox.remove(c.serial);
        assert_eq!(
            told(mailbox, start),
            [
                format!("updated {}", b.serial),
                format!("changed {}", a.id()),
                format!("deleted {}", c.id())
            ]
        );
        assert_eq!(told(mailbox, 0), [format!("created {}", b.serial)]);
        assert!(mailbox.changes(INBOX, mailbox.seq() + 1).is_err());
    });
}

#[test]
fn folders_are_made_renamed_moved_and_deleted() {
    let mailboxes = Mailboxes::default();
    mailboxes.with(person(ADA), 1, |mailbox| {
        let made = mailbox.create_folder(INBOX, "Work", false).unwrap();
        assert_eq!(
            mailbox.create_folder(INBOX, "work", false).unwrap_err(),
            FolderError::Exists
        );
        let below = mailbox.create_folder(made.number, "2026", false).unwrap();
        assert_eq!(
            mailbox.move_folder(made.number, below.number).unwrap_err(),
            FolderError::Cycle
        );
        assert_eq!(
            mailbox.rename_folder(INBOX, "In").unwrap_err(),
            FolderError::WellKnown
        );
        assert_eq!(mailbox.counts(INBOX).children, 1);
        let since = mailbox.seq();
        mailbox.insert(message(GRACE), below.number, 1);
        mailbox.delete_folder(made.number).unwrap();
        assert_eq!(mailbox.messages().count(), 0);
        assert_eq!(mailbox.folder_changes(since).unwrap().len(), 2);
        assert!(mailbox.folder_called(&below.id).is_none());
        assert!(mailbox.folder_called("SentItems").is_some());
    });
}

#[test]
fn everything_that_a_message_holds_is_counted() {
    let bytes = |message: Message| {
        let room = Arc::new(Room::default());
        let mut message = message;
        message.settle(&room);
        room.bytes()
    };
    let attachment = |content| Attachment {
        id: String::new(),
        name: "n".repeat(1000),
        content_type: "t".repeat(1000),
        content_id: Some("i".repeat(1000)),
        content_location: Some("l".repeat(1000)),
        inline: false,
        modified_ms: 0,
        content,
    };
    let inner = Message {
        body: Body::of_text("b".repeat(100_000)),
        attachments: vec![attachment(AttachmentContent::File(Kept::new(vec![
            0;
            100_000
        ])))],
        ..Message::default()
    };
    let empty = bytes(Message::default());
    for (message, least) in [
        (
            Message {
                categories: vec![String::new(); 1000],
                ..Message::default()
            },
            100_000,
        ),
        (
            Message {
                list_properties: [(String::new(), vec![String::new(); 1000])].into(),
                ..Message::default()
            },
            100_000,
        ),
        (
            Message {
                internet_message_id: "i".repeat(10_000),
                ..Message::default()
            },
            10_000,
        ),
        (
            Message {
                attachments: vec![attachment(AttachmentContent::Item(Arc::new(inner)))],
                ..Message::default()
            },
            208_000,
        ),
    ] {
        assert!(bytes(message) >= empty + least);
    }
}

#[test]
fn text_is_made_of_html_once_for_all_and_counted() {
    let room = Arc::new(Room::default());
    let mut mail = Message {
        body: Body::of_html("<p>Hello".to_owned()),
        ..Message::default()
    };
    mail.settle(&room);
    let (copy, before) = (mail.clone(), room.bytes());
    assert_eq!(mail.body.text(), "Hello");
    assert_eq!(room.bytes(), before + "Hello".len());
    assert!(std::ptr::eq(mail.body.text(), copy.body.text()));
}
