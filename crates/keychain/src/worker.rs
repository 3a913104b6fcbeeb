//! The thread that owns the store.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use keyring_core::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::native::{self, Open, Opened};
use crate::record::{self, Entries};
use crate::session::Session;
use crate::{KeychainError, Persistence, SessionOnlyReason};

/// How many calls may wait behind an unlock prompt. Callers give up after their deadline and may ask again, so the queue needs an end.
const JOBS_MAX: usize = 1_024;

/// Where an answer goes; nobody need be waiting any more.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, KeychainError>>;

pub(crate) enum Job {
    Read {
        name: String,
        reply: Reply<Option<SecretString>>,
    },
    Write {
        name: String,
        record: SecretString,
        reply: Reply<()>,
    },
    Delete {
        name: String,
        reply: Reply<()>,
    },
    Persistence {
        reply: Reply<Persistence>,
    },
}

pub(crate) struct Worker {
    jobs: SyncSender<Job>,
}

impl Worker {
    pub(crate) fn start(service: String, open: Open, look_again: Duration) -> Self {
        let (jobs, queue) = sync_channel(JOBS_MAX);
        let thread = std::thread::Builder::new().name("keychain".to_owned());
        // Without a thread every job finds its queue closed, and its caller is told so.
        if let Err(error) = thread.spawn(move || run(&service, &open, look_again, &queue)) {
            tracing::error!(%error, "the keychain's thread could not be started");
        }
        Self { jobs }
    }

    pub(crate) fn submit(&self, job: Job) -> Result<(), KeychainError> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => KeychainError::Waiting,
            TrySendError::Disconnected(_) => {
                KeychainError::Refused("the keyring's thread has ended".into())
            }
        })
    }
}

fn run(service: &str, open: &Open, look_again: Duration, queue: &Receiver<Job>) {
    let mut owner = Owner {
        service,
        open,
        look_again,
        place: Place::open(open),
    };
    for job in queue {
        owner.work(job);
    }
}

/// Where the records are: in a store, or in this process alone.
enum Place {
    Store(Opened),
    Session(Session),
}

impl Place {
    fn open(open: &Open) -> Self {
        match open() {
            Ok(opened) => Self::Store(opened),
            Err(error) => {
                tracing::warn!(%error, "no credential store: records end with this process");
                let reason = match error {
                    Error::NoDefaultStore => SessionOnlyReason::Unsupported,
                    _ => SessionOnlyReason::NoStore,
                };
                Self::Session(Session::new(reason))
            }
        }
    }
}

struct Owner<'a> {
    service: &'a str,
    open: &'a Open,
    /// How long a missing store is not looked for again, save by a deletion.
    look_again: Duration,
    place: Place,
}

impl Owner<'_> {
    fn work(&mut self, job: Job) {
        // A caller that is gone needs no read; a write or a deletion is done all the same.
        match job {
            Job::Read { reply, .. } if reply.is_closed() => {}
            Job::Read { name, reply } => drop(reply.send(self.read(&name))),
            Job::Write {
                name,
                record,
                reply,
            } => drop(reply.send(self.write(&name, record))),
            Job::Delete { name, reply } => drop(reply.send(self.delete(&name))),
            Job::Persistence { reply } => drop(reply.send(Ok(self.persistence()))),
        }
    }

    fn read(&mut self, name: &str) -> Result<Option<SecretString>, KeychainError> {
        self.look_for_store_or_leave();
        match &self.place {
            Place::Session(session) => Ok(session.read(name)),
            Place::Store(_) => self.in_store(|store| record::read(store, name)),
        }
    }

    fn write(&mut self, name: &str, record: SecretString) -> Result<(), KeychainError> {
        self.look_for_store_or_leave();
        match &mut self.place {
            Place::Session(session) => {
                session.write(name, record);
                Ok(())
            }
            Place::Store(_) => {
                self.in_store(|store| record::write(store, name, record.expose_secret()))
            }
        }
    }

    /// A deletion looks for a store first, whenever it looked last: the record may stand there from an earlier session,
    /// and whoever signs out must not be told that it is gone. With no store to be found, it is deleted when one appears.
    fn delete(&mut self, name: &str) -> Result<(), KeychainError> {
        let Place::Session(session) = &mut self.place else {
            return self.in_store(|store| record::delete(store, name));
        };
        let record = session.delete(name);
        let carried_over = self.look_for_store(Duration::ZERO);
        if carried_over.is_err()
            && let Place::Session(session) = &mut self.place
        {
            session.restore(name, record);
        }
        carried_over
    }

    /// A store that has appeared takes the session's records over; one that refuses them is tried again later.
    fn look_for_store_or_leave(&mut self) {
        if let Err(error) = self.look_for_store(self.look_again) {
            tracing::warn!(%error, "a credential store has appeared and does not take the records");
        }
    }

    /// Succeeds when there still is no store, too; fails when there is one that refuses what was done without it.
    fn look_for_store(&mut self, pause: Duration) -> Result<(), KeychainError> {
        let Place::Session(session) = &mut self.place else {
            return Ok(());
        };
        if !session.should_look(pause) {
            return Ok(());
        }
        let found = (self.open)();
        session.has_looked();
        let Ok(opened) = found else {
            return Ok(());
        };
        session.carry_over(&StoreEntries {
            service: self.service,
            opened: &opened,
        })?;
        tracing::info!("a credential store has appeared: records outlast this process now");
        self.place = Place::Store(opened);
        Ok(())
    }

    /// Works in the store, and once more over a new connection where the old one broke: a keyring daemon may be restarted under us.
    fn in_store<T>(
        &mut self,
        work: impl Fn(&dyn Entries) -> Result<T, KeychainError>,
    ) -> Result<T, KeychainError> {
        let Place::Store(opened) = &self.place else {
            return Err(KeychainError::Refused("no store is open".into()));
        };
        let first = work(&StoreEntries {
            service: self.service,
            opened,
        });
        if !matches!(first, Err(KeychainError::Refused(_))) {
            return first;
        }
        let Ok(reopened) = (self.open)() else {
            return first;
        };
        let second = work(&StoreEntries {
            service: self.service,
            opened: &reopened,
        });
        self.place = Place::Store(reopened);
        second
    }

    fn persistence(&mut self) -> Persistence {
        self.look_for_store_or_leave();
        match &self.place {
            Place::Store(opened) => Persistence::Store {
                name: native::name(&opened.store),
            },
            Place::Session(session) => Persistence::SessionOnly {
                reason: session.reason,
            },
        }
    }
}

/// The entries of one service in a store.
pub(crate) struct StoreEntries<'a> {
    pub(crate) service: &'a str,
    pub(crate) opened: &'a Opened,
}

impl StoreEntries<'_> {
    fn entry(&self, name: &str) -> Result<Entry, Error> {
        self.opened.store.build(self.service, name, None)
    }
}

impl Entries for StoreEntries<'_> {
    fn bytes_max(&self) -> Option<usize> {
        self.opened.entry_bytes_max
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        match self.entry(name).and_then(|entry| entry.get_secret()) {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let entry = self.entry(name).map_err(failure)?;
        match entry.set_secret(secret) {
            Err(Error::Ambiguous(twins)) => {
                remove_all(twins)?;
                entry.set_secret(secret).map_err(failure)
            }
            other => other.map_err(failure),
        }
    }

    fn remove(&self, name: &str) -> Result<(), KeychainError> {
        match self.entry(name).and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(Error::Ambiguous(twins)) => remove_all(twins),
            Err(error) => Err(failure(error)),
        }
    }
}

/// Two programs that created the same item at the same moment leave twins, of which neither can be trusted.
fn remove_all(twins: Vec<Entry>) -> Result<(), KeychainError> {
    twins
        .iter()
        .try_for_each(|twin| match twin.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failure(error)),
        })
}

/// Sorts the store's errors. Those that carry a secret's bytes are not kept as a cause.
fn failure(error: Error) -> KeychainError {
    match error {
        Error::NoStorageAccess(_) => KeychainError::Locked,
        Error::TooLong(..) => KeychainError::TooLong,
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => {
            KeychainError::Torn
        }
        other => KeychainError::Refused(Box::new(other)),
    }
}
