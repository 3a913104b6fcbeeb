//! The list of accounts without secrets, so that a start needs no credential store.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::account::Account;

/// The longest index that is read: a thousand accounts take about half of it.
const INDEX_BYTES_MAX: u64 = 1_024 * 1_024;

/// The accounts in one small file, the last one put first.
#[derive(Debug)]
pub struct AccountIndex {
    path: PathBuf,
    accounts: Vec<Account>,
    /// The scopes that a person wants left alone, by account.
    unused: BTreeMap<String, Vec<String>>,
    set_aside: Option<PathBuf>,
    /// The file is there and could not be read: until it is, it is not written either.
    unread: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    accounts: Vec<Account>,
    #[serde(default)]
    unused: BTreeMap<String, Vec<String>>,
}

impl AccountIndex {
    /// Reads the index. A start never fails for it: the index is then empty.
    ///
    /// A file that was read and is no index is moved aside. One that could not be read (rights, a disk in trouble) may be
    /// sound: it stays where it is, and is read again before the first change.
    pub fn open(path: PathBuf) -> Self {
        let mut index = Self {
            path,
            accounts: Vec::new(),
            unused: BTreeMap::new(),
            set_aside: None,
            unread: true,
        };
        if let Err(error) = index.read() {
            tracing::warn!(%error, "the account index cannot be read");
        }
        index
    }

    /// The accounts, the last one put first: whoever signed in or was chosen last.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Where a file that was no index was moved, if one was found.
    pub fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    /// Puts an account to the front, in place of what was known of it, and saves.
    ///
    /// The account stands in memory even where the file could not be written.
    pub fn put(&mut self, account: Account) -> io::Result<()> {
        let read = self.read();
        self.accounts.retain(|known| known.id() != account.id());
        self.accounts.insert(0, account);
        read?;
        self.save()
    }

    /// Removes an account by its [`Account::id`] and saves; removing what is not there succeeds.
    pub fn remove(&mut self, account: &str) -> io::Result<()> {
        let read = self.read();
        self.accounts.retain(|known| known.id() != account);
        self.unused.remove(account);
        read?;
        self.save()
    }

    /// The scopes that an account was granted and that its person wants left alone: an authority takes no grant back.
    pub fn unused(&self, account: &str) -> &[String] {
        self.unused.get(account).map_or(&[], Vec::as_slice)
    }

    /// Leaves exactly these scopes of an account alone from now on, and saves.
    pub fn set_unused(&mut self, account: &str, scopes: Vec<String>) -> io::Result<()> {
        let read = self.read();
        match scopes.is_empty() {
            true => self.unused.remove(account),
            false => self.unused.insert(account.to_owned(), scopes),
        };
        read?;
        self.save()
    }

    /// Reads the file, if that is still to be done: what it has comes behind what was put meanwhile.
    fn read(&mut self) -> io::Result<()> {
        if !self.unread {
            return Ok(());
        }
        if let Some(json) = read(&self.path)? {
            match serde_json::from_slice::<Stored>(&json) {
                Ok(stored) => {
                    stored.accounts.into_iter().for_each(|one| self.add(one));
                    let unused = stored.unused.into_iter();
                    unused.for_each(|(account, scopes)| {
                        self.unused.entry(account).or_insert(scopes);
                    });
                }
                Err(error) => self.put_aside(&error),
            }
        }
        self.unread = false;
        Ok(())
    }

    fn add(&mut self, account: Account) {
        let same = |known: &Account| known.id() == account.id();
        if !self.accounts.iter().any(same) {
            self.accounts.push(account);
        }
    }

    fn put_aside(&mut self, error: &serde_json::Error) {
        tracing::warn!(
            line = error.line(),
            "the account index is none and is moved aside"
        );
        let aside = self.path.with_extension("damaged");
        self.set_aside = fs::rename(&self.path, &aside).is_ok().then_some(aside);
    }

    fn save(&self) -> io::Result<()> {
        let json = serde_json::to_vec_pretty(&Stored {
            accounts: self.accounts.clone(),
            unused: self.unused.clone(),
        })?;
        replace(&self.path, &json)
    }
}

/// The file's bytes, or `None` where there is none. Of one that is too long the beginning, which is no index.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut json = Vec::new();
    file.take(INDEX_BYTES_MAX).read_to_end(&mut json)?;
    Ok(Some(json))
}

/// Writes beside the file, syncs and renames, so that a crash leaves the old file or the new one.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let beside = path.with_extension("new");
    if let Err(error) = write(&beside, bytes).and_then(|()| fs::rename(&beside, path)) {
        // Names and addresses are not left lying about.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    // The name is on disk only when its folder is.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
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
            login_hint: None,
            tenant_id: "t".to_owned(),
            environment: "login.microsoftonline.com".to_owned(),
            scopes: vec!["User.Read".to_owned()],
        }
    }

    fn ids(index: &AccountIndex) -> Vec<&str> {
        let accounts = index.accounts().iter();
        accounts
            .map(|account| account.home_account_id.as_str())
            .collect()
    }

    #[test]
    fn the_last_sign_in_comes_back_first_and_alone_readable() {
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
        assert_eq!(ids(&index), ["a.t", "c.t"]);
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
    fn what_is_left_alone_lasts_until_the_account_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.json");
        let mut index = AccountIndex::open(path.clone());
        index.put(account("a.t")).unwrap();
        let scopes = vec!["Mail.ReadWrite".to_owned()];
        index.set_unused("a.t", scopes.clone()).unwrap();
        index.put(account("a.t")).unwrap();
        let mut index = AccountIndex::open(path.clone());
        assert_eq!(
            (index.unused("a.t"), index.unused("b.t")),
            (&*scopes, &[][..])
        );
        index.set_unused("a.t", Vec::new()).unwrap();
        assert!(AccountIndex::open(path.clone()).unused("a.t").is_empty());
        index.set_unused("a.t", scopes).unwrap();
        index.remove("a.t").unwrap();
        assert!(AccountIndex::open(path).unused("a.t").is_empty());
    }

    /// A folder in its place is something that cannot be read, even by root.
    #[test]
    fn an_unreadable_index_stays_and_is_neither_replaced_nor_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (path, away) = (
            folder.path().join("accounts.json"),
            folder.path().join("away"),
        );
        AccountIndex::open(path.clone())
            .put(account("a.t"))
            .unwrap();
        std::fs::rename(&path, &away).unwrap();
        std::fs::create_dir(&path).unwrap();
        let mut index = AccountIndex::open(path.clone());
        assert_eq!((ids(&index).len(), index.set_aside()), (0, None));
        assert!(index.put(account("b.t")).is_err());
        assert!(path.is_dir());
        assert_eq!(ids(&index), ["b.t"]);
        std::fs::remove_dir(&path).unwrap();
        std::fs::rename(&away, &path).unwrap();
        index.put(account("c.t")).unwrap();
        assert_eq!(ids(&index), ["c.t", "b.t", "a.t"]);
        assert_eq!(ids(&AccountIndex::open(path)), ["c.t", "b.t", "a.t"]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
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
