//! One person's mailbox: folders, messages, and what changed in it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use super::changes::{Change, FolderChange, FolderTrace, Forgotten, Gone, Trace, Traces};
use super::folder::{self, FIRST_OWN, Folder, FolderNumber, ROOT};
use super::ids;
use super::message::Message;
use super::room::Room;

/// How many messages one mailbox keeps; the oldest make room.
pub const MESSAGES_MAX: usize = 10_000;
/// How many bytes of messages one mailbox keeps; the oldest make room. The
/// largest message, 150 MB ("Attach large files"), fits.
pub const MAILBOX_BYTES_MAX: usize = 192 * 1024 * 1024;
/// How many folders one mailbox has.
pub const FOLDERS_MAX: usize = 1_000;

/// Why a folder cannot be made, renamed, moved or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderError {
    /// There is no such folder.
    NotFound,
    /// A folder of this name lies there: 409 `ErrorFolderExists`.
    Exists,
    /// A well-known folder stays as it is: 403 `ErrorDeleteDistinguishedFolder`
    /// and its like.
    WellKnown,
    /// It would lie within itself.
    Cycle,
    /// The mailbox has as many folders as it can.
    TooMany,
}

/// What a folder holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// `totalItemCount`.
    pub total: usize,
    /// `unreadItemCount`.
    pub unread: usize,
    /// `sizeInBytes`.
    pub bytes: usize,
    /// `childFolderCount`, without hidden folders.
    pub children: usize,
}

/// One person's mail.
pub struct Mailbox {
    owner: &'static str,
    room: Arc<Room>,
    folders: BTreeMap<FolderNumber, Folder>,
    next_folder: FolderNumber,
    messages: BTreeMap<u64, Arc<Message>>,
    bytes: usize,
    seq: u64,
    traces: Traces<Trace>,
    folder_traces: Traces<FolderTrace>,
}

impl Mailbox {
    /// An empty mailbox of the person with the object id `owner`.
    pub(super) fn new(owner: &'static str, room: Arc<Room>) -> Self {
        Self {
            owner,
            room,
            folders: folder::well_known(owner)
                .map(|folder| (folder.number, folder))
                .collect(),
            next_folder: FIRST_OWN,
            messages: BTreeMap::new(),
            bytes: 0,
            seq: 0,
            traces: Traces::default(),
            folder_traces: Traces::default(),
        }
    }

    /// Object id of the person whose mailbox it is.
    pub fn owner(&self) -> &'static str {
        self.owner
    }

    /// How many changes there were: where `delta()` goes on from.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// A folder by its number.
    pub fn folder(&self, number: FolderNumber) -> Option<&Folder> {
        self.folders.get(&number)
    }

    /// A folder by what a path calls it: its id, or a well-known name in any case.
    pub fn folder_called(&self, name: &str) -> Option<&Folder> {
        self.folders.values().find(|folder| {
            folder.id == name
                || folder
                    .well_known_name()
                    .is_some_and(|known| known.eq_ignore_ascii_case(name))
        })
    }

    /// Every folder but the root, hidden ones too, in the order of their making.
    pub fn folders(&self) -> impl Iterator<Item = &Folder> {
        self.folders.values().filter(|folder| folder.number != ROOT)
    }

    /// What a folder holds.
    pub fn counts(&self, number: FolderNumber) -> Counts {
        let mut counts = Counts {
            children: self
                .folders()
                .filter(|folder| folder.parent == number && !folder.hidden)
                .count(),
            ..Counts::default()
        };
        for message in self.messages_in(number) {
            counts.total += 1;
            counts.unread += usize::from(!message.is_read);
            counts.bytes += message.size();
        }
        counts
    }

    /// Makes a folder.
    pub fn create_folder(
        &mut self,
        parent: FolderNumber,
        name: &str,
        hidden: bool,
    ) -> Result<Folder, FolderError> {
        if !self.folders.contains_key(&parent) {
            return Err(FolderError::NotFound);
        }
        if self.folders.len() >= FOLDERS_MAX {
            return Err(FolderError::TooMany);
        }
        self.name_is_free(parent, name, None)?;
        let number = self.next_folder;
        self.next_folder += 1;
        let seq = self.step();
        let folder = Folder {
            number,
            id: ids::folder(self.owner, number),
            name: name.to_owned(),
            parent,
            hidden,
            created_seq: seq,
            changed_seq: seq,
        };
        self.folders.insert(number, folder.clone());
        Ok(folder)
    }

    /// Gives a folder another name.
    pub fn rename_folder(
        &mut self,
        number: FolderNumber,
        name: &str,
    ) -> Result<Folder, FolderError> {
        let parent = self.own_folder(number)?.parent;
        self.name_is_free(parent, name, Some(number))?;
        self.change_folder(number, |folder| name.clone_into(&mut folder.name))
    }

    /// Puts a folder into another one.
    pub fn move_folder(
        &mut self,
        number: FolderNumber,
        parent: FolderNumber,
    ) -> Result<Folder, FolderError> {
        let name = self.own_folder(number)?.name.clone();
        if !self.folders.contains_key(&parent) {
            return Err(FolderError::NotFound);
        }
        if self.is_within(parent, number) {
            return Err(FolderError::Cycle);
        }
        self.name_is_free(parent, &name, Some(number))?;
        self.change_folder(number, |folder| folder.parent = parent)
    }

    /// Puts a copy of a folder, with the folders and messages in it, into another
    /// one. Nothing is copied where not everything could be.
    pub fn copy_folder(
        &mut self,
        number: FolderNumber,
        parent: FolderNumber,
        now_ms: i64,
    ) -> Result<Folder, FolderError> {
        let original = self.folders.get(&number).ok_or(FolderError::NotFound)?;
        let name = original.name.clone();
        if !self.folders.contains_key(&parent) {
            return Err(FolderError::NotFound);
        }
        if self.is_within(parent, number) {
            return Err(FolderError::Cycle);
        }
        self.name_is_free(parent, &name, None)?;
        // Level by level, so that the copy of a parent is there before its children.
        let mut copies: Vec<(FolderNumber, FolderNumber)> = vec![(number, parent)];
        let mut next = 0;
        while let Some((from, _)) = copies.get(next).copied() {
            let within = self.folders.values().filter(|child| child.parent == from);
            copies.extend(within.map(|child| (child.number, from)));
            next += 1;
        }
        if self.folders.len() + copies.len() > FOLDERS_MAX {
            return Err(FolderError::TooMany);
        }
        let mut made: BTreeMap<FolderNumber, Folder> = BTreeMap::new();
        for (from, above) in copies {
            let Some(original) = self.folders.get(&from).cloned() else {
                continue;
            };
            let above = made.get(&above).map_or(above, |copy| copy.number);
            let copy = self.create_folder(above, &original.name, original.hidden)?;
            let messages: Vec<u64> = self.messages_in(from).map(|one| one.serial).collect();
            for serial in messages {
                self.copy_to(serial, copy.number, now_ms);
            }
            made.insert(from, copy);
        }
        made.remove(&number).ok_or(FolderError::NotFound)
    }

    /// Deletes a folder with everything in it.
    pub fn delete_folder(&mut self, number: FolderNumber) -> Result<(), FolderError> {
        self.own_folder(number)?;
        let doomed: Vec<FolderNumber> = self
            .folders
            .keys()
            .copied()
            .filter(|other| self.is_within(*other, number))
            .collect();
        for number in doomed {
            let messages: Vec<u64> = self.messages_in(number).map(|m| m.serial).collect();
            for serial in messages {
                self.remove(serial);
            }
            if let Some(folder) = self.folders.remove(&number) {
                let seq = self.step();
                let trace = FolderTrace { seq, id: folder.id };
                self.folder_traces.add(trace, |trace| trace.seq);
            }
        }
        Ok(())
    }

    /// Every message, oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        self.messages.values()
    }

    /// The messages of one folder, oldest first.
    pub fn messages_in(
        &self,
        folder: FolderNumber,
    ) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        self.messages()
            .filter(move |message| message.folder == folder)
    }

    /// A message by either of its ids.
    pub fn message(&self, id: &str) -> Option<&Arc<Message>> {
        self.messages
            .get(&ids::serial(self.owner, id)?)
            .filter(|message| message.id() == id || message.immutable_id() == id)
    }

    /// A message by its number.
    pub fn by_serial(&self, serial: u64) -> Option<&Arc<Message>> {
        self.messages.get(&serial)
    }

    /// The sent copy of what was a draft under this id.
    pub fn formerly(&self, id: &str) -> Option<&Arc<Message>> {
        self.messages().find(|message| {
            let ids = message.sent_from.iter().flatten();
            ids.into_iter().any(|former| former == id)
        })
    }

    /// The conversation that an answer to this `Message-ID` belongs to, and how
    /// deep it lies in it.
    pub fn conversation_of(&self, internet_message_id: &str) -> Option<(u64, u32)> {
        self.messages()
            .find(|message| message.internet_message_id == internet_message_id)
            .map(|message| (message.thread, message.depth + 1))
    }

    /// Puts a message into a folder. The mailbox gives it its number, ids and
    /// change key, its attachments theirs, and `internetMessageId`, conversation
    /// and the times where the message brings none.
    pub fn insert(
        &mut self,
        mut message: Message,
        folder: FolderNumber,
        now_ms: i64,
    ) -> Arc<Message> {
        message.fixed_id = None;
        self.name(&mut message, now_ms);
        message.folder = folder;
        self.place(message, true)
    }

    /// Gives a message everything it has as an item of this mailbox, without
    /// putting it anywhere.
    pub(super) fn name(&self, message: &mut Message, now_ms: i64) {
        let serial = self.room.next_serial();
        message.serial = serial;
        message.owner = self.owner;
        message.created_ms = now_ms;
        message.modified_ms = now_ms;
        for time in [&mut message.received_ms, &mut message.sent_ms] {
            if *time == 0 {
                *time = now_ms;
            }
        }
        if message.thread == 0 {
            message.thread = serial;
        }
        if message.internet_message_id.is_empty() {
            message.internet_message_id = internet_message_id(self.owner, serial);
        }
        self.name_attachments(message, now_ms);
    }

    /// Changes a message: another change key, another moment.
    pub fn update(
        &mut self,
        serial: u64,
        now_ms: i64,
        change: impl FnOnce(&mut Message),
    ) -> Option<Arc<Message>> {
        let mut message = Arc::unwrap_or_clone(self.take(serial)?);
        change(&mut message);
        message.modified_ms = now_ms;
        self.name_attachments(&mut message, now_ms);
        Some(self.place(message, false))
    }

    /// Moves a message: its id changes, its immutable id does not.
    pub fn move_to(
        &mut self,
        serial: u64,
        folder: FolderNumber,
        now_ms: i64,
    ) -> Option<Arc<Message>> {
        self.folders.get(&folder)?;
        let message = self.leave(serial)?;
        Some(self.restore(Arc::unwrap_or_clone(message), folder, now_ms))
    }

    /// Takes a message out of its folder because it goes to another one.
    pub(super) fn leave(&mut self, serial: u64) -> Option<Arc<Message>> {
        let message = self.take(serial)?;
        self.trace(&message, Gone::Moved);
        Some(message)
    }

    /// Puts a message that was taken out back into a folder, as the same item.
    pub(super) fn restore(
        &mut self,
        mut message: Message,
        folder: FolderNumber,
        now_ms: i64,
    ) -> Arc<Message> {
        message.folder = folder;
        message.modified_ms = now_ms;
        self.place(message, true)
    }

    /// Puts a copy of a message into a folder.
    pub fn copy_to(
        &mut self,
        serial: u64,
        folder: FolderNumber,
        now_ms: i64,
    ) -> Option<Arc<Message>> {
        self.folders.get(&folder)?;
        let mut copy = Message::clone(self.messages.get(&serial)?);
        for attachment in &mut copy.attachments {
            attachment.id.clear();
        }
        Some(self.insert(copy, folder, now_ms))
    }

    /// Takes a message out for good.
    pub fn remove(&mut self, serial: u64) -> Option<Arc<Message>> {
        let message = self.take(serial)?;
        self.trace(&message, Gone::Deleted);
        Some(message)
    }

    /// What changed in a folder's messages since the sequence `since`, in order.
    /// 0 gives everything that lies there.
    pub fn changes(&self, folder: FolderNumber, since: u64) -> Result<Vec<Change>, Forgotten> {
        let mut changes: Vec<Change> = self
            .messages_in(folder)
            .filter(|message| message.changed_seq > since)
            .map(|message| {
                if message.entered_seq > since {
                    Change::Created(Arc::clone(message))
                } else {
                    Change::Updated(Arc::clone(message))
                }
            })
            .collect();
        if since > 0 {
            let traces = self.since(&self.traces, since)?;
            changes.extend(
                traces
                    .filter(|trace| trace.folder == folder && trace.seq > since)
                    .cloned()
                    .map(Change::Removed),
            );
        }
        changes.sort_by_key(Change::seq);
        Ok(changes)
    }

    /// What changed in the folders since the sequence `since`, in order.
    pub fn folder_changes(&self, since: u64) -> Result<Vec<FolderChange>, Forgotten> {
        let mut changes: Vec<FolderChange> = self
            .folders()
            .filter(|folder| since == 0 || folder.changed_seq > since)
            .cloned()
            .map(FolderChange::Changed)
            .collect();
        if since > 0 {
            let traces = self.since(&self.folder_traces, since)?;
            changes.extend(
                traces
                    .filter(|trace| trace.seq > since)
                    .cloned()
                    .map(FolderChange::Removed),
            );
        }
        changes.sort_by_key(FolderChange::seq);
        Ok(changes)
    }

    /// The serial of the oldest message, if there is one.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.messages.first_key_value().map(|(serial, _)| *serial)
    }

    /// A sequence of the future is one of before a reset.
    fn since<'t, T>(
        &self,
        traces: &'t Traces<T>,
        since: u64,
    ) -> Result<impl Iterator<Item = &'t T> + use<'t, T>, Forgotten> {
        if since > self.seq {
            return Err(Forgotten);
        }
        traces.since(since)
    }

    fn step(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    fn take(&mut self, serial: u64) -> Option<Arc<Message>> {
        let message = self.messages.remove(&serial)?;
        self.bytes = self.bytes.saturating_sub(message.kept_bytes);
        Some(message)
    }

    /// Everything that comes or comes back goes through here.
    fn place(&mut self, mut message: Message, enters: bool) -> Arc<Message> {
        let seq = self.step();
        if enters {
            message.entered_seq = seq;
        }
        message.changed_seq = seq;
        message.settle(&self.room);
        let serial = message.serial;
        message.kept_bytes = message.size();
        self.bytes += message.kept_bytes;
        let message = Arc::new(message);
        self.messages.insert(serial, Arc::clone(&message));
        self.make_room(serial);
        message
    }

    /// The oldest make room, but never the one that just came.
    fn make_room(&mut self, newest: u64) {
        while self.messages.len() > MESSAGES_MAX || self.bytes > MAILBOX_BYTES_MAX {
            match self.messages.keys().copied().find(|key| *key != newest) {
                Some(oldest) => {
                    let gone = self.remove(oldest);
                    self.room.put_out(gone);
                }
                None => break,
            }
        }
    }

    fn trace(&mut self, message: &Message, gone: Gone) {
        let trace = Trace {
            seq: self.step(),
            owner: self.owner,
            serial: message.serial,
            folder: message.folder,
            fixed_id: message.fixed_id.clone(),
            gone,
        };
        self.traces.add(trace, |trace| trace.seq);
    }

    fn name_attachments(&self, message: &mut Message, now_ms: i64) {
        for attachment in &mut message.attachments {
            if attachment.id.is_empty() {
                attachment.id = ids::attachment(self.owner, self.room.next_serial());
                attachment.modified_ms = now_ms;
            }
        }
    }

    fn own_folder(&self, number: FolderNumber) -> Result<&Folder, FolderError> {
        let folder = self.folders.get(&number).ok_or(FolderError::NotFound)?;
        match folder.well_known_name() {
            Some(_) => Err(FolderError::WellKnown),
            None => Ok(folder),
        }
    }

    fn name_is_free(
        &self,
        parent: FolderNumber,
        name: &str,
        but: Option<FolderNumber>,
    ) -> Result<(), FolderError> {
        let taken = self.folders().any(|folder| {
            folder.parent == parent
                && Some(folder.number) != but
                && folder.name.to_lowercase() == name.to_lowercase()
        });
        if taken {
            Err(FolderError::Exists)
        } else {
            Ok(())
        }
    }

    fn change_folder(
        &mut self,
        number: FolderNumber,
        change: impl FnOnce(&mut Folder),
    ) -> Result<Folder, FolderError> {
        let seq = self.step();
        let folder = self.folders.get_mut(&number).ok_or(FolderError::NotFound)?;
        change(folder);
        folder.changed_seq = seq;
        Ok(folder.clone())
    }

    /// Whether `number` is `ancestor` or lies below it.
    fn is_within(&self, mut number: FolderNumber, ancestor: FolderNumber) -> bool {
        loop {
            if number == ancestor {
                return true;
            }
            match self.folders.get(&number) {
                Some(folder) if folder.parent != number => number = folder.parent,
                _ => return false,
            }
        }
    }
}

/// A `Message-ID` (RFC 5322 §3.6.4) as this service makes them.
pub(super) fn internet_message_id(owner: &str, serial: u64) -> String {
    let mut id = String::with_capacity(64);
    id.push('<');
    let place = owner.chars().filter(|letter| *letter != '-').take(12);
    id.extend(place.map(|letter| letter.to_ascii_uppercase()));
    // Writing into a text cannot fail.
    let _ = write!(id, "{serial:012X}@mail.signet.example>");
    id
}
