//! Drafts that are kept in their mailboxes too: when each one is written, looked at or removed there.
//!
//! One task does all of it, one request at a time; no window ever waits for it. What is to be done stands in the outbox, so
//! that nothing is lost with the program. What is done with one of them is in `exchange`.

mod exchange;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use message::Draft;
use outbox::{DraftId, DueTwin, Outbox, OutboxError, There, Twin, TwinState};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

use super::{
    Mail,
    mailboxes::{GraphMailboxes, KNOWN_MAX},
};
use crate::{
    composers::COMPOSERS_MAX,
    session::Sender,
    views::{CommandError, TwinView},
};

/// How long a draft rests before it is written to the mailbox. It is saved here long before that; there each time is a
/// request and a new version.
pub(super) const REST: Duration = Duration::from_secs(10);

/// How long a mailbox that did not answer is left alone, at first and at most.
const AGAIN_MIN: Duration = Duration::from_secs(30);
const AGAIN_MAX: Duration = Duration::from_secs(15 * 60);

/// How often is looked with nothing to do: a timer does not run while a computer sleeps.
const IDLE: Duration = Duration::from_secs(60);

/// Drafts that may wait to be looked at; each was just opened in a window.
const LOOKS_MAX: usize = COMPOSERS_MAX;

/// What the windows tell the task.
#[derive(Clone)]
pub struct Twins {
    mailboxes: Arc<GraphMailboxes>,
    rest: Duration,
    looks: Arc<Mutex<BTreeSet<DraftId>>>,
    wake: Arc<Notify>,
}

/// Nothing more can be done with an account's twins just now.
#[derive(Debug, Default)]
pub(super) struct Again {
    /// How long the server asks to be left alone.
    after: Option<Duration>,
    /// It is a matter of this twin, and the account's others may go on.
    is_alone: bool,
}

/// An account whose mailbox is left alone.
struct Wall {
    until: Instant,
    tries: u32,
}

impl Twins {
    pub(super) fn new(mailboxes: Arc<GraphMailboxes>, rest: Duration) -> Self {
        Self {
            mailboxes,
            rest,
            looks: Arc::default(),
            wake: Arc::default(),
        }
    }

    /// The draft was just opened: somebody may have changed it elsewhere.
    pub fn look(&self, draft: &DraftId) {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.len() < LOOKS_MAX {
            looks.insert(draft.clone());
        }
        drop(looks);
        self.wake.notify_one();
    }

    /// What waits may go: somebody signed in or has decided, or the network is back.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Keeps the twins of this outbox's drafts until `stop` turns true.
    pub(super) async fn run(self, outbox: Outbox, mut stop: watch::Receiver<bool>) {
        let keeper = async {
            let mut task = Task {
                twins: self,
                outbox,
                walls: HashMap::new(),
            };
            task.run().await;
        };
        tokio::select! {
            () = keeper => {}
            // A request that is out loses its answer; what it was about is known again by its words.
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    /// A twin as it stands in the mailbox, made harmless, and its version. `None` where it is not there any more.
    pub(super) async fn theirs(&self, twin: &Twin) -> Result<Option<(Draft, There)>, Again> {
        let sender = self.sender(&twin.account).await?;
        exchange::theirs(&sender.graph, twin).await
    }

    fn next_look(&self) -> Option<DraftId> {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.pop_first()
    }

    /// The account's Graph, where its mailbox may be written to. Nobody is asked.
    async fn sender(&self, account: &str) -> Result<Sender, Again> {
        let sender = tokio::time::timeout(KNOWN_MAX, self.mailboxes.sender(account)).await;
        let sender = sender.ok().and_then(Result::ok).ok_or(Again::default())?;
        match sender.graph.is_sure().await {
            true => Ok(sender),
            false => Err(Again::default()),
        }
    }
}

struct Task {
    twins: Twins,
    outbox: Outbox,
    /// By account, and by draft where it is a matter of one.
    walls: HashMap<String, Wall>,
}

impl Task {
    async fn run(&mut self) {
        let mut changes = self.outbox.changes();
        let wake = Arc::clone(&self.twins.wake);
        loop {
            changes.mark_unchanged();
            let pause = self.turn().await;
            tokio::select! {
                _ = changes.changed(), if !pause.is_zero() => {}
                () = wake.notified() => self.walls.clear(),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Does the next thing there is to do. How long there is nothing more.
    async fn turn(&mut self) -> Duration {
        if let Some(draft) = self.twins.next_look() {
            self.look(draft).await;
            return Duration::ZERO;
        }
        let Ok(due) = with(&self.outbox, Outbox::due_twins).await else {
            return AGAIN_MIN;
        };
        let mut pause = IDLE;
        for twin in due {
            let wait = self.wait(&twin);
            if wait.is_zero() {
                self.settle(twin).await;
                return Duration::ZERO;
            }
            pause = pause.min(wait);
        }
        pause
    }

    /// How long a twin is left as it is: its draft rests, and its mailbox is left alone. What is to go goes at once.
    fn wait(&self, twin: &DueTwin) -> Duration {
        let rested = twin.saved_at_ms.map_or(self.twins.rest, age);
        let walls = [&twin.account, &twin.draft.to_string()].map(|name| self.walls.get(name));
        let until = walls.into_iter().flatten().map(|wall| wall.until).max();
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let rest = self.twins.rest.saturating_sub(rested);
        rest.max(left.unwrap_or_default())
    }

    async fn look(&mut self, draft: DraftId) {
        let Ok(Some(twin)) = with(&self.outbox, move |outbox| outbox.twin(&draft)).await else {
            return;
        };
        // Whether the person wants it is seen first: no mailbox is asked for one that is kept here alone.
        if twin.state != TwinState::Kept || twin.there.is_none() {
            return;
        }
        if let Ok(sender) = self.twins.sender(&twin.account).await
            && sender.keeps_drafts
            && let Err(again) = exchange::look(&self.outbox, &sender.graph, twin).await
        {
            tracing::info!(?again, "a draft in the mailbox was not looked at");
        }
    }

    async fn settle(&mut self, due: DueTwin) {
        let (account, draft) = (due.account.clone(), due.draft.to_string());
        match self.settled(due).await {
            Ok(()) => {
                self.walls.remove(&account);
                self.walls.remove(&draft);
            }
            Err(again) if again.is_alone => self.leave_alone(draft, again),
            Err(again) => self.leave_alone(account, again),
        }
    }

    async fn settled(&self, due: DueTwin) -> Result<(), Again> {
        let draft = due.draft.clone();
        let twin = with(&self.outbox, move |outbox| outbox.twin(&draft)).await?;
        let Some(twin) = twin else {
            return Ok(());
        };
        let is_to_go = due.saved_at_ms.is_none();
        if is_to_go && !exchange::may_be_there(&twin) {
            return exchange::forget(&self.outbox, twin).await;
        }
        let sender = self.twins.sender(&twin.account).await?;
        match (is_to_go, sender.keeps_drafts) {
            (true, _) => exchange::remove(&self.outbox, &sender.graph, twin).await,
            (false, true) => exchange::write(&self.outbox, &sender.graph, twin).await,
            (false, false) => Err(Again::default()),
        }
    }

    fn leave_alone(&mut self, name: String, again: Again) {
        let tries = self.walls.get(&name).map_or(0, |wall| wall.tries);
        let usual = AGAIN_MIN.saturating_mul(2_u32.saturating_pow(tries));
        let pause = again.after.unwrap_or_default().max(usual).min(AGAIN_MAX);
        let wall = Wall {
            until: Instant::now() + pause,
            tries: tries.saturating_add(1),
        };
        self.walls.insert(name, wall);
    }
}

/// For how long a draft has not changed. A clock that was set back says nothing; then it has rested.
fn age(saved_at_ms: i64) -> Duration {
    let now = outbox::system_clock()().duration_since(UNIX_EPOCH);
    let saved = Duration::from_millis(u64::try_from(saved_at_ms).unwrap_or_default());
    now.unwrap_or_default()
        .checked_sub(saved)
        .unwrap_or(Duration::MAX)
}

/// Does a piece of work with the outbox, off the threads that answer.
async fn with<T: Send + 'static>(
    outbox: &Outbox,
    work: impl FnOnce(&Outbox) -> Result<T, OutboxError> + Send + 'static,
) -> Result<T, Again> {
    let outbox = outbox.clone();
    let done = tokio::task::spawn_blocking(move || work(&outbox)).await;
    done.map_err(|_| Again::default())?.map_err(|error| {
        tracing::warn!(%error, "a draft in the mailbox is left as it is");
        Again::default()
    })
}

impl Mail {
    /// The twin of a draft as it stands in the mailbox, which takes the place of the draft's text.
    pub async fn theirs(&self, draft: &DraftId) -> Result<Draft, CommandError> {
        let gone = || CommandError::plain("command-gone");
        let cannot_look = || CommandError::plain("command-cannot-look");
        let id = draft.clone();
        let twin = self.with(move |outbox| outbox.twin(&id)).await?;
        let twin = twin.ok_or_else(gone)?;
        let found = self.twins.theirs(&twin).await;
        let id = draft.clone();
        let Some((theirs, there)) = found.map_err(|_| cannot_look())? else {
            self.with(move |outbox| outbox.twin_gone(&id)).await?;
            return Err(gone());
        };
        let taken = theirs.clone();
        self.with(move |outbox| outbox.take_theirs(&id, &taken, &there))
            .await?;
        Ok(theirs)
    }
}

/// What is to be said of a draft's twin.
pub(super) fn view(state: Option<&TwinState>) -> TwinView {
    match state {
        Some(TwinState::Changed) => TwinView::Changed,
        Some(TwinState::Gone) => TwinView::Gone,
        Some(TwinState::Kept | TwinState::Parted) | None => TwinView::Quiet,
    }
}
