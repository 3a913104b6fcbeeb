//! "Try the sandbox tenant": starts `signet-sandbox` as a child that ends with Signet. To everything else it is another authority and Graph host.

use std::{path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    sync::Mutex,
};

use crate::{
    config::Configuration,
    names::{SANDBOX_ADDRESS, SANDBOX_CLIENT_ID, SANDBOX_SEED},
};

/// How long the sandbox may take until it listens. It does so within a tenth of a second on an idle machine.
const START_TIME_MAX: Duration = Duration::from_secs(10);

/// Most that is read of what it prints: addresses, people and apps are about a kilobyte.
const ANNOUNCEMENT_BYTES_MAX: u64 = 64 * 1024;

/// The child process, if it was started.
#[derive(Default)]
pub struct Sandbox {
    child: Mutex<Option<Child>>,
}

/// Why there is no sandbox tenant.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The program does not stand beside this one.
    #[error("signet-sandbox is not installed beside signet")]
    Missing,
    /// It could not be started.
    #[error("signet-sandbox could not be started")]
    Start(#[source] std::io::Error),
    /// It ended, or did not listen in time: often another program holds its port.
    #[error("signet-sandbox does not listen on {SANDBOX_ADDRESS}")]
    Silent,
}

impl Sandbox {
    /// Makes sure that the sandbox tenant listens.
    pub async fn ensure_started(&self) -> Result<(), SandboxError> {
        let mut child = self.child.lock().await;
        if let Some(running) = child.as_mut()
            && matches!(running.try_wait(), Ok(None))
        {
            return Ok(());
        }
        let program = program().ok_or(SandboxError::Missing)?;
        let mut started = Command::new(program)
            .args(["--http", SANDBOX_ADDRESS])
            .args(["--seed", &SANDBOX_SEED.to_string()])
            .arg("--exit-with-stdin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(SandboxError::Start)?;
        // Its own word counts, not that somebody answers at the address: that could be anybody.
        let listens = said_it_listens(started.stdout.take());
        if tokio::time::timeout(START_TIME_MAX, listens).await != Ok(true) {
            return Err(SandboxError::Silent);
        }
        *child = Some(started);
        Ok(())
    }
}

/// The sandbox prints its addresses once it listens, and ends without a word where it cannot.
async fn said_it_listens(stdout: Option<ChildStdout>) -> bool {
    let Some(stdout) = stdout else { return false };
    let mut lines = BufReader::new(stdout.take(ANNOUNCEMENT_BYTES_MAX)).lines();
    let said = lines.next_line().await;
    let listens = said.is_ok_and(|line| line.is_some_and(|line| line.contains(SANDBOX_ADDRESS)));
    // The rest is for people at a terminal; read, so that the writer is never stopped.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    listens
}

/// Whether the program stands beside this one.
pub fn is_available() -> bool {
    program().is_some()
}

/// The configuration under which the sandbox is reached.
pub fn configuration() -> Configuration {
    Configuration {
        client_id: Some(SANDBOX_CLIENT_ID.to_owned()),
        tenant: "common".to_owned(),
        authority: format!("http://{SANDBOX_ADDRESS}"),
        graph: format!("http://{SANDBOX_ADDRESS}/v1.0"),
        graph_is_set: true,
        ..Configuration::default()
    }
}

/// The page that shows what was delivered.
pub fn mailbox_page() -> String {
    format!("http://{SANDBOX_ADDRESS}/mailbox")
}

fn program() -> Option<PathBuf> {
    let name = format!("signet-sandbox{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok()?.parent()?.join(name);
    beside.is_file().then_some(beside)
}
