//! Drafts in the mailbox: turned on, asked for once, turned off.

use super::*;

/// Turns it on or off. What is so then.
async fn turns(stage: &Theatre, on: bool) -> bool {
    let (done, turned) = oneshot::channel();
    stage.does(Event::KeepDrafts { on, done }).await;
    let view = turned.await.unwrap().unwrap();
    view.preferences.drafts_in_mailbox
}

fn keeps(stage: &Theatre) -> bool {
    stage.sending.borrow().chosen().unwrap().keeps_drafts
}

fn signed_in_still(view: &SessionView) -> bool {
    matches!(view, SessionView::SignedIn { .. })
}

#[tokio::test]
async fn the_permission_is_asked_for_when_it_is_turned_on_and_not_again() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = in_browser(&machine).await;
    stage.brings(1, signed_in(&authority, "ana")).await;
    stage.until(signed_in_still).await;
    assert!(!keeps(&stage));
    assert!(turns(&stage, true).await);
    let page = stage.page().await;
    assert!(parameter(&page, "scope").contains("Mail.ReadWrite"));
    let asked = stage.describe().await;
    let purpose = |view: &SessionView| match view {
        SessionView::SigningIn { purpose, .. } => Some(*purpose),
        _ => None,
    };
    assert_eq!(purpose(&asked), Some(Purpose::Keep));
    stage.does(Event::Cancel).await;
    stage.until(signed_in_still).await;
    assert!(keeps(&stage));
    drop(stage);

    // It is still on, and nobody is asked by itself.
    let mut next = machine.start();
    next.until(signed_in_still).await;
    assert!(keeps(&next));
    assert!(signed_in_still(&next.describe().await));
    assert!(!turns(&next, false).await);
    assert!(!keeps(&next));
    assert!(signed_in_still(&next.describe().await));
}

#[tokio::test]
async fn who_has_granted_it_is_not_asked() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = in_browser(&machine).await;
    let mut granted = signed_in(&authority, "ana");
    let scopes = ["User.Read", "Mail.Send", "Mail.ReadWrite"];
    granted.account.scopes = scopes.map(str::to_owned).into();
    stage.brings(1, granted).await;
    stage.until(signed_in_still).await;
    assert!(turns(&stage, true).await);
    assert!(signed_in_still(&stage.describe().await));
}
