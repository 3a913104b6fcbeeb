//! Sealing small records so that a client can carry them for the sandbox.
//!
//! AES-256-GCM under a key derived from the seed. The kind of record is bound in
//! as associated data, so a refresh token can never be used as a session.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::serve::StartError;

/// The longest sealed text that is opened: no record here comes near it, and a
/// client may send what it likes.
const SEALED_BYTES_MAX: usize = 64 * 1024;

/// The key that seals and opens.
pub struct Seal {
    key: RandomizedNonceKey,
}

impl Seal {
    /// The same seed opens what an earlier run sealed.
    pub fn from_seed(seed: u64) -> Result<Self, StartError> {
        let mut hash = Sha256::new();
        hash.update(b"signet-sandbox seal v1");
        hash.update(seed.to_be_bytes());
        let key =
            RandomizedNonceKey::new(&AES_256_GCM, &hash.finalize()).map_err(|_| StartError::Key)?;
        Ok(Self { key })
    }

    /// Seals `record` as base64url text. `None` only if it cannot be written as
    /// JSON or the random source fails.
    pub fn seal<T: Serialize>(&self, kind: &str, record: &T) -> Option<String> {
        let mut bytes = serde_json::to_vec(record).ok()?;
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(kind.as_bytes()), &mut bytes)
            .ok()?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut bytes);
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what `seal` made for the same kind; anything else is `None`.
    pub fn open<T: DeserializeOwned>(&self, kind: &str, sealed: &str) -> Option<T> {
        if sealed.len() > SEALED_BYTES_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, mut bytes) = bytes
            .split_at_checked(NONCE_LEN)
            .map(|(nonce, rest)| (nonce.to_vec(), rest.to_vec()))?;
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(kind.as_bytes()), &mut bytes)
            .ok()?;
        serde_json::from_slice(plain).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_what_the_same_seed_sealed_for_the_same_kind() {
        let seal = Seal::from_seed(7).unwrap();
        let text = seal.seal("refresh", &("ada", 5)).unwrap();
        let opened: Option<(String, i32)> = Seal::from_seed(7).unwrap().open("refresh", &text);
        assert_eq!(opened, Some(("ada".to_owned(), 5)));
        for (seed, kind, text) in [
            (8, "refresh", text.clone()),
            (7, "session", text.clone()),
            (7, "refresh", text.chars().rev().collect()),
            (7, "refresh", String::new()),
            (7, "refresh", "x".repeat(SEALED_BYTES_MAX + 1)),
        ] {
            let opened: Option<(String, i32)> = Seal::from_seed(seed).unwrap().open(kind, &text);
            assert_eq!(opened, None);
        }
    }
}
