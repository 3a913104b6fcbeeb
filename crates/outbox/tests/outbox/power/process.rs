//! The process from which the power is taken: it queues and delivers, and notes what it was promised.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use outbox::{
    Answer, Attached, Contents, Creation, Followed, Look, Mailboxes, Outbox, Outgoing, Submission,
    Uploading, WaitReason, deliver, system_clock,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::{Notify, watch};

use crate::world::{ADA, GRACE, message};

/// How many messages a life queues unless it ends before.
pub const QUEUES: usize = 12;

const FOLDER: &str = "OUTBOX_POWER_FOLDER";
const LIFE: &str = "OUTBOX_POWER_LIFE";

/// Where a person's file lies; it changes with every message.
pub const ORIGINAL: &str = "original";
/// What the world outside remembers, a line for each promise and each submission. It needs no power.
pub const NOTES: &str = "notes";

/// The main function of the processes that are killed, as in `processes`.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let (world, life) = (World(PathBuf::from(folder)), std::env::var(LIFE).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let outbox = Outbox::open(&world.outbox()).unwrap().outbox;
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(deliver(
            outbox.clone(),
            Arc::new(Line(world.clone())),
            system_clock(),
            Arc::new(Notify::new()),
            stopped,
        ));
        for number in 0..QUEUES {
            let subject = format!("{life} {number}");
            fs::write(world.0.join(ORIGINAL), contents(&subject)).unwrap();
            let attachment = outbox.attach(&world.0.join(ORIGINAL)).unwrap();
            let account = if number % 2 == 0 { ADA } else { GRACE };
            outbox
                .enqueue(account, None, &message(&subject, vec![attachment]))
                .unwrap();
            world.note("queued", &subject);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        stop.send(true).unwrap();
        worker.await.unwrap();
    });
}

/// What is attached to a message: up to some pages, and never twice the same.
pub fn contents(subject: &str) -> Vec<u8> {
    let seed = subject.bytes().fold(0_u64, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut random = StdRng::seed_from_u64(seed);
    let length = random.random_range(1..20_000);
    (0..length).map(|_| random.random()).collect()
}

/// A mailbox that takes everything, Ada's as drafts, and notes what is submitted before it is.
struct Line(World);

impl Line {
    fn submitted(&self, key: String) -> Answer<Submission> {
        let world = self.0.clone();
        Box::pin(async move {
            world.note("submitted", &key);
            tokio::time::sleep(Duration::from_millis(2)).await;
            Submission::Accepted { request_id: None }
        })
    }
}

impl Mailboxes for Line {
    fn is_open(&self, account: String) -> Answer<bool> {
        Box::pin(async move { account == ADA })
    }

    fn create(&self, outgoing: Arc<Outgoing>, _: bool) -> Answer<Creation> {
        Box::pin(async move {
            if outgoing.account != ADA {
                return Creation::Plain;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
            Creation::Draft {
                ids: vec![outgoing.key.clone()],
                is_whole: true,
            }
        })
    }

    fn attach(&self, _: Arc<Outgoing>, _: String, _: Uploading) -> Answer<Attached> {
        Box::pin(async { Attached::All })
    }

    fn submit_draft(&self, _: String, draft: String) -> Answer<Submission> {
        self.submitted(draft)
    }

    fn submit(&self, outgoing: Arc<Outgoing>) -> Answer<Submission> {
        let whole = [contents(&outgoing.message.subject)];
        assert!(matches!(&outgoing.contents, Contents::Direct(contents) if *contents == whole));
        self.submitted(outgoing.key.clone())
    }

    fn discard(&self, _: String, _: String) -> Answer<bool> {
        Box::pin(async { true })
    }

    fn follow(&self, _: String, _: String, _: Option<String>) -> Answer<Followed> {
        Box::pin(async { Followed::NotAllowed })
    }

    fn look(&self, _: String, _: String) -> Answer<Look> {
        Box::pin(async {
            Look::Unanswered {
                reason: WaitReason::Network,
                hold: None,
            }
        })
    }
}

/// The folder that is watched: an outbox, a file to attach, the notes.
#[derive(Clone)]
pub struct World(pub PathBuf);

impl World {
    pub fn outbox(&self) -> PathBuf {
        self.0.join("outbox")
    }

    fn note(&self, what: &str, of: &str) {
        let mut notes = OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.0.join(NOTES))
            .unwrap();
        notes
            .write_all(format!("{what} {of}\n").as_bytes())
            .unwrap();
    }

    pub fn start(&self, life: &str, log: &Path) -> Child {
        let program = std::env::current_exe().unwrap();
        let recorder = program.with_file_name("librecorder.so");
        assert!(recorder.exists(), "{} is missing", recorder.display());
        Command::new(&program)
            .args(["--exact", "power::process::child", "--nocapture"])
            .env("LD_PRELOAD", recorder)
            .env("RECORDER_FOLDER", &self.0)
            .env("RECORDER_LOG", log)
            .env(FOLDER, &self.0)
            .env(LIFE, life)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }
}
