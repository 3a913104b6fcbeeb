//! Sealing small records so that a client can carry them for the sandbox.
//!
//! AES-256-GCM under a key derived from the seed. The kind of record is bound in
//! as associated data, so a refresh token can never be used as a session.
//!
//! The nonce is made from what is sealed, as RFC 5297 §1.3.2 and RFC 8452 §1 do:
//! HMAC-SHA-256 of kind and record under a key of its own, cut to 96 bits. So the
//! same seed seals the same record as the same text, and a nonce comes again only
//! with the same contents, which then make the same text and give away nothing
//! but that. Two different records meet in 96 bits with a likelihood of 2^-49
//! after sixteen million of them, more than any run makes; chosen nonces at
//! random (NIST SP 800-38D §8.2.2) have the same bound.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
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
    key: LessSafeKey,
    nonces: hmac::Key,
}

impl Seal {
    /// The same seed opens what an earlier run sealed.
    pub fn from_seed(seed: u64) -> Result<Self, StartError> {
        let key = UnboundKey::new(&AES_256_GCM, &derived(b"signet-sandbox seal v1", seed))
            .map_err(|_| StartError::Key)?;
        Ok(Self {
            key: LessSafeKey::new(key),
            nonces: hmac::Key::new(
                hmac::HMAC_SHA256,
                &derived(b"signet-sandbox seal nonces v1", seed),
            ),
        })
    }

    /// Seals `record` as base64url text, the same one whenever it is the same.
    /// `None` only if it cannot be written as JSON or is too long for the cipher.
    pub fn seal<T: Serialize>(&self, kind: &str, record: &T) -> Option<String> {
        let mut bytes = serde_json::to_vec(record).ok()?;
        let nonce = self.nonce(kind, &bytes)?;
        let mut sealed = nonce.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(kind.as_bytes()),
                &mut bytes,
            )
            .ok()?;
        sealed.append(&mut bytes);
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The length of the kind keeps kind and record apart.
    fn nonce(&self, kind: &str, record: &[u8]) -> Option<[u8; NONCE_LEN]> {
        let mut context = hmac::Context::with_key(&self.nonces);
        context.update(&u64::try_from(kind.len()).ok()?.to_be_bytes());
        context.update(kind.as_bytes());
        context.update(record);
        context.sign().as_ref().first_chunk().copied()
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

/// A key of its own for each purpose.
fn derived(purpose: &[u8], seed: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(purpose);
    hash.update(seed.to_be_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_comes_again_only_with_the_same_contents() {
        let seal = Seal::from_seed(7).unwrap();
        let first = seal.seal("refresh", &"ada").unwrap();
        let again = Seal::from_seed(7).unwrap().seal("refresh", &"ada").unwrap();
        assert_eq!(first, again);
        // Sixteen letters are the twelve bytes of the nonce.
        for (seed, kind, record) in [
            (7, "refresh", "adb"),
            (7, "session", "ada"),
            (7, "refres", "hada"),
            (8, "refresh", "ada"),
        ] {
            let other = Seal::from_seed(seed).unwrap().seal(kind, &record).unwrap();
            assert_ne!(other.get(..16), first.get(..16), "{seed} {kind} {record}");
        }
    }

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
