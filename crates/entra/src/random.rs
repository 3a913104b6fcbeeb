//! Where secrets come from: `state`, `nonce`, the code verifier.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::error::{EntraError, EntraErrorKind};

/// Fills a slice with random bytes, or says that it could not. A cryptographically secure source: RFC 6749 §10.10 wants
/// what is made of it to be guessed with a chance of 2⁻¹⁶⁰ at most.
pub type Random = Arc<dyn Fn(&mut [u8]) -> Result<(), NoRandom> + Send + Sync>;

/// The source of randomness failed. No sign-in is begun without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no random numbers are to be had")]
pub struct NoRandom;

/// The operating system's source.
pub fn system_random() -> Random {
    Arc::new(|bytes| getrandom::fill(bytes).map_err(|_| NoRandom))
}

/// Random bytes in each secret: 43 letters, which is what RFC 7636 §4.1 recommends for a code verifier, and within the 64
/// that Entra asks a `state` to keep to.
const SECRET_BYTES: usize = 32;

/// A secret of letters that need no escaping in a URL.
pub(crate) fn secret(random: &Random) -> Result<String, EntraError> {
    let mut bytes = [0; SECRET_BYTES];
    random(&mut bytes).map_err(|NoRandom| EntraError::new(EntraErrorKind::Other, "no_random"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
