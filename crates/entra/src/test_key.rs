//! Signing keys of an authority in a test.

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// The authority's key.
pub static OURS: LazyLock<TestKey> = LazyLock::new(|| TestKey::new("key-1"));

/// A key that calls itself the same and is not published.
pub static FORGED: LazyLock<TestKey> = LazyLock::new(|| TestKey::new("key-1"));

pub struct TestKey {
    pub kid: &'static str,
    der: Vec<u8>,
    n: String,
    e: String,
}

impl TestKey {
    fn new(kid: &'static str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = pair.public_key();
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let n = text(public.modulus().big_endian_without_leading_zero());
        let e = text(public.exponent().big_endian_without_leading_zero());
        // The key itself (PKCS #1) follows the 26 bytes that PKCS #8 wraps around an RSA key of this length.
        let der = pair.as_der().unwrap().as_ref()[26..].to_vec();
        Self { kid, der, n, e }
    }

    /// The key as it is published.
    pub fn published(&self, issuer: Option<&str>) -> Value {
        let mut key = json!({"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, "n": self.n, "e": self.e});
        if let Some(issuer) = issuer {
            key["issuer"] = json!(issuer);
        }
        key
    }

    pub fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.to_owned());
        self.sign_under(&header, claims)
    }

    pub fn sign_under(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &EncodingKey::from_rsa_der(&self.der)).unwrap()
    }

    /// A token whose HMAC secret is the published modulus: the confusion of algorithms.
    pub fn hmac(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(self.kid.to_owned());
        jsonwebtoken::encode(
            &header,
            claims,
            &EncodingKey::from_secret(self.n.as_bytes()),
        )
        .unwrap()
    }
}

/// A token under any header, with a signature of our choice.
pub fn unsigned(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}
