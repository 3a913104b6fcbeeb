//! The tables beside this crate: what a sign-in owes, and what an attacker tries. A row that leads nowhere fails.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::Path;

use tables::{Row, check_tests};

/// What stands in `Test` where there is nothing to test; the row then says why.
const NONE: &str = "—";
/// How a reason for that begins.
const REASONS: [&str; 2] = ["not for this client: ", "not yet: "];

fn read(name: &str, columns: &[&str]) -> Vec<Row> {
    let mut problems = Vec::new();
    let rows = tables::rows(&root().join("tables").join(name), columns, &mut problems);
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    rows
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_feature_has_its_test_or_its_reason() {
    for row in read("features.md", &["Capability", "Here", "Test"]) {
        let [_, here, test] = row.cells.try_into().unwrap();
        if test == NONE {
            let reason = REASONS.iter().find_map(|begin| here.strip_prefix(begin));
            assert!(reason.is_some_and(|why| why.len() > 25), "{}", row.place);
        } else if let Err(problem) = check_tests(root(), &test) {
            panic!("{}: {problem}", row.place);
        }
    }
}

#[test]
fn every_attack_is_tried() {
    for row in read("threats.md", &["Source", "Attack", "Against it", "Test"]) {
        let [source, .., test] = <[String; 4]>::try_from(row.cells).unwrap();
        assert!(
            source.starts_with("RFC ") || source.starts_with("OpenID "),
            "{}: {source}",
            row.place
        );
        if let Err(problem) = check_tests(root(), &test) {
            panic!("{}: {problem}", row.place);
        }
    }
}
