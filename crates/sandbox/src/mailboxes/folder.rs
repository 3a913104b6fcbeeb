//! The folders of a mailbox.
//!
//! Source: Graph v1.0 reference, "mailFolder resource type" (well-known names).

use super::ids;

/// A folder's number within its mailbox; the well-known ones have fixed numbers.
pub type FolderNumber = u32;

/// The root of the visible folders, `msgfolderroot`.
pub const ROOT: FolderNumber = 0;
/// Inbox.
pub const INBOX: FolderNumber = 1;
/// Drafts.
pub const DRAFTS: FolderNumber = 2;
/// Sent Items.
pub const SENT_ITEMS: FolderNumber = 3;
/// Deleted Items.
pub const DELETED_ITEMS: FolderNumber = 4;
/// Outbox.
pub const OUTBOX: FolderNumber = 5;
/// Archive.
pub const ARCHIVE: FolderNumber = 6;
/// Junk Email.
pub const JUNK_EMAIL: FolderNumber = 7;
/// Where deleted items of Deleted Items go; no list shows it.
pub const RECOVERABLE_ITEMS: FolderNumber = 8;
/// The first number of a folder that a person made.
pub const FIRST_OWN: FolderNumber = 100;

/// Well-known names with the display names of an English mailbox.
pub const WELL_KNOWN: [(FolderNumber, &str, &str); 9] = [
    (ROOT, "msgfolderroot", "Top of Information Store"),
    (INBOX, "inbox", "Inbox"),
    (DRAFTS, "drafts", "Drafts"),
    (SENT_ITEMS, "sentitems", "Sent Items"),
    (DELETED_ITEMS, "deleteditems", "Deleted Items"),
    (OUTBOX, "outbox", "Outbox"),
    (ARCHIVE, "archive", "Archive"),
    (JUNK_EMAIL, "junkemail", "Junk Email"),
    (RECOVERABLE_ITEMS, "recoverableitemsdeletions", "Deletions"),
];

/// One folder.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Its number.
    pub number: FolderNumber,
    /// Its id on the wire.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The folder it lies in; the root lies in itself.
    pub parent: FolderNumber,
    /// Whether lists leave it out unless they ask for hidden folders.
    pub hidden: bool,
    /// The mailbox's sequence when it was made.
    pub created_seq: u64,
    /// The mailbox's sequence when it last changed.
    pub changed_seq: u64,
}

impl Folder {
    /// The well-known name, if it has one.
    pub fn well_known_name(&self) -> Option<&'static str> {
        WELL_KNOWN
            .iter()
            .find(|(number, _, _)| *number == self.number)
            .map(|(_, name, _)| *name)
    }
}

/// The folders that every mailbox begins with.
pub fn well_known(owner: &str) -> impl Iterator<Item = Folder> + '_ {
    WELL_KNOWN.iter().map(|(number, _, name)| Folder {
        number: *number,
        id: ids::folder(owner, *number),
        name: (*name).to_owned(),
        parent: ROOT,
        hidden: *number == RECOVERABLE_ITEMS,
        created_seq: 0,
        changed_seq: 0,
    })
}
