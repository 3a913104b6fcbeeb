//! Real processes, really killed. The test program starts itself again as a
//! child that queues and delivers; what the child's server stored and what its
//! outbox acknowledged stand in two files beside the outbox.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use outbox::{
    Answer, Attached, Contents, Creation, Followed, Look, Mailboxes, Outgoing, Submission,
    Uploading, WaitReason, deliver, system_clock,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;
use tokio::sync::{Notify, watch};

use crate::world::{ADA, GRACE, at_rest, check_told, message, open, until};

const KILLS: usize = 40;

/// How many messages a child queues that is to be killed.
const QUEUES_EACH: usize = 20;

/// What a child does, by these variables; without them it is no child.
const FOLDER: &str = "OUTBOX_CHILD_FOLDER";
const NAME: &str = "OUTBOX_CHILD_NAME";
const QUEUES: &str = "OUTBOX_CHILD_QUEUES";
const HANGS: &str = "OUTBOX_CHILD_HANGS";

/// The main function of the processes that the tests below start and kill: this program again, asked for this test alone.
/// In a plain run there is no folder to work in, and nothing to do.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let world = World {
        folder: PathBuf::from(folder),
    };
    let (name, hangs) = (std::env::var(NAME).unwrap(), std::env::var(HANGS).unwrap());
    let queues: usize = std::env::var(QUEUES).unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let outbox = open(&world.outbox());
        let (stop, stopped) = watch::channel(false);
        let line = Arc::new(Line {
            world: world.clone(),
            hangs: hangs.clone(),
        });
        let worker = (hangs != "before delivery").then(|| {
            tokio::spawn(deliver(
                outbox.clone(),
                line,
                system_clock(),
                Arc::new(Notify::new()),
                stopped,
            ))
        });
        for number in 0..queues {
            let attachment = outbox.attach(&world.original()).unwrap();
            let account = if number % 2 == 0 { ADA } else { GRACE };
            let subject = format!("{name} {number}");
            outbox
                .enqueue(account, None, &message(&subject, vec![attachment]))
                .unwrap();
            world.note("acknowledged", &subject);
        }
        if hangs == "before delivery" {
            std::future::pending::<()>().await;
        }
        until(&outbox, at_rest, || {
            "the child's outbox does not come to rest".to_owned()
        })
        .await;
        stop.send(true).unwrap();
        worker.unwrap().await.unwrap();
    });
}

struct Line {
    world: World,
    hangs: String,
}

impl Mailboxes for Line {
    fn is_open(&self, _: String) -> Answer<bool> {
        Box::pin(async { false })
    }

    fn create(&self, _: Arc<Outgoing>, _: bool) -> Answer<Creation> {
        Box::pin(async { Creation::Plain })
    }

    fn attach(&self, _: Arc<Outgoing>, _: String, _: Uploading) -> Answer<Attached> {
        Box::pin(async { Attached::Changed })
    }

    fn submit_draft(&self, _: String, _: String) -> Answer<Submission> {
        Box::pin(async { Submission::Waiting(WaitReason::Consent) })
    }

    fn discard(&self, _: String, _: String) -> Answer<bool> {
        Box::pin(async { true })
    }

    fn follow(&self, _: String, _: String, _: Option<String>) -> Answer<Followed> {
        Box::pin(async { Followed::NotAllowed })
    }

    fn look(&self, _: String, _: String) -> Answer<Look> {
        Box::pin(async { Look::Nothing })
    }

    fn submit(&self, outgoing: Arc<Outgoing>) -> Answer<Submission> {
        let (world, hangs) = (self.world.clone(), self.hangs.clone());
        Box::pin(async move {
            let key = outgoing.key.clone();
            assert_eq!(outgoing.message.attachments.len(), 1);
            let whole = [ORIGINAL.to_vec()];
            assert!(matches!(&outgoing.contents, Contents::Direct(contents) if *contents == whole));
            world.note("asked", &key);
            if hangs == "before the server stores" {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
            world.note("stored", &key);
            if hangs == "after the server stored" {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
            Submission::Accepted { request_id: None }
        })
    }
}

const ORIGINAL: &[u8] = b"what is attached";

/// A folder with an outbox, a file to attach, and the children's notes.
#[derive(Clone)]
struct World {
    folder: PathBuf,
}

impl World {
    fn new(folder: &Path) -> World {
        let world = World {
            folder: folder.to_owned(),
        };
        fs::write(world.original(), ORIGINAL).unwrap();
        world
    }

    fn outbox(&self) -> PathBuf {
        self.folder.join("outbox")
    }

    fn original(&self) -> PathBuf {
        self.folder.join("original.txt")
    }

    /// One line, written by one call: a kill leaves all of it or nothing.
    fn note(&self, file: &str, line: &str) {
        let path = self.folder.join(file);
        let mut notes = OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        notes.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn notes(&self, file: &str) -> Vec<String> {
        let notes = fs::read_to_string(self.folder.join(file)).unwrap_or_default();
        notes.lines().map(str::to_owned).collect()
    }

    fn start(&self, name: &str, queues: usize, hangs: &str) -> Running {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::child", "--nocapture"])
            .envs([
                (FOLDER, self.folder.to_str().unwrap()),
                (NAME, name),
                (HANGS, hangs),
            ])
            .env(QUEUES, queues.to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Running(child)
    }

    fn wait_for_notes(&self, file: &str, count: usize) {
        let started = Instant::now();
        while self.notes(file).len() < count {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "fewer than {count} notes in {file}"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Every row there is. The outbox lists only the newest of what is
    /// finished, and how much that is depends on how fast the disk is.
    fn rows(&self) -> Vec<Row> {
        drop(open(&self.outbox()));
        let database = rusqlite::Connection::open(self.outbox().join("outbox.db")).unwrap();
        let mut rows = database
            .prepare("SELECT json_extract(message, '$.subject'), key, state, reason FROM items")
            .unwrap();
        let rows = rows.query_map([], |row| {
            Ok(Row {
                subject: row.get(0)?,
                key: row.get(1)?,
                state: row.get(2)?,
                reason: row.get(3)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Every acknowledged message is there, and none was stored twice or says what is not so.
    fn check(&self) -> HashMap<String, usize> {
        let rows = self.rows();
        for subject in self.notes("acknowledged") {
            assert!(
                rows.iter().any(|row| row.subject == subject),
                "{subject} is gone"
            );
        }
        let (asked, stored) = (self.notes("asked"), self.notes("stored"));
        let mut states = HashMap::new();
        for row in &rows {
            let count = |notes: &[String]| notes.iter().filter(|key| **key == row.key).count();
            let subject = &row.subject;
            assert!(
                count(&asked) <= 1,
                "{subject} was submitted {} times",
                count(&asked)
            );
            match row.state.as_str() {
                "accepted" => assert_eq!(count(&stored), 1, "{subject}"),
                "unconfirmed" => {
                    assert_eq!(row.reason.as_deref(), Some("interrupted"), "{subject}");
                }
                state => panic!("{subject} is {state} at rest"),
            }
            *states.entry(row.state.clone()).or_default() += 1;
        }
        assert!(
            asked
                .iter()
                .all(|key| rows.iter().any(|row| row.key == *key)),
            "sent, and gone from the outbox"
        );
        states
    }
}

/// A row as it stands on disk.
struct Row {
    subject: String,
    key: String,
    state: String,
    reason: Option<String>,
}

fn counts<const N: usize>(counts: [(&str, usize); N]) -> HashMap<String, usize> {
    counts
        .map(|(state, count)| (state.to_owned(), count))
        .into()
}

/// A child that does not outlive its test.
struct Running(Child);

impl Running {
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    fn succeed(mut self) {
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn killed_between_queueing_and_sending_it_is_sent_by_the_next() {
    let folder = TempDir::new().unwrap();
    let world = World::new(folder.path());
    let queueing = world.start("Hello", 1, "before delivery");
    world.wait_for_notes("acknowledged", 1);
    queueing.kill();
    check_told(&open(&world.outbox()), &[("Hello 0", "queued")]);
    fs::remove_file(world.original()).unwrap();
    world.start("next", 0, "").succeed();
    assert_eq!(world.check(), counts([("accepted", 1)]));
}

#[test]
fn killed_while_it_is_being_sent_it_is_not_sent_again() {
    for (hangs, note, stored) in [
        ("before the server stores", "asked", 0),
        ("after the server stored", "stored", 1),
    ] {
        let folder = TempDir::new().unwrap();
        let world = World::new(folder.path());
        let sending = world.start("Hello", 1, hangs);
        world.wait_for_notes(note, 1);
        sending.kill();
        check_told(&open(&world.outbox()), &[("Hello 0", "sending")]);
        for _ in 0..2 {
            world.start("next", 0, "").succeed();
            assert_eq!(world.check(), counts([("unconfirmed", 1)]));
        }
        assert_eq!(
            (world.notes("asked").len(), world.notes("stored").len()),
            (1, stored)
        );
    }
}

#[test]
fn killed_at_any_moment_nothing_is_lost_and_nothing_sent_twice() {
    let mut random = StdRng::seed_from_u64(1);
    let folder = TempDir::new().unwrap();
    let world = World::new(folder.path());
    for number in 0..KILLS {
        // A child is killed when it has come so far, however fast it is, and
        // a moment later: what must hold does not depend on how much later.
        let file = ["acknowledged", "asked", "stored"][random.random_range(0..3)];
        let count = world.notes(file).len() + random.random_range(0..QUEUES_EACH);
        let running = world.start(&format!("run {number}"), QUEUES_EACH, "");
        world.wait_for_notes(file, count);
        std::thread::sleep(Duration::from_micros(random.random_range(0..20_000)));
        running.kill();
    }
    world.start("last", 1, "").succeed();
    let states = world.check();
    // A kill can catch one message of each account on its way.
    let caught_max = 2 * KILLS;
    assert!(
        states
            .get("unconfirmed")
            .is_none_or(|count| *count <= caught_max)
            && states.contains_key("accepted"),
        "{states:?}"
    );
}

#[test]
fn two_processes_share_one_outbox() {
    let folder = TempDir::new().unwrap();
    let world = World::new(folder.path());
    let both = ["one", "two"].map(|name| world.start(name, 25, ""));
    both.into_iter().for_each(Running::succeed);
    assert_eq!(world.check(), counts([("accepted", 50)]));
    assert_eq!(world.notes("acknowledged").len(), 50);
}
