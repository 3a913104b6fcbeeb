//! One Signet at a time on Linux, decided before GTK is loaded: whoever holds the lock is the first, and listens on a socket.
//!
//! The desktop starts a second program for every redirect and every `mailto:` link. It hands its arguments over and ends
//! within milliseconds; it needs no session bus, and no code of a redirect passes through a web view on the way.

use std::{
    env,
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{folders, names::IDENTIFIER};

/// Longest set of arguments that is handed over: a redirect with a code of some kilobytes, or a long `mailto:`.
const ARGUMENTS_BYTES_MAX: usize = 256 * 1024;

/// How long one exchange may take, however slowly the other side speaks.
const EXCHANGE_TIME_MAX: Duration = Duration::from_secs(3);

/// How long a second program looks for the first one's socket: between lock and socket the first is only just starting.
const LOOK_TIME_MAX: Duration = Duration::from_secs(2);

/// What became of the claim to be the only one.
pub enum Instance {
    /// This is the first; others will knock here.
    First(First),
    /// Another runs and has been told.
    Second,
    /// There is no folder to meet in, or it cannot be written: it runs by itself.
    Alone,
}

/// The place of the first, for as long as the program runs.
pub struct First {
    listener: UnixListener,
    /// Released by the system when the program ends, however it ends.
    lock: File,
}

/// Claims the place of the only Signet of this person.
pub fn claim() -> Instance {
    meeting_folder().map_or(Instance::Alone, |folder| claim_in(&folder))
}

fn claim_in(folder: &Path) -> Instance {
    let socket = folder.join(format!("{IDENTIFIER}.sock"));
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(format!("{IDENTIFIER}.lock")));
    let Ok(lock) = lock else {
        return Instance::Alone;
    };
    match lock.try_lock() {
        Ok(()) => {
            // Only the holder of the lock removes and binds: nobody's live socket goes.
            let _ = fs::remove_file(&socket);
            UnixListener::bind(&socket).map_or(Instance::Alone, |listener| {
                Instance::First(First { listener, lock })
            })
        }
        Err(TryLockError::WouldBlock) => {
            if let Err(error) = tell(&socket) {
                tracing::warn!(%error, "the running Signet was not told");
            }
            Instance::Second
        }
        Err(TryLockError::Error(_)) => Instance::Alone,
    }
}

/// The runtime folder of the session, or the data folder where there is none.
fn meeting_folder() -> Option<PathBuf> {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    if let Some(folder) = runtime.filter(|folder| folder.is_absolute()) {
        return Some(folder);
    }
    let folder = folders::data_home().ok()?.join(IDENTIFIER);
    folders::make_private(&folder).ok()?;
    Some(folder)
}

fn tell(socket: &Path) -> io::Result<()> {
    let arguments: Vec<String> = env::args_os()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let arguments = serde_json::to_vec(&arguments)?;
    if arguments.len() > ARGUMENTS_BYTES_MAX {
        return Err(io::Error::other("the arguments are too long"));
    }
    let started = Instant::now();
    let mut stream = loop {
        match UnixStream::connect(socket) {
            Ok(stream) => break stream,
            Err(error) if started.elapsed() > LOOK_TIME_MAX => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    stream.set_write_timeout(Some(EXCHANGE_TIME_MAX))?;
    stream.write_all(&arguments)
}

impl First {
    /// Answers the knocks, one at a time, for as long as the program runs. What cannot be read counts as a bare start.
    pub fn answer(self, take: impl Fn(Vec<String>) + Send + 'static) {
        let Self { listener, lock } = self;
        std::thread::spawn(move || {
            let _held = lock;
            for stream in listener.incoming().flatten() {
                take(listen(stream).unwrap_or_default());
            }
        });
    }
}

fn listen(mut stream: UnixStream) -> io::Result<Vec<String>> {
    let ends = Instant::now() + EXCHANGE_TIME_MAX;
    let mut bytes = Vec::new();
    let mut part = vec![0; 16 * 1024];
    loop {
        let left = ends.saturating_duration_since(Instant::now());
        if left.is_zero() || bytes.len() > ARGUMENTS_BYTES_MAX {
            return Err(io::Error::other("the arguments are endless"));
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut part)? {
            0 => return Ok(serde_json::from_slice(&bytes)?),
            read => bytes.extend(part.iter().take(read)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn the_second_tells_the_first_and_a_dead_one_is_succeeded() {
        let folder = tempfile::tempdir().unwrap();
        let Instance::First(first) = claim_in(folder.path()) else {
            panic!("nobody else is there")
        };
        let (told, hears) = mpsc::channel();
        first.answer(move |arguments| told.send(arguments).unwrap());
        assert!(matches!(claim_in(folder.path()), Instance::Second));
        let arguments = hears.recv_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(arguments.len(), env::args_os().count());

        let elsewhere = tempfile::tempdir().unwrap();
        drop(claim_in(elsewhere.path()));
        assert!(elsewhere.path().join(format!("{IDENTIFIER}.sock")).exists());
        assert!(matches!(claim_in(elsewhere.path()), Instance::First(_)));
    }

    #[test]
    fn noise_counts_as_a_bare_start() {
        let folder = tempfile::tempdir().unwrap();
        let Instance::First(first) = claim_in(folder.path()) else {
            panic!("nobody else is there")
        };
        let (told, hears) = mpsc::channel();
        first.answer(move |arguments| told.send(arguments).unwrap());
        let socket = folder.path().join(format!("{IDENTIFIER}.sock"));
        for noise in [&b"not json"[..], b"[\"half", b"", &[0xff; 300 * 1024]] {
            let mut stream = UnixStream::connect(&socket).unwrap();
            // The listener may hang up on what is endless.
            let _ = stream.write_all(noise);
            drop(stream);
            let arguments = hears.recv_timeout(Duration::from_secs(5)).unwrap();
            assert_eq!(arguments, Vec::<String>::new());
        }
    }
}
