//! The copies of what is attached.
//!
//! A copy is made when a file is attached, so that the original may change or
//! go before the message does. A copy appears under its name only when it is
//! whole and on disk: written aside, synced, renamed, folder synced.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use message::{
    Attachment, AttachmentId, PICTURE_BYTES_MAX, attachment_name, content_type, picture_type,
};
use sha2::{Digest, Sha256};

use crate::error::OutboxError;
use crate::id::fresh_key;

mod copy;

pub use copy::{AttachmentCopy, AttachmentReader};

/// The largest file that can be attached.
pub(crate) const FILE_BYTES_MAX: u64 = message::ATTACHMENTS_BYTES_MAX;

/// What is read and written at once: memory stays flat whatever the file.
const CHUNK_BYTES: usize = 64 * 1024;

/// A copy that belongs to nothing is removed only when it is older: a file may
/// be attached in a window whose draft has not been saved yet.
const ORPHAN_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// The ending of a copy that is still being written.
const PART: &str = ".part";

#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
}

/// Opens a file of the person's. A pipe without a writer must not hold the thread for ever.
fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path)
}

impl Spool {
    pub(crate) fn open(folder: PathBuf) -> io::Result<Spool> {
        private_folder(&folder)?;
        Ok(Spool { folder })
    }

    /// Copies a file in. Follows the path's links; refuses what is no ordinary
    /// file, since reading a pipe or a device may never end.
    pub(crate) fn copy_in(&self, path: &Path) -> Result<Attachment, OutboxError> {
        self.copied_in(path).map(|(attachment, _)| attachment)
    }

    /// The same for a file that may be a picture in the text: it is one when its bytes say so.
    pub(crate) fn copy_picture_in(&self, path: &Path) -> Result<Attachment, OutboxError> {
        let (attachment, first_bytes) = self.copied_in(path)?;
        Ok(attachment.into_picture(&first_bytes))
    }

    /// Keeps a picture that is no file.
    pub(crate) fn write_picture(&self, contents: &[u8]) -> Result<Attachment, OutboxError> {
        let bytes = contents.len() as u64;
        if bytes > PICTURE_BYTES_MAX {
            return Err(OutboxError::FileTooLarge {
                bytes_max: PICTURE_BYTES_MAX,
            });
        }
        let content_type = picture_type(contents).ok_or(OutboxError::NoPicture)?;
        let (_, kind) = content_type.split_once('/').unwrap_or_default();
        let attachment = self.write_in(&format!("image.{kind}"), contents)?;
        Ok(attachment.into_picture(contents))
    }

    fn copied_in(&self, path: &Path) -> Result<(Attachment, Vec<u8>), OutboxError> {
        let source = open_at_once(path).map_err(OutboxError::FileUnreadable)?;
        // Asked of what was opened: the path may name something else a moment later.
        let metadata = source.metadata().map_err(OutboxError::FileUnreadable)?;
        if !metadata.is_file() {
            return Err(OutboxError::NotAFile);
        }
        if metadata.len() > FILE_BYTES_MAX {
            return Err(OutboxError::FileTooLarge {
                bytes_max: FILE_BYTES_MAX,
            });
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.described(&name, |part| copy(source, part))
    }

    /// Keeps what was made here and has never been a file.
    pub(crate) fn write_in(&self, name: &str, contents: &[u8]) -> Result<Attachment, OutboxError> {
        let written = self.described(name, |part| pour(contents, &mut private_file(part)?, false));
        written.map(|(attachment, _)| attachment)
    }

    /// Places a copy and describes it, with the first bytes of what is in it.
    fn described(
        &self,
        name: &str,
        write: impl FnOnce(&Path) -> Result<Copied, OutboxError>,
    ) -> Result<(Attachment, Vec<u8>), OutboxError> {
        let (id, copied) = self.place(write)?;
        let name = attachment_name(name);
        let content_type = content_type(&name, &copied.first_bytes);
        let attachment = Attachment {
            id,
            name,
            content_type,
            bytes: copied.bytes,
            sha256: copied.sha256,
            content_id: None,
        };
        Ok((attachment, copied.first_bytes))
    }

    /// Gives what `write` writes aside its name once it is whole, and nothing one where it is not.
    fn place<T>(
        &self,
        write: impl FnOnce(&Path) -> Result<T, OutboxError>,
    ) -> Result<(AttachmentId, T), OutboxError> {
        let id = fresh_id()?;
        let part = self.folder.join(format!("{id}{PART}"));
        let written = write(&part).and_then(|written| {
            fs::rename(&part, self.path(&id))?;
            sync_folder(&self.folder)?;
            Ok(written)
        });
        if written.is_err() {
            let _ = fs::remove_file(&part);
        }
        Ok((id, written?))
    }

    /// Reads a copy back and checks that it is what was attached.
    pub(crate) fn read(&self, attachment: &Attachment) -> Result<Vec<u8>, OutboxError> {
        let file = File::open(self.path(&attachment.id)).map_err(missing)?;
        let mut contents = Vec::new();
        file.take(attachment.bytes.min(FILE_BYTES_MAX).saturating_add(1))
            .read_to_end(&mut contents)?;
        if contents.len() as u64 != attachment.bytes
            || hex(&Sha256::digest(&contents)) != attachment.sha256
        {
            return Err(OutboxError::AttachmentDamaged);
        }
        Ok(contents)
    }

    /// A copy to be read piece by piece.
    pub(crate) fn copy_of(&self, attachment: &Attachment) -> Result<AttachmentCopy, OutboxError> {
        self.check_present(attachment)?;
        Ok(AttachmentCopy::new(self.path(&attachment.id), attachment))
    }

    /// Whether the copy is there with its full length. Its contents are checked when they are read.
    pub(crate) fn check_present(&self, attachment: &Attachment) -> Result<(), OutboxError> {
        let metadata = fs::symlink_metadata(self.path(&attachment.id)).map_err(missing)?;
        if metadata.is_file() && metadata.len() == attachment.bytes {
            Ok(())
        } else {
            Err(OutboxError::AttachmentDamaged)
        }
    }

    pub(crate) fn remove(&self, id: &AttachmentId) -> io::Result<()> {
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The copies (and parts of copies) old enough to be swept if nothing uses them.
    pub(crate) fn old_files(&self, now: SystemTime) -> io::Result<Vec<PathBuf>> {
        let mut old = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let modified = entry.metadata()?.modified()?;
            if now
                .duration_since(modified)
                .is_ok_and(|age| age > ORPHAN_AGE)
            {
                old.push(entry.path());
            }
        }
        Ok(old)
    }

    /// Moves every copy that is not in `kept` to another folder.
    pub(crate) fn move_others(&self, kept: &HashSet<String>, to: &Path) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !entry
                .file_name()
                .to_str()
                .is_some_and(|name| kept.contains(name))
            {
                private_folder(to)?;
                fs::rename(entry.path(), to.join(entry.file_name()))?;
            }
        }
        Ok(())
    }

    fn path(&self, id: &AttachmentId) -> PathBuf {
        self.folder.join(id.as_str())
    }
}

fn fresh_id() -> Result<AttachmentId, OutboxError> {
    AttachmentId::new(&fresh_key()).map_err(|error| OutboxError::Disk(io::Error::other(error)))
}

fn missing(error: io::Error) -> OutboxError {
    match error.kind() {
        io::ErrorKind::NotFound => OutboxError::AttachmentDamaged,
        _ => error.into(),
    }
}

struct Copied {
    bytes: u64,
    sha256: String,
    first_bytes: Vec<u8>,
}

/// Lets the copy share the original's blocks, where the file system can (Btrfs, XFS, bcachefs): nothing is written, and the
/// original may change all the same. Source: ioctl_ficlone(2).
fn share_blocks(source: &File, target: &File) -> bool {
    #[cfg(target_os = "linux")]
    return rustix::fs::ioctl_ficlone(target, source).is_ok();
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (source, target);
        false
    }
}

/// Copies to a new private file and syncs it.
fn copy(mut source: File, to: &Path) -> Result<Copied, OutboxError> {
    let mut target = private_file(to)?;
    // What is shared is read from the copy: the original may be written to by now.
    let is_shared = share_blocks(&source, &target);
    if is_shared {
        source = File::open(to)?;
    }
    pour(source, &mut target, is_shared)
}

/// Reads `source` to its end, writes it to `target` unless it is there already, and syncs. The length that counts is what
/// was read: a file may grow while it is copied.
fn pour(mut source: impl Read, target: &mut File, is_there: bool) -> Result<Copied, OutboxError> {
    let mut digest = Sha256::new();
    let mut bytes: u64 = 0;
    let mut first_bytes = Vec::new();
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let read = match source.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(OutboxError::FileUnreadable(error)),
        };
        let chunk = buffer.get(..read).unwrap_or_default();
        if chunk.is_empty() {
            break;
        }
        bytes = bytes.saturating_add(read as u64);
        if bytes > FILE_BYTES_MAX {
            return Err(OutboxError::FileTooLarge {
                bytes_max: FILE_BYTES_MAX,
            });
        }
        if first_bytes.is_empty() {
            first_bytes = chunk.to_vec();
        }
        digest.update(chunk);
        if !is_there {
            target.write_all(chunk)?;
        }
    }
    target.sync_all()?;
    Ok(Copied {
        bytes,
        sha256: hex(&digest.finalize()),
        first_bytes,
    })
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a folder that only its owner can enter, or makes an existing one so.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// Makes a file, which must not exist, that only its owner can read and write.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a rename or a new name in `folder` last. Elsewhere than on Unix a
/// folder cannot be opened for this, and the file system sees to it.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
