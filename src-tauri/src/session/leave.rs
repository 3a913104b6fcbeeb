//! Signing out: tokens, account, card and a sign-in under way are forgotten; what could not be removed is said.

use tokio::sync::oneshot;

use super::{Announcement, Event, Session, State};
use crate::{
    card::Card,
    views::{Trouble, TroubleAction},
};

impl Session {
    /// Signs one account out. Whoever was chosen before it is chosen again.
    pub(super) async fn sign_out(&mut self, account: &str, done: oneshot::Sender<()>) {
        self.seal.forget();
        self.other = None;
        self.state = State::Still { trouble: None };
        let Some(member) = self.members.remove(account) else {
            let _ = done.send(());
            return self.announce_session().await;
        };
        self.publish_senders();
        self.announce_all().await;
        let kept = self.index.remove(account).is_err();
        let card = Card::forget(&self.world.folders.cache, account).is_err();
        let events = self.world.events.clone();
        let account = account.to_owned();
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
            let _ = done.send(());
        });
        self.refresh_card().await;
    }

    pub(super) async fn not_forgotten(&mut self, left: Trouble) {
        if self.members.chosen().is_some() {
            return self.announce(Announcement::Notice(left)).await;
        }
        if let State::Still { trouble } = &mut self.state {
            *trouble = Some(left);
            self.announce_session().await;
        }
    }
}
