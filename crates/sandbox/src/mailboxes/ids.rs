//! The ids that items, folders and versions carry on the wire.
//!
//! They are opaque there; here each is made of its owner and of numbers, so that
//! the same seed and the same requests give the same ids. Source: "Obtain
//! immutable identifiers for Outlook resources"; the alphabet is base64 for
//! URLs, with `=`, as the service writes it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// What the ids of items begin with, before they are written in base64.
const MUTABLE: [u8; 4] = [0x00, 0x03, 0x24, 0x00];
const IMMUTABLE: [u8; 4] = [0x00, 0x09, 0x00, 0x2e];
/// What stands behind the owner.
const OWNER_END: [u8; 2] = [0, 0x46];
/// How long an item's id is before it is written in base64.
const ITEM_BYTES: usize = 72;

/// The id that changes when the item moves to another folder.
pub fn mutable(owner: &str, folder: u32, serial: u64) -> String {
    item(MUTABLE, owner, u64::from(folder), serial)
}

/// An item's id: `fixed` if it took one over from its draft.
pub fn current(fixed: Option<&str>, owner: &str, folder: u32, serial: u64) -> String {
    match fixed {
        Some(id) => id.to_owned(),
        None if serial == 0 => String::new(),
        None => mutable(owner, folder, serial),
    }
}

/// The id that stays as long as the item is in the mailbox.
pub fn immutable(owner: &str, serial: u64) -> String {
    if serial == 0 {
        return String::new();
    }
    item(IMMUTABLE, owner, 0, serial)
}

/// A folder's id; it never changes.
pub fn folder(owner: &str, number: u32) -> String {
    item([0x00, 0x03, 0x24, 0x01], owner, 0, u64::from(number))
}

/// An attachment's id, unique in the sandbox.
pub fn attachment(owner: &str, serial: u64) -> String {
    item([0x00, 0x03, 0x24, 0x02], owner, 1, serial)
}

/// A conversation's id within the mailbox of `owner`.
pub fn conversation(owner: &str, thread: u64) -> String {
    item([0x00, 0x05, 0x24, 0x00], owner, 2, thread)
}

/// `conversationIndex` of MS-OXOMSG §2.2.1.3: a header of 22 bytes, and five
/// more for every answer.
pub fn conversation_index(thread: u64, depth: u32) -> String {
    let mut bytes = vec![1];
    bytes.extend(mix(thread).to_be_bytes().into_iter().take(5));
    bytes.extend_from_slice(&mix(thread ^ 1).to_be_bytes());
    bytes.extend_from_slice(&thread.to_be_bytes());
    for level in 0..depth {
        let level = mix(thread ^ u64::from(level)).to_be_bytes();
        bytes.extend(level.into_iter().take(5));
    }
    STANDARD.encode(bytes)
}

/// A version's key, new on every change.
pub fn change_key(serial: u64, version: u64) -> String {
    let mut bytes = Vec::with_capacity(32);
    bytes.extend_from_slice(&[0x09, 0, 0, 0, 0x16, 0, 0, 0]);
    bytes.extend_from_slice(&mix(serial).to_be_bytes());
    bytes.extend_from_slice(&serial.to_be_bytes());
    bytes.extend_from_slice(&version.to_be_bytes());
    STANDARD.encode(bytes)
}

/// Whether `text` has the form of an id of this service at all; what has not is
/// answered with ErrorInvalidIdMalformed instead of a 404.
pub fn is_well_formed(text: &str) -> bool {
    let text = text.replace('+', "-").replace('/', "_");
    URL_SAFE
        .decode(text)
        .is_ok_and(|bytes| bytes.len() > MUTABLE.len() && bytes.first() == Some(&0))
}

/// The number of the item that has one of these ids in the mailbox of `owner`. Any
/// text may hold a number: whoever finds an item by it compares its ids.
pub fn serial(owner: &str, id: &str) -> Option<u64> {
    let bytes = URL_SAFE.decode(id).ok()?;
    let start = MUTABLE.len() + owner.len() + OWNER_END.len() + 2 * size_of::<u64>();
    let serial = bytes.get(start..)?.first_chunk()?;
    Some(u64::from_be_bytes(*serial))
}

fn item(kind: [u8; 4], owner: &str, place: u64, serial: u64) -> String {
    let mut bytes = Vec::with_capacity(ITEM_BYTES);
    bytes.extend_from_slice(&kind);
    bytes.extend_from_slice(owner.as_bytes());
    bytes.extend_from_slice(&OWNER_END);
    bytes.extend_from_slice(&mix(serial ^ place.rotate_left(32)).to_be_bytes());
    bytes.extend_from_slice(&place.to_be_bytes());
    bytes.extend_from_slice(&serial.to_be_bytes());
    // One byte short of a multiple of three, so that the id ends in `=`.
    while bytes.len() % 3 != 2 {
        bytes.push(0);
    }
    URL_SAFE.encode(bytes)
}

/// SplitMix64: spreads neighbouring numbers, so that ids differ in more than
/// their last letters and carry the letters that need encoding.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "a1da0000-1815-4d10-8f3a-51673e700001";

    #[test]
    fn only_the_mutable_id_knows_the_folder() {
        assert_ne!(mutable(OWNER, 1, 7), mutable(OWNER, 2, 7));
        assert_ne!(mutable(OWNER, 1, 7), mutable(OWNER, 1, 8));
        assert_ne!(immutable(OWNER, 7), immutable(OWNER, 8));
        assert!(mutable(OWNER, 1, 7).starts_with("AAMk"));
        assert!(immutable(OWNER, 7).starts_with("AAkA"));
    }

    #[test]
    fn an_id_knows_the_number_of_its_item() {
        for (id, expected) in [
            (mutable(OWNER, 1, 7), Some(7)),
            (immutable(OWNER, u64::MAX), Some(u64::MAX)),
            ("AAMk".to_owned(), None),
            ("not base64 %".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(serial(OWNER, &id), expected, "{id}");
        }
    }

    #[test]
    fn ids_are_told_from_noise() {
        for (text, expected) in [
            (&*mutable(OWNER, 1, 7), true),
            (&immutable(OWNER, 7), true),
            ("AAMkAGE=", true),
            ("", false),
            ("nonsense", false),
            ("AAMk", false),
            ("not base64 %", false),
        ] {
            assert_eq!(is_well_formed(text), expected, "{text}");
        }
    }
}
