//! Signing out: tokens, account, card and a sign-in under way are forgotten; what could not be removed is said.

use tokio::sync::oneshot;

use super::{CardState, Event, Session, State};
use crate::{
    card::Card,
    views::{Trouble, TroubleAction},
};

impl Session {
    pub(super) async fn sign_out(&mut self, done: oneshot::Sender<Option<String>>) {
        self.seal.forget();
        let state = std::mem::replace(&mut self.state, State::SignedOut { trouble: None });
        let member = match state {
            State::SignedIn(member)
            | State::SigningIn {
                before: Some(member),
                ..
            } => member,
            State::SigningIn { before: None, .. } | State::Starting | State::SignedOut { .. } => {
                let _ = done.send(None);
                return self.announce_session().await;
            }
        };
        self.card = CardState::default();
        self.publish_sender();
        self.announce_session().await;
        self.announce_card().await;
        let account = member.account.home_account_id;
        let kept = self.index.remove(&account).is_err();
        let card = Card::forget(&self.world.folders.cache, &account).is_err();
        let events = self.world.events.clone();
        tokio::spawn(async move {
            let tokens = member.connection.tokens.forget(&account).await.is_err();
            if tokens || kept || card {
                let message = if tokens {
                    "trouble-tokens-left"
                } else {
                    "trouble-files-left"
                };
                let trouble = Trouble::plain(message, TroubleAction::None);
                let _ = events.send(Event::NotForgotten(trouble)).await;
            }
            let _ = done.send(Some(account));
        });
    }

    pub(super) async fn not_forgotten(&mut self, left: Trouble) {
        if let State::SignedOut { trouble } = &mut self.state {
            *trouble = Some(left);
            self.announce_session().await;
        }
    }
}
