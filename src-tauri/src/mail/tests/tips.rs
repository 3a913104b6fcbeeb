//! What is said of recipients, from the sandbox tenant to what a window is told.

use std::sync::Arc;

use graph::{BaseUrl, Graph};
use serde_json::json;

use super::{
    sandbox::Tenant,
    stub::{ACCOUNT, Tokens},
};
use crate::{session::Sender, tips::Tips, views::MailTipsView};

const CHARLES: &str = "Charles@signet.example";
const GRACE: &str = "grace@signet.example";
const RESEARCH: &str = "engine-research@signet.example";
const ANNOUNCEMENTS: &str = "announcements@signet.example";

/// Somebody who writes, with the permission to ask or without.
async fn sender(tenant: &Tenant, account: &str, allowed: bool) -> Sender {
    let token = tenant.token("Mail.ReadWrite").await;
    let base = BaseUrl::parse(&format!("{}/v1.0", tenant.http)).unwrap();
    let tokens = Tokens {
        drafts: allowed,
        token,
    };
    let http = crate::http::direct_client().unwrap();
    Sender::elsewhere(account, Graph::new(http, base, Arc::new(tokens)))
}

async fn told(tips: &Tips, sender: &Sender, addresses: &[&str]) -> Vec<MailTipsView> {
    let addresses: Vec<String> = addresses.iter().map(|it| (*it).to_owned()).collect();
    let tips = tips.of(sender, &addresses).await.into_iter();
    tips.map(MailTipsView::from).collect()
}

#[tokio::test]
async fn tips_come_once_and_hold_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = Tenant::start(folder.path()).await;
    let sender = sender(&tenant, ACCOUNT, true).await;
    let full = json!({"person": GRACE, "mailbox": "full"});
    tenant.tell("switches", &full).await;
    let tips = Tips::default();

    let of = told(&tips, &sender, &[CHARLES, "no address", GRACE, CHARLES]).await;
    let [charles, grace] = &of[..] else {
        panic!("{of:?}")
    };
    assert_eq!(charles.address, "charles@signet.example");
    assert_eq!(charles.name.as_deref(), Some("Charles Babbage"));
    let away = charles.away.as_ref().unwrap();
    assert_eq!(away.text, "I am at the works and read mail on Fridays.");
    assert!((grace.mailbox_full, grace.away.is_none()) == (true, true));
    assert_eq!(tenant.asked("getMailTips").await, 1);

    // Only what is new is asked about.
    let of = told(&tips, &sender, &[CHARLES, RESEARCH, ANNOUNCEMENTS]).await;
    assert_eq!((of[1].members, of[1].members_outside), (Some(5), Some(2)));
    assert!(of[1].outside);
    assert!((of[2].restricted, of[2].moderated) == (true, true));
    assert!(of[2].note.as_ref().unwrap().starts_with("Everybody in"));
    assert_eq!(tenant.asked("getMailTips").await, 2);
    told(&tips, &sender, &[GRACE, ANNOUNCEMENTS, RESEARCH]).await;
    assert_eq!(tenant.asked("getMailTips").await, 2);

    // Another account knows nothing of it, and neither does one that has signed out.
    let other = self::sender(&tenant, "another.tenant", true).await;
    told(&tips, &other, &[GRACE]).await;
    assert_eq!(tenant.asked("getMailTips").await, 3);
    tips.forget(ACCOUNT);
    told(&tips, &sender, &[GRACE]).await;
    assert_eq!(tenant.asked("getMailTips").await, 4);
}

#[tokio::test]
async fn nobody_is_asked_for_a_permission() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = Tenant::start(folder.path()).await;
    let sender = sender(&tenant, ACCOUNT, false).await;
    assert!(told(&Tips::default(), &sender, &[CHARLES]).await.is_empty());
    assert_eq!(tenant.asked("getMailTips").await, 0);
}

#[tokio::test]
async fn a_failing_answer_says_nothing_and_rests() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = Tenant::start(folder.path()).await;
    let sender = sender(&tenant, ACCOUNT, true).await;
    let tips = Tips::default();
    assert_eq!(told(&tips, &sender, &[CHARLES]).await.len(), 1);
    let down =
        json!({"route": "getMailTips", "count": 1, "answer": {"kind": "status", "status": 503}});
    tenant.tell("faults", &down).await;
    // What is known stays known.
    assert_eq!(told(&tips, &sender, &[CHARLES, GRACE]).await.len(), 1);
    assert_eq!(told(&tips, &sender, &[CHARLES, GRACE]).await.len(), 1);
    assert_eq!(tenant.asked("getMailTips").await, 2);
    tips.forget(ACCOUNT);
    assert_eq!(told(&tips, &sender, &[CHARLES, GRACE]).await.len(), 2);
}
