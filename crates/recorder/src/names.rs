//! The calls about names: what is made, opened, moved and removed. As in `files`, each asks the kernel itself.
//!
//! `open` takes a variable number of arguments. On x86-64 and on ARM64 these are handed over as any others, so that the
//! third can stand here with its name.

use std::ffi::{c_char, c_int, c_long, c_uint};

use libc::{AT_FDCWD, AT_REMOVEDIR, mode_t};

use crate::files::int;
use crate::record::{Act, Watch, inode_at, status};

/// # Safety
/// As for openat(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn openat64(
    at: c_int,
    path: *const c_char,
    flags: c_int,
    mode: mode_t,
) -> c_int {
    // SAFETY: the caller's promise, handed on.
    let open = || int(unsafe { libc::syscall(libc::SYS_openat, at, path, flags, mode) });
    let changes = flags & (libc::O_CREAT | libc::O_TRUNC) != 0;
    // SAFETY: the caller's promise: a C string.
    let watch = Watch::get()
        .filter(|_| changes)
        .and_then(|watch| Some((watch, unsafe { watch.path(at, path) }?)));
    let Some((watch, inside)) = watch else {
        return open();
    };
    let _turn = watch.turn();
    // SAFETY: as above.
    let before = unsafe { inode_at(at, path) };
    let file = open();
    if let Some(status) = status(file) {
        if before.is_none() {
            watch.write(Act::Make, status.st_ino, 0, &inside, &[]);
        } else if flags & libc::O_TRUNC != 0 {
            watch.write(Act::SetLength, status.st_ino, 0, &[], &[]);
        }
    }
    file
}

/// # Safety
/// As for openat(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn openat(
    at: c_int,
    path: *const c_char,
    flags: c_int,
    mode: mode_t,
) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe { openat64(at, path, flags, mode) }
}

/// # Safety
/// As for open(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe { openat64(AT_FDCWD, path, flags, mode) }
}

/// # Safety
/// As for open(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe { openat64(AT_FDCWD, path, flags, mode) }
}

/// # Safety
/// As for mkdirat(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mkdirat(at: c_int, path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise, handed on.
    let make = || int(unsafe { libc::syscall(libc::SYS_mkdirat, at, path, mode) });
    // SAFETY: the caller's promise: a C string.
    let watch = Watch::get().and_then(|watch| Some((watch, unsafe { watch.path(at, path) }?)));
    let Some((watch, inside)) = watch else {
        return make();
    };
    let _turn = watch.turn();
    let result = make();
    // SAFETY: as above.
    if result == 0
        && let Some(inode) = unsafe { inode_at(at, path) }
    {
        watch.write(Act::MakeFolder, inode, 0, &inside, &[]);
    }
    result
}

/// # Safety
/// As for mkdir(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mkdir(path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe { mkdirat(AT_FDCWD, path, mode) }
}

/// # Safety
/// As for unlinkat(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlinkat(at: c_int, path: *const c_char, flags: c_int) -> c_int {
    // SAFETY: the caller's promise, handed on.
    let remove = || int(unsafe { libc::syscall(libc::SYS_unlinkat, at, path, flags) });
    // SAFETY: the caller's promise: a C string.
    let watch = Watch::get().and_then(|watch| Some((watch, unsafe { watch.path(at, path) }?)));
    let Some((watch, inside)) = watch else {
        return remove();
    };
    let _turn = watch.turn();
    let result = remove();
    if result == 0 {
        watch.write(Act::Remove, 0, 0, &inside, &[]);
    }
    result
}

/// # Safety
/// As for unlink(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe { unlinkat(AT_FDCWD, path, 0) }
}

/// # Safety
/// As for rmdir(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rmdir(path: *const c_char) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe { unlinkat(AT_FDCWD, path, AT_REMOVEDIR) }
}

/// Gives a file another name, and writes down from where to where. What comes from outside of the folder, or leaves it,
/// ends the process: there is no record for it.
///
/// # Safety
/// Both paths are C strings.
unsafe fn named(
    act: Act,
    (from_at, from): (c_int, *const c_char),
    (to_at, to): (c_int, *const c_char),
    name: impl FnOnce() -> c_long,
) -> c_int {
    let Some(watch) = Watch::get() else {
        return int(name());
    };
    // SAFETY: the caller's promise.
    let inside = unsafe { (watch.path(from_at, from), watch.path(to_at, to)) };
    let _turn = watch.turn();
    let result = name();
    match inside {
        (Some(from), Some(to)) if result == 0 => watch.write(act, 0, 0, &from, &to),
        (Some(_), None) | (None, Some(_)) if result == 0 => std::process::abort(),
        _ => {}
    }
    int(result)
}

/// # Safety
/// As for renameat2(2). Two names are not exchanged: that ends the process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn renameat2(
    from_at: c_int,
    from: *const c_char,
    to_at: c_int,
    to: *const c_char,
    flags: c_uint,
) -> c_int {
    if flags & !libc::RENAME_NOREPLACE != 0 {
        std::process::abort();
    }
    // SAFETY: the caller's promise, handed on.
    unsafe {
        named(Act::Rename, (from_at, from), (to_at, to), || {
            libc::syscall(libc::SYS_renameat2, from_at, from, to_at, to, flags)
        })
    }
}

/// # Safety
/// As for renameat(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn renameat(
    from_at: c_int,
    from: *const c_char,
    to_at: c_int,
    to: *const c_char,
) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe { renameat2(from_at, from, to_at, to, 0) }
}

/// # Safety
/// As for rename(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe { renameat2(AT_FDCWD, from, AT_FDCWD, to, 0) }
}

/// # Safety
/// As for linkat(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn linkat(
    from_at: c_int,
    from: *const c_char,
    to_at: c_int,
    to: *const c_char,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe {
        named(Act::Link, (from_at, from), (to_at, to), || {
            libc::syscall(libc::SYS_linkat, from_at, from, to_at, to, flags)
        })
    }
}

/// # Safety
/// As for link(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn link(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: the caller's promise, handed on.
    unsafe { linkat(AT_FDCWD, from, AT_FDCWD, to, 0) }
}
