//! What the inspector is told, and permissions that a person wants left alone.

use super::*;
use crate::{
    inspector::{Inspected, InspectedAccount},
    journal::{Host, RequestView},
    names::{MAILBOX_SCOPE, SEND_SCOPE},
};

impl Theatre {
    async fn inspects(&self) -> Inspected {
        let (reply, answer) = oneshot::channel();
        self.does(Event::Inspect(reply)).await;
        answer.await.unwrap()
    }

    async fn account(&self) -> InspectedAccount {
        self.inspects().await.account.unwrap()
    }

    /// Whether the mailbox may be looked through, as the outbox sees it.
    async fn is_sure(&self) -> bool {
        let sender = self.sending.borrow().chosen().cloned().unwrap();
        sender.graph.is_sure().await
    }

    async fn uses(&self, scope: &'static str, used: bool) {
        self.does(Event::UsePermission { scope, used }).await;
        // Its answer comes after.
        self.describe().await;
    }
}

fn granted_all(authority: &str) -> Box<SignedIn> {
    let mut signed_in = signed_in(authority, "ana");
    let scopes = ["User.Read", SEND_SCOPE, MAILBOX_SCOPE].map(str::to_owned);
    signed_in.account.scopes = scopes.to_vec();
    signed_in.tokens.access_token.scopes = scopes.to_vec();
    signed_in
}

/// Somebody is signed in and is asked for nothing.
fn is_content(view: &SessionView) -> bool {
    matches!(view, SessionView::SignedIn { needs: None, .. })
}

async fn signed_in_with_all(machine: &Machine, authority: &str) -> Theatre {
    let mut stage = in_browser(machine).await;
    stage.brings(1, granted_all(authority)).await;
    stage
        .until(|view| matches!(view, SessionView::SignedIn { .. }))
        .await;
    stage
}

#[tokio::test]
async fn what_is_left_alone_is_as_if_it_were_not_granted_until_it_is_used_again() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let stage = signed_in_with_all(&machine, &authority).await;
    assert!(stage.is_sure().await);
    stage.uses(MAILBOX_SCOPE, false).await;
    assert!(!stage.is_sure().await);
    assert_eq!(stage.account().await.unused, [MAILBOX_SCOPE]);
    drop(stage);

    let mut next = machine.start();
    next.until(|view| matches!(view, SessionView::SignedIn { .. }))
        .await;
    assert_eq!(next.account().await.unused, [MAILBOX_SCOPE]);
    assert!(!next.is_sure().await);
    // Who misses it asks for it, until it is used again.
    let need = Need::for_permission(&[MAILBOX_SCOPE], Purpose::Look);
    let account = "ana.tenant".to_owned();
    next.does(Event::Needs { account, need }).await;
    assert!(!is_content(&next.describe().await));
    next.uses(MAILBOX_SCOPE, true).await;
    assert!(is_content(&next.describe().await));
    assert!(next.is_sure().await);
    assert!(next.account().await.unused.is_empty());
}

#[tokio::test]
async fn what_the_person_gives_anew_is_used_and_the_rest_stays_alone() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = signed_in_with_all(&machine, &authority).await;
    stage.uses(SEND_SCOPE, false).await;
    stage.uses(MAILBOX_SCOPE, false).await;
    stage
        .does(Event::AllowSending("ana.tenant".to_owned()))
        .await;
    let asked = parameter(&stage.page().await, "scope");
    assert!(asked.contains(SEND_SCOPE) && !asked.contains(MAILBOX_SCOPE));
    stage.brings(2, granted_all(&authority)).await;
    stage.until(is_content).await;
    assert_eq!(stage.account().await.unused, [MAILBOX_SCOPE]);
}

#[tokio::test]
async fn requests_are_noted_down_and_go_with_the_account() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let stage = signed_in_with_all(&machine, &authority).await;
    let sender = stage.sending.borrow().chosen().cloned().unwrap();
    let _ = sender.graph.profile(None).await;
    let requests = stage.inspects().await.requests;
    let is_card = |request: &RequestView| request.address.ends_with("/v1.0/$batch");
    assert!(requests.iter().any(is_card), "{requests:?}");
    // The sign-in server was asked before, for its endpoints.
    assert!(requests.iter().any(|one| one.to == Host::Authority));
    let told = stage.account().await;
    assert!(told.known.unwrap().expires_at.is_some());
    stage.signs_out("ana.tenant").await;
    let left = stage.inspects().await;
    assert!(left.account.is_none());
    assert!(left.requests.iter().all(|one| one.to == Host::Authority));
}
