//! Compose windows: which draft each one writes, and the attachments that were really added to it.
//!
//! The webview names no file and is not believed about attachments: Rust copied them, Rust knows them.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use message::{Attachment, Draft};
use outbox::{DraftId, ItemId};
use tokio::sync::watch;

/// Compose windows that may be open at once. Each costs a web process of some sixty megabytes.
pub const COMPOSERS_MAX: usize = 20;

/// Prefix of a compose window's label; the capability of compose windows names it too.
pub const LABEL_PREFIX: &str = "compose-";

/// What one compose window writes.
#[derive(Clone)]
pub struct Composer {
    /// Its draft.
    pub draft: DraftId,
    /// The account that was chosen when the window was opened.
    pub account: Option<String>,
    /// What its mail may end with and nobody has written: the signature as it was when the window was opened.
    pub signature: String,
    /// The attachments, in the order they were added.
    pub attachments: Vec<Attachment>,
    /// What it began with, for a window that opens while the outbox cannot be read.
    pub begun: Draft,
    /// Files that are being copied right now: the message waits for them.
    pub copying: u32,
    /// The message is being queued, or is held: no file joins it any more.
    pub queueing: bool,
    /// The message that can be taken back into this window.
    pub held: Option<ItemId>,
    /// The person has asked to close the window once, and the page is saving.
    pub closing: bool,
}

/// All compose windows.
#[derive(Default)]
pub struct Composers {
    open: Mutex<HashMap<String, Composer>>,
    last: AtomicU32,
    closed: watch::Sender<()>,
}

impl Composers {
    /// A new window's label, or the label of the window that writes this draft already; `Err` where there are too many.
    pub fn open(
        &self,
        id: &DraftId,
        account: Option<String>,
        signature: String,
        begun: &Draft,
    ) -> Result<Label, TooMany> {
        let mut open = self.lock();
        if let Some((label, _)) = open.iter().find(|(_, composer)| composer.draft == *id) {
            return Ok(Label::Open(label.clone()));
        }
        if open.len() >= COMPOSERS_MAX {
            return Err(TooMany);
        }
        let label = format!(
            "{LABEL_PREFIX}{}",
            self.last.fetch_add(1, Ordering::Relaxed)
        );
        let composer = Composer {
            draft: id.clone(),
            account,
            signature,
            attachments: begun.attachments.clone(),
            begun: begun.clone(),
            copying: 0,
            queueing: false,
            held: None,
            closing: false,
        };
        open.insert(label.clone(), composer);
        Ok(Label::New(label))
    }

    /// What the window writes.
    pub fn get(&self, label: &str) -> Option<Composer> {
        self.lock().get(label).cloned()
    }

    /// Changes what the window writes, and gives the outcome.
    pub fn change(&self, label: &str, change: impl FnOnce(&mut Composer)) -> Option<Composer> {
        let mut open = self.lock();
        let composer = open.get_mut(label)?;
        change(composer);
        Some(composer.clone())
    }

    /// The labels of all windows.
    pub fn labels(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// The window is gone.
    pub fn close(&self, label: &str) -> Option<Composer> {
        let composer = self.lock().remove(label);
        self.closed.send_replace(());
        composer
    }

    /// Resolves when the window is gone.
    pub async fn gone(&self, label: &str) {
        let mut closed = self.closed.subscribe();
        while self.lock().contains_key(label) && closed.changed().await.is_ok() {}
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Composer>> {
        // Nothing is left half-changed by a panic: each change is one insertion or removal.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a draft is written.
pub enum Label {
    /// In a window to be made.
    New(String),
    /// In a window that is there.
    Open(String),
}

/// More compose windows than [`COMPOSERS_MAX`].
#[derive(Debug, thiserror::Error)]
#[error("{COMPOSERS_MAX} compose windows are open already")]
pub struct TooMany;
