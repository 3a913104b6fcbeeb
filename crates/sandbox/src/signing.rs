//! The token-signing keys, JWKS and signed JSON Web Tokens.
//!
//! The keys are baked in, so that the sandbox starts at once and an ID token of
//! yesterday still verifies today. They are public: they must never be trusted
//! by anything that trusts more than this sandbox.
//!
//! Organisations and the personal tenant sign with keys of their own. The set
//! that is published holds the key that signs, the one that will sign next and,
//! for a day after a rotation, the one that signed before ("Signing key rollover
//! in the Microsoft identity platform").

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::directory::PERSONAL_TENANT_ID;
use crate::guard::lock;
use crate::serve::StartError;

/// How long a key stays published after it signed last: clients keep a key set
/// for a day.
pub const KEPT_MS: i64 = 24 * 3600 * 1000;

macro_rules! key {
    ($name:literal) => {
        (
            include_bytes!(concat!(
                "../assets/public-test-signing-key-",
                $name,
                ".pkcs1.der"
            ))
            .as_slice(),
            include_bytes!(concat!(
                "../assets/public-test-signing-certificate-",
                $name,
                ".der"
            ))
            .as_slice(),
        )
    };
}

/// A key and its certificate, both DER.
type Baked = (&'static [u8], &'static [u8]);

/// The keys of organisations, in the order in which they take turns. A turn comes
/// round again after four rotations.
const WORK: [Baked; 4] = [
    key!("work-1"),
    key!("work-2"),
    key!("work-3"),
    key!("work-4"),
];
/// The keys of the personal tenant.
const PERSONAL: [Baked; 2] = [key!("personal-1"), key!("personal-2")];

/// All keys, and whose turn it is.
pub struct Signing {
    work: Ring,
    personal: Ring,
}

impl Signing {
    /// Parses the keys that are baked in.
    pub fn baked_in() -> Result<Self, StartError> {
        Ok(Self {
            work: Ring::parse(&WORK)?,
            personal: Ring::parse(&PERSONAL)?,
        })
    }

    /// The id of the key that signs for organisations, as the header of an access
    /// token names it.
    pub fn kid(&self) -> &str {
        self.work.signing().map_or("", |key| &key.kid)
    }

    /// A JWT signed with RS256 (RFC 7515 §3.1), by the key of the tenant that the
    /// claim `tid` names.
    pub fn sign(&self, claims: &Value) -> Option<String> {
        let personal = claims.get("tid").and_then(Value::as_str) == Some(PERSONAL_TENANT_ID);
        let ring = if personal { &self.personal } else { &self.work };
        ring.signing()?.sign(claims)
    }

    /// The key set as Entra publishes it. Each key of organisations names an
    /// issuer with the tenant left open, each of the personal tenant that tenant's
    /// own, for which alone it signs; `personal_only` leaves the others out.
    pub fn key_set(
        &self,
        origin: &str,
        cloud_instance: &str,
        personal_only: bool,
        now_ms: i64,
    ) -> Value {
        let issued = |keys: Vec<&Key>, tenant: &str| -> Vec<Value> {
            let issuer = format!("{origin}/{tenant}/v2.0");
            keys.into_iter()
                .map(|key| key.describe(&issuer, cloud_instance))
                .collect()
        };
        let mut keys = if personal_only {
            Vec::new()
        } else {
            issued(self.work.published(now_ms), "{tenantid}")
        };
        keys.extend(issued(self.personal.published(now_ms), PERSONAL_TENANT_ID));
        json!({ "keys": keys })
    }

    /// The next keys sign from now on. The key ids that sign now.
    pub fn rotate(&self, now_ms: i64) -> Vec<String> {
        [&self.work, &self.personal]
            .into_iter()
            .filter_map(|ring| {
                ring.rotate(now_ms);
                ring.signing().map(|key| key.kid.clone())
            })
            .collect()
    }

    /// The first keys sign again, as after a start.
    pub fn reset(&self) {
        self.work.reset();
        self.personal.reset();
    }
}

/// Keys that take turns.
struct Ring {
    keys: Vec<Key>,
    turn: AtomicUsize,
    /// Which turns ended, and when; those of the last day.
    ended: Mutex<Vec<(usize, i64)>>,
}

impl Ring {
    fn parse(baked: &[Baked]) -> Result<Self, StartError> {
        Ok(Self {
            keys: baked
                .iter()
                .map(|&(key, certificate)| Key::parse(key, certificate))
                .collect::<Result<_, _>>()?,
            turn: AtomicUsize::new(0),
            ended: Mutex::default(),
        })
    }

    fn of_turn(&self, turn: usize) -> Option<&Key> {
        self.keys.get(turn.checked_rem(self.keys.len())?)
    }

    fn signing(&self) -> Option<&Key> {
        self.of_turn(self.turn.load(Ordering::Acquire))
    }

    fn published(&self, now_ms: i64) -> Vec<&Key> {
        let turn = self.turn.load(Ordering::Acquire);
        let ended = lock(&self.ended);
        let kept = ended
            .iter()
            .filter(|(_, at_ms)| now_ms - at_ms < KEPT_MS)
            .map(|(turn, _)| *turn);
        let mut keys: Vec<&Key> = Vec::with_capacity(self.keys.len());
        for key in [turn, turn + 1].into_iter().chain(kept) {
            if let Some(key) = self.of_turn(key)
                && !keys.iter().any(|known| known.kid == key.kid)
            {
                keys.push(key);
            }
        }
        keys
    }

    fn rotate(&self, now_ms: i64) {
        let mut ended = lock(&self.ended);
        ended.retain(|(_, at_ms)| now_ms - at_ms < KEPT_MS);
        // More turns than there are keys say nothing new.
        if ended.len() >= self.keys.len() {
            ended.remove(0);
        }
        ended.push((self.turn.fetch_add(1, Ordering::AcqRel), now_ms));
    }

    fn reset(&self) {
        lock(&self.ended).clear();
        self.turn.store(0, Ordering::Release);
    }
}

/// A parsed key with the id under which JWKS lists it.
struct Key {
    pair: RsaKeyPair,
    kid: String,
    certificate: &'static [u8],
}

impl Key {
    fn parse(key: &[u8], certificate: &'static [u8]) -> Result<Self, StartError> {
        let pair = RsaKeyPair::from_der(key).map_err(|_| StartError::Key)?;
        // Entra's kid is the certificate's SHA-1 thumbprint, the same as x5t.
        let kid = URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate));
        Ok(Self {
            pair,
            kid,
            certificate,
        })
    }

    fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({"typ": "JWT", "alg": "RS256", "kid": self.kid});
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .ok()?;
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Some(token)
    }

    fn describe(&self, issuer: &str, cloud_instance: &str) -> Value {
        let modulus = self.pair.public_key().modulus();
        let exponent = self.pair.public_key().exponent();
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": URL_SAFE_NO_PAD.encode(modulus.big_endian_without_leading_zero()),
            "e": URL_SAFE_NO_PAD.encode(exponent.big_endian_without_leading_zero()),
            "x5c": [STANDARD.encode(self.certificate)],
            "cloud_instance_name": cloud_instance,
            "issuer": issuer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kids(signing: &Signing, personal_only: bool, now_ms: i64) -> Vec<String> {
        let set = signing.key_set("https://login", "here", personal_only, now_ms);
        let keys = set["keys"].as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Source: "Signing key rollover in the Microsoft identity platform".
    #[test]
    fn a_key_is_announced_before_it_signs_and_kept_for_a_day_after() {
        let signing = Signing::baked_in().unwrap();
        let before = kids(&signing, false, 0);
        assert_eq!((before.len(), kids(&signing, true, 0).len()), (4, 2));
        let now = signing.rotate(1000);
        assert_eq!(now[0], before[1]);
        let day = kids(&signing, false, 1000);
        assert!(day.contains(&before[0]) && day.contains(&now[0]));
        let later = kids(&signing, false, 1000 + KEPT_MS);
        assert!(!later.contains(&before[0]) && later.contains(&now[0]));
        signing.reset();
        assert_eq!(kids(&signing, false, 0), before);
    }

    #[test]
    fn the_personal_tenant_has_a_key_of_its_own() {
        let signing = Signing::baked_in().unwrap();
        let personal = kids(&signing, true, 0);
        for (tid, expected) in [(PERSONAL_TENANT_ID, true), ("another", false)] {
            let token = signing.sign(&json!({ "tid": tid })).unwrap();
            let header = URL_SAFE_NO_PAD
                .decode(token.split('.').next().unwrap())
                .unwrap();
            let header: Value = serde_json::from_slice(&header).unwrap();
            assert_eq!(header["kid"] == personal[0].as_str(), expected, "{tid}");
        }
    }
}
