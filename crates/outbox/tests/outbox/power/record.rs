//! The records that `recorder` writes, as its first page describes them.

/// What one record says.
pub struct Record {
    pub act: u8,
    pub inode: u64,
    pub at: u64,
    pub first: Vec<u8>,
    pub second: Vec<u8>,
}

/// Reads a log of records. The last may have been cut off by the kill.
pub fn records(mut log: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while let Some(record) = next_record(&mut log) {
        records.push(record);
    }
    records
}

fn next_record(log: &mut &[u8]) -> Option<Record> {
    let [act] = take(log, 1)? else { return None };
    let mut number = |length: usize| {
        let bytes = take(log, length)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    };
    let (inode, at, first, second) = (number(8)?, number(8)?, number(4)?, number(4)?);
    Some(Record {
        act: *act,
        inode,
        at,
        first: take(log, usize::try_from(first).ok()?)?.to_vec(),
        second: take(log, usize::try_from(second).ok()?)?.to_vec(),
    })
}

fn take<'a>(log: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = log.split_at_checked(length)?;
    *log = left;
    Some(taken)
}
