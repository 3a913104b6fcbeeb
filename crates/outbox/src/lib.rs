//! The durable queue: drafts as they are typed, messages from "send" to their
//! outcome, and the copies of what is attached to them.
//!
//! When [`Outbox::enqueue`] returns, the message and its attachments are on
//! disk. No message is submitted again without evidence that it was not
//! submitted before; what cannot be known stands before the person as
//! unconfirmed, and no message ever disappears by itself. What was sent thirty
//! days ago keeps its line in the history alone.
//!
//! This is the only crate that knows SQLite. It does not know how a message is
//! submitted: [`deliver`] is handed the [`Mailboxes`].
//!
//! - `machine` decides, without I/O; `schedule` says when to try again.
//! - `store` keeps rows, `spool` keeps the attachments' copies.
//! - `open` finds the database sound, or sets it aside and saves what it can.
//! - `delivery` is the worker; one process delivers at a time.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice
    )
)]

mod clock;
mod delivery;
mod error;
mod id;
mod item;
mod lock;
mod machine;
mod open;
mod outbox;
mod schedule;
mod spool;
mod store;
mod twin;

pub use clock::{Clock, system_clock};
pub use delivery::{Answer, Contents, Mailboxes, Outgoing, deliver};
pub use error::{DatabaseError, OpenError, OutboxError};
pub use id::{DraftId, IdError, ItemId};
pub use item::{DraftSummary, History, Item, Outline, PageEnd, Summary};
pub use machine::{
    Attached, CODE_ATTACHMENT_DAMAGED, CODE_DRAFT_CHANGED, CODE_NOT_TAKEN_OVER, Creation, Followed,
    Look, Refused, State, Submission, WHY_ATTEMPT_LOST, WaitReason,
};
pub use open::{Looked, OpenReport, Opened, look_through};
pub use outbox::{
    Acquaintance, HISTORY_PAGE_MAX, HOLD_MAX, Outbox, SCHEDULE_MAX, SUGGESTIONS_MAX, Upload,
    Uploading,
};
pub use spool::{AttachmentCopy, AttachmentReader};
pub use twin::{Digest, DueTwin, There, Twin, TwinState};
