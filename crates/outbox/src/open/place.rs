//! Where an outbox may lie.

use std::io;
use std::path::Path;

/// Whether a folder lies on another computer's disk. There a lock, a synced write and shared memory may each be none,
/// and two computers may have the same outbox open.
/// Sources: SQLite, "Write-Ahead Logging": all processes must be on the same host; statfs(2) for the numbers.
#[cfg(target_os = "linux")]
pub(crate) fn is_on_network(folder: &Path) -> io::Result<bool> {
    Ok(is_network(rustix::fs::statfs(folder)?.f_type))
}

/// What another system says of it is not asked here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_on_network(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(target_os = "linux")]
fn is_network(kind: rustix::fs::FsWord) -> bool {
    const NFS: rustix::fs::FsWord = 0x6969;
    const SMB: rustix::fs::FsWord = 0x517b;
    const CIFS: rustix::fs::FsWord = 0xff53_4d42;
    const SMB2: rustix::fs::FsWord = 0xfe53_4d42;
    const AFS: rustix::fs::FsWord = 0x5346_414f;
    const CODA: rustix::fs::FsWord = 0x7375_7245;
    const CEPH: rustix::fs::FsWord = 0x00c3_6400;
    matches!(kind, NFS | SMB | CIFS | SMB2 | AFS | CODA | CEPH)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_disk_of_this_computer_is_told_from_one_elsewhere() {
        let (ext4, btrfs, tmpfs, fuse) = (0xef53, 0x9123_683e, 0x0102_1994, 0x6573_5546);
        for kind in [ext4, btrfs, tmpfs, fuse] {
            assert!(!is_network(kind), "{kind:x}");
        }
        for kind in [0x6969, 0xff53_4d42, 0xfe53_4d42] {
            assert!(is_network(kind), "{kind:x}");
        }
        let here = tempfile::tempdir().unwrap();
        assert!(!is_on_network(here.path()).unwrap());
        assert!(is_on_network(&here.path().join("none")).is_err());
    }
}
