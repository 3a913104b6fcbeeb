//! The card's part of the session: drawn from the last state, refreshed behind it, never emptied by a failure.

use std::path::Path;

use entra::Account;
use graph::{GraphError, Unreachable};

use super::{Announcement, Event, Session, State};
use crate::{
    card::Card,
    views::{CardView, FaceView, Trouble, TroubleAction},
};

/// The card as it is drawn.
#[derive(Default)]
pub struct CardState {
    card: Option<Card>,
    refreshing: bool,
    trouble: Option<Trouble>,
}

impl CardState {
    /// The last known card of an account, or the little that its ID token said.
    pub fn of(cache_folder: &Path, account: &Account, now_ms: i64) -> Self {
        let last = Card::load(cache_folder, &account.id());
        Self {
            card: Some(last.unwrap_or_else(|| Card::from_account(account, now_ms))),
            ..Self::default()
        }
    }

    /// How the account looks in a list.
    pub fn face(&self) -> FaceView {
        let face = self.card.as_ref().map(Card::face);
        face.unwrap_or_default()
    }

    /// What Graph last said of the person since this start, as it came.
    pub(super) fn me_json(&self) -> Option<String> {
        self.card.as_ref()?.me_json.clone()
    }

    fn view(&self) -> Option<CardView> {
        let card = self.card.as_ref()?;
        Some(card.view(self.refreshing, self.trouble.clone()))
    }
}

impl Session {
    pub(super) fn card_view(&self) -> Option<CardView> {
        self.members.chosen()?.card.view()
    }

    /// The chosen account's card, as it is drawn.
    pub(super) fn own_card(&self) -> Option<Card> {
        self.members.chosen()?.card.card.clone()
    }

    pub(super) async fn announce_card(&self) {
        self.announce(Announcement::Card(self.card_view())).await;
    }

    pub(super) async fn refresh_card(&mut self) {
        if !matches!(self.state, State::Still { .. }) {
            return;
        }
        let Some(member) = self.members.chosen_mut().filter(|one| !one.card.refreshing) else {
            return;
        };
        member.card.refreshing = true;
        let account = member.id().to_owned();
        let last = member.card.card.clone();
        let Some(sender) = self.members.chosen().map(|one| self.sender_of(one)) else {
            return;
        };
        let events = self.world.events.clone();
        let now_ms = self.now_ms();
        self.announce_card().await;
        tokio::spawn(async move {
            let etag = last.as_ref().and_then(|last| last.photo_etag.as_deref());
            let outcome = if sender.is_ready().await {
                sender.graph.profile(etag).await
            } else {
                Err(GraphError::Unreachable(Unreachable::NotConnected))
            };
            let outcome = match outcome {
                Ok(profile) => make(account.clone(), profile, last, now_ms).await,
                Err(error) => Err(error),
            };
            let _ = events.send(Event::Profile { account, outcome }).await;
        });
    }

    /// The card belongs to the account it was asked for, whichever is chosen by now.
    pub(super) async fn profile(&mut self, account: &str, outcome: Result<Box<Card>, GraphError>) {
        let Some(member) = self.members.find(account) else {
            return;
        };
        member.card.refreshing = false;
        match outcome {
            Ok(card) => {
                if let Err(error) = card.save(&self.world.folders.cache) {
                    tracing::warn!(%error, "the card was not kept");
                }
                // What was refused before has been granted since.
                member.need = member.need.take().filter(|need| need.is_for_consent());
                member.card.card = Some(*card);
                member.card.trouble = None;
            }
            Err(error) => member.card.trouble = Some(card_trouble(&error)),
        }
        self.announce_all().await;
    }
}

/// Decoding a photo takes milliseconds of a processor: off the threads that answer.
async fn make(
    account: String,
    profile: graph::Profile,
    last: Option<Card>,
    now_ms: i64,
) -> Result<Box<Card>, GraphError> {
    let made = tokio::task::spawn_blocking(move || {
        Box::new(Card::from_profile(&account, profile, last.as_ref(), now_ms))
    });
    made.await
        .map_err(|_| GraphError::Unreadable(Box::default()))
}

fn card_trouble(error: &GraphError) -> Trouble {
    let message = match error {
        GraphError::Unreachable(_) => "trouble-offline",
        GraphError::SignInRequired { .. } | GraphError::Unauthorized(_) => {
            "trouble-interaction-required"
        }
        GraphError::ConsentRequired { .. } => "trouble-consent-required",
        GraphError::Throttled(_) => "trouble-throttled",
        GraphError::Server(_) => "trouble-server-down",
        GraphError::Unreadable(_) => "trouble-unreadable-answer",
        GraphError::Token(_)
        | GraphError::Forbidden(_)
        | GraphError::NotFound(_)
        | GraphError::TooLarge(_)
        | GraphError::Rejected(_) => "trouble-other",
    };
    let mut trouble = Trouble::plain(message, TroubleAction::TryAgain);
    trouble.code = error.code().map(str::to_owned);
    trouble.correlation_id = error.request_id().map(str::to_owned);
    trouble
}
