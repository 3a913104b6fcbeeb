//! The tables in `conformance/`: each statement of Microsoft's documents about the
//! services played here, with the file that keeps it and the test that shows it.
//!
//! A line that maps to nothing fails: a file that is gone, a test that was
//! renamed, a statement written down twice, a section that nobody covered.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use tables::{check_tests, names};

const COLUMNS: [&str; 4] = ["Source", "Statement", "Kept by", "Test"];
/// What stands in `Kept by` where a statement is not played; `Test` then says why.
const NOT_PLAYED: &str = "—";
/// A reason shorter than this says nothing.
const REASON_CHARACTERS_MIN: usize = 25;

/// The sections a source can belong to: B the sign-in side, E the client
/// libraries, G Graph, S the program itself.
const SECTIONS: &[(&str, &str)] = &[
    ("B1", "endpoints"),
    ("B2", "metadata"),
    ("B3", "instance discovery"),
    ("B4", "authorization request and answer"),
    ("B5", "redirect URIs"),
    ("B6", "token request and success"),
    ("B7", "errors of the token endpoint"),
    ("B8", "AADSTS codes"),
    ("B9", "device code"),
    ("B10", "keys and ID token validation"),
    ("B11", "ID token claims"),
    ("B12", "client_info and accounts"),
    ("B13", "silent acquisition"),
    ("B14", "lifetimes"),
    ("B15", "continuous access evaluation"),
    ("B16", "national clouds"),
    ("B17", "sign-out"),
    ("B18", "version 1.0"),
    ("B19", "the sandbox as a whole"),
    ("E", "MSAL against a local authority"),
    ("G0", "where the description and the service differ"),
    ("G1", "hosts, headers, errors"),
    ("G2", "sending"),
    ("G3", "throttling and batching"),
    ("G4", "profile and people"),
    ("G5", "permissions"),
    ("G6", "claims challenges from Graph"),
    ("G7", "error codes"),
    ("G8", "what users met"),
    ("G9", "Microsoft's own clients"),
    ("G10", "the archived samples"),
    ("G11", "switches"),
    ("S", "start, listeners, certificates"),
];

/// How many statements each part of a section has at least: one that was written
/// down is not lost again, and one row does not stand for a whole page.
#[rustfmt::skip]
const STATEMENTS_MIN: &[(&str, usize)] = &[
    ("B1", 6),
    ("B2", 9),
    ("B3", 4),
    ("B4", 32),
    ("B5", 5),
    ("B6", 17),
    ("B7", 10),
    ("B8", 21),
    ("B9", 9),
    ("B10", 4),
    ("B11", 8),
    ("B12", 3),
    ("B13", 8),
    ("B14", 8),
    ("B15", 9),
    ("B16", 4),
    ("B17", 4),
    ("B18", 9),
    ("B19", 4),
    ("B19.1", 2),
    ("B19.4", 4),
    ("B19.6", 7),
    ("B19.7", 2),
    ("E", 28),
    ("G0", 13),
    ("G1", 21),
    ("G2.1", 24),
    ("G2.2", 16),
    ("G2.3", 4),
    ("G2.4", 8),
    ("G2.5", 3),
    ("G2.6", 16),
    ("G2.7", 1),
    ("G3", 25),
    ("G4", 35),
    ("G5", 6),
    ("G6", 1),
    ("G7", 32),
    ("G8", 2),
    ("G9", 4),
    ("G10", 3),
    ("G11", 23),
    ("S", 40),
];

struct Row {
    place: String,
    source: String,
    statement: String,
    kept_by: String,
    test: String,
}

#[test]
fn every_statement_maps_to_a_file_and_a_test() {
    let mut problems = Vec::new();
    for row in rows(&mut problems) {
        let found = if row.kept_by == NOT_PLAYED {
            check_reason(&row.test)
        } else {
            check_files(&row.kept_by).and_then(|()| check_tests(&root(), &row.test))
        };
        if let Err(problem) = found {
            problems.push(format!("{}: {problem}", row.place));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn no_statement_is_listed_twice() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for row in rows(&mut Vec::new()) {
        let words: Vec<_> = row.statement.split_whitespace().collect();
        let key = words.join(" ").to_lowercase();
        assert!(key.len() > 10, "{}: no statement", row.place);
        if let Some(first) = seen.insert(key, row.place.clone()) {
            panic!("{} repeats {first}: {}", row.place, row.statement);
        }
    }
}

#[test]
fn every_section_is_covered() {
    let covered: BTreeSet<String> = rows(&mut Vec::new())
        .iter()
        .map(|row| section(&row.source).to_owned())
        .collect();
    let missing: Vec<_> = SECTIONS
        .iter()
        .filter(|(id, _)| !covered.contains(*id))
        .collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    for row in rows(&mut Vec::new()) {
        assert!(
            is_section(section(&row.source)),
            "{}: {:?} does not begin with the id of a section",
            row.place,
            row.source
        );
    }
}

#[test]
fn no_part_has_lost_a_statement() {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows(&mut Vec::new()) {
        *found.entry(part(&row.source).to_owned()).or_default() += 1;
    }
    let short: Vec<String> = STATEMENTS_MIN
        .iter()
        .map(|(id, least)| (id, least, found.remove(*id).unwrap_or_default()))
        .filter(|(_, least, rows)| rows < *least)
        .map(|(id, least, rows)| format!("{id} has {rows} rows and had {least}"))
        .collect();
    assert!(short.is_empty(), "{short:?}");
    assert!(found.is_empty(), "not in STATEMENTS_MIN: {found:?}");
}

/// `G2.2 user: sendMail` belongs to `G2`.
fn section(source: &str) -> &str {
    let part = part(source);
    part.split_once('.').map_or(part, |(section, _)| section)
}

/// And there to the part `G2.2`.
fn part(source: &str) -> &str {
    source
        .split_once([' ', ',', ':'])
        .map_or(source, |(id, _)| id)
}

fn is_section(id: &str) -> bool {
    let number = |prefix: char| id.strip_prefix(prefix).and_then(|n| n.parse::<u8>().ok());
    matches!(id, "E" | "S")
        || number('B').is_some_and(|n| (1..=19).contains(&n))
        || number('G').is_some_and(|n| n <= 11)
}

fn rows(problems: &mut Vec<String>) -> Vec<Row> {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("conformance"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "conformance/ holds no table");
    files
        .iter()
        .flat_map(|file| tables::rows(file, &COLUMNS, problems))
        .map(|row| {
            let [source, statement, kept_by, test] = row.cells.try_into().unwrap();
            Row {
                place: row.place,
                source,
                statement,
                kept_by,
                test,
            }
        })
        .collect()
}

fn check_reason(reason: &str) -> Result<(), String> {
    if reason.chars().count() < REASON_CHARACTERS_MIN {
        return Err(format!("{reason:?} is no reason for leaving it out"));
    }
    Ok(())
}

fn check_files(cell: &str) -> Result<(), String> {
    let names = names(cell);
    if names.is_empty() {
        return Err("`Kept by` names nothing".to_owned());
    }
    match names
        .iter()
        .find(|name| !root().join("src").join(name).is_file())
    {
        Some(name) => Err(format!("no file src/{name}")),
        None => Ok(()),
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_part_belongs_to_a_section() {
    assert_eq!(section("G2.2 user: sendMail"), "G2");
}
