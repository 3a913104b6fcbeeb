//! Everybody's mail: folders with messages, and what transport brought where.
//!
//! ```text
//! world.mailboxes.with(person, world.clock.now_ms(), |mailbox| {
//!     let inbox = mailbox.folder_called("inbox");        // or by id, or by number
//!     mailbox.messages_in(folder::INBOX)                  // Arc<Message>, oldest first
//!     mailbox.message(id)                                 // by mutable or immutable id
//!     mailbox.insert / update / move_to / copy_to / remove
//!     mailbox.create_folder / rename_folder / move_folder / delete_folder
//!     mailbox.counts(folder)                              // total, unread, bytes, children
//!     mailbox.seq()                                       // where delta() goes on from
//!     mailbox.changes(folder, since)                      // Created, Updated, Removed, in order
//!     mailbox.folder_changes(since)
//! })
//! ```
//!
//! `with` locks every mailbox, since delivery touches several: take `Arc`s out
//! and write answers outside, and never call it within itself. What is due (a
//! deferred message, a sent copy that comes late) is done before the mailbox is
//! seen. Messages are shared and copied when they change, bodies and files only
//! counted once (`room`). The oldest make room when a bound is met; a full
//! mailbox is played on demand, not reached. Change numbers belong to one
//! `generation`: after a reset they start anew.

mod changes;
pub mod folder;
pub mod ids;
mod mailbox;
mod message;
mod report;
mod room;
mod transport;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

pub use changes::{Change, FolderChange, Forgotten};
pub use folder::{Folder, FolderNumber};
pub use mailbox::{FolderError, Mailbox};
pub use message::{
    Attachment, AttachmentContent, Body, Flag, FlagStatus, Header, Importance, Inference, Message,
    Recipient, ZonedTime,
};
pub use report::DIAGNOSTIC;
pub use room::Kept;
use room::Room;
use transport::Transit;
pub use transport::{Sending, SentIds};

use crate::directory::Person;
use crate::guard::lock;

/// How many deliveries are remembered; the oldest make room.
const DELIVERIES_MAX: usize = 10_000;
/// How many bytes all mailboxes hold together; the oldest make room. A test
/// suite can leave the sandbox running.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// Too much waits to be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Busy;

/// Every mailbox.
pub struct Mailboxes {
    room: Arc<Room>,
    store: Mutex<Store>,
}

impl Default for Mailboxes {
    fn default() -> Self {
        let room = Arc::new(Room::default());
        let store = Store {
            room: Arc::clone(&room),
            ..Store::default()
        };
        Self {
            room,
            store: Mutex::new(store),
        }
    }
}

/// What `Mailboxes` guards.
#[derive(Default)]
pub struct Store {
    room: Arc<Room>,
    people: BTreeMap<&'static str, Mailbox>,
    /// What transport brought to its recipients, those outside the sandbox among
    /// them: as it was sent, with Bcc and extended properties.
    deliveries: VecDeque<Arc<Message>>,
    transits: Vec<Transit>,
    sends: BTreeMap<&'static str, VecDeque<i64>>,
    generation: u64,
}

impl Mailboxes {
    /// Works on one person's mailbox, after what is due was done.
    pub fn with<T>(&self, person: &Person, now_ms: i64, work: impl FnOnce(&mut Mailbox) -> T) -> T {
        self.work(|store| {
            store.run_due(now_ms);
            work(store.mailbox(person.oid))
        })
    }

    /// Hands a new message over to transport, as `sendMail` does.
    pub fn submit(
        &self,
        person: &Person,
        message: Message,
        sending: Sending,
        now_ms: i64,
    ) -> Result<(), Busy> {
        self.work(|store| {
            store.run_due(now_ms);
            store.submit(person.oid, message, sending, now_ms)
        })
    }

    /// Hands a draft over to transport, as `ready` for it. One that is not there
    /// any more, or another version by now, is not sent.
    pub fn submit_draft(
        &self,
        person: &Person,
        ready: Message,
        sending: Sending,
        now_ms: i64,
    ) -> Result<bool, Busy> {
        self.work(|store| {
            store.run_due(now_ms);
            store.submit_draft(person.oid, ready, sending, now_ms)
        })
    }

    /// Sends what was sent before once more.
    pub fn send_again(&self, person: &Person, message: &Message, now_ms: i64) {
        self.work(|store| store.send_again(person.oid, message, now_ms));
    }

    /// Does what is due at `now_ms`.
    pub fn run_due(&self, now_ms: i64) {
        self.work(|store| store.run_due(now_ms));
    }

    /// Works on what is guarded; what had to make room goes after it is free again.
    fn work<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        let mut store = lock(&self.store);
        let done = work(&mut store);
        store.make_room();
        drop(store);
        self.room.sweep();
        done
    }

    /// Every remembered delivery, oldest first.
    pub fn deliveries(&self) -> Vec<Arc<Message>> {
        lock(&self.store).deliveries.iter().cloned().collect()
    }

    /// What was delivered to `address`, here or elsewhere, oldest first. It
    /// stays in this list whatever becomes of it in a mailbox.
    pub fn delivered(&self, address: &str) -> Vec<Arc<Message>> {
        lock(&self.store)
            .deliveries
            .iter()
            .filter(|message| message.is_for(address))
            .cloned()
            .collect()
    }

    /// What `person` has in a folder, oldest first.
    pub fn lying_in(
        &self,
        person: &Person,
        folder: FolderNumber,
        now_ms: i64,
    ) -> Vec<Arc<Message>> {
        self.with(person, now_ms, |mailbox| {
            mailbox.messages_in(folder).cloned().collect()
        })
    }

    /// One message by its number, wherever it lies.
    pub fn by_serial(&self, serial: u64) -> Option<Arc<Message>> {
        let store = lock(&self.store);
        store
            .people
            .values()
            .find_map(|mailbox| mailbox.by_serial(serial).cloned())
            .or_else(|| {
                let mut all = store.deliveries.iter();
                all.find(|message| message.serial == serial).cloned()
            })
    }

    /// How often everything was forgotten; a sync state of another generation
    /// is stale.
    pub fn generation(&self) -> u64 {
        lock(&self.store).generation
    }

    /// Empties every mailbox. Numbers go on, so that no id is ever given twice.
    pub fn clear(&self) {
        let mut store = lock(&self.store);
        store.people.clear();
        store.deliveries.clear();
        store.transits.clear();
        store.sends.clear();
        store.generation += 1;
    }
}

impl Store {
    /// The mailbox of the person with the object id `owner`; made when first used.
    fn mailbox(&mut self, owner: &'static str) -> &mut Mailbox {
        let room = &self.room;
        self.people
            .entry(owner)
            .or_insert_with(|| Mailbox::new(owner, Arc::clone(room)))
    }

    fn log(&mut self, delivered: Arc<Message>) {
        self.deliveries.push_back(delivered);
        if self.deliveries.len() > DELIVERIES_MAX {
            let oldest = self.deliveries.pop_front();
            self.room.put_out(oldest);
        }
    }

    /// Lets the oldest go, wherever they lie, until the rest fits.
    fn make_room(&mut self) {
        if self.room.bytes() > BYTES_MAX {
            self.room.sweep();
        }
        while self.room.bytes() > BYTES_MAX {
            let delivery = self.deliveries.front().map(|oldest| oldest.serial);
            let lying = self
                .people
                .values()
                .filter_map(|mailbox| Some((mailbox.oldest()?, mailbox.owner())))
                .min();
            match (delivery, lying) {
                (Some(serial), Some((other, _))) if serial <= other => {
                    self.deliveries.pop_front();
                }
                (_, Some((serial, owner))) => {
                    self.mailbox(owner).remove(serial);
                }
                (Some(_), None) => {
                    self.deliveries.pop_front();
                }
                (None, None) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests;
