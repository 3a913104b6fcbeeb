//! One Signet at a time, where there is no session bus for the single-instance plugin to meet on.
//!
//! The second program finds the first by a socket in the runtime folder, hands over its arguments and ends.

#[cfg(target_os = "linux")]
pub use linux::{Instance, claim};

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        env, fs,
        io::{Read, Write},
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
        if tell(&path).is_ok() {
            return Instance::Second;
        }
        // Nobody answered: the socket is what a program that was killed left behind.
        let _ = fs::remove_file(&path);
        UnixListener::bind(&path).map_or(Instance::BusDecides, Instance::First)
    }

    fn tell(path: &PathBuf) -> std::io::Result<()> {
        let mut stream = UnixStream::connect(path)?;
        stream.set_write_timeout(Some(EXCHANGE_TIME_MAX))?;
        stream.set_read_timeout(Some(EXCHANGE_TIME_MAX))?;
        let arguments: Vec<String> = env::args_os()
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect();
        stream.write_all(&serde_json::to_vec(&arguments)?)?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut taken = [0];
        stream.read_exact(&mut taken)
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

    fn listen(mut stream: UnixStream) -> std::io::Result<Vec<String>> {
        stream.set_read_timeout(Some(EXCHANGE_TIME_MAX))?;
        stream.set_write_timeout(Some(EXCHANGE_TIME_MAX))?;
        let mut bytes = Vec::new();
        (&mut stream)
            .take(ARGUMENTS_BYTES_MAX)
            .read_to_end(&mut bytes)?;
        let arguments = serde_json::from_slice(&bytes)?;
        stream.write_all(b"1")?;
        Ok(arguments)
    }
}

#[cfg(target_os = "linux")]
pub use linux::answer;
