//! Who was written to: suggested, forgotten, missed, and mistaken for somebody else.

use std::fs;

use message::{Address, Draft, Message};
use outbox::{Acquaintance, DraftId, OpenReport, Opened, Outbox, SUGGESTIONS_MAX};
use tempfile::TempDir;

use crate::world::{ADA, as_of_version, execute, message, open};

fn to(recipients: &[&str]) -> Message {
    Message::try_from(Draft {
        to: recipients.iter().map(|text| (*text).to_owned()).collect(),
        ..Draft::default()
    })
    .unwrap()
}

fn write_to(outbox: &Outbox, recipients: &[&str]) {
    outbox.enqueue(ADA, None, &to(recipients)).unwrap();
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn check_suggested(outbox: &Outbox, typed: &str, expected: &[&str]) {
    let found: Vec<String> = outbox
        .suggestions(typed)
        .unwrap()
        .iter()
        .map(Address::to_string)
        .collect();
    assert_eq!(found, expected, "{typed:?}");
}

fn is_known(outbox: &Outbox, address: &Address) -> bool {
    outbox.acquaintance(std::slice::from_ref(address)).unwrap()[0].is_known
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// When an address was last written to, in days before now.
fn last_used(folder: &TempDir, address: &str, days: i64) {
    let sql = format!(
        "UPDATE known_addresses SET last_at_ms = last_at_ms - {} WHERE address = '{address}'",
        days * DAY_MS
    );
    execute(folder.path(), &sql);
}

#[test]
fn an_address_is_one_whatever_its_case_and_goes_by_its_last_name() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    write_to(&outbox, &["Grace <grace@signet.example>"]);
    write_to(&outbox, &["\"Grace Hopper\" <Grace@Signet.example>"]);
    check_suggested(&outbox, "gr", &["\"Grace Hopper\" <Grace@Signet.example>"]);
    // No name, or one that is only the address, hides none.
    write_to(&outbox, &["GRACE@signet.example"]);
    write_to(&outbox, &["'grace@signet.example' <grace@signet.example>"]);
    check_suggested(&outbox, "hop", &["\"Grace Hopper\" <grace@signet.example>"]);
    check_suggested(&outbox, "race", &[]);
    check_suggested(&outbox, "", &[]);
}

#[test]
fn the_often_and_the_lately_used_come_first_and_eight_at_most() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    for _ in 0..3 {
        write_to(&outbox, &["signe@a.example"]);
    }
    write_to(&outbox, &["sigrid@a.example"]);
    write_to(&outbox, &["ada@signet.example"]);
    let (often, lately, domain) = ("signe@a.example", "sigrid@a.example", "ada@signet.example");
    check_suggested(&outbox, "sig", &[often, lately, domain]);
    // Three times a year ago are less than once today.
    last_used(&folder, often, 365);
    check_suggested(&outbox, "sig", &[lately, often, domain]);
    // Three times last week are more.
    execute(folder.path(), "UPDATE known_addresses SET last_at_ms = 0");
    last_used(&folder, lately, 365);
    check_suggested(&outbox, "sig", &[often, lately, domain]);
    let many: Vec<String> = (0..20).map(|n| format!("sig{n}@a.example")).collect();
    for one in &many {
        write_to(&outbox, &[one]);
    }
    assert_eq!(outbox.suggestions("sig").unwrap().len(), SUGGESTIONS_MAX);
}

#[test]
fn who_is_forgotten_is_new_again() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    write_to(&outbox, &["grace@signet.example", "ada@signet.example"]);
    let grace = address("Grace@signet.example");
    assert!(is_known(&outbox, &grace));
    outbox.forget_address(&grace).unwrap();
    outbox.forget_address(&grace).unwrap();
    assert!(!is_known(&outbox, &grace));
    check_suggested(&outbox, "sig", &["ada@signet.example"]);
    assert!(outbox.acquaintance(&[grace]).unwrap()[0].is_first_time);
}

#[test]
fn what_was_taken_back_in_time_was_written_to_nobody() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let zoe = address("zoe@signet.example");
    let known = || is_known(&outbox, &zoe);
    let queue = || {
        outbox
            .enqueue(ADA, None, &message("Hello", vec![]))
            .unwrap()
    };
    outbox.take_back(queue()).unwrap();
    assert!(!known());
    let draft = outbox.edit(queue()).unwrap();
    assert!(!known());
    // The same draft queued twice is written once.
    let again = outbox
        .enqueue(ADA, Some(&draft), &message("Hello", vec![]))
        .unwrap();
    outbox
        .enqueue(ADA, Some(&draft), &message("Hello", vec![]))
        .unwrap();
    outbox.discard(again).unwrap();
    assert!(!known());
    let id = queue();
    outbox.cancel(id).unwrap();
    assert!(!known());
    outbox.retry(id).unwrap();
    assert!(known());
    // One of two that were written is left.
    outbox.take_back(queue()).unwrap();
    assert!(known());
    execute(folder.path(), "UPDATE items SET state = 'accepted'");
    outbox.discard(id).unwrap();
    assert!(known());
}

#[test]
fn the_first_time_is_told_once_somebody_was_written_to_and_a_likeness_too() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    let asked = ["ana@contoso.com", "ana@contoso.co", "bob@contoso.com"].map(address);
    let of = |is_known, is_first_time, looks_like: Option<&str>| Acquaintance {
        is_known,
        is_first_time,
        looks_like: looks_like.map(address),
    };
    let (known, first) = (of(true, false, None), of(false, true, None));
    let check = |expected: [&Acquaintance; 3]| {
        let found = outbox.acquaintance(&asked).unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    };
    let nobody = of(false, false, None);
    check([&nobody; 3]);
    write_to(&outbox, &["Ana <Ana@Contoso.com>"]);
    let alike = of(false, true, Some("Ana <Ana@Contoso.com>"));
    check([&known, &alike, &first]);
    // Whoever was meant once is not asked about again.
    write_to(&outbox, &["ana@contoso.co"]);
    check([&known, &known, &first]);
}

#[test]
fn the_least_recently_used_go_where_there_are_too_many() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    write_to(&outbox, &["first@a.example"]);
    last_used(&folder, "first@a.example", 1);
    execute(
        folder.path(),
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
         INSERT INTO known_addresses (address, spelled, times, last_at_ms)
         SELECT 'a' || i || '@a.example', 'a' || i || '@a.example', 1, 9000000000000 FROM n;",
    );
    assert!(is_known(&outbox, &address("first@a.example")));
    write_to(&outbox, &["last@a.example"]);
    assert!(!is_known(&outbox, &address("first@a.example")));
    assert!(is_known(&outbox, &address("last@a.example")));
    assert!(is_known(&outbox, &address("a1@a.example")));
}

#[test]
fn an_older_database_knows_whom_its_messages_went_to() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    write_to(&outbox, &["Grace <grace@signet.example>"]);
    write_to(&outbox, &["\"Grace Hopper\" <grace@signet.example>"]);
    write_to(&outbox, &["cancelled@signet.example"]);
    execute(
        folder.path(),
        "UPDATE items SET state = 'accepted'; UPDATE items SET state = 'cancelled' WHERE id = 3;
         INSERT INTO items (key, account, state, created_at_ms, updated_at_ms, sha256, message)
         VALUES ('k', 'a', 'queued', 0, 0, x'00', 'noise');",
    );
    drop(outbox);
    as_of_version(folder.path(), 5);
    let outbox = open(folder.path());
    check_suggested(&outbox, "sig", &["\"Grace Hopper\" <grace@signet.example>"]);
    // Who is forgotten later is not fetched back at the next start.
    outbox
        .forget_address(&address("grace@signet.example"))
        .unwrap();
    drop(outbox);
    check_suggested(&open(folder.path()), "sig", &[]);
}

#[test]
fn a_row_that_cannot_be_read_is_passed_over() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    write_to(
        &outbox,
        &["a@signet.example", "b@signet.example", "c@signet.example"],
    );
    execute(
        folder.path(),
        "UPDATE known_addresses SET spelled = CAST(x'ff' AS TEXT) WHERE id = 1;
         UPDATE known_addresses SET spelled = 'noise', times = -7 WHERE id = 2;",
    );
    check_suggested(&outbox, "sig", &["c@signet.example"]);
    write_to(&outbox, &["a@signet.example"]);
    check_suggested(&outbox, "a", &["a@signet.example"]);
}

/// Opens what a damaged header has made of a folder.
fn after_damage(folder: &TempDir, header: &[u8]) -> Outbox {
    let database = folder.path().join("outbox.db");
    let mut bytes = fs::read(&database).unwrap();
    bytes[..header.len()].copy_from_slice(header);
    fs::write(&database, bytes).unwrap();
    let Opened { outbox, report } = Outbox::open(folder.path()).unwrap();
    assert!(matches!(report, OpenReport::SetAside { .. }));
    outbox
}

#[test]
fn a_damaged_database_hands_on_whom_it_knew() {
    for header in [&[0xa5; 16][..], &[0xa5; 4096]] {
        let folder = TempDir::new().unwrap();
        let outbox = open(folder.path());
        write_to(
            &outbox,
            &["Grace <grace@signet.example>", "ada@signet.example"],
        );
        outbox
            .save_draft(&DraftId::generate(), &Draft::default())
            .unwrap();
        outbox
            .forget_address(&address("ada@signet.example"))
            .unwrap();
        drop(outbox);
        let outbox = after_damage(&folder, header);
        check_suggested(&outbox, "sig", &["\"Grace\" <grace@signet.example>"]);
    }
    // Where the table lies where nobody looks for it, the messages tell.
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    for number in 0..60 {
        outbox
            .enqueue(ADA, None, &message(&format!("message {number}"), vec![]))
            .unwrap();
    }
    drop(outbox);
    as_of_version(folder.path(), 1);
    drop(open(folder.path()));
    let outbox = after_damage(&folder, &[0xa5; 4096]);
    assert!(is_known(&outbox, &address("zoe@signet.example")));
}
