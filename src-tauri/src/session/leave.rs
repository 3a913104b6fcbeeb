//! Signing out: tokens, account, card, signature and a sign-in under way are forgotten; what could not be removed is said.

use tokio::sync::oneshot;

use super::{Announcement, Event, Member, Sender, Session, State};
use crate::{
    card::Card,
    signatures,
    views::{Trouble, TroubleAction},
};

impl Session {
    /// Signs one account out. Whoever was chosen before it is chosen again.
    ///
    /// With `in_browser` the authority's page opens that ends the session there, once that was tried here.
    pub(super) async fn sign_out(
        &mut self,
        account: &str,
        in_browser: bool,
        done: oneshot::Sender<()>,
    ) {
        self.seal.forget();
        self.other = None;
        self.state = State::Still { trouble: None };
        let Some(member) = self.members.remove(account) else {
            let _ = done.send(());
            return self.announce_session().await;
        };
        let sender = self.sender_of(&member);
        self.publish_senders();
        self.announce_all().await;
        self.world.journal.forget(account);
        let kept = self.index.remove(account).is_err();
        let card = Card::forget(&self.world.folders.cache, account).is_err();
        let signature = signatures::forget(&self.world.folders.config, account).is_err();
        let (events, announce) = (self.world.events.clone(), self.world.announce.clone());
        let account = account.to_owned();
        self.in_turn(async move {
            let tokens = member.connection.tokens.forget(&account).await.is_err();
            if tokens || kept || card || signature {
                let message = if tokens {
                    "trouble-tokens-left"
                } else {
                    "trouble-files-left"
                };
                let trouble = Trouble::plain(message, TroubleAction::None);
                let _ = events.send(Event::NotForgotten(trouble)).await;
            }
            let _ = done.send(());
            if in_browser {
                // Apart: the store is not to wait for a network. Whoever quits meanwhile needs no page.
                tokio::spawn(
                    async move { announce.send(sign_out_page(&member, &sender).await).await },
                );
            }
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

/// The page that ends the session in the browser, or the notice that it could not be had.
async fn sign_out_page(member: &Member, sender: &Sender) -> Announcement {
    let client = member.connection.client.for_account(&member.account);
    let notice = |message| Trouble::plain(message, TroubleAction::None);
    let left = "trouble-browser-session-left";
    // The address of a sandbox that has ended is anybody's.
    if !sender.is_ready().await {
        return Announcement::Notice(notice(left));
    }
    match client.sign_out_address(&member.account).await {
        Ok(Some(address)) => Announcement::OpenBrowser {
            or_else: Box::new(Event::NotForgotten(
                notice("trouble-browser-not-opened").with("address", &address),
            )),
            address: address.into(),
        },
        Ok(None) => Announcement::Notice(notice(left)),
        Err(error) => {
            tracing::info!(%error, "no address to sign out at");
            Announcement::Notice(notice(left))
        }
    }
}
