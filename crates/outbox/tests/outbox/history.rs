//! What is settled: by page while messages come and go, and by what is looked for.

use message::{Draft, Message};
use outbox::{HISTORY_PAGE_MAX, ItemId, Outbox, State};
use tempfile::TempDir;

use crate::world::{ADA, execute, open};

/// Settles a message of this subject to these recipients.
fn settle(outbox: &Outbox, subject: &str, to: &[&str]) -> ItemId {
    let draft = Draft {
        to: to.iter().map(|text| (*text).to_owned()).collect(),
        subject: subject.to_owned(),
        ..Draft::default()
    };
    let message = Message::try_from(draft).unwrap();
    let id = outbox.enqueue(ADA, None, &message).unwrap();
    outbox.cancel(id).unwrap();
    id
}

fn subjects(outbox: &Outbox, search: &str, before: Option<ItemId>, limit: usize) -> Vec<String> {
    let found = outbox.history(search, before, limit).unwrap();
    found.page.into_iter().map(|row| row.subject).collect()
}

#[test]
fn pages_stay_as_they_are_while_messages_come_and_go() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let ids: Vec<ItemId> = (1..=7)
        .map(|number| settle(&outbox, &format!("letter {number}"), &["g@signet.example"]))
        .collect();
    for search in ["", "letter"] {
        let first = outbox.history(search, None, 3).unwrap();
        let outline = first.outline.unwrap();
        let ends: Vec<ItemId> = outline.ends.iter().map(|end| end.id).collect();
        assert_eq!((outline.total, &ends[..]), (7, &[ids[4], ids[1]][..]));
        let second = || subjects(&outbox, search, Some(ids[4]), 3);
        assert_eq!(second(), ["letter 4", "letter 3", "letter 2"]);
        // One comes, one of the page before goes, and then the one that ended it.
        let new = settle(&outbox, "letter 8", &["g@signet.example"]);
        assert_eq!(second(), ["letter 4", "letter 3", "letter 2"]);
        outbox.discard(new).unwrap();
        assert_eq!(subjects(&outbox, search, Some(ids[1]), 3), ["letter 1"]);
        assert!(subjects(&outbox, search, Some(ids[0]), 3).is_empty());
    }
    outbox.discard(ids[4]).unwrap();
    let second = subjects(&outbox, "", Some(ids[4]), 3);
    assert_eq!(second, ["letter 4", "letter 3", "letter 2"]);
    // What is queued again is history no more.
    outbox.retry(ids[3]).unwrap();
    let second = subjects(&outbox, "", Some(ids[4]), 3);
    assert_eq!(second, ["letter 3", "letter 2", "letter 1"]);
    assert_eq!(
        outbox.history("", None, 3).unwrap().outline.unwrap().total,
        5
    );
}

#[test]
fn a_page_has_one_message_at_least_and_a_hundred_at_most() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let empty = outbox.history("", None, 5).unwrap();
    assert!(empty.page.is_empty());
    assert_eq!(empty.outline.unwrap().total, 0);
    for number in 0..=HISTORY_PAGE_MAX {
        settle(&outbox, &number.to_string(), &["g@signet.example"]);
    }
    for (limit, rows, ends) in [(0, 1, HISTORY_PAGE_MAX), (usize::MAX, HISTORY_PAGE_MAX, 1)] {
        let history = outbox.history("", None, limit).unwrap();
        let outline = history.outline.unwrap();
        assert_eq!((history.page.len(), outline.ends.len()), (rows, ends));
    }
}

#[test]
fn a_message_is_found_by_its_subject_and_its_recipients() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let letters = [
        ("Réunion à Zürich", "\"Zoë Ångström\" <zoe@signet.example>"),
        ("100% sure", "a_b@signet.example"),
        (
            "明日の会議について",
            "\"佐藤 花子\" <hanako@signet.example>",
        ),
        ("פגישה מחר", "grace@signet.example"),
        ("1000 sure", "\"O\\\"Neil, \\\\ Ann\" <ann@signet.example>"),
    ];
    for (subject, to) in letters {
        settle(&outbox, subject, &[to, "noor@contoso.example"]);
    }
    for (search, expected) in [
        ("reunion", &[0][..]),
        ("ZURICH réunion", &[0]),
        ("angstrom zurich", &[0]),
        ("会議", &[2]),
        ("花子 明日", &[2]),
        ("מחר", &[3]),
        ("grace@", &[3]),
        ("a_b", &[1]),
        ("_", &[1]),
        ("%", &[1]),
        ("100%", &[1]),
        ("1%", &[]),
        ("sure", &[4, 1]),
        ("o\"neil, \\", &[4]),
        ("contoso", &[4, 3, 2, 1, 0]),
        // Two recipients next to each other are not one.
        ("grace@signet.examplenoor", &[]),
        ("\",\"", &[]),
        ("[", &[]),
        (" ", &[4, 3, 2, 1, 0]),
    ] {
        let expected: Vec<&str> = expected.iter().map(|at| letters[*at].0).collect();
        assert_eq!(subjects(&outbox, search, None, 10), expected, "{search:?}");
        let outline = outbox.history(search, None, 10).unwrap().outline.unwrap();
        assert_eq!(outline.total, expected.len(), "{search:?}");
    }
}

#[test]
fn what_needs_somebody_is_not_history_and_a_row_without_a_summary_is_found() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let ids = [
        "accepted",
        "sent",
        "cancelled",
        "bounced",
        "unconfirmed",
        "failed",
    ]
    .map(|state| settle(&outbox, state, &["g@signet.example"]));
    execute(
        folder.path(),
        "UPDATE items SET state = (SELECT subject FROM item_summaries WHERE item = id);
         DELETE FROM item_summaries WHERE item = 2;",
    );
    for search in ["", "signet"] {
        let found = subjects(&outbox, search, None, 10);
        assert_eq!(found, ["cancelled", "sent", "accepted"], "{search:?}");
    }
    assert_eq!(subjects(&outbox, "sent", None, 10), ["sent"]);
    // One that can be read no more is shown as damaged, by whatever else is known of it.
    execute(
        folder.path(),
        "UPDATE items SET message = 'noise' WHERE id = 2",
    );
    let damaged = outbox.history("", Some(ids[2]), 1).unwrap().page.remove(0);
    let last = "sent".to_owned();
    assert_eq!(
        (damaged.id, damaged.state),
        (ids[1], State::Damaged { last })
    );
}
