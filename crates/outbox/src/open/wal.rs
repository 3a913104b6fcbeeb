//! Whether a write-ahead log is damaged.
//!
//! SQLite reads a log up to the first frame whose checksum is wrong and takes
//! that for its end, since a crash looks the same. The difference shows behind
//! that frame: at most one commit can be unfinished when the power goes, as each
//! is synced before the next begins. Two commits there, or a header that is no
//! header with frames behind it, mean that finished work would be dropped.
//!
//! Source: sqlite.org/fileformat2.html §4.1 "WAL File Format", §4.2 "Checksum Algorithm".

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
const MAGIC_LITTLE_ENDIAN: u32 = 0x377f_0682;
const MAGIC_BIG_ENDIAN: u32 = 0x377f_0683;
/// SQLite's page sizes are the powers of two between these.
const PAGE_BYTES_MIN: u32 = 512;
const PAGE_BYTES_MAX: u32 = 65_536;

/// Whether the log has lost finished work, or cannot be read at all.
pub(crate) fn is_damaged(path: &Path) -> bool {
    File::open(path)
        .and_then(|file| has_lost_commits(BufReader::new(file)))
        .unwrap_or(true)
}

fn has_lost_commits(mut log: impl Read) -> io::Result<bool> {
    let Some(header) = read_whole(&mut log, HEADER_BYTES)? else {
        return Ok(false);
    };
    let Some(mut checksum) = Checksum::of_header(&header) else {
        return Ok(log.read(&mut [0])? > 0);
    };
    let page_bytes = word(&header, 8) as usize;
    let salt = header.get(16..24).unwrap_or_default().to_vec();
    let mut is_whole = true;
    let mut commits_behind = 0;
    while let Some(frame) = read_whole(&mut log, FRAME_HEADER_BYTES + page_bytes)? {
        let is_current = frame.get(8..16) == Some(salt.as_slice());
        if is_whole {
            is_whole = is_current && checksum.accepts(&frame);
        }
        if !is_whole && is_current && word(&frame, 4) != 0 {
            commits_behind += 1;
        }
    }
    Ok(commits_behind >= 2)
}

/// Reads exactly `length` bytes, or `None` when fewer are left.
fn read_whole(log: &mut impl Read, length: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; length];
    match log.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|word| word.try_into().ok())
        .map_or(0, u32::from_be_bytes)
}

/// The running checksum of a log: two sums over pairs of words.
struct Checksum {
    sums: (u32, u32),
    big_endian: bool,
}

impl Checksum {
    /// The checksum after a sound header, `None` after anything else.
    fn of_header(header: &[u8]) -> Option<Checksum> {
        let magic = word(header, 0);
        let page_bytes = word(header, 8);
        if magic != MAGIC_LITTLE_ENDIAN && magic != MAGIC_BIG_ENDIAN
            || !page_bytes.is_power_of_two()
            || !(PAGE_BYTES_MIN..=PAGE_BYTES_MAX).contains(&page_bytes)
        {
            return None;
        }
        let mut checksum = Checksum {
            sums: (0, 0),
            big_endian: magic == MAGIC_BIG_ENDIAN,
        };
        checksum.add(header.get(..24)?);
        checksum.is(header, 24).then_some(checksum)
    }

    fn accepts(&mut self, frame: &[u8]) -> bool {
        self.add(frame.get(..8).unwrap_or_default());
        self.add(frame.get(FRAME_HEADER_BYTES..).unwrap_or_default());
        self.is(frame, 16)
    }

    fn is(&self, bytes: &[u8], at: usize) -> bool {
        self.sums == (word(bytes, at), word(bytes, at + 4))
    }

    fn add(&mut self, bytes: &[u8]) {
        let read = |word: &[u8]| -> u32 {
            let word = word.try_into().unwrap_or_default();
            if self.big_endian {
                u32::from_be_bytes(word)
            } else {
                u32::from_le_bytes(word)
            }
        };
        let (mut first, mut second) = self.sums;
        for pair in bytes.chunks_exact(8) {
            let (left, right) = pair.split_at(4);
            first = first.wrapping_add(read(left)).wrapping_add(second);
            second = second.wrapping_add(read(right)).wrapping_add(first);
        }
        self.sums = (first, second);
    }
}

#[cfg(test)]
mod tests;
