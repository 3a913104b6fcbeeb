//! One Signet at a time, where there is no session bus for the single-instance plugin to meet on.
//!
//! The second program finds the first by a socket in the runtime folder, hands over its arguments and ends.

#[cfg(target_os = "linux")]
pub use linux::{Instance, claim};

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        env, fs,
        io::{ErrorKind, Read, Write},
        os::unix::net::{UnixListener, UnixStream},
        path::PathBuf,
        time::Duration,
    };

    use crate::names::IDENTIFIER;

    /// Longest set of arguments that is taken: a redirect with a code of some kilobytes, or a long `mailto:`.
    const ARGUMENTS_BYTES_MAX: u64 = 256 * 1024;

    /// How long the other side may take.
    const EXCHANGE_TIME_MAX: Duration = Duration::from_secs(3);

    /// What became of the claim to be the only one.
    pub enum Instance {
        /// A session bus is there: the plugin decides.
        BusDecides,
        /// This is the first; others will knock here.
        First(UnixListener),
        /// Another runs and has been told.
        Second,
    }

    /// Claims the place of the only Signet of this person.
    pub fn claim() -> Instance {
        let Some(folder) = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) else {
            return Instance::BusDecides;
        };
        if env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() || folder.join("bus").exists() {
            return Instance::BusDecides;
        }
        let path = folder.join(format!("{IDENTIFIER}.sock"));
        match UnixStream::connect(&path) {
            // Who listens reads the arguments when it gets to it, however busy it is with its own start.
            Ok(stream) => {
                if let Err(error) = tell(stream) {
                    tracing::warn!(%error, "the running Signet was not told");
                }
                Instance::Second
            }
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionRefused | ErrorKind::NotFound
                ) =>
            {
                // Nobody listens: the socket, if there is one, was left behind by a program that was killed.
                let _ = fs::remove_file(&path);
                UnixListener::bind(&path).map_or(Instance::BusDecides, Instance::First)
            }
            Err(_) => Instance::BusDecides,
        }
    }

    fn tell(mut stream: UnixStream) -> std::io::Result<()> {
        stream.set_write_timeout(Some(EXCHANGE_TIME_MAX))?;
        let arguments: Vec<String> = env::args_os()
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect();
        stream.write_all(&serde_json::to_vec(&arguments)?)
    }

    /// Answers the knocks, one at a time, for as long as the program runs.
    pub fn answer(listener: UnixListener, take: impl Fn(Vec<String>) + Send + 'static) {
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Ok(arguments) = listen(stream) {
                    take(arguments);
                }
            }
        });
    }

    fn listen(stream: UnixStream) -> std::io::Result<Vec<String>> {
        stream.set_read_timeout(Some(EXCHANGE_TIME_MAX))?;
        let mut bytes = Vec::new();
        stream.take(ARGUMENTS_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}

#[cfg(target_os = "linux")]
pub use linux::answer;
