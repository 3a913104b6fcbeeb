//! The power goes while an outbox works, and comes back to what the disk has kept.
//!
//! A real process queues and delivers, watched by the preloaded `recorder`, and is killed. The folder that it leaves
//! becomes, by seed, one that a disk may hold that kept nothing for certain but what was synced ([`disk`]), and not only
//! as it was at the kill: at other moments of the same life as well. What was promised must be in each of them. On the
//! last of them the next process goes on.
//!
//! `OUTBOX_SEED=n` takes one chain of lives alone. How far a process comes until it is killed is not in the seed.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use message::Message;
use outbox::{OpenReport, Opened, Outbox};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

mod disk;
mod process;
mod record;

use disk::{Disk, Image};
use process::{NOTES, ORIGINAL, QUEUES, World, contents};
use record::{Record, records};

/// How many chains of lives there are, how many lives each has, and how often the power is taken in each life: 480 cuts.
const CHAINS: u64 = 20;
const LIVES: usize = 4;
const CUTS: usize = 6;

/// How often the power is taken in each life of an outbox that lacks a sync.
const MUTANT_CUTS: usize = 40;

/// What a life that is not killed writes to its log, more or less.
const LOG_BYTES: u64 = 800_000;

#[test]
fn nothing_accepted_depends_on_luck() {
    let seeds = match std::env::var("OUTBOX_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
    {
        Some(seed) => seed..seed + 1,
        None => 0..CHAINS,
    };
    for seed in seeds {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut promised, mut records) = (0, 0);
        chain(seed, &mut random, 0..LOG_BYTES, |life, number, random| {
            let mut last = None;
            for cut in 0..CUTS {
                let until = match cut + 1 {
                    CUTS => life.records.len(),
                    _ => random.random_range(0..=life.records.len()),
                };
                let cut = Cut::of(&life.until(until, ALL), random);
                if let Some(fault) = cut.fault() {
                    panic!(
                        "OUTBOX_SEED={seed}, life {number}, cut after {until} of {} records: {fault}",
                        life.records.len()
                    );
                }
                last = Some(cut);
            }
            records += life.records.len();
            let last = last.unwrap();
            promised = notes(&last.told, "queued").count();
            last
        });
        println!("OUTBOX_SEED={seed}: {promised} promises kept, {records} records");
    }
}

/// Without its syncs the same outbox loses what it has promised, and this test sees it.
#[test]
fn each_sync_is_needed() {
    let mutants: [(&str, Counts); 4] = [
        ("with synchronous=OFF", |name| {
            !name.starts_with("outbox.db")
        }),
        ("without a sync of the log", |name| name != "outbox.db-wal"),
        ("without a sync of the copies", |name| {
            name.starts_with("outbox") || name == "spool"
        }),
        ("without a sync of the folders", |name| {
            name != "outbox" && name != "spool"
        }),
    ];
    let mut lost = [0; 4];
    let mut random = StdRng::seed_from_u64(1);
    // A life that ends at once has nothing to lose.
    let long = LOG_BYTES / 2..LOG_BYTES;
    chain(1_000, &mut random, long, |life, _, random| {
        for (mutant, lost) in mutants.iter().zip(&mut lost) {
            for _ in 0..MUTANT_CUTS {
                let until = random.random_range(0..=life.records.len());
                *lost += usize::from(
                    Cut::of(&life.until(until, mutant.1), random)
                        .fault()
                        .is_some(),
                );
            }
        }
        Cut::of(&life.until(life.records.len(), ALL), random)
    });
    for ((mutant, _), lost) in mutants.iter().zip(lost) {
        println!("{mutant}: {lost} of {} cuts", LIVES * MUTANT_CUTS);
        assert!(lost > 0, "nothing is lost {mutant}");
    }
}

/// The recorder misses nothing of what a whole life does, and the disk plays it back.
#[test]
fn with_the_power_on_the_records_make_the_folder() {
    let folder = memory();
    let world = World(folder.path().join("watched"));
    disk::write(&Image::new(), &world.0);
    let mut disk = Disk::of(&world.0);
    let log = folder.path().join("log");
    assert!(world.start("whole", &log).wait().unwrap().success());
    for record in &records(&fs::read(&log).unwrap()) {
        disk.play(record, ALL);
    }
    let (played, is) = (disk.now(), disk::read(&world.0));
    assert!(played.len() > 3);
    assert_eq!(
        played.keys().collect::<Vec<_>>(),
        is.keys().collect::<Vec<_>>()
    );
    for (path, contents) in &is {
        assert!(played[path] == *contents, "{path} is otherwise");
    }
    assert_eq!(notes(&is, "queued").count(), QUEUES);
}

/// Plays a chain of lives, each until it has written so much to its log, and hands it out; what comes back is the cut
/// that the next begins with.
fn chain(
    seed: u64,
    random: &mut StdRng,
    log_bytes: Range<u64>,
    mut lived: impl FnMut(&Life, usize, &mut StdRng) -> Cut,
) {
    let mut found = Image::new();
    for number in 0..LIVES {
        let folder = memory();
        let world = World(folder.path().join("watched"));
        disk::write(&found, &world.0);
        let log = folder.path().join("log");
        let before = Disk::of(&world.0);
        let mut child = world.start(&format!("{seed}.{number}"), &log);
        // Until it has come so far, however fast it is, and a moment longer.
        let log_bytes_min = random.random_range(log_bytes.clone());
        let started = Instant::now();
        while fs::metadata(&log).map_or(0, |log| log.len()) < log_bytes_min
            && child.try_wait().unwrap().is_none()
        {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "it does nothing"
            );
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(random.random_range(0..5_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let records = records(&fs::read(&log).unwrap_or_default());
        found = lived(&Life { before, records }, number, random).found;
    }
    let mut submitted: Vec<&str> = notes(&found, "submitted").collect();
    let count = submitted.len();
    submitted.sort_unstable();
    submitted.dedup();
    assert_eq!(
        submitted.len(),
        count,
        "OUTBOX_SEED={seed}: submitted twice"
    );
}

/// What a process did until it was killed.
struct Life {
    before: Disk,
    records: Vec<Record>,
}

/// In memory: what counts as synced there the records say, and no file system shares blocks behind their back.
fn memory() -> TempDir {
    TempDir::new_in("/dev/shm").unwrap()
}

/// Which syncs count, by the name of what is synced.
type Counts = fn(&str) -> bool;
const ALL: Counts = |_| true;

impl Life {
    /// The disk, when as many records had been written.
    fn until(&self, count: usize, counts: Counts) -> Disk {
        let mut disk = self.before.clone();
        for record in &self.records[..count] {
            disk.play(record, counts);
        }
        disk
    }
}

/// One power cut: what was promised until then, and what is found.
struct Cut {
    told: Image,
    found: Image,
}

impl Cut {
    fn of(disk: &Disk, random: &mut StdRng) -> Cut {
        let told = disk.now();
        let mut found = disk.after_a_cut(random);
        found.remove(NOTES);
        found.remove(ORIGINAL);
        if let Some(notes) = told.get(NOTES) {
            found.insert(NOTES.to_owned(), notes.clone());
        }
        Cut { told, found }
    }

    /// Opens what is found, and says what is not as it was promised.
    fn fault(&self) -> Option<String> {
        let folder = memory();
        let world = World(folder.path().join("found"));
        disk::write(&self.found, &world.0);
        match Outbox::open(&world.outbox()) {
            Ok(Opened {
                report: OpenReport::Sound,
                ..
            }) => {}
            Ok(Opened { report, .. }) => return Some(format!("{report:?}")),
            Err(error) => return Some(format!("not opened: {error:?}")),
        }
        let rows = match rows(&world.outbox()) {
            Ok(rows) => rows,
            Err(error) => return Some(format!("not read: {error:?}")),
        };
        let by_subject: HashMap<&str, &Row> = rows
            .iter()
            .map(|row| (row.message.subject.as_str(), row))
            .collect();
        for subject in notes(&self.told, "queued") {
            let Some(row) = by_subject.get(subject) else {
                return Some(format!("{subject} is gone"));
            };
            let attached = world
                .outbox()
                .join("spool")
                .join(row.message.attachments[0].id.as_str());
            if row.is_to_go() && fs::read(attached).ok() != Some(contents(subject)) {
                return Some(format!("{subject} has lost what is attached to it"));
            }
        }
        for key in notes(&self.told, "submitted") {
            match rows.iter().find(|row| row.key == key) {
                None => return Some(format!("{key} was submitted and is gone")),
                Some(row) if row.is_to_go() => {
                    return Some(format!(
                        "{} was submitted and is {}",
                        row.message.subject, row.state
                    ));
                }
                Some(_) => {}
            }
        }
        None
    }
}

struct Row {
    key: String,
    state: String,
    message: Message,
}

impl Row {
    /// Whether it will be submitted without a look or a question.
    fn is_to_go(&self) -> bool {
        matches!(
            self.state.as_str(),
            "queued" | "creating" | "attaching" | "waiting" | "held"
        )
    }
}

/// Every row there is: the outbox lists only the newest of what is finished.
fn rows(outbox: &Path) -> rusqlite::Result<Vec<Row>> {
    let database = rusqlite::Connection::open(outbox.join("outbox.db"))?;
    let mut rows = database.prepare("SELECT key, state, message FROM items")?;
    let rows = rows.query_map([], |row| {
        let message: String = row.get(2)?;
        Ok(Row {
            key: row.get(0)?,
            state: row.get(1)?,
            message: serde_json::from_str(&message).unwrap(),
        })
    })?;
    rows.collect()
}

/// The notes of one kind.
fn notes<'a>(image: &'a Image, what: &'a str) -> impl Iterator<Item = &'a str> {
    let notes = image
        .get(NOTES)
        .and_then(Option::as_deref)
        .unwrap_or_default();
    let notes = std::str::from_utf8(notes).unwrap();
    notes
        .lines()
        .filter_map(move |line| line.strip_prefix(what)?.strip_prefix(' '))
}
