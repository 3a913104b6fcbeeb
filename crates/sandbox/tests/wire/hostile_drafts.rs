//! Drafts that would harm whoever keeps or reads them.

use serde_json::{Value, json};

use crate::browser::string;
use crate::drafts::{ADA, Desk, SCOPES};

/// What becomes a header is one line, and nothing is longer than the store keeps.
#[tokio::test]
async fn what_the_store_cannot_keep_is_refused() {
    let ada = Desk::of(ADA, SCOPES).await;
    let file = |name: &str, value: String| {
        let mut file = json!({
            "@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": "",
        });
        file[name] = json!(value);
        json!({"attachments": [file]})
    };
    let property = |id: usize, value: String| {
        let id = format!("String {{c1f1a6a0-5b9e-4f0e-9c57-51673e700001}} Name {id}");
        json!({"id": id, "value": value})
    };
    let properties = |count: usize| {
        let all: Vec<Value> = (0..count).map(|id| property(id, String::new())).collect();
        json!({"singleValueExtendedProperties": all})
    };
    let zone = |zone: String| {
        let time = json!({"dateTime": "2026-01-01T00:00:00", "timeZone": zone});
        json!({"flag": {"flagStatus": "flagged", "startDateTime": time}})
    };
    for (message, status) in [
        (json!({"categories": vec!["a"; 250]}), 201),
        (json!({"categories": vec!["a"; 251]}), 400),
        (
            json!({"internetMessageId": format!("<{}>", "a".repeat(996))}),
            201,
        ),
        (
            json!({"internetMessageId": format!("<{}>", "a".repeat(997))}),
            400,
        ),
        (json!({"internetMessageId": "<a@b>\r\nX-Evil: 1"}), 400),
        (file("name", "件".repeat(255)), 201),
        (file("name", "件".repeat(256)), 400),
        (file("contentType", "a".repeat(257)), 400),
        (
            file("contentType", "text/plain\r\nX-Evil: 1".to_owned()),
            400,
        ),
        (file("contentId", "a".repeat(1025)), 400),
        (file("contentId", "a\nX-Evil: 1".to_owned()), 400),
        (file("contentLocation", "a\rX-Evil: 1".to_owned()), 400),
        (zone("a".repeat(129)), 400),
        (zone("UTC".to_owned()), 201),
        (properties(100), 201),
        (properties(101), 400),
        (
            json!({"singleValueExtendedProperties": [property(1, "a".repeat(32 * 1024 + 1))]}),
            400,
        ),
        (
            json!({"internetMessageHeaders": [{"name": "x-a", "value": "1\r\nX-Evil: 1"}]}),
            400,
        ),
    ] {
        let answer = ada.call("POST", "/me/messages", message).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

#[tokio::test]
async fn no_field_of_a_draft_opens_another_line_of_its_mime() {
    let ada = Desk::of(ADA, SCOPES).await;
    let evil = "a@b.example>\r\nX-Evil: 1\r\n";
    let id = ada
        .draft_of(json!({
            "subject": evil,
            "toRecipients": [{"emailAddress": {"name": evil, "address": evil}}],
            "replyTo": [{"emailAddress": {"address": evil}}],
        }))
        .await;
    let mime = ada.get(&format!("/me/messages/{id}/$value")).await.text();
    assert!(
        !mime.lines().any(|line| line.starts_with("X-Evil")),
        "{mime}"
    );
}

/// A hundred kilobytes of nested elements are answered as text within a bounded nest.
#[tokio::test]
async fn deep_html_is_answered_flat() {
    let ada = Desk::of(ADA, SCOPES).await;
    let content = format!("{}deep", "<div>".repeat(20_000));
    let id = ada
        .draft_of(json!({"body": {"contentType": "html", "content": content}}))
        .await;
    let mail = ada
        .get(&format!("/me/messages/{id}?$select=body,bodyPreview"))
        .await
        .json();
    assert_eq!(mail["bodyPreview"], "deep");
    let body = string(&mail["body"]["content"]);
    assert!(body.contains("deep"));
    assert!(body.matches("<div>").count() <= 200);
}

#[tokio::test]
async fn json_of_too_many_parts_is_not_read() {
    let ada = Desk::of(ADA, SCOPES).await;
    let parts = format!("[{}0]", "{\"\":0},".repeat(200_000));
    let wide: Value = serde_json::from_str(&parts).unwrap();
    for (path, body) in [
        ("/me/messages", json!({"categories": wide})),
        ("/me/mailFolders", json!({"displayName": wide})),
        ("/$batch", json!({"requests": wide})),
    ] {
        assert_eq!(ada.call("POST", path, body).await.status, 400, "{path}");
    }
}
