//! A library to be preloaded (`LD_PRELOAD`) into a process under test. It lets every call through, and writes down, in
//! the order in which they happened, what the process does to one folder: what it writes, cuts, makes, renames and
//! removes there, and what it syncs. From these records a test makes the folder that a disk would hold had the power
//! gone at any of them. A call is written down when it has returned and before the next begins, so that a killed
//! process leaves no record of what did not happen.
//!
//! What it does not see: changes through mapped memory, as those of SQLite's `-shm`, which is made anew by whoever opens
//! the database first; calls that go to the kernel without the C library; relative paths; `copy_file_range`, `sendfile`
//! and `fallocate`; and a second process in the same folder. A test that compares the records with the folder finds all
//! of these. `sync_file_range`, `sync` and `syncfs` are no promise about a file, and count as nothing.
//!
//! `RECORDER_FOLDER` names the folder, `RECORDER_LOG` the file for the records, which lies outside it; both absolute,
//! without links. Without the two the library does nothing. A record is, little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | what was done, see [`Act`](record::Act) |
//! | 8 | the inode's number, where it is about a file or a folder |
//! | 8 | where it was written, or the new length |
//! | 4, 4 | the lengths of the two that follow |
//! | … | what was written, or a path relative to the folder |
//! | … | the path of the other name, of a rename or a link |
//!
//! Linux only; elsewhere it is empty. It is part of no program that is shipped.
#![cfg(target_os = "linux")]
// A library that stands between a program and the C library speaks C on both sides. This is the one crate that does.
#![allow(unsafe_code)]

mod files;
mod names;
pub mod record;
