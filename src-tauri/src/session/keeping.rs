//! What a sign-in has brought goes into the credential store, and out of it again: each change after the one before it.

use std::sync::Arc;

use entra::{Kept, SignedIn, TokenCache};

use super::{
    Announcement, Event, Member, Session, State,
    attempt::{Progress, What},
    workers,
};
use crate::views::{Cloud, Purpose};

impl Session {
    pub(super) async fn keep(&mut self, id: u64, cloud: Cloud, signed_in: Box<SignedIn>) {
        let connection = match self.connection(cloud) {
            Ok(connection) => connection,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        if let Some(attempt) = self.attempt(id) {
            let account = signed_in.account.id().into_owned();
            attempt.progress = Progress::Keeping { account };
        }
        let events = self.world.events.clone();
        self.in_turn(async move {
            let tokens = connection.tokens;
            let kept = Box::new(tokens.keep(&signed_in).await);
            let _ = events
                .send(Event::Kept {
                    attempt: id,
                    tokens,
                    kept,
                })
                .await;
        });
    }

    pub(super) async fn kept(&mut self, id: u64, tokens: Arc<TokenCache>, kept: Kept) {
        let Kept { account, unkept } = kept;
        let Some(attempt) = self.attempt(id) else {
            return self.forget_stale(tokens, account.id().into_owned());
        };
        let What {
            cloud,
            purpose,
            claims,
            scopes,
            ..
        } = attempt.what.clone();
        // What the person has just given is to be used.
        self.use_again(&account.id(), &scopes).await;
        let mut member = match self.member(account, cloud) {
            Ok(member) => member,
            Err(trouble) => return self.end_attempt(Some(trouble)).await,
        };
        member.answered = claims;
        if let Some(error) = unkept {
            self.announce(Announcement::Notice(workers::unkept(&error)))
                .await;
        }
        self.enter(member, purpose).await;
    }

    /// The tokens were kept while the person cancelled or signed out: they go again, unless the account is still signed in,
    /// or about to be.
    fn forget_stale(&mut self, tokens: Arc<TokenCache>, account: String) {
        let keeping = match &self.state {
            State::SigningIn(attempt) => attempt.progress.keeps(&account),
            State::Starting | State::Still { .. } => false,
        };
        if keeping || self.members.find(&account).is_some() {
            return;
        }
        self.in_turn(async move {
            if let Err(error) = tokens.forget(&account).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "tokens of a cancelled sign-in are left"
                );
            }
        });
    }

    /// Changes the credential store after whatever the session wanted of it before: what is forgotten shall not take along
    /// what the next sign-in has brought.
    pub(super) fn in_turn(&mut self, change: impl Future<Output = ()> + Send + 'static) {
        let before = self.change.take();
        self.change = Some(tokio::spawn(async move {
            if let Some(before) = before {
                let _ = before.await;
            }
            change.await;
        }));
    }

    /// A first sign-in chooses the account; a renewal leaves the choice as it is.
    async fn enter(&mut self, member: Member, purpose: Purpose) {
        let account = member.account.clone();
        self.members.put(member);
        if purpose == Purpose::SignIn {
            self.members.choose(&account.id());
        }
        let chosen = self.members.chosen().map(|member| member.account.clone());
        self.remember(account.clone()).await;
        if let Some(chosen) = chosen
            && chosen != account
        {
            self.remember(chosen).await;
        }
        self.state = State::Still { trouble: None };
        self.publish_senders();
        self.ask_persistence();
        self.announce_all().await;
        self.announce(Announcement::Deliver).await;
        self.refresh_card().await;
    }
}
