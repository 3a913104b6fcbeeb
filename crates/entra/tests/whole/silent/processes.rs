//! True processes that share store and refresh token: this program, started again.
//!
//! A test that finds [`PLAYED`] in its environment is such a process. It asks for tokens whenever a line comes in, and says
//! what it got on standard error, since the test's own output stands on the other stream.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use entra::{Ask, BoxFuture, Clock, RecordStore, StoreError, TokenCache};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use super::world::{ACCOUNT, rotating, signed_in, strictly_rotating, until};
use crate::authority::{Reply, Request, TestAuthority, client_of, today};

/// Says where the authority is, and whose folder is shared.
const PLAYED: &str = "ENTRA_TEST_PLAYED";

/// Callers in each process.
const CALLERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_make_one_refresh_a_round_and_lose_no_rotation() {
    if is_played() {
        return;
    }
    let world = Shared::start(strictly_rotating()).await;
    let name = "many_processes_make_one_refresh_a_round_and_lose_no_rotation";
    let mut processes: Vec<Process> = (0..4).map(|_| world.process(name)).collect();
    for round in 1..=5 {
        world.move_clock();
        for process in &mut processes {
            process.ask().await;
        }
        for process in &mut processes {
            for _ in 0..CALLERS {
                assert_eq!(process.got().await, format!("at-{round}"));
            }
        }
        assert_eq!(world.refreshes(), round, "no more than needed");
    }
    assert!(world.record().contains("rt-5"));
}

/// SIGKILL while it waits for the authority: the lock is free at once, and nothing was used up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_under_the_lock_leaves_it_to_the_next() {
    if is_played() {
        return;
    }
    let then = strictly_rotating();
    let world = Shared::start(move |request, count| match count {
        1 => Reply::Close.after(3_600_000),
        _ => then(request, count),
    })
    .await;
    let name = "a_process_killed_under_the_lock_leaves_it_to_the_next";
    let (mut killed, mut waiting) = (world.process(name), world.process(name));
    world.move_clock();
    killed.ask().await;
    until(|| world.refreshes() == 1).await;
    waiting.ask().await;
    let early = tokio::time::timeout(Duration::from_millis(300), waiting.got()).await;
    assert!(early.is_err(), "the lock is held: {early:?}");
    let since = Instant::now();
    killed.child.kill().await.unwrap();
    for _ in 0..CALLERS {
        assert_eq!(waiting.got().await, "at-2");
    }
    assert!(
        since.elapsed() < Duration::from_secs(5),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(world.refreshes(), 2);
    assert!(world.record().contains("rt-2"));
}

/// SIGKILL between the answer and the store: the new refresh token is lost, and the old one serves, as Entra leaves it
/// usable ("Refresh tokens": "doesn't revoke old refresh tokens when used").
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_before_it_has_stored_costs_one_refresh() {
    if is_played() {
        return;
    }
    let world = Shared::start(rotating).await;
    let name = "a_process_killed_before_it_has_stored_costs_one_refresh";
    let (mut killed, mut next) = (world.process(name), world.process(name));
    world.move_clock();
    std::fs::write(world.folder.path().join("stall"), "").unwrap();
    killed.ask().await;
    until(|| world.folder.path().join("stalled").exists()).await;
    std::fs::remove_file(world.folder.path().join("stall")).unwrap();
    killed.child.kill().await.unwrap();
    next.ask().await;
    for _ in 0..CALLERS {
        assert_eq!(next.got().await, "at-2");
    }
    let used = world.authority.requests_to("/token");
    assert_eq!(used.last().unwrap().form["refresh_token"], "rt-0");
    assert!(world.record().contains("rt-2"));
}

/// An authority, a folder with the store, the locks and the clock, and the account in it.
struct Shared {
    authority: TestAuthority,
    folder: tempfile::TempDir,
}

impl Shared {
    async fn start(reply: impl Fn(&Request, usize) -> Reply + Send + 'static) -> Self {
        let count = Mutex::new(0);
        let authority = TestAuthority::start(move |request| {
            let to_token = request.path.ends_with("/token");
            let mut count = count.lock().unwrap();
            *count += usize::from(to_token);
            to_token.then(|| reply(request, *count))
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("clock"), "0").unwrap();
        let cache = cache(&authority.origin, folder.path());
        assert!(cache.keep(&signed_in(60, None)).await.unkept.is_none());
        Self { authority, folder }
    }

    /// Long enough that every token is over.
    fn move_clock(&self) {
        let path = self.folder.path().join("clock");
        let now: u64 = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        replace(&path, &(now + 3_600).to_string());
    }

    fn refreshes(&self) -> usize {
        self.authority.requests_to("/token").len()
    }

    fn record(&self) -> String {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let mut paths = files.map(|file| file.unwrap().path());
        let record = paths.find(|path| path.extension().is_some_and(|end| end == "record"));
        std::fs::read_to_string(record.unwrap()).unwrap()
    }

    fn process(&self, test: &str) -> Process {
        let played = format!("{} {}", self.authority.origin, self.folder.path().display());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                &format!("silent::processes::{test}"),
                "--exact",
                "--nocapture",
            ])
            .env(PLAYED, played)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        Process { child, said }
    }
}

struct Process {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Process {
    async fn ask(&mut self) {
        self.child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(b"ask\n")
            .await
            .unwrap();
    }

    async fn got(&mut self) -> String {
        loop {
            let line = self
                .said
                .next_line()
                .await
                .unwrap()
                .expect("the process goes on");
            if let Some(got) = line.strip_prefix("got ") {
                return got.to_owned();
            }
        }
    }
}

/// Plays a process, where this is one; it ends with its parent.
fn is_played() -> bool {
    let Ok(played) = std::env::var(PLAYED) else {
        return false;
    };
    let (origin, folder) = played.split_once(' ').unwrap();
    let cache = cache(origin, Path::new(folder));
    // The runtime's workers answer while this thread waits for the next line.
    for _ in std::io::stdin().lines() {
        for _ in 0..CALLERS {
            let cache = cache.clone();
            tokio::spawn(async move {
                let got = cache
                    .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
                    .await;
                match got {
                    Ok(token) => eprintln!("got {}", token.secret.expose_secret()),
                    Err(error) => eprintln!("got {error:?}"),
                }
            });
        }
    }
    true
}

fn cache(origin: &str, folder: &Path) -> TokenCache {
    let clock_file = folder.join("clock");
    let clock: Clock = Arc::new(move || {
        let seconds = std::fs::read_to_string(&clock_file).unwrap();
        today() + Duration::from_secs(seconds.parse().unwrap())
    });
    let store = Arc::new(Files(folder.to_owned()));
    TokenCache::new(client_of(origin, clock), store, folder.join("locks"))
}

/// A store that all processes see, as they see the keychain: each record replaced whole.
struct Files(PathBuf);

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(format!("{}.record", name.replace(':', "_")))
    }
}

fn replace(path: &Path, text: &str) {
    let new = path.with_extension(format!("new-{}", std::process::id()));
    std::fs::write(&new, text).unwrap();
    std::fs::rename(&new, path).unwrap();
}

impl RecordStore for Files {
    fn read<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretString>, StoreError>> {
        Box::pin(async move {
            Ok(std::fs::read_to_string(self.path(name))
                .ok()
                .map(SecretString::from))
        })
    }

    fn write<'a>(
        &'a self,
        name: &'a str,
        record: SecretString,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            if self.0.join("stall").exists() {
                std::fs::write(self.0.join("stalled"), "").unwrap();
                std::future::pending::<()>().await;
            }
            replace(&self.path(name), record.expose_secret());
            Ok(())
        })
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let _ = std::fs::remove_file(self.path(name));
            Ok(())
        })
    }
}
