//! What Outlook says of recipients before one sends, kept for a few minutes. It helps whoever writes and stands in nobody's way:
//! where nothing comes, nothing is said.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use graph::MailTips;
use message::{Address, RECIPIENTS_MAX};
use tauri::{State, WebviewWindow};

use crate::{
    app::App,
    session::Sender,
    views::{AwayView, CommandError, MailTipsView},
};

/// For so long tips are taken for what they say: a mail is written meanwhile, and a mailbox that was full may have room again.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// After a failure Graph is left alone for so long, or for longer where it asks for it: the next chip would ask again.
const REST: Duration = Duration::from_secs(30);

/// The longest rest that a server can ask for.
const REST_MAX: Duration = Duration::from_secs(60 * 60);

/// The most recipients that are kept, of all accounts: the largest mail four times. Each has less than two kilobytes.
const KEPT_MAX: usize = 4 * RECIPIENTS_MAX;

/// The tips of all accounts.
#[derive(Default)]
pub struct Tips {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// By account and address in lower case.
    tips: HashMap<(String, String), (Instant, MailTips)>,
    /// Until when an account does not ask.
    resting: HashMap<String, Instant>,
}

/// What Outlook says of these recipients, as far as it is known. Nothing where the account has not granted what it takes to ask;
/// nobody is asked for it. The account is the one that would send. A question ends with its window.
#[tauri::command]
#[specta::specta]
pub async fn mail_tips(
    app: State<'_, App>,
    window: WebviewWindow,
    account: Option<String>,
    addresses: Vec<String>,
) -> Result<Vec<MailTipsView>, CommandError> {
    let Some(sender) = app.sender_of(account.as_deref()) else {
        return Ok(Vec::new());
    };
    tokio::select! {
        tips = app.tips.of(&sender, &addresses) => Ok(tips.into_iter().map(MailTipsView::from).collect()),
        () = app.composers.gone(window.label()) => Err(CommandError::plain("command-gone")),
    }
}

impl Tips {
    /// The tips of those recipients that something is known of, in the order of the addresses. Graph is asked only about those
    /// that it was not asked about a moment ago. What is no address is passed over.
    pub async fn of(&self, sender: &Sender, addresses: &[String]) -> Vec<MailTips> {
        let mut addresses: Vec<String> = addresses
            .iter()
            .take(RECIPIENTS_MAX)
            .filter(|address| Address::new(None, address).is_ok())
            .map(|address| address.to_lowercase())
            .collect();
        let mut seen = HashSet::new();
        addresses.retain(|address| seen.insert(address.clone()));
        let unknown = self.unknown(&sender.account, &addresses, Instant::now());
        if !unknown.is_empty() && sender.is_ready().await {
            match sender.graph.mail_tips(&unknown).await {
                Ok(tips) => self.keep(&sender.account, tips, Instant::now()),
                Err(error) => {
                    tracing::info!(error = &error as &dyn std::error::Error, "no MailTips");
                    self.rest(&sender.account, error.retry_after(), Instant::now());
                }
            }
        }
        self.known(&sender.account, addresses, Instant::now())
    }

    /// Nothing is kept of this account any more.
    pub fn forget(&self, account: &str) {
        let mut kept = self.lock();
        kept.tips.retain(|(of, _), _| of != account);
        kept.resting.remove(account);
    }

    /// Those to ask about now.
    fn unknown(&self, account: &str, addresses: &[String], now: Instant) -> Vec<String> {
        let kept = self.lock();
        if kept.resting.get(account).is_some_and(|until| now < *until) {
            return Vec::new();
        }
        let is_known = |address: &String| kept.fresh(account, address, now).is_some();
        let unknown = addresses.iter().filter(|address| !is_known(address));
        unknown.cloned().collect()
    }

    fn known(&self, account: &str, addresses: Vec<String>, now: Instant) -> Vec<MailTips> {
        let kept = self.lock();
        let known = |address: String| kept.fresh(account, &address, now).cloned();
        addresses.into_iter().filter_map(known).collect()
    }

    fn keep(&self, account: &str, tips: Vec<MailTips>, now: Instant) {
        let mut kept = self.lock();
        kept.resting.remove(account);
        kept.tips
            .retain(|_, (at, _)| now.duration_since(*at) < FRESH);
        // Whoever writes to so many in five minutes waits for an answer once more.
        if kept.tips.len().saturating_add(tips.len()) > KEPT_MAX {
            kept.tips.clear();
        }
        for tips in tips {
            let of = (account.to_owned(), tips.address.to_lowercase());
            kept.tips.insert(of, (now, tips));
        }
    }

    fn rest(&self, account: &str, asked_for: Option<Duration>, now: Instant) {
        let rest = asked_for.unwrap_or_default().clamp(REST, REST_MAX);
        let mut kept = self.lock();
        kept.resting.insert(account.to_owned(), now + rest);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing is left half-changed by a panic: each change leaves a map that is one.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn fresh(&self, account: &str, address: &str, now: Instant) -> Option<&MailTips> {
        let (at, tips) = self.tips.get(&(account.to_owned(), address.to_owned()))?;
        (now.duration_since(*at) < FRESH).then_some(tips)
    }
}

impl From<MailTips> for MailTipsView {
    fn from(tips: MailTips) -> Self {
        Self {
            address: tips.address,
            name: tips.name,
            away: tips.automatic_reply.map(|reply| AwayView {
                text: reply.text,
                until_ms: reply.until.map(|until| until.as_millisecond()),
            }),
            mailbox_full: tips.mailbox_full,
            restricted: tips.delivery_restricted,
            moderated: tips.moderated,
            outside: tips.external,
            note: tips.custom,
            members: tips.members,
            members_outside: tips.external_members,
            bytes_max: tips.message_bytes_max,
        }
    }
}

#[cfg(test)]
mod tests {
    use outbox::DraftId;

    use super::*;
    use crate::composers::{Composers, Label};

    const ADA: &str = "ada.tenant";

    fn tips_of(address: &str) -> MailTips {
        MailTips {
            address: address.to_owned(),
            mailbox_full: true,
            ..MailTips::default()
        }
    }

    fn asks(tips: &Tips, address: &str, now: Instant) -> bool {
        !tips.unknown(ADA, &[address.to_owned()], now).is_empty()
    }

    #[test]
    fn what_is_known_is_asked_for_again_when_it_is_old() {
        let (tips, began) = (Tips::default(), Instant::now());
        tips.keep(ADA, vec![tips_of("Grace@signet.example")], began);
        let grace = "grace@signet.example";
        let second = Duration::from_secs(1);
        for (now, is_known) in [(began + FRESH - second, true), (began + FRESH, false)] {
            assert_eq!(asks(&tips, grace, now), !is_known);
            let known = tips.known(ADA, vec![grace.to_owned()], now);
            assert_eq!(known.len(), usize::from(is_known));
        }
    }

    #[test]
    fn after_a_failure_nothing_is_asked_for_a_while_and_never_for_ever() {
        let grace = "grace@signet.example";
        for (asked_for, rest) in [
            (None, REST),
            (Some(Duration::ZERO), REST),
            (Some(REST * 3), REST * 3),
            (Some(REST_MAX * 9), REST_MAX),
        ] {
            let (tips, began) = (Tips::default(), Instant::now());
            tips.rest(ADA, asked_for, began);
            assert!(!asks(&tips, grace, began + rest - Duration::from_secs(1)));
            assert!(asks(&tips, grace, began + rest));
        }
    }

    #[test]
    fn so_many_are_kept_and_no_more() {
        let (tips, now) = (Tips::default(), Instant::now());
        let some = |from: usize, count: usize| -> Vec<MailTips> {
            let addresses = (from..from + count).map(|at| format!("a{at}@b.example"));
            addresses.map(|address| tips_of(&address)).collect()
        };
        tips.keep(ADA, some(0, KEPT_MAX), now);
        assert!(!asks(&tips, "a0@b.example", now));
        tips.keep(ADA, some(KEPT_MAX, 1), now);
        assert_eq!(tips.lock().tips.len(), 1);
    }

    #[tokio::test]
    async fn a_question_ends_with_its_window() {
        let composers = Composers::default();
        let opened = composers.open(
            &DraftId::generate(),
            None,
            String::new(),
            &message::Draft::default(),
        );
        let Ok(Label::New(label)) = opened else {
            panic!("no window")
        };
        let gone = composers.gone(&label);
        tokio::pin!(gone);
        let none = tokio::time::timeout(Duration::from_millis(20), &mut gone).await;
        assert!(none.is_err(), "it is open");
        composers.close(&label);
        gone.await;
        composers.gone("compose-never").await;
    }
}
