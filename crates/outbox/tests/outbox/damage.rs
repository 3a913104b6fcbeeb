//! A damaged database: set aside whole, what can be read is saved and said,
//! nothing that may have left is sent again.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use message::{Body, Draft};
use outbox::{DraftId, Looked, OpenError, OpenReport, Opened, Outbox, State, look_through};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::world::{ADA, as_of_version, execute, message, open, told};

const MESSAGES: usize = 60;
const DRAFTS: usize = 5;

/// A folder with messages and drafts, closed in good order.
fn filled() -> TempDir {
    let folder = TempDir::new().unwrap();
    fill(&open(folder.path()));
    assert!(!folder.path().join("outbox.db-wal").exists());
    folder
}

fn fill(outbox: &Outbox) {
    for number in 0..MESSAGES {
        outbox
            .enqueue(ADA, None, &message(&format!("message {number}"), vec![]))
            .unwrap();
    }
    for number in 0..DRAFTS {
        let draft = Draft {
            subject: format!("draft {number}"),
            body: Body::Text("x".repeat(3000)),
            ..Draft::default()
        };
        outbox.save_draft(&DraftId::generate(), &draft).unwrap();
    }
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    fs::OpenOptions::new()
        .write(true)
        .open(path)
        .unwrap()
        .write_all_at(bytes, at)
        .unwrap();
}

/// Opens a damaged outbox until that is found: by the opening itself, or by the look afterwards, which the next opening
/// believes.
fn open_damaged(folder: &Path) -> Opened {
    let opened = Outbox::open(folder).unwrap();
    if opened.report != OpenReport::Sound {
        return opened;
    }
    assert_eq!(look(opened.outbox), Looked::Damaged);
    Outbox::open(folder).unwrap()
}

/// Looks an outbox through, and lets go of it.
fn look(outbox: Outbox) -> Looked {
    let (_stop, stopped) = watch::channel(false);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(look_through(outbox, stopped))
}

/// Opens a damaged outbox and checks what holds whatever was damaged: it is
/// reported, the evidence is kept, what was saved goes nowhere by itself, and
/// the outbox works. Returns how many messages and drafts were saved.
fn check_set_aside(folder: &Path) -> (usize, usize) {
    let Opened { outbox, report } = open_damaged(folder);
    let OpenReport::SetAside {
        to,
        items_saved,
        drafts_saved,
    } = report
    else {
        panic!("taken for sound")
    };
    assert!(to.starts_with(folder) && to.is_dir());
    assert!(fs::read_dir(&to).unwrap().count() > 0);
    let items = outbox.items().unwrap();
    assert_eq!(
        (items.len(), outbox.draft_summaries().unwrap().len()),
        (items_saved, drafts_saved)
    );
    let listed = outbox.summaries().unwrap();
    assert_eq!(listed.len(), items.len());
    for (summary, item) in listed.iter().zip(&items) {
        assert_eq!(
            (&summary.subject, &summary.state),
            (&item.message.subject, &item.state)
        );
    }
    for item in &items {
        assert!(
            !matches!(
                item.state,
                State::Queued | State::Sending | State::Waiting { .. }
            ),
            "{:?} after damage",
            item.state
        );
    }
    outbox
        .enqueue(ADA, None, &message("afterwards", vec![]))
        .unwrap();
    drop(outbox);
    let outbox = open(folder);
    assert_eq!(
        told(&outbox).last().unwrap(),
        &("afterwards".to_owned(), "queued")
    );
    for leftover in fs::read_dir(folder).unwrap() {
        let name = leftover.unwrap().file_name().into_string().unwrap();
        assert!(
            !name.ends_with(".part") && !name.contains("salvage") && !name.ends_with(".new"),
            "{name}"
        );
    }
    (items_saved, drafts_saved)
}

/// Harms a file.
type Damage = fn(&Path);
/// How many messages and drafts must be saved, where it can be told.
type Saved = Option<(usize, usize)>;

#[test]
fn a_damaged_database_is_set_aside_and_what_can_be_read_is_saved() {
    let all = (MESSAGES, DRAFTS);
    let cases: [(&str, Damage, Saved); 11] = [
        (
            "the header is noise",
            |db| overwrite(db, 0, &[0xa5; 100]),
            Some(all),
        ),
        (
            "the first page is noise",
            |db| overwrite(db, 0, &[0xa5; 4096]),
            Some(all),
        ),
        (
            "it is another kind of file",
            |db| fs::write(db, "dear diary\n".repeat(5000)).unwrap(),
            Some((0, 0)),
        ),
        (
            "it has no length",
            |db| fs::write(db, []).unwrap(),
            Some((0, 0)),
        ),
        ("it has one byte", |db| fs::write(db, [83]).unwrap(), None),
        (
            "its second half is gone",
            |db| {
                let bytes = fs::metadata(db).unwrap().len();
                fs::OpenOptions::new()
                    .write(true)
                    .open(db)
                    .unwrap()
                    .set_len(bytes / 2)
                    .unwrap();
            },
            None,
        ),
        (
            "a page of messages is noise",
            |db| overwrite(db, page_of(db, MESSAGE_30), &[0xa5; 4096]),
            None,
        ),
        (
            "the pages of the summaries are noise",
            |db| {
                for summary in ["message 30[\"", "draft 3[]"] {
                    overwrite(db, page_of(db, summary), &[0xa5; 4096]);
                }
            },
            Some(all),
        ),
        (
            "the first page is noise, of a database that an older program made",
            |db| {
                let folder = db.parent().unwrap();
                as_of_version(folder, 1);
                drop(open(folder));
                overwrite(db, 0, &[0xa5; 4096]);
            },
            Some(all),
        ),
        (
            "all but the first page is noise",
            |db| {
                let bytes = fs::metadata(db).unwrap().len();
                overwrite(
                    db,
                    4096,
                    &vec![0xa5; usize::try_from(bytes).unwrap() - 4096],
                );
            },
            Some((0, 0)),
        ),
        (
            "it is a database of somebody else's",
            |db| {
                fs::remove_file(db).unwrap();
                rusqlite::Connection::open(db)
                    .unwrap()
                    .execute_batch("CREATE TABLE items (id)")
                    .unwrap();
            },
            Some((0, 0)),
        ),
    ];
    for (name, damage, expected) in cases {
        let folder = filled();
        let database = folder.path().join("outbox.db");
        damage(&database);
        let before = fs::read(&database).unwrap();
        let saved = check_set_aside(folder.path());
        if let Some(expected) = expected {
            assert_eq!(saved, expected, "{name}");
        }
        let kept = fs::read(set_aside_in(folder.path()).join("outbox.db")).unwrap();
        assert!(kept == before, "{name}: the damaged file was written to");
    }
}

/// Where the page begins that holds a text.
/// As it stands in the message itself, not in its summary.
const MESSAGE_30: &str = r#""subject":"message 30""#;

fn page_of(database: &Path, text: &str) -> u64 {
    let bytes = fs::read(database).unwrap();
    let at = bytes
        .windows(text.len())
        .position(|window| window == text.as_bytes())
        .unwrap();
    (at / 4096 * 4096) as u64
}

#[test]
fn after_a_clean_end_damage_in_the_middle_is_found_by_a_look_afterwards() {
    let folder = filled();
    let database = folder.path().join("outbox.db");
    assert_eq!(look(open(folder.path())), Looked::Sound);
    overwrite(&database, page_of(&database, MESSAGE_30), &[0xa5; 4096]);
    assert_eq!(look(open(folder.path())), Looked::Damaged);
    assert!(folder.path().join("outbox.db-suspect").exists());
    check_set_aside(folder.path());
}

#[test]
fn after_an_unclean_end_damage_in_the_middle_is_found_before_use() {
    for damage in [
        |db: &Path| overwrite(db, page_of(db, MESSAGE_30), &[0xa5; 4096]),
        // The row is whole, and an index does not lead to it.
        |db: &Path| overwrite(db, key_in_index(db), b"-"),
    ] {
        let folder = unclean();
        damage(&folder.path().join("outbox.db"));
        let report = Outbox::open(folder.path()).unwrap().report;
        assert!(matches!(report, OpenReport::SetAside { .. }), "{report:?}");
    }
    assert_eq!(look(open(unclean().path())), Looked::Sound);
}

/// A folder with messages in the database, and in the log a draft that touches none of their pages.
fn unclean() -> TempDir {
    let (live, image) = (filled(), TempDir::new().unwrap());
    let outbox = open(live.path());
    outbox
        .save_draft(&DraftId::generate(), &Draft::default())
        .unwrap();
    for name in ["outbox.db", "outbox.db-wal"] {
        fs::copy(live.path().join(name), image.path().join(name)).unwrap();
    }
    image
}

/// Where a message's key stands in the index of keys.
fn key_in_index(database: &Path) -> u64 {
    const INDEX_LEAF: u8 = 0x0a;
    // Without its log, which an ordinary connection would fold in.
    let alone = format!("file:{}?immutable=1", database.display());
    let key: String = rusqlite::Connection::open(alone)
        .unwrap()
        .query_row("SELECT key FROM items WHERE id = 30", [], |row| row.get(0))
        .unwrap();
    let bytes = fs::read(database).unwrap();
    let mut places = bytes.windows(key.len()).enumerate();
    let (at, _) = places
        .find(|(at, found)| *found == key.as_bytes() && bytes[at / 4096 * 4096] == INDEX_LEAF)
        .unwrap();
    at as u64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_gives_way_to_whoever_writes() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path()).enqueue(ADA, None, &message("first", vec![]));
    first.unwrap();
    // Enough for a look that takes longer than one write.
    execute(
        folder.path(),
        "WITH RECURSIVE copies (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < 20000)
        INSERT INTO items (key, account, state, created_at_ms, updated_at_ms, sha256, message)
        SELECT key || n, account, 'cancelled', 0, 0, sha256, hex(zeroblob(2000)) FROM copies, items WHERE id = 1",
    );
    let outbox = open(folder.path());
    let (stop, stopped) = watch::channel(false);
    let looking = tokio::spawn(look_through(outbox.clone(), stopped));
    for number in 0..100 {
        let queued = outbox.enqueue(ADA, None, &message(&format!("message {number}"), vec![]));
        queued.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.send(true).unwrap();
    assert_eq!(looking.await.unwrap(), Looked::Unknown);
    assert!(!folder.path().join("outbox.db-suspect").exists());
}

#[test]
fn a_program_that_ends_without_dropping_can_end_cleanly() {
    let folder = TempDir::new().unwrap();
    let outbox = open(folder.path());
    fill(&outbox);
    let log_bytes = || {
        fs::metadata(folder.path().join("outbox.db-wal"))
            .unwrap()
            .len()
    };
    assert!(log_bytes() > 0);
    outbox.end().unwrap();
    assert_eq!(log_bytes(), 0);
    assert_eq!(told(&outbox).len(), MESSAGES);
}

fn set_aside_in(folder: &Path) -> PathBuf {
    let mut names: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.retain(|path| path.is_dir() && !path.ends_with("spool"));
    assert_eq!(names.len(), 1, "{names:?}");
    names.remove(0)
}

#[test]
fn a_page_of_noise_costs_the_messages_on_it_alone() {
    let folder = filled();
    let database = folder.path().join("outbox.db");
    overwrite(&database, page_of(&database, MESSAGE_30), &[0xa5; 4096]);
    let (items, drafts) = check_set_aside(folder.path());
    // A page holds about six of these messages.
    assert!((MESSAGES - 15..MESSAGES).contains(&items), "{items}");
    assert_eq!(drafts, DRAFTS);
}

#[test]
fn things_in_the_place_of_files_are_set_aside() {
    for name in ["outbox.db", "outbox.db-wal", "outbox.db-shm"] {
        let folder = filled();
        let path = folder.path().join(name);
        let _ = fs::remove_file(&path);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "").unwrap();
        let saved = check_set_aside(folder.path());
        assert_eq!(
            saved,
            if name == "outbox.db" {
                (0, 0)
            } else {
                (MESSAGES, DRAFTS)
            },
            "{name}"
        );
        assert!(
            set_aside_in(folder.path())
                .join(name)
                .join("inside")
                .exists()
        );
    }
}

/// A copy of the folder as a crash would leave it: the log is not folded in.
fn crashed(fill: impl FnOnce(&Outbox)) -> TempDir {
    let (live, image) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let outbox = open(live.path());
    fill(&outbox);
    for name in ["outbox.db", "outbox.db-wal"] {
        fs::copy(live.path().join(name), image.path().join(name)).unwrap();
    }
    image
}

#[test]
fn a_log_left_by_a_crash_is_taken_up() {
    let image = crashed(fill);
    assert!(
        fs::metadata(image.path().join("outbox.db-wal"))
            .unwrap()
            .len()
            > 100_000
    );
    let outbox = open(image.path());
    assert_eq!(told(&outbox).len(), MESSAGES);
    assert!(told(&outbox).iter().all(|(_, state)| *state == "queued"));
}

#[test]
fn a_log_that_was_cut_off_by_the_crash_is_taken_up_without_its_last_step() {
    let image = crashed(fill);
    let log = image.path().join("outbox.db-wal");
    let bytes = fs::metadata(&log).unwrap().len();
    fs::OpenOptions::new()
        .write(true)
        .open(&log)
        .unwrap()
        .set_len(bytes - 1000)
        .unwrap();
    assert_eq!(told(&open(image.path())).len(), MESSAGES);
}

#[test]
fn a_damaged_log_is_set_aside_with_its_database() {
    let cases: [(&str, Damage); 4] = [
        ("its header is noise", |log| overwrite(log, 0, &[0xa5; 32])),
        ("a frame in its middle is noise", |log| {
            overwrite(log, 40_000, &[0xa5; 500])
        }),
        ("it is all noise", |log| {
            let bytes = usize::try_from(fs::metadata(log).unwrap().len()).unwrap();
            fs::write(log, vec![0xa5; bytes]).unwrap();
        }),
        ("its database is gone", |log| {
            fs::remove_file(log.with_file_name("outbox.db")).unwrap()
        }),
    ];
    for (name, damage) in cases {
        let image = crashed(fill);
        damage(&image.path().join("outbox.db-wal"));
        check_set_aside(image.path());
        assert!(
            set_aside_in(image.path()).join("outbox.db-wal").exists(),
            "{name}"
        );
    }
}

#[test]
fn a_newer_database_is_left_alone() {
    let folder = filled();
    execute(folder.path(), "PRAGMA user_version = 99");
    let before = fs::read(folder.path().join("outbox.db")).unwrap();
    let error = Outbox::open(folder.path()).err().unwrap();
    assert!(
        matches!(error, OpenError::Newer { found: 99, .. }),
        "{error:?}"
    );
    assert_eq!(fs::read(folder.path().join("outbox.db")).unwrap(), before);
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_and_nothing_else() {
    let file = tempfile::NamedTempFile::new().unwrap();
    // A file in the folder's place, a folder inside a file, a disk without room for folders.
    for folder in [
        file.path().to_owned(),
        file.path().join("outbox"),
        PathBuf::from("/proc/outbox"),
    ] {
        let error = Outbox::open(&folder).err().unwrap();
        assert!(
            matches!(error, OpenError::NotWritable(_) | OpenError::Disk(_)),
            "{folder:?} {error:?}"
        );
    }
}

#[test]
fn another_process_in_it_keeps_a_damaged_database_where_it_is() {
    let folder = filled();
    let in_it = open(folder.path());
    overwrite(&folder.path().join("outbox.db"), 4096, &[0xa5; 40_000]);
    assert_eq!(look(in_it.clone()), Looked::Damaged);
    let error = Outbox::open(folder.path()).err().unwrap();
    assert!(matches!(error, OpenError::DamagedInUse), "{error:?}");
}

#[test]
fn damage_met_in_use_is_mended_at_the_next_opening() {
    let folder = filled();
    let outbox = open(folder.path());
    overwrite(
        &folder.path().join("outbox.db"),
        page_of(&folder.path().join("outbox.db"), MESSAGE_30),
        &[0xa5; 4096],
    );
    execute(folder.path(), "DELETE FROM items WHERE id < 3");
    assert!(matches!(
        outbox.items(),
        Err(outbox::OutboxError::Damaged(_))
    ));
    assert!(folder.path().join("outbox.db-suspect").exists());
    drop(outbox);
    check_set_aside(folder.path());
}

#[test]
fn an_interrupted_setting_aside_is_finished() {
    for moved in [
        vec![],
        vec!["outbox.db"],
        vec!["outbox.db", "outbox.db-wal"],
    ] {
        let image = crashed(fill);
        overwrite(&image.path().join("outbox.db-wal"), 0, &[0xa5; 32]);
        let part = image.path().join("outbox-damaged-1.part");
        fs::create_dir(&part).unwrap();
        for name in &moved {
            fs::rename(image.path().join(name), part.join(name)).unwrap();
        }
        check_set_aside(image.path());
        assert!(
            set_aside_in(image.path()).join("outbox.db-wal").exists(),
            "{moved:?}"
        );
    }
}

#[test]
fn an_interrupted_setting_aside_that_lacks_only_its_name_is_told_in_full() {
    let folder = filled();
    let part = folder.path().join("outbox-damaged-1.part");
    fs::create_dir(&part).unwrap();
    fs::write(part.join("outbox.db"), "noise").unwrap();
    let report = Outbox::open(folder.path()).unwrap().report;
    let to = folder.path().join("outbox-damaged-1");
    assert_eq!(
        report,
        OpenReport::SetAside {
            to,
            items_saved: MESSAGES,
            drafts_saved: DRAFTS
        }
    );
    open(folder.path());
}

#[test]
fn copies_of_lost_messages_are_kept_beside_the_damaged_database() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fs::write(files.path().join("a"), "contents").unwrap();
    let attachment = {
        let outbox = open(folder.path());
        let attachment = outbox.attach(&files.path().join("a")).unwrap();
        outbox
            .enqueue(ADA, None, &message("Hello", vec![attachment.clone()]))
            .unwrap();
        attachment
    };
    fs::write(folder.path().join("outbox.db"), "noise").unwrap();
    check_set_aside(folder.path());
    let kept = set_aside_in(folder.path())
        .join("spool")
        .join(attachment.id.as_str());
    assert_eq!(fs::read(kept).unwrap(), b"contents");
}

/// Whatever happens to the bytes of a crashed outbox, opening never panics, and
/// what had left the queue never comes back into it.
#[test]
fn no_damage_puts_a_message_back_into_the_queue() {
    let seeds = match std::env::var("OUTBOX_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
    {
        Some(seed) => seed..seed + 1,
        None => 0..300_u64,
    };
    let (live, subjects) = (
        TempDir::new().unwrap(),
        ["taken back", "edited", "still queued"],
    );
    let outbox = open(live.path());
    let [cancelled, edited, _] = subjects.map(|subject| {
        outbox
            .enqueue(ADA, None, &message(subject, vec![]))
            .unwrap()
    });
    outbox.cancel(cancelled).unwrap();
    outbox.edit(edited).unwrap();
    // What follows is only in the log.
    outbox
        .save_draft(&DraftId::generate(), &Draft::default())
        .unwrap();
    let parts = ["outbox.db", "outbox.db-wal"]
        .map(|name| (name, fs::read(live.path().join(name)).unwrap()));
    for seed in seeds {
        let mut random = StdRng::seed_from_u64(seed);
        let image = TempDir::new().unwrap();
        for (name, bytes) in &parts {
            let mut bytes = bytes.clone();
            if random.random_bool(0.6) {
                harm(&mut bytes, &mut random);
            }
            fs::write(image.path().join(name), bytes).unwrap();
        }
        match Outbox::open(image.path()) {
            Ok(Opened { outbox, .. }) => {
                for (subject, state) in told(&outbox) {
                    let goes = matches!(state, "queued" | "waiting" | "sending");
                    assert!(
                        !goes || subject == "still queued",
                        "OUTBOX_SEED={seed}: {subject} is {state}"
                    );
                }
            }
            // A flipped bit in the version is a newer version.
            Err(OpenError::Newer { .. }) => {}
            Err(error) => panic!("OUTBOX_SEED={seed}: {error:?}"),
        }
    }
}

fn harm(bytes: &mut Vec<u8>, random: &mut StdRng) {
    let at = random.random_range(0..bytes.len());
    match random.random_range(0..4) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << random.random_range(0..8),
        2 => {
            let end = (at + random.random_range(1..5000)).min(bytes.len());
            bytes[at..end]
                .iter_mut()
                .for_each(|byte| *byte = random.random());
        }
        _ => {
            let end = (at + random.random_range(1..5000)).min(bytes.len());
            bytes[at..end].fill(0);
        }
    }
}
