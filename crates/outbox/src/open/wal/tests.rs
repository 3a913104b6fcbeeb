//! Logs that SQLite wrote itself, harmed in known places.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

const COMMITS: usize = 5;
const FRAME_BYTES: usize = FRAME_HEADER_BYTES + 4096;

/// A log of five commits of one page each, as a crash leaves it.
fn log() -> (TempDir, PathBuf, Vec<u8>) {
    let folder = TempDir::new().unwrap();
    let database = Connection::open(folder.path().join("db")).unwrap();
    database
        .execute_batch("CREATE TABLE t (x); PRAGMA journal_mode = WAL;")
        .unwrap();
    for _ in 0..COMMITS {
        database.execute("INSERT INTO t VALUES (1)", []).unwrap();
    }
    let bytes = fs::read(folder.path().join("db-wal")).unwrap();
    assert_eq!(bytes.len(), HEADER_BYTES + COMMITS * FRAME_BYTES);
    let copy = folder.path().join("copy-wal");
    (folder, copy, bytes)
}

#[test]
fn a_log_is_damaged_when_finished_work_would_be_dropped() {
    let (_folder, path, sound) = log();
    let frame = |number: usize| HEADER_BYTES + number * FRAME_BYTES;
    let flipped = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        bytes
    };
    let mut older = sound.clone();
    // What follows belongs to an earlier use of the file: its salts differ.
    for number in 3..COMMITS {
        older[frame(number) + 8] ^= 1;
    }
    for (name, bytes, expected) in [
        ("sound", sound.clone(), false),
        ("empty", vec![], false),
        ("a header alone", sound[..HEADER_BYTES].to_vec(), false),
        ("half a header", sound[..20].to_vec(), false),
        (
            "cut within its last frame",
            sound[..sound.len() - 100].to_vec(),
            false,
        ),
        ("cut between frames", sound[..frame(2)].to_vec(), false),
        ("the last commit is torn", flipped(frame(4) + 200), false),
        ("an older log behind it", older, false),
        ("a finished commit is torn", flipped(frame(3) + 200), true),
        ("the first commit is torn", flipped(frame(0) + 200), true),
        ("a frame's checksum is torn", flipped(frame(1) + 16), true),
        ("a frame's salt is torn", flipped(frame(1) + 8), true),
        ("the header's magic is torn", flipped(0), true),
        ("the header's page size is torn", flipped(8), true),
        ("the header's checksum is torn", flipped(24), true),
    ] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(is_damaged(&path), expected, "{name}");
    }
    assert!(is_damaged(&path.join("not there")));
}
