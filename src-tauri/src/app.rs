//! What commands reach: the session's mailbox, the outbox, the compose windows.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    composers::Composers,
    folders::Folders,
    mail::{Mail, Notices},
    preferences::Preferences,
    session::{Event, Sender, Sending},
    signatures,
    tips::Tips,
    views::{CommandError, Trouble},
};

/// How long a window that is just being opened waits for the session to say who is signed in: it reads one file.
const KNOWN_TIME_MAX: Duration = Duration::from_secs(1);

/// The app, as Tauri's managed state.
pub struct App {
    session: mpsc::Sender<Event>,
    sender: watch::Receiver<Sending>,
    /// The outbox.
    pub mail: Mail,
    /// The compose windows.
    pub composers: Composers,
    /// What is known of recipients.
    pub tips: Tips,
    /// Where things lie.
    pub folders: Folders,
    notices: Mutex<Notices>,
    preferences: Mutex<Preferences>,
}

impl App {
    /// Holds the parts together.
    pub fn new(
        session: mpsc::Sender<Event>,
        sender: watch::Receiver<Sending>,
        mail: Mail,
        folders: Folders,
        preferences: Preferences,
    ) -> Self {
        let (composers, tips, notices) = (Composers::default(), Tips::default(), Mutex::default());
        Self {
            session,
            sender,
            mail,
            composers,
            tips,
            folders,
            notices,
            preferences: Mutex::new(preferences),
        }
    }

    /// Tells the session.
    pub async fn tell(&self, event: Event) -> Result<(), CommandError> {
        self.session
            .send(event)
            .await
            .map_err(|_| CommandError::plain("command-failed"))
    }

    /// Asks the session, and waits for its answer.
    pub async fn ask<T>(
        &self,
        event: impl FnOnce(oneshot::Sender<T>) -> Event,
    ) -> Result<T, CommandError> {
        let (reply, answer) = oneshot::channel();
        self.tell(event(reply)).await?;
        answer
            .await
            .map_err(|_| CommandError::plain("command-failed"))
    }

    /// The account that sends what was begun with `account`: the same while it is signed in, else the chosen one.
    pub fn account_of(&self, account: Option<&str>) -> Option<String> {
        self.sender_of(account).map(|sender| sender.account)
    }

    /// Who sends what was begun with `account`, likewise.
    pub fn sender_of(&self, account: Option<&str>) -> Option<Sender> {
        let sending = self.sender.borrow();
        let begun = account.and_then(|account| sending.sender(account));
        begun.or_else(|| sending.chosen()).cloned()
    }

    /// The account in whose mailbox a draft that was begun with `account` is kept too, where it is.
    pub fn keeper_of(&self, account: Option<&str>) -> Option<String> {
        let account = self.account_of(account)?;
        let sending = self.sender.borrow();
        let keeps = sending
            .sender(&account)
            .is_some_and(|sender| sender.keeps_drafts);
        keeps.then_some(account)
    }

    /// The account that is chosen.
    pub fn chosen(&self) -> Option<String> {
        self.account_of(None)
    }

    /// The account that is chosen, once the session knows: a program that a link has started is ahead of it.
    pub async fn chosen_soon(&self) -> Option<String> {
        let mut sender = self.sender.clone();
        let known = sender.wait_for(|sending| matches!(sending, Sending::Known(_)));
        // Who is not known by then signs nothing; the window opens all the same.
        drop(tokio::time::timeout(KNOWN_TIME_MAX, known).await);
        self.chosen()
    }

    /// The account's id, where it is signed in.
    pub fn signed_in(&self, account: &str) -> Option<String> {
        let sending = self.sender.borrow();
        sending.sender(account).map(|sender| sender.account.clone())
    }

    /// What stands below the mail of an account; empty where there is nothing.
    pub async fn signature_of(&self, account: Option<String>) -> String {
        let Some(account) = account else {
            return String::new();
        };
        let folder = self.folders.config.clone();
        let read = move || signatures::of(&folder, &account);
        let read = tokio::task::spawn_blocking(read).await;
        read.unwrap_or_default()
    }

    /// What the person prefers, as the session last said it.
    pub fn preferences(&self) -> Preferences {
        *self
            .preferences
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The session says that the person prefers something else.
    pub fn prefer(&self, preferences: Preferences) {
        *self
            .preferences
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = preferences;
    }

    /// What the person should know.
    pub fn notices(&self) -> Vec<Trouble> {
        self.notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Something more that the person should know.
    pub fn notice(&self, more: Notices) -> Vec<Trouble> {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        notices.extend(more);
        notices.clone()
    }
}
