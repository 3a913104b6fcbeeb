//! The calls about an open file, by the names that the C library gives them and with its promises. Each asks the kernel
//! itself, by `syscall`, since the C library's own function of this name is covered by the one here, and writes down what
//! has succeeded.

use std::ffi::{c_int, c_long, c_void};

use libc::{iovec, off64_t, size_t, ssize_t};

use crate::record::{Act, Watch, status};

fn length(result: ssize_t) -> Option<usize> {
    usize::try_from(result).ok().filter(|length| *length > 0)
}

/// Does `write`, and writes down the bytes that were taken, of the parts in `from`. `at` is `None` for "where the file stands".
///
/// # Safety
/// `from` names readable memory.
unsafe fn written(
    file: c_int,
    at: Option<off64_t>,
    from: &[iovec],
    write: impl FnOnce() -> ssize_t,
) -> ssize_t {
    let Some((watch, inode)) = watched(file) else {
        return write();
    };
    let _turn = watch.turn();
    let at = at.unwrap_or_else(|| place(file));
    let result = write();
    if let (Some(taken), Ok(at)) = (length(result), u64::try_from(at)) {
        let mut bytes = Vec::with_capacity(taken);
        for part in from {
            let count = part.iov_len.min(taken - bytes.len());
            // SAFETY: the caller's promise; the kernel has just read the same bytes.
            bytes.extend_from_slice(unsafe {
                std::slice::from_raw_parts(part.iov_base.cast::<u8>().cast_const(), count)
            });
        }
        watch.write(Act::Write, inode, at, &bytes, &[]);
    }
    result
}

fn watched(file: c_int) -> Option<(&'static Watch, u64)> {
    let watch = Watch::get()?;
    Some((watch, watch.inode(file)?))
}

/// Where the next write to a file goes.
fn place(file: c_int) -> off64_t {
    // SAFETY: these two only look, at whatever number they are given.
    let (flags, place) = unsafe {
        (
            libc::fcntl(file, libc::F_GETFL),
            libc::lseek64(file, 0, libc::SEEK_CUR),
        )
    };
    if flags & libc::O_APPEND == 0 {
        place
    } else {
        status(file).map_or(place, |status| status.st_size)
    }
}

/// # Safety
/// As for write(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(file: c_int, bytes: *const c_void, count: size_t) -> ssize_t {
    let from = [iovec {
        iov_base: bytes.cast_mut(),
        iov_len: count,
    }];
    // SAFETY: the caller's promise, handed on.
    unsafe {
        written(file, None, &from, || {
            libc::syscall(libc::SYS_write, file, bytes, count) as ssize_t
        })
    }
}

/// # Safety
/// As for writev(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn writev(file: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    // SAFETY: the caller's promise, handed on: `count` parts, each of readable memory. Of none there may be no pointer.
    unsafe {
        let from = match usize::try_from(count) {
            Ok(count) if count > 0 => std::slice::from_raw_parts(parts, count),
            _ => &[],
        };
        written(file, None, from, || {
            libc::syscall(libc::SYS_writev, file, parts, count) as ssize_t
        })
    }
}

/// # Safety
/// As for pwrite(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(
    file: c_int,
    bytes: *const c_void,
    count: size_t,
    at: off64_t,
) -> ssize_t {
    let from = [iovec {
        iov_base: bytes.cast_mut(),
        iov_len: count,
    }];
    // SAFETY: the caller's promise, handed on.
    unsafe {
        written(file, Some(at), &from, || {
            libc::syscall(libc::SYS_pwrite64, file, bytes, count, at) as ssize_t
        })
    }
}

/// # Safety
/// As for pwrite(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite(
    file: c_int,
    bytes: *const c_void,
    count: size_t,
    at: off64_t,
) -> ssize_t {
    // SAFETY: the caller's promise, handed on.
    unsafe { pwrite64(file, bytes, count, at) }
}

/// Does something to an open file, and writes it down when it has succeeded.
fn done(file: c_int, act: Act, at: off64_t, call: impl FnOnce() -> c_long) -> c_int {
    let Some((watch, inode)) = watched(file) else {
        return int(call());
    };
    let _turn = watch.turn();
    let result = call();
    if result == 0 {
        watch.write(act, inode, u64::try_from(at).unwrap_or_default(), &[], &[]);
    }
    int(result)
}

/// As ftruncate(2).
#[unsafe(no_mangle)]
pub extern "C" fn ftruncate64(file: c_int, length: off64_t) -> c_int {
    // SAFETY: no memory is handed over.
    done(file, Act::SetLength, length, || unsafe {
        libc::syscall(libc::SYS_ftruncate, file, length)
    })
}

/// As ftruncate(2).
#[unsafe(no_mangle)]
pub extern "C" fn ftruncate(file: c_int, length: off64_t) -> c_int {
    ftruncate64(file, length)
}

/// As fsync(2).
#[unsafe(no_mangle)]
pub extern "C" fn fsync(file: c_int) -> c_int {
    // SAFETY: no memory is handed over.
    done(file, Act::Sync, 0, || unsafe {
        libc::syscall(libc::SYS_fsync, file)
    })
}

/// As fdatasync(2), which brings as much of a file to the disk as is needed to read it.
#[unsafe(no_mangle)]
pub extern "C" fn fdatasync(file: c_int) -> c_int {
    // SAFETY: no memory is handed over.
    done(file, Act::Sync, 0, || unsafe {
        libc::syscall(libc::SYS_fdatasync, file)
    })
}

/// A result that the kernel gives as an `int`.
#[allow(clippy::cast_possible_truncation)]
pub(crate) fn int(result: c_long) -> c_int {
    result as c_int
}
