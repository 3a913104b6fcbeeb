//! `signet-sandbox`: runs the sandbox tenant until it is told to stop.

use std::io::{Read, Write, stderr, stdin, stdout};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use sandbox::{Settings, announcement, remove_stale, stand_in_hosts, start, write_ready_file};
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

/// A mail is kept for as long as ten thousand others come and then dropped by
/// another thread: with this allocator a mail takes a fifth less time.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// A local tenant: plays Microsoft Entra ID and Microsoft Graph on loopback.
///
/// Everything is kept in memory and forgotten at the end. Nothing is written to
/// disk but the files asked for with --ca and --ready, which stay.
#[derive(Parser)]
#[command(name = "signet-sandbox", version, after_help = after_help())]
struct Arguments {
    /// Serve both services and the pages over plain HTTP here. Without --http,
    /// --https and --proxy this is 127.0.0.1:27541, with HTTPS on 27542; port 0
    /// takes any free one.
    #[arg(long, value_name = "ADDRESS")]
    http: Option<SocketAddr>,
    /// Serve them over HTTPS here, under a certificate for localhost, 127.0.0.1
    /// and ::1 of an authority that is made at every start; its own certificate is
    /// served as /ca.pem.
    #[arg(long, value_name = "ADDRESS")]
    https: Option<SocketAddr>,
    /// Open a CONNECT proxy here that leads Microsoft's sign-in, Graph and upload
    /// hosts to the sandbox and refuses every other.
    #[arg(long, value_name = "ADDRESS")]
    proxy: Option<SocketAddr>,
    /// Open the control API here: faults, clock, mailboxes, requests. Off unless
    /// given.
    #[arg(long, value_name = "ADDRESS")]
    control: Option<SocketAddr>,
    /// Write the certificate of this run's authority to this file as PEM, for
    /// clients of --https and --proxy to trust.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Write addresses, apps and people to this file as JSON once everything
    /// listens; one of an earlier run is removed first.
    #[arg(long, value_name = "FILE")]
    ready: Option<PathBuf>,
    /// Makes a run repeatable: for the same requests in the same order, what is
    /// random follows from it, but for keys, and for the nonces under which tokens
    /// and cookies are sealed, and so for how these look. Tokens of an earlier run
    /// with the same number stay good.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Admit client ids that are not registered, as public clients, so that
    /// programs with an id built in can run.
    #[arg(long)]
    any_app: bool,
    /// Stop when standard input ends: for a program that starts the sandbox and
    /// must not leave it behind.
    #[arg(long)]
    exit_with_stdin: bool,
}

/// Where plain HTTP and HTTPS are served when no address is given.
const HTTP: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 27541);
const HTTPS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 27542);

impl Arguments {
    /// The ready file would take the certificate's place.
    fn check(&self) -> Result<(), &'static str> {
        match (&self.ca, &self.ready) {
            (Some(ca), Some(ready)) if resolved(ca) == resolved(ready) => {
                Err("--ca and --ready name the same file")
            }
            _ => Ok(()),
        }
    }

    fn settings(&self) -> Settings {
        let none = self.http.is_none() && self.https.is_none() && self.proxy.is_none();
        Settings {
            http: self.http.or(none.then_some(HTTP)),
            https: self.https.or(none.then_some(HTTPS)),
            proxy: self.proxy,
            control: self.control,
            ca: self.ca.clone(),
            seed: self.seed,
            any_app: self.any_app,
        }
    }
}

/// The path with its folder's links followed, as far as the folder exists.
fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path,
    }
}

const EXAMPLES: &str = "\
Examples:
  signet-sandbox
      HTTP on 127.0.0.1:27541, to open in a browser, and HTTPS on 127.0.0.1:27542
      for MSAL and the Graph SDKs; prints how to point them here.
  signet-sandbox --https 127.0.0.1:0 --ca ca.pem
      HTTPS alone, on a free port.
  signet-sandbox --proxy 127.0.0.1:0 --ca ca.pem --any-app
      For programs that have Microsoft's hosts and a client id built in.
  signet-sandbox --http 127.0.0.1:0 --control 127.0.0.1:0 --ready ready.json --exit-with-stdin
      For a test that starts it and reads where it listens.

SIGTERM and Ctrl+C end it. SIGNET_SANDBOX_LOG=info logs requests to standard error.";

/// How wide the list of names may be.
const HELP_COLUMNS: usize = 80;

/// The examples, and every name that the proxy leads here.
fn after_help() -> String {
    let mut text = format!("{EXAMPLES}\n\n--proxy stands in for these hosts and no other:");
    let mut column = HELP_COLUMNS;
    for host in stand_in_hosts() {
        column += 1 + host.len();
        if column > HELP_COLUMNS {
            text.push_str("\n ");
            column = 2 + host.len();
        }
        text.push(' ');
        text.push_str(host);
    }
    text
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter =
        EnvFilter::try_from_env("SIGNET_SANDBOX_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "signet-sandbox: {}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    arguments.check()?;
    // Listened to before anybody can know that the sandbox runs.
    let stop = stop_wanted(arguments.exit_with_stdin)?;
    if let Some(path) = &arguments.ready {
        remove_stale(path)?;
    }
    let running = start(&arguments.settings()).await?;
    if let Some(path) = &arguments.ready {
        write_ready_file(path, &running)?;
    }
    // Whoever started the sandbox may not listen to what it prints.
    let _ = writeln!(stdout(), "{}", announcement(&running));
    stop.await;
    running.stop().await;
    Ok(())
}

/// Begins to listen for Ctrl+C, SIGTERM or, if asked, the end of standard input,
/// and waits for the first of them.
fn stop_wanted(with_stdin: bool) -> std::io::Result<impl Future<Output = ()>> {
    let signals = signals()?;
    let (alive, mut input_ended) = oneshot::channel::<()>();
    // Without the flag the sender is kept here, so that its end means nothing.
    let kept = if with_stdin {
        watch_stdin(alive)
    } else {
        Some(alive)
    };
    Ok(async move {
        let _kept = kept;
        tokio::select! {
            () = signals => (),
            _ = &mut input_ended => (),
        }
    })
}

/// Drops `alive` when standard input ends. A thread of its own: a blocking read
/// cannot be given up, and the program ends without waiting for it.
fn watch_stdin(alive: oneshot::Sender<()>) -> Option<oneshot::Sender<()>> {
    std::thread::spawn(move || {
        let mut sink = [0; 1024];
        while stdin().read(&mut sink).is_ok_and(|read| read > 0) {}
        drop(alive);
    });
    None
}

#[cfg(unix)]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
    })
}

#[cfg(not(unix))]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn without_an_address_both_entrances_open_and_with_one_that_alone() {
        let opened = |more: &[&str]| {
            let arguments = [&["signet-sandbox"], more].concat();
            let settings = Arguments::try_parse_from(arguments).unwrap().settings();
            (settings.http, settings.https, settings.proxy)
        };
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        for (more, expected) in [
            (&[][..], (Some(HTTP), Some(HTTPS), None)),
            (&["--seed", "7"], (Some(HTTP), Some(HTTPS), None)),
            (
                &["--http", "127.0.0.1:27541", "--exit-with-stdin"],
                (Some(HTTP), None, None),
            ),
            (&["--https", "127.0.0.1:0"], (None, Some(free), None)),
            (&["--proxy", "127.0.0.1:0"], (None, None, Some(free))),
        ] {
            assert_eq!(opened(more), expected, "{more:?}");
        }
    }
}
