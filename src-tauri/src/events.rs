//! The events windows listen to. Each tells how things are; none says what to do.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::Event;

use crate::views::{
    AccountEntry, AttachmentView, CardView, CommandError, ConfigView, DraftSummary, OutboxItemView,
    Persistence, SessionView, Trouble,
};

/// The session.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct SessionChanged(pub SessionView);

/// The accounts side by side, the chosen one first.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct AccountsChanged(pub Vec<AccountEntry>);

/// The card.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct CardChanged(pub Option<CardView>);

/// The outbox.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct OutboxChanged(pub Vec<OutboxItemView>);

/// The drafts.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct DraftsChanged(pub Vec<DraftSummary>);

/// The configuration.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct ConfigChanged(pub ConfigView);

/// Where tokens are kept.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct PersistenceChanged(pub Persistence);

/// What the person should know.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct NoticesChanged(pub Vec<Trouble>);

/// The attachments of the compose window that is told.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct AttachmentsChanged(pub Vec<AttachmentView>);

/// A file that was dropped on the compose window, or picked for its text, could not be attached.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct AttachmentRefused(pub CommandError);

/// Pictures were dropped on the compose window and belong to its draft; whether to its text is for the page to say, by where
/// they fell.
#[derive(Clone, Serialize, Deserialize, Type, Event)]
pub struct PicturesDropped {
    /// The pictures, in the order they were dropped.
    pub pictures: Vec<AttachmentView>,
    /// Where they fell, in CSS pixels from the page's left.
    pub x: i32,
    /// In CSS pixels from its top.
    pub y: i32,
}
