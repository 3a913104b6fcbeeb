//! The token-signing key, JWKS and signed JSON Web Tokens.
//!
//! The key is baked in, so that the sandbox starts at once and an ID token of
//! yesterday still verifies today. It is public: it must never be trusted by
//! anything that trusts more than this sandbox.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::serve::StartError;

const KEY: &[u8] = include_bytes!("../assets/public-test-signing-key.pkcs1.der");
const CERTIFICATE: &[u8] = include_bytes!("../assets/public-test-signing-certificate.der");

/// The parsed signing key with the id under which JWKS lists it.
pub struct Signing {
    key: RsaKeyPair,
    kid: String,
}

impl Signing {
    /// Parses the key that is baked in.
    pub fn baked_in() -> Result<Self, StartError> {
        let key = RsaKeyPair::from_der(KEY).map_err(|_| StartError::Key)?;
        // Entra's kid is the certificate's SHA-1 thumbprint, the same as x5t.
        let kid = URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, CERTIFICATE));
        Ok(Self { key, kid })
    }

    /// A JWT signed with RS256 (RFC 7515 §3.1).
    pub fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({"typ": "JWT", "alg": "RS256", "kid": self.kid});
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
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

    /// The key set as Entra publishes it, one key, with its issuer.
    pub fn key_set(&self, issuer: &str) -> Value {
        let modulus = self.key.public_key().modulus();
        let exponent = self.key.public_key().exponent();
        json!({"keys": [{
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": URL_SAFE_NO_PAD.encode(modulus.big_endian_without_leading_zero()),
            "e": URL_SAFE_NO_PAD.encode(exponent.big_endian_without_leading_zero()),
            "x5c": [STANDARD.encode(CERTIFICATE)],
            "cloud_instance_name": "microsoftonline.com",
            "issuer": issuer,
        }]})
    }
}
