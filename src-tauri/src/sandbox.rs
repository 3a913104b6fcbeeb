//! "Try the sandbox tenant": starts `signet-sandbox` as a child that ends with Signet. To everything else it is another authority and Graph host.

use std::{
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::Mutex,
};

use crate::{
    config::Configuration,
    names::{SANDBOX_ADDRESS, SANDBOX_CLIENT_ID, SANDBOX_SEED},
};

/// How long the sandbox may take until it listens. It does so within a tenth of a second on an idle machine.
const START_TIME_MAX: Duration = Duration::from_secs(10);

/// How often it is looked for meanwhile.
const START_POLL: Duration = Duration::from_millis(25);

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
        let started = Command::new(program)
            .args([
                "--http",
                SANDBOX_ADDRESS,
                "--seed",
                &SANDBOX_SEED.to_string(),
            ])
            .arg("--exit-with-stdin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(SandboxError::Start)?;
        let started = child.insert(started);
        let deadline = Instant::now() + START_TIME_MAX;
        while Instant::now() < deadline {
            if !matches!(started.try_wait(), Ok(None)) {
                break;
            }
            if TcpStream::connect(SANDBOX_ADDRESS).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(START_POLL).await;
        }
        *child = None;
        Err(SandboxError::Silent)
    }
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
        managed: false,
        faults: Vec::new(),
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
