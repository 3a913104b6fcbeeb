//! How much all mailboxes hold together, counted once however often it is shared.
//!
//! A mail that goes to five people lies in six folders, and its body and files
//! in memory once. Each kept piece carries its charge and gives it back when the
//! last copy goes.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::message::Message;
use crate::guard::lock;

/// What is counted for all mailboxes together.
#[derive(Debug, Default)]
pub struct Room {
    bytes: AtomicUsize,
    last_serial: AtomicU64,
    put_out: Mutex<Vec<Arc<Message>>>,
}

impl Room {
    /// Bytes that are held now.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The next number, never given twice in the life of the sandbox.
    pub fn next_serial(&self) -> u64 {
        self.last_serial.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Takes what no mailbox keeps any more, to be dropped when nobody waits for
    /// the mailboxes.
    pub fn put_out(&self, gone: impl IntoIterator<Item = Arc<Message>>) {
        lock(&self.put_out).extend(gone);
    }

    /// Drops what was put out.
    pub fn sweep(&self) {
        let gone = std::mem::take(&mut *lock(&self.put_out));
        drop(gone);
    }

    /// Counts `bytes` until the charge is dropped.
    pub fn charge(self: &Arc<Self>, bytes: usize) -> Charge {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        Charge {
            bytes,
            room: Arc::clone(self),
        }
    }
}

/// Bytes that are counted as long as this lives.
#[derive(Debug)]
pub struct Charge {
    bytes: usize,
    room: Arc<Room>,
}

impl Clone for Charge {
    fn clone(&self) -> Self {
        self.room.charge(self.bytes)
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.room.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A body or a file that several messages may share. It is counted from the
/// moment the first of them lies in a mailbox.
#[derive(Debug)]
pub struct Kept<T> {
    value: T,
    charge: OnceLock<Charge>,
}

impl<T: AsRef<[u8]>> Kept<T> {
    /// Keeps `value`, not counted yet.
    pub fn new(value: T) -> Arc<Self> {
        Arc::new(Self {
            value,
            charge: OnceLock::new(),
        })
    }

    /// Keeps what was made of it, counted if it is counted itself.
    pub fn beside(&self, made: T) -> Self {
        let made = Self {
            value: made,
            charge: OnceLock::new(),
        };
        if let Some(charge) = self.charge.get() {
            made.settle(&charge.room);
        }
        made
    }

    /// Counts it, unless that was done before.
    pub fn settle(&self, room: &Arc<Room>) {
        self.charge
            .get_or_init(|| room.charge(self.value.as_ref().len()));
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_counted_once_and_given_back() {
        let room = Arc::new(Room::default());
        let file = Kept::new(vec![0_u8; 100]);
        assert_eq!(room.bytes(), 0);
        let other = Arc::clone(&file);
        file.settle(&room);
        other.settle(&room);
        assert_eq!(room.bytes(), 100);
        drop(file);
        assert_eq!(room.bytes(), 100);
        drop(other);
        assert_eq!(room.bytes(), 0);
    }
}
