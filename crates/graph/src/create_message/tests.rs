use message::{Body, Draft};
use serde_json::json;

use super::*;

const KEY: &str = "01arz3ndektsv4rrffq69g5fav";

// Source: Graph v1.0 reference, "Create message", example 1.
#[test]
fn the_request_is_the_message_alone() {
    let message = Message::try_from(Draft {
        to: vec!["ada@signet.example".to_owned()],
        subject: "Größe".to_owned(),
        body: Body::Text("שלום".to_owned()),
        ..Draft::default()
    })
    .unwrap();
    let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
    let stamp = Stamp::of(KEY);
    let request = request(&base, &message, stamp, Some(Vec::new())).unwrap();
    assert_eq!(
        (request.method().as_str(), request.url().path()),
        ("POST", "/v1.0/me/messages")
    );
    assert_eq!(request.headers()["prefer"], "IdType=\"ImmutableId\"");
    let body: Value = serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({
            "subject": "Größe",
            "body": {"contentType": "text", "content": "שלום"},
            "toRecipients": [{"emailAddress": {"address": "ada@signet.example"}}],
            "singleValueExtendedProperties": [{
                "id": "String {c1f1a6a0-5b9e-4f0e-9c57-51673e700001} Name SignetOutboxKey",
                "value": KEY,
            }],
            "internetMessageHeaders": [{"name": "x-signet-outbox", "value": KEY}],
        })
    );
}

// Source: MS-OXOMSG §2.2.3.4, and Graph's spelling of a property by its tag.
#[test]
fn what_is_to_be_sent_later_names_the_time() {
    let message = Message::try_from(Draft {
        to: vec!["ada@signet.example".to_owned()],
        ..Draft::default()
    })
    .unwrap();
    let base = BaseUrl::parse("https://graph.microsoft.com/v1.0").unwrap();
    for (defer_to_ms, expected) in [
        (1_767_344_400_000, Some("2026-01-02T09:00:00Z")),
        (i64::MAX, None),
    ] {
        let stamp = Stamp {
            key: KEY,
            defer_to_ms: Some(defer_to_ms),
        };
        let request = request(&base, &message, stamp, None).unwrap();
        let body = request.body().unwrap().as_bytes().unwrap();
        let draft: Value = serde_json::from_slice(body).unwrap();
        let property = draft.pointer("/singleValueExtendedProperties/1");
        let expected = expected.map(|time| json!({"id": "SystemTime 0x3FEF", "value": time}));
        assert_eq!(property, expected.as_ref());
    }
}

#[test]
fn only_a_draft_with_an_id_is_made() {
    for (status, body, expected) in [
        (201, json!({"id": "AAMk=="}), "created AAMk=="),
        (201, json!({"id": ""}), "unclear"),
        (201, json!({"id": "a b"}), "unclear"),
        (201, json!({}), "unclear"),
        (201, json!([]), "unclear"),
        (200, json!({"id": "AAMk=="}), "unclear"),
        (202, json!({"id": "AAMk=="}), "unclear"),
        (429, json!({}), "unclear"),
        (500, json!({}), "unclear"),
        (504, json!({"error": {"code": "UnknownError"}}), "unclear"),
        (
            403,
            json!({"error": {"code": "ErrorAccessDenied"}}),
            "consent",
        ),
        (
            400,
            json!({"error": {"code": "ErrorInvalidRecipients"}}),
            "rejected",
        ),
        (413, json!({}), "rejected"),
        (
            507,
            json!({"error": {"code": "ErrorQuotaExceeded"}}),
            "MailboxFull",
        ),
    ] {
        let answer = Response::builder()
            .status(status)
            .body(body.to_string().into_bytes())
            .unwrap();
        let found = match read(&answer) {
            CreateOutcome::Created { id } => format!("created {id}"),
            CreateOutcome::NotSent(NotSent::ConsentRequired) => "consent".to_owned(),
            CreateOutcome::NotSent(why) => format!("{why:?}"),
            CreateOutcome::Unclear { .. } => "unclear".to_owned(),
            CreateOutcome::Rejected(_) => "rejected".to_owned(),
        };
        assert_eq!(found, expected, "{status} {body}");
    }
}
