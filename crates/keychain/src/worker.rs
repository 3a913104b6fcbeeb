//! The thread that owns the store.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use keyring_core::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::native::{self, Open, Opened};
use crate::record::{self, Entries};
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
    pub(crate) fn start(service: String, open: Open) -> Self {
        let (jobs, queue) = sync_channel(JOBS_MAX);
        let thread = std::thread::Builder::new().name("keychain".to_owned());
        // Without a thread every job finds its queue closed, and its caller is told so.
        if let Err(error) = thread.spawn(move || run(&service, &open, &queue)) {
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

fn run(service: &str, open: &Open, queue: &Receiver<Job>) {
    let mut owner = Owner {
        service,
        open,
        place: Place::open(open),
    };
    for job in queue {
        owner.work(job);
    }
}

/// Where the records are: in a store, or in this process alone.
enum Place {
    Store(Opened),
    Session {
        records: HashMap<String, SecretString>,
        reason: SessionOnlyReason,
    },
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
                Self::Session {
                    records: HashMap::new(),
                    reason,
                }
            }
        }
    }
}

struct Owner<'a> {
    service: &'a str,
    open: &'a Open,
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
        match &self.place {
            Place::Session { records, .. } => Ok(records.get(name).cloned()),
            Place::Store(_) => self.in_store(|store| record::read(store, name)),
        }
    }

    fn write(&mut self, name: &str, record: SecretString) -> Result<(), KeychainError> {
        match &mut self.place {
            Place::Session { records, .. } => {
                records.insert(name.to_owned(), record);
                Ok(())
            }
            Place::Store(_) => {
                self.in_store(|store| record::write(store, name, record.expose_secret()))
            }
        }
    }

    fn delete(&mut self, name: &str) -> Result<(), KeychainError> {
        match &mut self.place {
            Place::Session { records, .. } => {
                records.remove(name);
                Ok(())
            }
            Place::Store(_) => self.in_store(|store| record::delete(store, name)),
        }
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

    fn persistence(&self) -> Persistence {
        match &self.place {
            Place::Store(opened) => Persistence::Store {
                name: native::name(&opened.store),
            },
            Place::Session { reason, .. } => Persistence::SessionOnly { reason: *reason },
        }
    }
}

/// The entries of one service in a store.
struct StoreEntries<'a> {
    service: &'a str,
    opened: &'a Opened,
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
