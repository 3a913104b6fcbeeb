//! The records: what is watched, and how it is written down.

use std::ffi::{CStr, CString, c_char, c_int};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStringExt;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// What was done. Its value begins the record.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Act {
    /// An ordinary file was made: inode, path.
    Make = b'm',
    /// A folder was made: inode, path.
    MakeFolder = b'f',
    /// Bytes were written: inode, where, bytes.
    Write = b'w',
    /// A file was cut or stretched: inode, length.
    SetLength = b'l',
    /// A file or a folder was synced: inode.
    Sync = b's',
    /// A name was moved: from, to.
    Rename = b'r',
    /// A second name was given: from, to.
    Link = b'k',
    /// A name was removed: path.
    Remove = b'x',
}

/// The watched folder and the open log. One call at a time is made and written down.
pub(crate) struct Watch {
    folder: Vec<u8>,
    log: c_int,
    turn: Mutex<()>,
}

/// The longest path that Linux takes.
const PATH_BYTES_MAX: usize = 4096;

impl Watch {
    /// What the environment asks for. `None` when it asks for nothing.
    pub(crate) fn get() -> Option<&'static Watch> {
        static WATCH: OnceLock<Option<Watch>> = OnceLock::new();
        WATCH.get_or_init(Watch::of_environment).as_ref()
    }

    fn of_environment() -> Option<Watch> {
        let folder = std::env::var_os("RECORDER_FOLDER")?.into_vec();
        let log = CString::new(std::env::var_os("RECORDER_LOG")?.into_vec()).ok()?;
        let flags = libc::O_WRONLY | libc::O_APPEND | libc::O_CREAT | libc::O_CLOEXEC;
        // SAFETY: the path is a C string that outlives the call.
        let log = unsafe {
            libc::syscall(
                libc::SYS_openat,
                libc::AT_FDCWD,
                log.as_ptr(),
                flags,
                0o600 as c_int,
            )
        };
        Some(Watch {
            folder,
            log: c_int::try_from(log).ok().filter(|log| *log >= 0)?,
            turn: Mutex::new(()),
        })
    }

    /// Takes the turn: what is done under it stands in the log in its order.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The inode of an open file, if it lies in the folder or is the folder.
    pub(crate) fn inode(&self, file: c_int) -> Option<u64> {
        self.within(&path_of(file)?)?;
        Some(status(file)?.st_ino)
    }

    /// A path relative to the folder, if it leads into it. `at` is the folder that a relative path is relative to.
    ///
    /// # Safety
    /// `path` is a C string.
    pub(crate) unsafe fn path(&self, at: c_int, path: *const c_char) -> Option<Vec<u8>> {
        // SAFETY: the caller's promise.
        let path = unsafe { CStr::from_ptr(path) }.to_bytes();
        if path.starts_with(b"/") {
            return self.within(path);
        }
        let mut whole = path_of(at)?;
        whole.push(b'/');
        whole.extend_from_slice(path);
        self.within(&whole)
    }

    fn within(&self, path: &[u8]) -> Option<Vec<u8>> {
        match path.strip_prefix(self.folder.as_slice())? {
            [] => Some(Vec::new()),
            [b'/', inside @ ..] => Some(inside.to_vec()),
            _ => None,
        }
    }

    /// Writes a record. A process that cannot be written down ends.
    pub(crate) fn write(&self, act: Act, inode: u64, at: u64, first: &[u8], second: &[u8]) {
        let length = |part: &[u8]| u32::try_from(part.len()).unwrap_or(u32::MAX);
        let mut record = vec![act as u8];
        record.extend(inode.to_le_bytes());
        record.extend(at.to_le_bytes());
        record.extend(length(first).to_le_bytes());
        record.extend(length(second).to_le_bytes());
        record.extend(first);
        record.extend(second);
        // SAFETY: the pointer and the length are those of one vector.
        let written =
            unsafe { libc::syscall(libc::SYS_write, self.log, record.as_ptr(), record.len()) };
        if usize::try_from(written) != Ok(record.len()) {
            std::process::abort();
        }
    }
}

/// What an open file is called now.
fn path_of(file: c_int) -> Option<Vec<u8>> {
    let link = CString::new(format!("/proc/self/fd/{file}")).ok()?;
    let mut path = vec![0; PATH_BYTES_MAX];
    // SAFETY: the link is a C string, and as many bytes are writable as are named.
    let length = unsafe { libc::readlink(link.as_ptr(), path.as_mut_ptr().cast(), path.len()) };
    path.truncate(usize::try_from(length).ok()?);
    Some(path)
}

/// What the kernel says of an open file.
pub(crate) fn status(file: c_int) -> Option<libc::stat> {
    let mut status = MaybeUninit::uninit();
    // SAFETY: the kernel fills the struct when it says so, and only then it is read.
    unsafe { (libc::fstat(file, status.as_mut_ptr()) == 0).then(|| status.assume_init()) }
}

/// The inode behind a path, `None` when there is none.
///
/// # Safety
/// `path` is a C string.
pub(crate) unsafe fn inode_at(at: c_int, path: *const c_char) -> Option<u64> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the path is the caller's promise; the struct is read only when the kernel has filled it.
    unsafe {
        let found = libc::fstatat(at, path, status.as_mut_ptr(), libc::AT_SYMLINK_NOFOLLOW);
        (found == 0).then(|| status.assume_init().st_ino)
    }
}
