//! What stands below a mail, per account: plain text, a file for each in the settings folder.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{card, folders};

/// Longest signature. A card and a legal notice of a page find room in it.
pub const SIGNATURE_CHARS_MAX: usize = 2_000;

/// An account's signature; empty where there is none, or none that can be read.
pub fn of(config_folder: &Path, account: &str) -> String {
    let bytes = folders::read_small(&file(config_folder, account));
    let bytes = bytes.ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.chars().take(SIGNATURE_CHARS_MAX).collect()
}

/// Keeps a signature; an empty one is none.
///
/// Errors: `InvalidInput` where it is longer than [`SIGNATURE_CHARS_MAX`], or what the disk says.
pub fn keep(config_folder: &Path, account: &str, signature: &str) -> io::Result<()> {
    if signature.chars().count() > SIGNATURE_CHARS_MAX {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let signature = signature.replace('\r', "");
    if signature.trim().is_empty() {
        return forget(config_folder, account);
    }
    folders::make_private(config_folder)?;
    let path = file(config_folder, account);
    folders::write_private(&path, signature.trim_end().as_bytes())
}

/// Removes an account's signature.
pub fn forget(config_folder: &Path, account: &str) -> io::Result<()> {
    match std::fs::remove_file(file(config_folder, account)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether a file of the settings folder is a signature.
pub fn is_file(name: &str) -> bool {
    name.starts_with("signature-") && name.ends_with(".txt")
}

fn file(config_folder: &Path, account: &str) -> PathBuf {
    config_folder.join(format!("signature-{}.txt", card::file_name(account)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_its_own_and_an_empty_one_is_none() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("config");
        assert_eq!(of(&folder, "ada"), "");
        keep(&folder, "ada", "Ada\r\nCountess\n\n").unwrap();
        assert_eq!(of(&folder, "ada"), "Ada\nCountess");
        assert_eq!(of(&folder, "grace"), "");
        keep(&folder, "ada", " \n").unwrap();
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        forget(&folder, "ada").unwrap();
    }

    #[test]
    fn one_that_is_too_long_is_refused_and_one_that_grew_by_hand_is_cut() {
        let root = tempfile::tempdir().unwrap();
        let long = "ä".repeat(SIGNATURE_CHARS_MAX + 1);
        let refused = keep(root.path(), "ada", &long).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        std::fs::write(file(root.path(), "ada"), &long).unwrap();
        let read = of(root.path(), "ada");
        assert_eq!(read.chars().count(), SIGNATURE_CHARS_MAX);
    }
}
