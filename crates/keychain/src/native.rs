//! The platform's own store.

use std::sync::Arc;

use keyring_core::{CredentialStore, Error};

/// What Windows Credential Manager holds in one entry (`CRED_MAX_CREDENTIAL_BLOB_SIZE`, wincred.h: 5 × 512).
#[cfg(target_os = "windows")]
const WINDOWS_ENTRY_BYTES_MAX: usize = 2_560;

/// A store, and how much one of its entries holds.
pub(crate) struct Opened {
    pub(crate) store: Arc<CredentialStore>,
    pub(crate) entry_bytes_max: Option<usize>,
}

/// Opens a store; called again when the connection to it has broken.
pub(crate) type Open = Box<dyn Fn() -> Result<Opened, Error> + Send>;

/// Opens the Secret Service; fails where no session bus or no service is running.
#[cfg(target_os = "linux")]
pub(crate) fn open() -> Result<Opened, Error> {
    let store = zbus_secret_service_keyring_store::Store::new()?;
    Ok(Opened {
        store,
        entry_bytes_max: None,
    })
}

/// Opens the login keychain.
#[cfg(target_os = "macos")]
pub(crate) fn open() -> Result<Opened, Error> {
    let store = apple_native_keyring_store::keychain::Store::new()?;
    Ok(Opened {
        store,
        entry_bytes_max: None,
    })
}

/// Opens the Credential Manager.
#[cfg(target_os = "windows")]
pub(crate) fn open() -> Result<Opened, Error> {
    let store = windows_native_keyring_store::Store::new()?;
    Ok(Opened {
        store,
        entry_bytes_max: Some(WINDOWS_ENTRY_BYTES_MAX),
    })
}

/// There is none that we know.
#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
pub(crate) fn open() -> Result<Opened, Error> {
    Err(Error::NoDefaultStore)
}

/// The store's name, to show.
pub(crate) fn name(store: &Arc<CredentialStore>) -> String {
    if cfg!(target_os = "linux") && store.vendor().starts_with("Secret Service") {
        "Secret Service".to_owned()
    } else if cfg!(target_os = "macos") {
        "Keychain".to_owned()
    } else if cfg!(target_os = "windows") {
        "Credential Manager".to_owned()
    } else {
        store.vendor()
    }
}
