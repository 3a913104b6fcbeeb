//! Processes that do not outlive their owner.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::wait::until;

/// After being asked to end, a process has this long before it is killed.
const GRACE: Duration = Duration::from_secs(3);

/// A running program, ended when dropped.
///
/// It is started through `setpriv --pdeathsig`, so that the kernel ends it
/// even when this program dies without unwinding (an interrupt, a kill).
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
}

/// A program about to be started: its environment holds nothing but what is
/// given, so that no part of the machine's own session shines through.
#[derive(Debug)]
pub struct Start {
    name: String,
    command: Command,
    input: Option<Vec<u8>>,
}

impl Start {
    /// A program by name or path, with an empty environment.
    pub fn new(program: impl AsRef<Path>) -> Self {
        let program = program.as_ref();
        let name = program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(program);
        command.env_clear().stdin(Stdio::null());
        Self {
            name,
            command,
            input: None,
        }
    }

    /// Adds arguments.
    pub fn args<S: AsRef<std::ffi::OsStr>>(
        mut self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Self {
        self.command.args(arguments);
        self
    }

    /// Adds to the environment.
    pub fn env<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: AsRef<std::ffi::OsStr>,
        V: AsRef<std::ffi::OsStr>,
    {
        self.command.envs(variables);
        self
    }

    /// What the program reads from its standard input, closed after it.
    pub fn input(mut self, text: &str) -> Self {
        self.input = Some(text.as_bytes().to_vec());
        self
    }

    /// Starts it; both outputs go to the end of the file `log`.
    pub fn log_to(mut self, log: &Path) -> Result<Process> {
        let file = File::options().create(true).append(true).open(log)?;
        self.command.stdout(file.try_clone()?).stderr(file);
        self.spawn()
    }

    /// Starts it with its standard output piped; what it complains of goes to `log`.
    pub fn piped(mut self, log: &Path) -> Result<Process> {
        let file = File::options().create(true).append(true).open(log)?;
        self.command.stdout(Stdio::piped()).stderr(file);
        self.spawn()
    }

    /// Runs it to its end, at most `limit`, and gives what it printed.
    pub async fn output(mut self, limit: Duration) -> Result<String> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let name = self.name.clone();
        let process = self.spawn()?;
        process.collect(&name, limit).await
    }

    fn spawn(mut self) -> Result<Process> {
        if self.input.is_some() {
            self.command.stdin(Stdio::piped());
        }
        let mut child = self
            .command
            .spawn()
            .with_context(|| format!("cannot start {}", self.name))?;
        if let (Some(text), Some(mut pipe)) = (self.input, child.stdin.take()) {
            pipe.write_all(&text)?;
        }
        Ok(Process {
            name: self.name,
            child,
        })
    }
}

impl Process {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard output, if it was piped and not yet taken.
    pub fn take_output(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// Fails, with its exit status, when it has ended already.
    pub fn must_run(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} has ended: {status}", self.name),
        }
    }

    /// Waits for its end.
    pub async fn ended(&mut self, limit: Duration) -> Result<ExitStatus> {
        let name = self.name.clone();
        let child = &mut self.child;
        until(&format!("{name} to end"), limit, async || {
            Ok(child.try_wait()?)
        })
        .await
    }

    async fn collect(mut self, name: &str, limit: Duration) -> Result<String> {
        let mut out = self.child.stdout.take();
        let mut err = self.child.stderr.take();
        let read = tokio::task::spawn_blocking(move || (read_all(&mut out), read_all(&mut err)));
        let status = self.ended(limit).await?;
        let (out, err) = read.await?;
        if !status.success() {
            bail!("{name}: {status}: {}", err.trim());
        }
        Ok(out)
    }
}

fn read_all(pipe: &mut Option<impl std::io::Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // What cannot be read is missing from a message for people, no more.
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        signal("TERM", self.child.id());
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to one process. One that is gone already is no failure.
pub fn signal(name: &str, process: u32) {
    let _ = Command::new("kill")
        .args(["-s", name, &process.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

/// The processes of the session whose folders lie in `folder`, with the program
/// each runs: told by their environment, or by their arguments, since Chromium
/// wipes its environment.
pub fn of_session(folder: &Path) -> Vec<(u32, std::path::PathBuf)> {
    let folder = folder.to_string_lossy();
    let runtime = format!("XDG_RUNTIME_DIR={folder}/");
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let ours = |process: &Path| {
        let environment = std::fs::read(process.join("environ")).unwrap_or_default();
        let arguments = std::fs::read(process.join("cmdline")).unwrap_or_default();
        let inside = format!("{folder}/");
        environment
            .split(|byte| *byte == 0)
            .any(|one| one.starts_with(runtime.as_bytes()))
            || String::from_utf8_lossy(&arguments).contains(&inside)
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let id: u32 = entry.file_name().to_str()?.parse().ok()?;
            let program = std::fs::read_link(entry.path().join("exe")).ok()?;
            ours(&entry.path()).then_some((id, program))
        })
        .collect()
}
