//! One record in one entry or in many.
//!
//! Where an entry is unbounded, a record is one entry, and a write one atomic replacement. Where it is bounded, a record
//! named `n` is a manifest in the entry `n` and parts in the entries `n/a/0`, `n/a/1`, … or `n/b/0`, …:
//! the parts of the generation not in use are written, the manifest is switched over, and the old parts are removed.
//! A crash between any two steps leaves the old record or the new one, and leftovers that the next write or deletion finds by name.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::KeychainError;

/// The longest record. An account with the largest tokens seen has about 20 KB; what is longer is a mistake.
pub const RECORD_BYTES_MAX: usize = 256 * 1_024;

/// The most parts a record may have: enough for [`RECORD_BYTES_MAX`] in entries of 2,560 bytes, and an end for a hostile manifest.
const PARTS_MAX: usize = 128;

/// The entries of one service, as a store holds them.
pub(crate) trait Entries {
    /// How much one entry holds; `None` for no bound that matters.
    fn bytes_max(&self) -> Option<usize>;
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError>;
    /// Removing what is not there succeeds.
    fn remove(&self, name: &str) -> Result<(), KeychainError>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Generation {
    A,
    B,
}

impl Generation {
    fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    fn part(self, name: &str, index: usize) -> String {
        let letter = match self {
            Self::A => 'a',
            Self::B => 'b',
        };
        format!("{name}/{letter}/{index}")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    generation: Generation,
    parts: usize,
    sha256: String,
}

/// Reads a record. One that is torn is read once more, since another process may have replaced it meanwhile.
pub(crate) fn read(
    entries: &dyn Entries,
    name: &str,
) -> Result<Option<SecretString>, KeychainError> {
    match read_once(entries, name) {
        Err(KeychainError::Torn) => read_once(entries, name),
        other => other,
    }
}

fn read_once(entries: &dyn Entries, name: &str) -> Result<Option<SecretString>, KeychainError> {
    let Some(first) = entries.get(name)? else {
        return Ok(None);
    };
    let bytes = match entries.bytes_max() {
        None => first,
        Some(_) => join(entries, name, &manifest(&first)?)?,
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| KeychainError::Torn)?;
    Ok(Some(SecretString::from(text)))
}

fn manifest(entry: &[u8]) -> Result<Manifest, KeychainError> {
    let manifest: Manifest = serde_json::from_slice(entry).map_err(|_| KeychainError::Torn)?;
    if manifest.parts > PARTS_MAX {
        Err(KeychainError::Torn)
    } else {
        Ok(manifest)
    }
}

fn join(
    entries: &dyn Entries,
    name: &str,
    manifest: &Manifest,
) -> Result<Zeroizing<Vec<u8>>, KeychainError> {
    // Reserved whole, so that growing leaves no copies behind that nobody wipes.
    let mut whole = Zeroizing::new(Vec::with_capacity(RECORD_BYTES_MAX));
    for index in 0..manifest.parts {
        let part = entries
            .get(&manifest.generation.part(name, index))?
            .ok_or(KeychainError::Torn)?;
        if whole.len() + part.len() > RECORD_BYTES_MAX {
            return Err(KeychainError::Torn);
        }
        whole.extend_from_slice(&part);
    }
    if digest(&whole) == manifest.sha256 {
        Ok(whole)
    } else {
        Err(KeychainError::Torn)
    }
}

/// Writes a record; returns when it is whole in the store.
pub(crate) fn write(entries: &dyn Entries, name: &str, record: &str) -> Result<(), KeychainError> {
    if record.len() > RECORD_BYTES_MAX {
        return Err(KeychainError::TooLong);
    }
    match entries.bytes_max() {
        None => entries.set(name, record.as_bytes()),
        Some(bytes_max) => write_in_parts(entries, name, record.as_bytes(), bytes_max),
    }
}

fn write_in_parts(
    entries: &dyn Entries,
    name: &str,
    record: &[u8],
    bytes_max: usize,
) -> Result<(), KeychainError> {
    let parts: Vec<&[u8]> = record.chunks(bytes_max.max(1)).collect();
    if parts.len() > PARTS_MAX {
        return Err(KeychainError::TooLong);
    }
    // A manifest that cannot be read points nowhere: either generation may be overwritten.
    let old = entries.get(name)?.and_then(|entry| manifest(&entry).ok());
    let generation = old
        .as_ref()
        .map_or(Generation::A, |old| old.generation.other());
    trim(entries, name, generation, parts.len(), old.as_ref())?;
    let set = |(index, part): (usize, &&[u8])| entries.set(&generation.part(name, index), part);
    if let Err(error) = parts.iter().enumerate().try_for_each(set) {
        // A store that is full gets back what this write took; no manifest points there.
        let _ = trim(entries, name, generation, 0, old.as_ref());
        return Err(error);
    }
    let manifest = Manifest {
        generation,
        parts: parts.len(),
        sha256: digest(record),
    };
    let manifest =
        serde_json::to_vec(&manifest).map_err(|error| KeychainError::Refused(Box::new(error)))?;
    entries.set(name, &manifest)?;
    trim(entries, name, generation.other(), 0, old.as_ref())
}

/// Deletes a record and all leftovers of it. The manifest goes first, so that no part of a record is ever read as one.
pub(crate) fn delete(entries: &dyn Entries, name: &str) -> Result<(), KeychainError> {
    if entries.bytes_max().is_none() {
        return entries.remove(name);
    }
    let old = entries.get(name)?.and_then(|entry| manifest(&entry).ok());
    entries.remove(name)?;
    trim(entries, name, Generation::A, 0, old.as_ref())?;
    trim(entries, name, Generation::B, 0, old.as_ref())
}

/// Removes a generation's parts from `keep` on: those the manifest counts, and those that follow without a gap.
///
/// From the last to the first: what a crash leaves is again a row without gaps, which the next look finds.
fn trim(
    entries: &dyn Entries,
    name: &str,
    generation: Generation,
    keep: usize,
    old: Option<&Manifest>,
) -> Result<(), KeychainError> {
    let counted = old
        .filter(|old| old.generation == generation)
        .map_or(0, |old| old.parts);
    let mut end = keep.max(counted);
    while end < PARTS_MAX && entries.get(&generation.part(name, end))?.is_some() {
        end += 1;
    }
    (keep..end)
        .rev()
        .try_for_each(|index| entries.remove(&generation.part(name, index)))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
