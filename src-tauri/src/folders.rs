//! The shell's folders, and how it writes a small file of its own: temporary file, synced, renamed, folder synced (0700, 0600).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// Largest small file that is read: settings, account index, card with photo. Anything above was not written here.
const SMALL_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Where things lie.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Settings.
    pub config: PathBuf,
    /// Account index, outbox, spool.
    pub data: PathBuf,
    /// Cards.
    pub cache: PathBuf,
}

impl Folders {
    /// Makes the folders where they are missing.
    pub fn prepare(&self) -> io::Result<()> {
        [&self.config, &self.data, &self.cache]
            .into_iter()
            .try_for_each(|folder| make_private(folder))
    }
}

/// The person's data folder. Source: XDG Base Directory Specification, "Environment variables".
#[cfg(target_os = "linux")]
pub fn data_home() -> io::Result<PathBuf> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .ok_or_else(|| io::Error::other("neither XDG_DATA_HOME nor HOME is set"))
}

/// Makes `folder` and what leads to it, readable by nobody else.
pub fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Replaces `path` by `contents`, for nobody else to read: a crash leaves the old file or the new one.
pub fn write_private(path: &Path, contents: &[u8]) -> io::Result<()> {
    replace(path, contents, 0o600)
}

/// Likewise, for a file that the person keeps where they like: who else may read it is for their own umask to say.
pub fn write_for_person(path: &Path, contents: &[u8]) -> io::Result<()> {
    let written = replace(path, contents, 0o666);
    if written.is_err() {
        // Nothing half-written stays where the person would find it.
        let _ = fs::remove_file(temporary(path));
    }
    written
}

fn replace(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    let temporary = temporary(path);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(&temporary)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync_folder(path)
}

fn temporary(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.tmp", std::process::id()))
}

/// The new name is on disk too.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Elsewhere a folder cannot be synced; the rename is the file system's own transaction.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes those files of a folder whose name is one of ours. Fine where there is no folder.
pub fn erase(folder: &Path, is_ours: impl Fn(&str) -> bool) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(&is_ours) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    sync_folder(&folder.join("erased"))
}

/// Reads a small file; `None` where there is none.
pub fn read_small(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut contents = Vec::new();
    file.take(SMALL_FILE_BYTES_MAX + 1)
        .read_to_end(&mut contents)?;
    if contents.len() as u64 > SMALL_FILE_BYTES_MAX {
        return Err(io::Error::other("the file is larger than 4 MiB"));
    }
    Ok(Some(contents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        assert!(read_small(&path).unwrap().is_none());
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(read_small(&path).unwrap().unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_persons_file_is_their_own_and_a_failure_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Ada.vcf");
        write_for_person(&path, b"one").unwrap();
        write_for_person(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let usual = folder.path().join("usual");
            File::create(&usual).unwrap();
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode(&path), mode(&usual));
            fs::remove_file(usual).unwrap();
        }
        let taken = folder.path().join("folder.vcf");
        fs::create_dir(&taken).unwrap();
        assert!(write_for_person(&taken, b"three").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn only_what_is_ours_is_erased() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["card-1.json", "card-2.json", "notes.txt"] {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        erase(folder.path(), |name| name.starts_with("card-")).unwrap();
        erase(&folder.path().join("none"), |_| true).unwrap();
        let left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, ["notes.txt"]);
    }

    #[test]
    fn an_oversized_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.json");
        fs::write(&path, vec![b' '; SMALL_FILE_BYTES_MAX as usize + 1]).unwrap();
        assert!(read_small(&path).is_err());
    }
}
