//! A long table is read through its indexes.

use message::Draft;
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use tempfile::TempDir;

use super::*;
use crate::store::history;
use crate::{HISTORY_PAGE_MAX, OpenReport, Outbox, Summary};

const ROWS: usize = 10_000;

/// Many finished messages, and a few of every other kind.
fn long() -> (TempDir, Outbox) {
    let folder = TempDir::new().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap().outbox;
    let draft = Draft {
        to: vec!["zoe@signet.example".to_owned()],
        ..Draft::default()
    };
    let message = Message::try_from(draft).unwrap();
    outbox
        .write(|transaction| {
            for number in 0..ROWS {
                let key = number.to_string();
                let account = if number % 2 == 0 { "ada" } else { "grace" };
                insert(
                    transaction,
                    &NewItem {
                        key: &key,
                        draft: None,
                        account,
                        message: &message,
                        state: State::Queued,
                        defer_to_ms: None,
                        now_ms: 0,
                    },
                )?;
            }
            transaction.execute(
                "UPDATE items SET state = 'accepted' WHERE id % 1000 <> 0",
                [],
            )?;
            Ok(())
        })
        .unwrap();
    (folder, outbox)
}

#[test]
fn no_statement_of_a_start_reads_the_whole_table() {
    let (_folder, outbox) = long();
    let connection = outbox.connection();
    for (statement, index) in [
        (sql::open(), "items_open"),
        (sql::finished(), "items_closed"),
        (summaries::sql::open(), "items_open"),
        (summaries::sql::finished(), "items_closed"),
        (history::sql::page(), "items_closed"),
        (history::sql::one(), "INTEGER PRIMARY KEY"),
        (history::sql::CREATED.to_owned(), "INTEGER PRIMARY KEY"),
        (sql::one(), "INTEGER PRIMARY KEY"),
        (sql::PROGRESS.to_owned(), "INTEGER PRIMARY KEY"),
        (sql::NEXT_ACCOUNT.to_owned(), "items_by_state"),
        (sql::IN_STATE.to_owned(), "items_by_state"),
        (sql::ANY_LEAVING.to_owned(), "items_by_state"),
        (sql::OF_ACCOUNT_IN_STATE.to_owned(), "items_by_state"),
        (sql::OF_ACCOUNT.to_owned(), "items_by_account"),
        (sql::DUE.to_owned(), "items_waiting"),
        (sql::TOO_FAR.to_owned(), "items_waiting"),
        (sql::NEXT_DUE.to_owned(), "items_waiting"),
        (sql::HELD_DUE.to_owned(), "items_by_state"),
        (sql::NEXT_HELD_DUE.to_owned(), "items_by_state"),
        (sql::ANY_SOON.to_owned(), "items_by_state"),
        (sql::TO_LOOK_FOR.to_owned(), "items_by_state"),
        (sql::NEXT_LOOK.to_owned(), "items_by_state"),
        (sql::UNCLEAR.to_owned(), "items_by_state"),
        (sql::SCHEDULED_DUE.to_owned(), "items_by_state"),
        (sql::NEXT_SCHEDULED.to_owned(), "items_by_state"),
        (sql::SENT_BEFORE.to_owned(), "items_closed"),
        (sql::TO_FOLLOW.to_owned(), "item_traces_to_follow"),
        (sql::NEXT_FOLLOW_UP.to_owned(), "item_traces_to_follow"),
    ] {
        let plan = plan(&connection, &statement);
        assert!(plan.contains(index), "{statement}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{statement}: {plan}");
        assert!(!plan.contains("SCAN item_summaries"), "{statement}: {plan}");
        assert!(
            !plan.contains("SCAN attachment_uses"),
            "{statement}: {plan}"
        );
        let partial = ["items_open", "items_closed"].contains(&index);
        assert!(partial || plan.starts_with("SEARCH"), "{statement}: {plan}");
    }
}

/// All settled messages are counted and searched by their index, and nothing of them is read but their summaries.
#[test]
fn a_search_reads_no_message() {
    let (_folder, outbox) = long();
    let connection = outbox.connection();
    for (statement, steps) in [
        (
            history::sql::SETTLED,
            &["SEARCH items USING COVERING INDEX items_by_state (state=?)"][..],
        ),
        (
            history::sql::SEARCHED,
            &[
                "SEARCH items USING COVERING INDEX items_by_state (state=?)",
                "SEARCH item_summaries USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
            ],
        ),
    ] {
        assert_eq!(plan(&connection, statement), steps.join("; "));
    }
}

#[test]
fn the_history_of_a_long_table_is_told_by_its_outline() {
    let (_folder, outbox) = long();
    for search in ["", "zoe"] {
        let first = outbox.history(search, None, usize::MAX).unwrap();
        let outline = first.outline.unwrap();
        assert_eq!(outline.total, ROWS - ROWS / 1000);
        assert_eq!(outline.ends.len(), outline.total / HISTORY_PAGE_MAX);
        let mut seen: Vec<ItemId> = first.page.iter().map(|row| row.id).collect();
        for end in outline.ends {
            assert_eq!(seen.last(), Some(&end.id));
            let next = outbox.history(search, Some(end.id), usize::MAX).unwrap();
            assert_eq!(next.outline, None);
            seen.extend(next.page.iter().map(|row| row.id));
        }
        assert_eq!(seen.len(), outline.total);
        assert!(seen.iter().rev().is_sorted());
    }
}

fn plan(connection: &Connection, statement: &str) -> String {
    let mut explained = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {statement}"))
        .unwrap();
    let nothing = params_from_iter(vec![Value::Null; explained.parameter_count()]);
    let steps = explained
        .query_map(nothing, |row| row.get::<_, String>("detail"))
        .unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_long_history_is_listed_by_its_end_and_what_needs_somebody_in_full() {
    let (folder, outbox) = long();
    drop(outbox);
    let opened = Outbox::open(folder.path()).unwrap();
    assert_eq!(opened.report, OpenReport::Sound);
    let items = opened.outbox.items().unwrap();
    let in_full: Vec<_> = items.iter().cloned().map(Summary::from).collect();
    assert_eq!(opened.outbox.summaries().unwrap(), in_full);
    let open = items
        .iter()
        .filter(|item| item.state == State::Queued)
        .count();
    assert_eq!(
        (open, items.len() - open),
        (ROWS / 1000, FINISHED_LISTED_MAX as usize)
    );
    assert!(items.is_sorted_by_key(|item| item.id));
    assert_eq!(items.last().unwrap().id, ItemId(ROWS as i64));
    let heads = opened
        .outbox
        .read(|connection| Ok(heads(connection)?))
        .unwrap();
    assert_eq!(heads, [("grace".to_owned(), ItemId(1000))]);
}
