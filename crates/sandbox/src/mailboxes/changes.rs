//! What changed in a mailbox since a moment, for `delta()`.
//!
//! A mailbox counts its changes. Messages and folders remember the number of
//! their last change, and what is gone leaves a trace, so that nothing has to be
//! written twice. Source: "Get incremental changes to messages in a folder".

use std::collections::VecDeque;
use std::sync::Arc;

use super::folder::{Folder, FolderNumber};
use super::ids;
use super::message::Message;

/// How many traces of what is gone one mailbox keeps: twice as many as it holds
/// messages. Whoever asks for older changes has to begin anew.
pub const TRACES_MAX: usize = 20_000;

/// Why a message is no longer in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// It was deleted for good.
    Deleted,
    /// It lies in another folder now.
    Moved,
}

impl Gone {
    /// `@removed.reason`: `changed` for what still exists elsewhere.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Moved => "changed",
        }
    }
}

/// What a message that is gone leaves behind.
#[derive(Debug, Clone)]
pub struct Trace {
    /// The mailbox's sequence when it went.
    pub seq: u64,
    /// The folder it went from.
    pub folder: FolderNumber,
    /// The owner of the mailbox, by object id.
    pub owner: &'static str,
    /// Its number.
    pub serial: u64,
    /// The id it had in any folder, if it had one.
    pub fixed_id: Option<String>,
    /// Why.
    pub gone: Gone,
}

impl Trace {
    /// The id it had in its folder.
    pub fn id(&self) -> String {
        ids::current(
            self.fixed_id.as_deref(),
            self.owner,
            self.folder,
            self.serial,
        )
    }

    /// The id it had everywhere.
    pub fn immutable_id(&self) -> String {
        ids::immutable(self.owner, self.serial)
    }
}

/// What a folder that is gone leaves behind.
#[derive(Debug, Clone)]
pub struct FolderTrace {
    /// The mailbox's sequence when it went.
    pub seq: u64,
    /// Its id.
    pub id: String,
}

/// One change to a folder's messages.
#[derive(Debug, Clone)]
pub enum Change {
    /// It came into the folder.
    Created(Arc<Message>),
    /// It was there, and is different now.
    Updated(Arc<Message>),
    /// It is not there any more.
    Removed(Trace),
}

impl Change {
    /// The mailbox's sequence when it happened.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Created(message) | Self::Updated(message) => message.changed_seq,
            Self::Removed(trace) => trace.seq,
        }
    }
}

/// One change to the folders.
#[derive(Debug, Clone)]
pub enum FolderChange {
    /// New, renamed or moved.
    Changed(Folder),
    /// Gone.
    Removed(FolderTrace),
}

impl FolderChange {
    /// The mailbox's sequence when it happened.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Changed(folder) => folder.changed_seq,
            Self::Removed(trace) => trace.seq,
        }
    }
}

/// The changes asked for are too old to be known: 410 `syncStateNotFound`.
#[derive(Debug, PartialEq, Eq)]
pub struct Forgotten;

/// The traces a mailbox keeps, oldest first.
#[derive(Debug)]
pub struct Traces<T> {
    kept: VecDeque<T>,
    forgotten_seq: u64,
}

impl<T> Default for Traces<T> {
    fn default() -> Self {
        Self {
            kept: VecDeque::new(),
            forgotten_seq: 0,
        }
    }
}

impl<T> Traces<T> {
    /// Keeps a trace; the oldest makes room.
    pub fn add(&mut self, trace: T, seq_of: impl Fn(&T) -> u64) {
        self.kept.push_back(trace);
        if self.kept.len() > TRACES_MAX
            && let Some(oldest) = self.kept.pop_front()
        {
            self.forgotten_seq = seq_of(&oldest);
        }
    }

    /// Every kept trace, if nothing after `since` was forgotten.
    pub fn since(&self, since: u64) -> Result<impl Iterator<Item = &T>, Forgotten> {
        if since < self.forgotten_seq {
            Err(Forgotten)
        } else {
            Ok(self.kept.iter())
        }
    }
}
