//! Drafts that are kept in the sandbox tenant's mailbox too, while somebody else writes there and answers are lost.

use std::{future::Future, sync::Arc, time::Duration};

use graph::BaseUrl;
use message::{Body, Draft, Importance, Options};
use outbox::{DraftId, Outbox, TwinState};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::watch, time::Instant};

use super::{
    sandbox::Tenant,
    stub::{ACCOUNT, Tokens, sender_at},
};
use crate::{
    mail::{mailboxes::GraphMailboxes, twins::Twins},
    session::{Sender, Sending},
};

/// How long a draft rests here.
const REST: Duration = Duration::from_millis(100);

/// How long something may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Long enough for what must not happen.
const A_WHILE: Duration = Duration::from_millis(700);

/// A tenant, an outbox, and what keeps its drafts there.
struct Stage {
    tenant: Tenant,
    token: String,
    outbox: Outbox,
    twins: Twins,
    sender: Sender,
    senders: watch::Sender<Sending>,
    _stop: watch::Sender<bool>,
    _folder: TempDir,
}

impl Stage {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tenant = Tenant::start(folder.path()).await;
        let token = tenant.token("Mail.Send Mail.ReadWrite").await;
        let base = BaseUrl::parse(&format!("{}/v1.0", tenant.http)).unwrap();
        let tokens = Tokens {
            drafts: true,
            token: token.clone(),
        };
        let sender = sender_at(base, tokens);
        let (senders, receiver) = watch::channel(Sending::Known(vec![sender.clone()]));
        let twins = Twins::new(Arc::new(GraphMailboxes::new(receiver)), REST);
        let outbox = Outbox::open(&folder.path().join("outbox")).unwrap().outbox;
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(twins.clone().run(outbox.clone(), stopped));
        Self {
            tenant,
            token,
            outbox,
            twins,
            sender,
            senders,
            _stop: stop,
            _folder: folder,
        }
    }

    /// Saves a draft as a window does.
    fn types(&self, id: &DraftId, words: &str) {
        self.outbox.save_draft(id, &draft(words)).unwrap();
        self.outbox.begin_twin(id, ACCOUNT).unwrap();
    }

    /// A draft that was written to the mailbox.
    async fn kept(&self, words: &str) -> DraftId {
        let id = DraftId::generate();
        self.types(&id, words);
        self.until_drafts(&[words]).await;
        self.until_settled().await;
        id
    }

    async fn me(&self, method: Method, path: &str, body: &Value) -> Value {
        self.tenant.me(&self.token, method, path, body).await
    }

    async fn drafts(&self) -> Vec<Value> {
        let list = self.me(Method::GET, "mailFolders/drafts/messages", &Value::Null);
        list.await["value"].as_array().unwrap().clone()
    }

    /// The subjects of the drafts in the mailbox.
    async fn subjects(&self) -> Vec<String> {
        let drafts = self.drafts().await.into_iter();
        let mut subjects: Vec<_> = drafts
            .map(|draft| draft["subject"].as_str().unwrap().to_owned())
            .collect();
        subjects.sort();
        subjects
    }

    async fn until_drafts(&self, subjects: &[&str]) {
        self.until(async || self.subjects().await == subjects).await;
    }

    async fn until_settled(&self) {
        self.until(async || self.outbox.due_twins().unwrap().is_empty())
            .await;
    }

    async fn until_state(&self, id: &DraftId, state: TwinState) {
        self.until(async || self.state(id) == Some(state)).await;
    }

    /// Whatever is left alone for a while is not, here.
    async fn until<F: Future<Output = bool>>(&self, is_so: impl Fn() -> F) {
        let begun = Instant::now();
        while !is_so().await {
            assert!(begun.elapsed() < PATIENCE, "{:?}", self.subjects().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
            self.twins.wake();
        }
    }

    async fn waits_a_while(&self) {
        let begun = Instant::now();
        while begun.elapsed() < A_WHILE {
            tokio::time::sleep(Duration::from_millis(50)).await;
            self.twins.wake();
        }
    }

    fn state(&self, id: &DraftId) -> Option<TwinState> {
        self.outbox.twin(id).unwrap().map(|twin| twin.state)
    }

    /// Another program writes into the only draft in the mailbox.
    async fn changed_elsewhere(&self, change: Value) {
        let id = self.only_draft().await;
        self.me(Method::PATCH, &format!("messages/{id}"), &change)
            .await;
    }

    async fn only_draft(&self) -> String {
        let drafts = self.drafts().await;
        assert_eq!(drafts.len(), 1);
        drafts[0]["id"].as_str().unwrap().to_owned()
    }

    async fn goes_wrong(&self, route: &str, answer: Value, after_work: bool) {
        let fault = json!({"route": route, "count": 1, "answer": answer, "after_work": after_work});
        self.tenant.tell("faults", &fault).await;
    }
}

fn draft(words: &str) -> Draft {
    Draft {
        to: vec![
            "Grace Hopper <grace@signet.example>".to_owned(),
            "half".to_owned(),
        ],
        subject: words.to_owned(),
        body: Body::Html(format!("<div>Grüße, <b>{words}</b>, שלום 🎉</div>")),
        ..Draft::default()
    }
}

#[tokio::test]
async fn what_rests_is_written_and_goes_when_it_is_sent_or_discarded() {
    let stage = Stage::start().await;
    let id = stage.kept("first").await;
    stage.types(&id, "second");
    stage.until_drafts(&["second"]).await;
    let there = stage.drafts().await.remove(0);
    assert_eq!(
        there["toRecipients"][0]["emailAddress"]["address"],
        "grace@signet.example"
    );
    assert_eq!(there["toRecipients"].as_array().unwrap().len(), 1);
    assert!(
        there["body"]["content"]
            .as_str()
            .unwrap()
            .contains("<b>second</b>")
    );
    stage.until_settled().await;
    assert_eq!(stage.tenant.asked("messages.create").await, 1);
    // A look at a draft that nobody has changed changes nothing.
    stage.twins.look(&id);
    stage.waits_a_while().await;
    assert_eq!(stage.tenant.asked("messages.update").await, 1);
    stage.outbox.discard_draft(&id).unwrap();
    stage.until_drafts(&[]).await;
    stage.until(async || stage.state(&id).is_none()).await;
    let sent = stage.kept("to be sent").await;
    let message = message::Message::try_from(Draft {
        to: vec!["grace@signet.example".to_owned()],
        ..draft("to be sent")
    });
    let message = message.unwrap();
    stage
        .outbox
        .enqueue(ACCOUNT, Some(&sent), &message)
        .unwrap();
    stage.until_drafts(&[]).await;
}

#[tokio::test]
async fn what_was_changed_elsewhere_is_asked_about_and_neither_side_is_lost() {
    let stage = Stage::start().await;
    let id = stage.kept("ours").await;
    stage.changed_elsewhere(json!({"subject": "theirs"})).await;
    // Seen when the draft is opened again, and also when it is only written on.
    stage.twins.look(&id);
    stage.until_state(&id, TwinState::Changed).await;
    stage.types(&id, "ours, and more");
    stage.waits_a_while().await;
    assert_eq!(stage.subjects().await, ["theirs"]);
    assert_eq!(
        stage.outbox.draft(&id).unwrap().unwrap().subject,
        "ours, and more"
    );
    stage.outbox.keep_mine(&id).unwrap();
    stage.until_drafts(&["ours, and more"]).await;
    stage.until_settled().await;
    let change = json!({"subject": "theirs again", "body": {"contentType": "html",
        "content": "<p onclick='x()'>Hello<script>x()</script></p>"}});
    stage.changed_elsewhere(change).await;
    stage.types(&id, "ours, and yet more");
    stage.until_state(&id, TwinState::Changed).await;
    let twin = stage.outbox.twin(&id).unwrap().unwrap();
    let theirs = stage.twins.theirs(&twin).await.unwrap();
    let (theirs, there) = theirs.unwrap();
    assert_eq!(theirs.subject, "theirs again");
    let Body::Html(html) = &theirs.body else {
        panic!("it was HTML")
    };
    assert!(
        html.contains("<p>Hello</p>") && !html.contains("x()"),
        "{html}"
    );
    stage.outbox.take_theirs(&id, &theirs, &there).unwrap();
    stage.waits_a_while().await;
    assert_eq!(stage.subjects().await, ["theirs again"]);
    assert_eq!(stage.outbox.draft(&id).unwrap(), Some(theirs));
    stage.types(&id, "together");
    stage.until_drafts(&["together"]).await;
}

#[tokio::test]
async fn what_was_changed_elsewhere_stays_there_when_the_draft_is_discarded() {
    let stage = Stage::start().await;
    let id = stage.kept("ours").await;
    stage.changed_elsewhere(json!({"subject": "theirs"})).await;
    stage.outbox.discard_draft(&id).unwrap();
    stage.until(async || stage.state(&id).is_none()).await;
    assert_eq!(stage.subjects().await, ["theirs"]);
}

#[tokio::test]
async fn a_file_that_was_attached_elsewhere_stays_and_is_asked_about() {
    let stage = Stage::start().await;
    let id = stage.kept("ours").await;
    let draft = stage.only_draft().await;
    let file = json!({
        "@odata.type": "#microsoft.graph.fileAttachment", "name": "plan.txt", "contentBytes": "cGxhbg==",
    });
    let attachments = format!("messages/{draft}/attachments");
    stage.me(Method::POST, &attachments, &file).await;
    stage.types(&id, "ours, and more");
    stage.until_state(&id, TwinState::Changed).await;
    stage.outbox.discard_draft(&id).unwrap();
    stage.until_settled().await;
    stage.until_drafts(&["ours"]).await;
}

#[tokio::test]
async fn another_version_of_the_same_text_is_no_question() {
    let stage = Stage::start().await;
    let id = stage.kept("first").await;
    stage
        .changed_elsewhere(json!({"categories": ["Blue category"]}))
        .await;
    stage.types(&id, "second");
    stage.until_drafts(&["second"]).await;
    assert_eq!(stage.state(&id), Some(TwinState::Kept));
}

#[tokio::test]
async fn what_is_asked_for_lies_there_too_and_another_wish_is_a_question() {
    let stage = Stage::start().await;
    let id = stage.kept("ours").await;
    let options = Options {
        importance: Importance::Low,
        read_receipt: true,
        delivery_receipt: true,
    };
    let asked = Draft {
        reply_to: vec!["grace@signet.example".to_owned()],
        options,
        ..draft("ours, with wishes")
    };
    stage.outbox.save_draft(&id, &asked).unwrap();
    stage.until_drafts(&["ours, with wishes"]).await;
    stage.until_settled().await;
    let there = &stage.drafts().await[0];
    assert_eq!(there["importance"], "low");
    assert_eq!(
        there["replyTo"][0]["emailAddress"]["address"],
        "grace@signet.example"
    );
    stage.changed_elsewhere(json!({"importance": "high"})).await;
    stage.types(&id, "ours again");
    stage.until_state(&id, TwinState::Changed).await;
    let twin = stage.outbox.twin(&id).unwrap().unwrap();
    let (theirs, _) = stage.twins.theirs(&twin).await.unwrap().unwrap();
    let importance = Importance::High;
    assert_eq!(
        theirs.options,
        Options {
            importance,
            ..options
        }
    );
    assert_eq!(theirs.reply_to, ["grace@signet.example"]);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_draft_and_no_question() {
    let stage = Stage::start().await;
    let (lost, failed) = (
        json!({"kind": "close"}),
        json!({"kind": "status", "status": 503}),
    );
    stage
        .goes_wrong("messages.create", lost.clone(), true)
        .await;
    let id = stage.kept("first").await;
    for (number, (route, answer, after_work)) in [
        ("messages.update", lost, true),
        ("messages.update", failed.clone(), true),
        ("messages.update", failed.clone(), false),
        (
            "messages.update",
            json!({"kind": "status", "status": 412}),
            false,
        ),
        ("messages.get", failed, false),
    ]
    .into_iter()
    .enumerate()
    {
        stage.goes_wrong(route, answer, after_work).await;
        let words = format!("version {number}");
        stage.types(&id, &words);
        stage.until_drafts(&[&words]).await;
        // Somebody types on before the next try.
        let words = format!("version {number}, and more");
        stage.types(&id, &words);
        stage.until_drafts(&[&words]).await;
        stage.until_settled().await;
        assert_eq!(stage.state(&id), Some(TwinState::Kept), "{route} {number}");
    }
    assert_eq!(stage.tenant.asked("messages.create").await, 1);
}

#[tokio::test]
async fn what_was_removed_elsewhere_is_not_made_again() {
    for lost in [false, true] {
        let stage = Stage::start().await;
        let id = stage.kept("ours").await;
        let there = stage.only_draft().await;
        // Thrown away, it lies in another folder under the same id.
        stage
            .me(Method::DELETE, &format!("messages/{there}"), &Value::Null)
            .await;
        if lost {
            stage
                .me(
                    Method::POST,
                    &format!("messages/{there}/permanentDelete"),
                    &Value::Null,
                )
                .await;
        }
        stage.types(&id, "ours, and more");
        stage.until_state(&id, TwinState::Gone).await;
        stage.outbox.twin_told(&id).unwrap();
        stage.types(&id, "ours, and yet more");
        stage.waits_a_while().await;
        assert!(stage.subjects().await.is_empty());
        assert_eq!(stage.state(&id), Some(TwinState::Parted));
        stage.outbox.discard_draft(&id).unwrap();
        stage.until(async || stage.state(&id).is_none()).await;
    }
}

#[tokio::test]
async fn nobody_is_asked_for_what_is_not_wanted_and_for_whoever_has_signed_out() {
    let stage = Stage::start().await;
    let id = stage.kept("first").await;
    let mut unwanted = stage.sender.clone();
    unwanted.keeps_drafts = false;
    let asked = stage.tenant.asked("messages.get").await;
    for senders in [vec![], vec![unwanted]] {
        stage.senders.send_replace(Sending::Known(senders));
        stage.types(&id, "second");
        stage.twins.look(&id);
        stage.waits_a_while().await;
        assert_eq!(stage.tenant.asked("messages.get").await, asked);
    }
    stage
        .senders
        .send_replace(Sending::Known(vec![stage.sender.clone()]));
    stage.until_drafts(&["second"]).await;
    // Whoever signs out and keeps no mail leaves the one there, and has the one here.
    stage.senders.send_replace(Sending::Known(vec![]));
    stage.outbox.account_signed_out(ACCOUNT, false).unwrap();
    stage.outbox.discard_draft(&id).unwrap();
    stage.waits_a_while().await;
    assert_eq!(stage.subjects().await, ["second"]);
    assert_eq!(stage.state(&id), None);
}
