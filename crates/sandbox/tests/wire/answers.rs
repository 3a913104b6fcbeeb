//! Answers to what came: drafted, and sent at once.

use serde_json::{Value, json};

use crate::browser::string;
use crate::drafts::{ADA, Desk, GRACE, SCOPES, received};
use crate::mail::{mailbox, plain, recipient};

/// Sources: "message: createReply", "message: createReplyAll", "message:
/// createForward"; "Known issues", on the comment.
#[tokio::test]
async fn answers_are_drafted_from_what_came() {
    let grace = Desk::of(GRACE, SCOPES).await;
    let ada = grace.tenant.access_token(ADA, "Mail.Send").await;
    let mut message = plain();
    message["subject"] = json!("RE: Engine");
    message["toRecipients"] = json!([
        recipient(None, GRACE),
        recipient(None, "charles@signet.example")
    ]);
    message["ccRecipients"] = json!([recipient(None, "noor@outlook.example")]);
    grace
        .tenant
        .graph(
            "POST",
            "/me/sendMail",
            &ada,
            Some(json!({"message": message})),
        )
        .await;
    let id = received(&grace, GRACE).await;
    let original = grace.get(&format!("/me/messages/{id}")).await.json();
    for (action, body, subject, to, cc) in [
        ("createReply", Value::Null, "RE: Engine", vec![ADA], vec![]),
        (
            "createReplyAll",
            json!({"Comment": "lost"}),
            "RE: Engine",
            vec![ADA, "charles@signet.example"],
            vec!["noor@outlook.example"],
        ),
        (
            "createForward",
            json!({"ToRecipients": [recipient(None, "x@elsewhere.example")]}),
            "FW: Engine",
            vec!["x@elsewhere.example"],
            vec![],
        ),
        ("createForward", json!({}), "FW: Engine", vec![], vec![]),
    ] {
        let answer = grace
            .call("POST", &format!("/me/messages/{id}/{action}"), body)
            .await;
        assert_eq!(answer.status, 201, "{action}");
        let draft = answer.json();
        assert_eq!(draft["subject"], subject);
        assert_eq!(
            (
                addresses(&draft["toRecipients"]),
                addresses(&draft["ccRecipients"])
            ),
            (
                to.iter().map(|one| (*one).to_owned()).collect(),
                cc.iter().map(|one: &&str| (*one).to_owned()).collect()
            )
        );
        assert_eq!(draft["conversationId"], original["conversationId"]);
        assert_eq!(draft["isDraft"], true);
        assert!(!string(&draft["body"]["content"]).contains("lost"));
    }
    for (action, body) in [
        (
            "createReply",
            json!({"comment": "a", "message": {"body": {"contentType": "text", "content": "b"}}}),
        ),
        (
            "createForward",
            json!({"toRecipients": [], "message": {"toRecipients": []}}),
        ),
        ("createReply", json!({"remark": "a"})),
    ] {
        assert_eq!(
            grace
                .call("POST", &format!("/me/messages/{id}/{action}"), body)
                .await
                .status,
            400
        );
    }
}

#[tokio::test]
async fn answers_are_sent_at_once_with_their_comment() {
    let grace = Desk::of(GRACE, SCOPES).await;
    let ada = grace.tenant.access_token(ADA, "Mail.Send").await;
    grace
        .tenant
        .graph(
            "POST",
            "/me/sendMail",
            &ada,
            Some(json!({"message": plain()})),
        )
        .await;
    let id = received(&grace, GRACE).await;
    for (action, body, address) in [
        ("reply", json!({"comment": "thanks"}), ADA),
        ("replyAll", json!({"Comment": "thanks"}), ADA),
        (
            "forward",
            json!({"comment": "thanks", "toRecipients": [recipient(None, "noor@outlook.example")]}),
            "noor@outlook.example",
        ),
    ] {
        let answer = grace
            .call("POST", &format!("/me/messages/{id}/{action}"), body)
            .await;
        assert_eq!((answer.status, answer.bytes.len()), (202, 0), "{action}");
        let delivered = mailbox(&grace.tenant, address).await["delivered"].clone();
        let last = delivered.as_array().unwrap().last().unwrap().clone();
        assert!(string(&last["text"]).starts_with("thanks"), "{action}");
    }
    let nobody = grace
        .call("POST", &format!("/me/messages/{id}/forward"), json!({}))
        .await;
    assert_eq!(nobody.graph_code(), "ErrorInvalidRecipients");
}

fn addresses(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|one| string(&one["emailAddress"]["address"]))
        .collect()
}
