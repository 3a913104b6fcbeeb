//! The ids under which tokens and answers speak of a person, and which no
//! directory page shows.
//!
//! Sources: "ID token claims reference" (`sub`, `sid`, `login_hint`); "Optional
//! claims reference"; recordings of the live service for their look.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::dice::Dice;
use crate::directory::{Person, by_address};

/// The longest hint that is decoded: an address has at most 254 characters.
const HINT_CHARS_MAX: usize = 512;

/// `client_info`: the home account, base64url of JSON.
pub fn client_info(person: &Person) -> String {
    URL_SAFE_NO_PAD.encode(json!({"uid": person.oid, "utid": person.tenant_id}).to_string())
}

/// A pairwise subject of 43 characters; the personal tenant's begin with "AAAA".
pub fn subject(person: &Person, oid: &str, client_id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(oid);
    hash.update(client_id.to_ascii_lowercase());
    let subject = URL_SAFE_NO_PAD.encode(hash.finalize());
    if person.is_personal() {
        format!("AAAA{}", subject.chars().skip(4).collect::<String>())
    } else {
        subject
    }
}

/// `sid`: one session of a person. Tokens of one person share it here, as those
/// of one browser do on the live service.
pub fn session_id(person: &Person) -> String {
    let hash = Sha256::digest(format!("session of {}", person.oid));
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash.iter()) {
        *byte = *hashed;
    }
    Uuid::from_bytes(bytes).to_string()
}

/// The `login_hint` claim: opaque to clients, better than an address because it
/// survives a change of address.
pub fn login_hint(person: &Person) -> String {
    let hint = json!({"o": person.oid, "u": person.address}).to_string();
    format!("O.{}", URL_SAFE_NO_PAD.encode(hint))
}

/// Whom a `login_hint` or `logout_hint` means: an address or the claim.
pub fn hinted(hint: &str) -> Option<&'static Person> {
    let Some(encoded) = hint
        .strip_prefix("O.")
        .filter(|encoded| encoded.len() <= HINT_CHARS_MAX)
    else {
        return by_address(hint);
    };
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let hint: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    by_address(hint.get("u")?.as_str()?)
        .filter(|person| hint.get("o").and_then(|oid| oid.as_str()) == Some(person.oid))
}

/// An id that means nothing to anybody: `aio`, `uti`, `rh`.
pub fn opaque(dice: &Dice) -> String {
    URL_SAFE_NO_PAD.encode(dice.uuid().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_of_a_person_leads_back_to_them_alone() {
        let ada = by_address("ada@signet.example").unwrap();
        assert_eq!(hinted(&login_hint(ada)).unwrap().oid, ada.oid);
        assert_eq!(hinted("ADA@signet.example").unwrap().oid, ada.oid);
        let forged = json!({"o": "x", "u": ada.address}).to_string();
        for hint in [
            "O.",
            "O.e30",
            "nobody@signet.example",
            &format!("O.{}", URL_SAFE_NO_PAD.encode(forged)),
        ] {
            assert!(hinted(hint).is_none(), "{hint}");
        }
    }

    #[test]
    fn subjects_are_pairwise() {
        let ada = by_address("ada@signet.example").unwrap();
        let one = subject(ada, ada.oid, "a");
        assert_eq!(one.len(), 43);
        assert_eq!(one, subject(ada, ada.oid, "A"));
        assert_ne!(one, subject(ada, ada.oid, "b"));
    }
}
