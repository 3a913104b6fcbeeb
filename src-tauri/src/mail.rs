//! Introduces the outbox to Graph, and tells windows and the desktop what became of each message.

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use outbox::{
    DraftId, Mailboxes, OpenError, OpenReport, Opened, Outbox, OutboxError, State, Summary, Upload,
    WaitReason,
};
use tokio::sync::{Notify, watch};

use crate::{
    session::Sending,
    views::{
        CommandError, DraftSummary, OutboxItemView, OutboxState, Trouble, TroubleAction, WaitingFor,
    },
};

mod attaching;
mod keeping;
mod mailboxes;
mod refusals;
mod twins;

use keeping::keep;
use mailboxes::GraphMailboxes;
use refusals::Size;
pub use twins::Twins;

/// The outbox, open or not.
#[derive(Clone)]
enum Door {
    Opening,
    Open(Outbox),
    Shut(Trouble),
}

/// The outbox as commands use it.
#[derive(Clone)]
pub struct Mail {
    door: watch::Receiver<Door>,
    mailboxes: Arc<GraphMailboxes>,
    /// Drafts that are kept in the mailboxes too.
    pub twins: Twins,
    wake: Arc<Notify>,
    stop: watch::Sender<bool>,
}

/// What the outbox brought to light.
pub type Notices = Vec<Trouble>;

/// How long an end waits for the outbox to be closed. What is not closed is looked through at the next start.
const ENDING_TIME_MAX: Duration = Duration::from_secs(2);

impl Mail {
    /// Opens the outbox on its own thread and begins to deliver. `tell` hears what the person should know.
    pub fn start(
        folder: PathBuf,
        sender: watch::Receiver<Sending>,
        tell: impl Fn(Notices) + Send + Sync + 'static,
    ) -> Self {
        let (door, receiver) = watch::channel(Door::Opening);
        let wake = Arc::new(Notify::new());
        let (stop, stopped) = watch::channel(false);
        let mailboxes = Arc::new(GraphMailboxes::new(sender));
        let twins = Twins::new(Arc::clone(&mailboxes), twins::REST);
        let mail = Self {
            door: receiver,
            mailboxes: Arc::clone(&mailboxes),
            twins: twins.clone(),
            wake: Arc::clone(&wake),
            stop,
        };
        tokio::spawn(async move {
            let result = tokio::task::spawn_blocking(move || Outbox::open(&folder)).await;
            match result {
                Ok(Ok(Opened { outbox, report })) => {
                    door.send_replace(Door::Open(outbox.clone()));
                    tell(notices(report));
                    let twins = |outbox, halted| twins.run(outbox, halted);
                    keep(outbox, mailboxes, twins, wake, stopped, tell).await;
                }
                Ok(Err(error)) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "no outbox");
                    let trouble = Trouble::plain(open_sentence(&error), TroubleAction::None);
                    door.send_replace(Door::Shut(trouble.clone()));
                    tell(vec![trouble]);
                }
                Err(_) => {
                    let trouble = Trouble::plain("trouble-outbox", TroubleAction::None);
                    door.send_replace(Door::Shut(trouble.clone()));
                    tell(vec![trouble]);
                }
            }
        });
        mail
    }

    /// Does a piece of work with the outbox, off the threads that answer.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Outbox) -> Result<T, OutboxError> + Send + 'static,
    ) -> Result<T, CommandError> {
        let outbox = self.outbox().await?;
        let done = tokio::task::spawn_blocking(move || work(&outbox)).await;
        Ok(done.map_err(|_| CommandError::plain("command-outbox"))??)
    }

    /// Waiting mail may go: somebody signed in, allowed sending, or the network is back.
    pub fn wake(&self) {
        self.wake.notify_one();
        self.twins.wake();
    }

    /// Whether an account's mailbox may be looked through.
    pub async fn may_look(&self, account: &str) -> bool {
        self.mailboxes.is_open(account.to_owned()).await
    }

    /// The outbox, once it is open.
    pub async fn outbox(&self) -> Result<Outbox, CommandError> {
        let mut door = self.door.clone();
        let settled = door.wait_for(|door| !matches!(door, Door::Opening)).await;
        match settled.as_deref() {
            Ok(Door::Open(outbox)) => Ok(outbox.clone()),
            Ok(Door::Shut(trouble)) => Err(CommandError::plain(&trouble.message)),
            Ok(Door::Opening) | Err(_) => Err(CommandError::plain("command-outbox")),
        }
    }

    /// The outbox as windows show it.
    pub async fn items(&self) -> Result<Vec<OutboxItemView>, CommandError> {
        let items = self.with(|outbox| {
            let items = outbox.summaries()?.into_iter();
            Ok(items.map(|item| item_view(outbox, item)).collect())
        });
        items.await
    }

    /// The drafts as windows show them.
    pub async fn drafts(&self) -> Result<Vec<DraftSummary>, CommandError> {
        let read = |outbox: &Outbox| Ok((outbox.draft_summaries()?, outbox.twins_to_tell()?));
        let (drafts, twins) = self.with(read).await?;
        Ok(drafts
            .into_iter()
            .map(|draft| DraftSummary {
                twin: twins::view(twins.get(&draft.id)),
                id: draft.id.to_string(),
                subject: draft.subject,
                recipients: draft.recipients,
                saved_at_ms: draft.saved_at_ms,
            })
            .collect())
    }

    /// The outbox, if it is open yet.
    pub async fn items_now(&self) -> Vec<OutboxItemView> {
        if self.is_open() {
            self.items().await.unwrap_or_default()
        } else {
            Vec::new()
        }
    }

    /// The drafts, if the outbox is open yet.
    pub async fn drafts_now(&self) -> Vec<DraftSummary> {
        if self.is_open() {
            self.drafts().await.unwrap_or_default()
        } else {
            Vec::new()
        }
    }

    fn is_open(&self) -> bool {
        matches!(*self.door.borrow(), Door::Open(_))
    }

    /// Whether something is leaving right now or about to.
    pub async fn is_busy(&self) -> bool {
        self.with(Outbox::is_busy).await.unwrap_or(false)
    }

    /// How many messages go on by themselves when the program runs again.
    pub async fn left(&self) -> usize {
        let items = self.items_now().await;
        items.iter().filter(|item| goes_on(&item.state)).count()
    }

    /// Nothing more is begun: the program ends. Waits until the outbox is closed, for a moment.
    pub async fn end(&self) {
        self.stop.send_replace(true);
        // Whoever listens has gone when all is done.
        let _ = tokio::time::timeout(ENDING_TIME_MAX, self.stop.closed()).await;
    }

    /// Removes a draft.
    pub async fn discard(&self, draft: DraftId) -> Result<(), CommandError> {
        self.with(move |outbox| outbox.discard_draft(&draft)).await
    }
}

fn notices(report: OpenReport) -> Notices {
    match report {
        OpenReport::Sound => Vec::new(),
        OpenReport::SetAside {
            to,
            items_saved,
            drafts_saved,
        } => vec![
            Trouble::plain("trouble-outbox-set-aside", TroubleAction::None)
                .with("path", to.display())
                .with("items", items_saved)
                .with("drafts", drafts_saved),
        ],
    }
}

fn open_sentence(error: &OpenError) -> &'static str {
    match error {
        OpenError::NotWritable(_) => "trouble-outbox-not-writable",
        OpenError::OnNetwork => "trouble-outbox-on-network",
        OpenError::DiskFull => "trouble-outbox-disk-full",
        OpenError::Busy | OpenError::DamagedInUse => "trouble-outbox-busy",
        OpenError::Newer { .. } => "trouble-outbox-newer",
        OpenError::Disk(_) | OpenError::Database(_) => "trouble-outbox",
    }
}

/// A message as windows show it.
pub fn item_view(outbox: &Outbox, item: Summary) -> OutboxItemView {
    let refused = refusals::size(outbox, &item);
    OutboxItemView {
        id: item.id.to_string(),
        state: state_view(&item.state, item.upload, refused),
        subject: item.subject,
        recipients: item.recipients,
        created_at_ms: item.created_at_ms,
        attachments: item.attachments,
    }
}

fn state_view(state: &State, upload: Option<Upload>, refused: Option<Size>) -> OutboxState {
    match state {
        State::Held { until_ms } => OutboxState::Held {
            until_ms: *until_ms,
        },
        State::Scheduled { at_ms } => OutboxState::Scheduled { at_ms: *at_ms },
        State::Deferred { until_ms } => OutboxState::Deferred {
            until_ms: *until_ms,
        },
        State::Queued => OutboxState::Queued,
        State::Creating | State::Sending => OutboxState::Sending,
        State::Attaching => OutboxState::Attaching {
            bytes: upload.map_or(0, |upload| upload.bytes),
            of: upload.map_or(0, |upload| upload.of),
        },
        State::Checking { next_look_at_ms } => OutboxState::Checking {
            waits_for_sign_in: next_look_at_ms.is_none(),
        },
        State::Sent { message_id } => OutboxState::Sent {
            message_id: message_id.clone(),
        },
        State::Bounced { report } => OutboxState::Bounced {
            report: report.clone(),
        },
        State::Accepted { request_id } => OutboxState::Accepted {
            request_id: request_id.clone(),
        },
        State::Waiting {
            reason,
            next_attempt_at_ms,
        } => OutboxState::Waiting {
            reason: match reason {
                WaitReason::Network => WaitingFor::Network,
                WaitReason::SignIn => WaitingFor::SignIn,
                WaitReason::Consent => WaitingFor::Consent,
                WaitReason::Drafts => WaitingFor::Drafts,
                WaitReason::MailboxFull => WaitingFor::MailboxFull,
                WaitReason::Paused => WaitingFor::Paused,
                WaitReason::Blocked => WaitingFor::Blocked,
            },
            next_attempt_at_ms: *next_attempt_at_ms,
        },
        State::Unconfirmed { why, request_id } => OutboxState::Unconfirmed {
            why: why.clone(),
            request_id: request_id.clone(),
        },
        State::Failed { code, request_id } => {
            let (message, args) = refusals::words(code, refused);
            OutboxState::Failed {
                code: code.clone(),
                message: message.to_owned(),
                args,
                request_id: request_id.clone(),
            }
        }
        State::Cancelled => OutboxState::Cancelled,
        State::Damaged { .. } => OutboxState::Damaged,
    }
}

/// What happened to a message that the person should hear of: the message id of the notification.
#[derive(Default)]
pub struct Watcher {
    seen: Option<HashMap<String, &'static str>>,
}

impl Watcher {
    /// Compares with what was seen before. The first look only remembers: what is old is no news.
    pub fn news<'a>(&mut self, items: &'a [OutboxItemView]) -> Vec<(&'static str, &'a str)> {
        // What is tried again in between and comes to the same is no news.
        let last = |item: &OutboxItemView| match (news_of(&item.state), &self.seen) {
            ("", Some(seen)) => seen.get(&item.id).copied().unwrap_or(""),
            (news, _) => news,
        };
        let now: HashMap<String, &'static str> = items
            .iter()
            .map(|item| (item.id.clone(), last(item)))
            .collect();
        let Some(seen) = self.seen.replace(now) else {
            return Vec::new();
        };
        items
            .iter()
            .map(|item| (item, news_of(&item.state)))
            .filter(|(item, news)| !news.is_empty() && seen.get(&item.id) != Some(news))
            .map(|(item, news)| (news, item.subject.as_str()))
            .collect()
    }
}

/// Whether a message leaves some time without another word of the person's.
fn goes_on(state: &OutboxState) -> bool {
    match state {
        OutboxState::Held { .. }
        | OutboxState::Scheduled { .. }
        | OutboxState::Queued
        | OutboxState::Attaching { .. }
        | OutboxState::Sending
        | OutboxState::Checking { .. }
        | OutboxState::Waiting { .. } => true,
        OutboxState::Accepted { .. }
        | OutboxState::Deferred { .. }
        | OutboxState::Sent { .. }
        | OutboxState::Bounced { .. }
        | OutboxState::Unconfirmed { .. }
        | OutboxState::Failed { .. }
        | OutboxState::Cancelled
        | OutboxState::Damaged => false,
    }
}

fn news_of(state: &OutboxState) -> &'static str {
    match state {
        OutboxState::Accepted { .. } | OutboxState::Sent { .. } => "notify-accepted",
        OutboxState::Failed { .. } | OutboxState::Damaged => "notify-failed",
        OutboxState::Bounced { .. } => "notify-bounced",
        OutboxState::Unconfirmed { .. } => "notify-unconfirmed",
        OutboxState::Waiting {
            reason: WaitingFor::MailboxFull | WaitingFor::Paused | WaitingFor::Blocked,
            ..
        } => "notify-waiting-account",
        OutboxState::Waiting {
            reason: WaitingFor::SignIn,
            ..
        } => "notify-waiting-sign-in",
        OutboxState::Held { .. }
        | OutboxState::Scheduled { .. }
        | OutboxState::Deferred { .. }
        | OutboxState::Queued
        | OutboxState::Attaching { .. }
        | OutboxState::Sending
        | OutboxState::Checking { .. }
        | OutboxState::Waiting { .. }
        | OutboxState::Cancelled => "",
    }
}

#[cfg(test)]
mod tests;
