//! The list of accounts without secrets, so that a start needs no credential store.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::account::Account;

/// The longest index that is read: a thousand accounts take about half of it.
const INDEX_BYTES_MAX: u64 = 1_024 * 1_024;

/// The accounts in one small file.
#[derive(Debug)]
pub struct AccountIndex {
    path: PathBuf,
    accounts: Vec<Account>,
    set_aside: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    accounts: Vec<Account>,
}

impl AccountIndex {
    /// Reads the index. A damaged file is set aside and an empty index returned: a start never fails for it.
    pub fn open(path: PathBuf) -> Self {
        match read(&path) {
            Ok(accounts) => Self {
                path,
                accounts,
                set_aside: None,
            },
            Err(error) => {
                let aside = path.with_extension("damaged");
                tracing::warn!(%error, "the account index cannot be read and is set aside");
                let set_aside = fs::rename(&path, &aside).is_ok().then_some(aside);
                Self {
                    path,
                    accounts: Vec::new(),
                    set_aside,
                }
            }
        }
    }

    /// The accounts, in the order in which they were added.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Where a damaged file was moved, if one was found.
    pub fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    /// Adds an account, or replaces it in its place, and saves.
    pub fn put(&mut self, account: Account) -> io::Result<()> {
        let same = |known: &&mut Account| known.home_account_id == account.home_account_id;
        match self.accounts.iter_mut().find(same) {
            Some(known) => *known = account,
            None => self.accounts.push(account),
        }
        self.save()
    }

    /// Removes an account and saves; removing what is not there succeeds.
    pub fn remove(&mut self, home_account_id: &str) -> io::Result<()> {
        self.accounts
            .retain(|known| known.home_account_id != home_account_id);
        self.save()
    }

    fn save(&self) -> io::Result<()> {
        let json = serde_json::to_vec_pretty(&Stored {
            accounts: self.accounts.clone(),
        })?;
        replace(&self.path, &json)
    }
}

/// No file is an empty index.
fn read(path: &Path) -> io::Result<Vec<Account>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut json = Vec::new();
    file.take(INDEX_BYTES_MAX).read_to_end(&mut json)?;
    let stored: Stored = serde_json::from_slice(&json)?;
    Ok(stored.accounts)
}

/// Writes beside the file, syncs and renames, so that a crash leaves the old file or the new one.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    // The name is on disk only when its folder is.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::AccountIndex;
    use crate::account::Account;

    fn account(id: &str) -> Account {
        Account {
            home_account_id: id.to_owned(),
            name: Some("Ada Lovelace-Núñez".to_owned()),
            username: "ada@signet.example".to_owned(),
            tenant_id: "t".to_owned(),
            environment: "login.microsoftonline.com".to_owned(),
            scopes: vec!["User.Read".to_owned()],
        }
    }

    #[test]
    fn accounts_come_back_in_order_and_alone_readable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/accounts.json");
        let mut index = AccountIndex::open(path.clone());
        for id in ["a.t", "b.t", "c.t"] {
            index.put(account(id)).unwrap();
        }
        index
            .put(Account {
                name: None,
                ..account("a.t")
            })
            .unwrap();
        index.remove("b.t").unwrap();
        index.remove("unknown").unwrap();
        let index = AccountIndex::open(path.clone());
        let ids: Vec<&str> = index
            .accounts()
            .iter()
            .map(|account| account.home_account_id.as_str())
            .collect();
        assert_eq!(ids, ["a.t", "c.t"]);
        assert_eq!(index.accounts()[0].name, None);
        assert_eq!(index.accounts()[1], account("c.t"));
        assert_eq!(index.set_aside(), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }

    #[test]
    fn a_damaged_index_is_set_aside_and_never_fatal() {
        for damage in [
            &b"{\"accounts\":[{"[..],
            b"",
            b"\xff\xfe",
            b"[]",
            &[b'['; 100_000],
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("accounts.json");
            std::fs::write(&path, damage).unwrap();
            let mut index = AccountIndex::open(path.clone());
            assert!(index.accounts().is_empty());
            assert_eq!(std::fs::read(index.set_aside().unwrap()).unwrap(), damage);
            index.put(account("a.t")).unwrap();
            assert_eq!(AccountIndex::open(path).accounts().len(), 1);
        }
    }
}
