use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error, mock};
use secrecy::{ExposeSecret, SecretString};

use crate::native::Opened;
use crate::record::{self, Entries};
use crate::worker::StoreEntries;
use crate::{
    CALL_DEADLINE, Keychain, KeychainError, LOOK_AGAIN, Persistence, RECORD_BYTES_MAX,
    SessionOnlyReason,
};

mod crash;

const SERVICE: &str = "io.github.signetmail.test";

/// What Windows holds in one entry.
const WINDOWS: usize = 2_560;

#[tokio::test]
async fn records_of_any_length_come_back() {
    for entry_bytes_max in [None, Some(WINDOWS)] {
        let (keychain, store) = mocked(entry_bytes_max);
        for length in [
            0,
            1,
            WINDOWS - 1,
            WINDOWS,
            WINDOWS + 1,
            20_000,
            6,
            RECORD_BYTES_MAX,
        ] {
            let record = text(length);
            keychain
                .write("account", SecretString::from(record.as_str()))
                .await
                .unwrap();
            let read = keychain.read("account").await.unwrap().unwrap();
            assert!(
                read.expose_secret() == record,
                "{entry_bytes_max:?} {length}"
            );
            assert!(store.longest() <= entry_bytes_max.unwrap_or(usize::MAX));
        }
        keychain.delete("account").await.unwrap();
        assert!(keychain.read("account").await.unwrap().is_none());
        keychain.delete("account").await.unwrap();
        assert_eq!(
            store.names(),
            Vec::<String>::new(),
            "{entry_bytes_max:?}: nothing is left"
        );
        let too_long = keychain
            .write("account", text(RECORD_BYTES_MAX + 1).into())
            .await;
        assert!(matches!(too_long, Err(KeychainError::TooLong)));
    }
}

#[tokio::test]
async fn names_are_apart_and_letters_are_kept_whole() {
    let (keychain, _) = mocked(Some(5));
    keychain.write("a", "Núñez 日本語 🙂".into()).await.unwrap();
    keychain.write("b", "second".into()).await.unwrap();
    keychain.delete("b").await.unwrap();
    assert_eq!(
        keychain.read("a").await.unwrap().unwrap().expose_secret(),
        "Núñez 日本語 🙂"
    );
}

#[tokio::test]
async fn a_thousand_accounts_stand_side_by_side() {
    let (keychain, store) = mocked(Some(WINDOWS));
    let name = |account: usize| format!("account.{account}");
    for account in 0..1_000 {
        let record = SecretString::from(format!("{account} {}", text(WINDOWS)));
        keychain.write(&name(account), record).await.unwrap();
    }
    for account in 0..1_000 {
        let read = keychain.read(&name(account)).await.unwrap().unwrap();
        assert!(read.expose_secret().starts_with(&format!("{account} ")));
        keychain.delete(&name(account)).await.unwrap();
    }
    assert_eq!(store.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_store_that_fails_is_named_by_what_helps() {
    for (told, expected) in [
        (Error::NoStorageAccess("locked".into()), Some("Locked")),
        (Error::TooLong("secret".to_owned(), 2_560), Some("TooLong")),
        // Read once more; the mock fails once only.
        (Error::BadEncoding(b"topsecret".to_vec()), None),
        (Error::PlatformFailure("the bus is gone".into()), None),
    ] {
        let (keychain, store) = mocked(None);
        keychain.write("account", "kept".into()).await.unwrap();
        store.fail_next("account", told);
        let read = keychain.read("account").await.map(|read| read.is_some());
        assert_eq!(
            read.map_err(|error| format!("{error:?}")),
            expected.map_or(Ok(true), |name| Err(name.to_owned()))
        );
        assert_eq!(
            keychain
                .read("account")
                .await
                .unwrap()
                .unwrap()
                .expose_secret(),
            "kept"
        );
    }
}

#[tokio::test]
async fn a_write_that_fails_leaves_the_old_record() {
    let (keychain, store) = mocked(None);
    keychain.write("account", "old".into()).await.unwrap();
    store.fail_next("account", Error::NoStorageAccess("locked".into()));
    assert!(matches!(
        keychain.write("account", "new".into()).await,
        Err(KeychainError::Locked)
    ));
    assert_eq!(
        keychain
            .read("account")
            .await
            .unwrap()
            .unwrap()
            .expose_secret(),
        "old"
    );
    store.fail_next("account", Error::NoStorageAccess("locked".into()));
    assert!(matches!(
        keychain.delete("account").await,
        Err(KeychainError::Locked)
    ));
    assert!(keychain.read("account").await.unwrap().is_some());
}

#[tokio::test]
async fn a_connection_that_broke_is_opened_again() {
    let (store, opened) = (MockStore::new(), Arc::new(Mutex::new(0)));
    let (inner, count) = (Arc::clone(&store.0), Arc::clone(&opened));
    let open = move || {
        *count.lock().unwrap() += 1;
        Ok(Opened {
            store: inner.clone(),
            entry_bytes_max: None,
        })
    };
    let keychain = Keychain::start(SERVICE, Box::new(open), Duration::from_secs(5), LOOK_AGAIN);
    keychain.write("account", "kept".into()).await.unwrap();
    store.fail_next(
        "account",
        Error::PlatformFailure("the daemon was restarted".into()),
    );
    assert_eq!(
        keychain
            .read("account")
            .await
            .unwrap()
            .unwrap()
            .expose_secret(),
        "kept"
    );
    assert_eq!(*opened.lock().unwrap(), 2);
}

#[tokio::test]
async fn without_a_store_records_last_for_the_session() {
    let no_bus: fn() -> Error = || Error::PlatformFailure("no bus".into());
    for (error, reason) in [
        (no_bus, SessionOnlyReason::NoStore),
        (|| Error::NoDefaultStore, SessionOnlyReason::Unsupported),
    ] {
        let open = move || Err(error());
        let keychain = Keychain::start(SERVICE, Box::new(open), Duration::from_secs(5), LOOK_AGAIN);
        assert_eq!(
            keychain.persistence().await,
            Persistence::SessionOnly { reason }
        );
        assert!(keychain.read("account").await.unwrap().is_none());
        keychain.write("account", "kept".into()).await.unwrap();
        assert_eq!(
            keychain
                .clone()
                .read("account")
                .await
                .unwrap()
                .unwrap()
                .expose_secret(),
            "kept"
        );
        keychain.delete("account").await.unwrap();
        assert!(keychain.read("account").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_store_that_appears_takes_the_sessions_records_over() {
    for entry_bytes_max in [None, Some(5)] {
        let late = LateStore::new(entry_bytes_max);
        record::write(&late.entries(), "given up", "old").unwrap();
        record::write(&late.entries(), "signed in again", "old").unwrap();
        let keychain = late.keychain(Duration::ZERO);
        keychain.write("account", "kept".into()).await.unwrap();
        keychain
            .write("signed in again", "new".into())
            .await
            .unwrap();
        keychain.write("given up", "new".into()).await.unwrap();
        keychain.delete("given up").await.unwrap();
        assert!(keychain.read("untouched").await.unwrap().is_none());

        late.appear();
        check_read(&keychain, "account", Some("kept")).await;
        assert!(matches!(
            keychain.persistence().await,
            Persistence::Store { .. }
        ));
        let stored = |name| {
            let record = record::read(&late.entries(), name).unwrap();
            record.map(|record| record.expose_secret().to_owned())
        };
        assert_eq!(stored("account").as_deref(), Some("kept"));
        assert_eq!(stored("signed in again").as_deref(), Some("new"));
        assert_eq!(stored("given up"), None);
    }
}

#[tokio::test]
async fn a_deletion_looks_for_the_store_at_once_and_anything_else_after_a_pause() {
    let late = LateStore::new(None);
    record::write(&late.entries(), "account", "from an earlier session").unwrap();
    let keychain = late.keychain(Duration::MAX);
    check_read(&keychain, "account", None).await;
    keychain.write("other", "kept".into()).await.unwrap();
    late.appear();
    // Not looked for yet.
    check_read(&keychain, "account", None).await;
    keychain.write("another", "kept too".into()).await.unwrap();
    assert!(matches!(
        keychain.persistence().await,
        Persistence::SessionOnly { .. }
    ));
    keychain.delete("account").await.unwrap();
    let mut names = late.store.names();
    names.sort();
    assert_eq!(names, ["another", "other"]);
}

#[tokio::test]
async fn a_deletion_that_the_late_store_refuses_has_failed_and_left_everything() {
    let late = LateStore::new(None);
    record::write(&late.entries(), "account", "old").unwrap();
    let keychain = late.keychain(Duration::MAX);
    keychain.write("account", "new".into()).await.unwrap();
    late.appear();
    let locked = || Error::NoStorageAccess("locked".into());
    late.store.fail_next("account", locked());
    assert!(matches!(
        keychain.delete("account").await,
        Err(KeychainError::Locked)
    ));
    check_read(&keychain, "account", Some("new")).await;
    assert_eq!(late.store.names(), ["account"]);
    keychain.delete("account").await.unwrap();
    check_read(&keychain, "account", None).await;
    assert_eq!(late.store.names(), Vec::<String>::new());
}

#[tokio::test]
async fn records_that_the_late_store_refuses_are_not_lost() {
    let late = LateStore::new(None);
    let keychain = late.keychain(Duration::ZERO);
    keychain.write("account", "kept".into()).await.unwrap();
    late.appear();
    let locked = || Error::NoStorageAccess("locked".into());
    late.store.fail_next("account", locked());
    check_read(&keychain, "account", Some("kept")).await;
    assert_eq!(late.store.names(), Vec::<String>::new());
    // Unlocked now: the next call brings them there.
    check_read(&keychain, "account", Some("kept")).await;
    assert_eq!(late.store.names(), ["account"]);
}

#[tokio::test]
async fn a_store_that_waits_for_the_person_stops_nobody_and_gets_the_write_later() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (store, released) = (MockStore::new(), Mutex::new(released));
    let inner = Arc::clone(&store.0);
    let open = move || {
        // An unlock prompt that nobody has answered yet.
        released.lock().unwrap().recv().unwrap();
        Ok(Opened {
            store: inner.clone(),
            entry_bytes_max: None,
        })
    };
    let keychain = Keychain::start(
        SERVICE,
        Box::new(open),
        Duration::from_millis(50),
        LOOK_AGAIN,
    );
    assert!(matches!(
        keychain.write("account", "kept".into()).await,
        Err(KeychainError::Waiting)
    ));
    assert!(matches!(
        keychain.read("account").await,
        Err(KeychainError::Waiting)
    ));
    assert_eq!(keychain.persistence().await, Persistence::Waiting);
    release.send(()).unwrap();
    let patient = Keychain {
        deadline: Duration::from_secs(5),
        ..keychain
    };
    assert_eq!(
        patient
            .read("account")
            .await
            .unwrap()
            .unwrap()
            .expose_secret(),
        "kept"
    );
}

async fn check_read(keychain: &Keychain, name: &str, expected: Option<&str>) {
    let read = keychain.read(name).await.unwrap();
    assert_eq!(read.as_ref().map(|read| read.expose_secret()), expected);
}

/// A store that is missing when the keychain starts. It has started when it has answered a first call.
struct LateStore {
    store: MockStore,
    opened: Opened,
    is_there: Arc<AtomicBool>,
}

impl LateStore {
    fn new(entry_bytes_max: Option<usize>) -> Self {
        let store = MockStore::new();
        let opened = Opened {
            store: store.0.clone(),
            entry_bytes_max,
        };
        Self {
            store,
            opened,
            is_there: Arc::default(),
        }
    }

    /// The store itself, past the keychain.
    fn entries(&self) -> StoreEntries<'_> {
        StoreEntries {
            service: SERVICE,
            opened: &self.opened,
        }
    }

    fn keychain(&self, look_again: Duration) -> Keychain {
        let is_there = Arc::clone(&self.is_there);
        let (store, entry_bytes_max) = (self.store.0.clone(), self.opened.entry_bytes_max);
        let open = move || {
            if is_there.load(Ordering::SeqCst) {
                Ok(Opened {
                    store: store.clone(),
                    entry_bytes_max,
                })
            } else {
                Err(Error::PlatformFailure("no bus".into()))
            }
        };
        Keychain::start(SERVICE, Box::new(open), CALL_DEADLINE, look_again)
    }

    fn appear(&self) {
        self.is_there.store(true, Ordering::SeqCst);
    }
}

fn mocked(entry_bytes_max: Option<usize>) -> (Keychain, MockStore) {
    let store = MockStore::new();
    (
        Keychain::with_store(SERVICE, store.0.clone(), entry_bytes_max),
        store,
    )
}

fn text(length: usize) -> String {
    "0123456789abcdefghijklmnopqrstuvwxyz"
        .chars()
        .cycle()
        .take(length)
        .collect()
}

/// `keyring-core`'s mock, looked into.
struct MockStore(Arc<mock::Store>);

impl MockStore {
    fn new() -> Self {
        Self(mock::Store::new().unwrap())
    }

    fn entry(&self, name: &str) -> Entry {
        self.0.build(SERVICE, name, None).unwrap()
    }

    /// The next call on the entry fails, once.
    fn fail_next(&self, name: &str, error: Error) {
        self.entry(name)
            .as_any()
            .downcast_ref::<mock::Cred>()
            .unwrap()
            .set_error(error);
    }

    fn secrets(&self) -> Vec<(String, usize)> {
        let credentials = self.0.inner.lock().unwrap();
        let credentials = credentials.borrow();
        let held = credentials.iter().filter_map(|credential| {
            let data = credential.inner.lock().unwrap();
            let length = data.borrow().secret.as_ref().map(Vec::len)?;
            Some((credential.specifiers.1.clone(), length))
        });
        held.collect()
    }

    fn names(&self) -> Vec<String> {
        self.secrets().into_iter().map(|(name, _)| name).collect()
    }

    fn longest(&self) -> usize {
        self.secrets()
            .into_iter()
            .map(|(_, length)| length)
            .max()
            .unwrap_or(0)
    }
}
